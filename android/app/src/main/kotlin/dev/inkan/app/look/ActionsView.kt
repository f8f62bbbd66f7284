/*
 * The actions of a page: they stay at the bottom while the content scrolls. Below each other in reading order; where room
 * is scarce (the keyboard is up, or what is to be filled in would lie under them) the two large ones stand side by side, if
 * their words fit. They never take more than their
 * share of the height: where text is huge they scroll on their own.
 */
package dev.inkan.app.look

import android.content.Context
import android.text.Layout
import android.view.View
import android.view.ViewGroup
import android.widget.ScrollView
import dev.inkan.app.R
import dev.inkan.screens.Button
import dev.inkan.screens.ButtonStyle
import kotlin.math.max
import kotlin.math.min

internal class ActionsView(context: Context, tapped: (String) -> Unit) : ScrollView(context) {
    private val list = ActionList(context, tapped)

    init {
        isFillViewport = true
        isVerticalScrollBarEnabled = false
        addView(list, LayoutParams(LayoutParams.MATCH_PARENT, LayoutParams.WRAP_CONTENT))
    }

    /** Whether the keyboard is up. */
    var compact = false
        set(value) {
            field = value
            if (list.compact != (value || crowded)) list.requestLayout()
            list.compact = value || crowded
        }

    /** Whether what is to be filled in would lie under the actions: known, and said, while the page is being measured. */
    var crowded = false
        set(value) {
            field = value
            if (list.compact == (compact || value)) return
            list.compact = compact || value
            forceLayout()
            list.forceLayout()
        }

    fun show(buttons: List<Button>) {
        visibility = if (buttons.isEmpty()) GONE else VISIBLE
        list.show(buttons)
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val room = MeasureSpec.getSize(heightSpec)
        val bounded = MeasureSpec.getMode(heightSpec) != MeasureSpec.UNSPECIFIED
        val most = if (bounded) MeasureSpec.makeMeasureSpec((room * MOST).toInt(), MeasureSpec.AT_MOST) else heightSpec
        super.onMeasure(widthSpec, most)
    }

    private companion object {
        const val MOST = 0.62f
    }
}

private class ActionList(context: Context, private val tapped: (String) -> Unit) : ViewGroup(context) {
    var compact = false
    private var pair: Pair<View, View>? = null
    private var rows = emptyList<List<View>>()
    private val gap = (GAP_DP * resources.displayMetrics.density).toInt()

    fun show(buttons: List<Button>) {
        val fits = buttons.size == childCount && buttons.withIndex().all { (i, button) -> getChildAt(i).canShow(button) }
        if (!fits) {
            removeAllViews()
            buttons.forEach { addView(ButtonView(context, it.style, tapped)) }
        }
        buttons.forEachIndexed { i, button -> (getChildAt(i) as? ButtonView)?.show(button) }
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        val margin = context.columnMargin(width)
        setPadding(margin, context.px(R.dimen.inkan_s3), margin, bottomPadding())
        val room = width - 2 * margin
        pair = if (compact) pairWithin((room - gap) / 2) else null
        val any = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        for (child in children()) {
            val own = if (child.isPaired()) (room - gap) / 2 else room
            val mode = if (child.isQuiet()) MeasureSpec.AT_MOST else MeasureSpec.EXACTLY
            child.measure(MeasureSpec.makeMeasureSpec(max(0, own), mode), any)
        }
        // Two that stand side by side are as high as the higher one.
        pair?.let { (a, b) ->
            val high = MeasureSpec.makeMeasureSpec(max(a.measuredHeight, b.measuredHeight), MeasureSpec.EXACTLY)
            for (view in listOf(a, b)) view.measure(MeasureSpec.makeMeasureSpec((room - gap) / 2, MeasureSpec.EXACTLY), high)
        }
        rows = rowsWithin(room)
        setMeasuredDimension(
            width,
            paddingTop + paddingBottom + rows.sumOf { it.first().measuredHeight } + gap * max(0, rows.size - 1),
        )
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        var y = paddingTop
        for (row in rows) {
            // Links share the width in equal parts, each in the middle of its own; one alone stands in the middle.
            val part = (width - paddingLeft - paddingRight) / row.size
            row.forEachIndexed { i, view ->
                val within = if (view.isQuiet()) (part - view.measuredWidth) / 2 else 0
                place(view, paddingLeft + if (view.isQuiet()) i * part + within else i * (view.measuredWidth + gap), y)
            }
            y += row.first().measuredHeight + gap
        }
    }

    private fun children(): List<View> = (0 until childCount).map { getChildAt(it) }

    /** A pair is a row, and so are links after each other that fit into equal parts. */
    private fun rowsWithin(room: Int): List<List<View>> {
        val made = mutableListOf<MutableList<View>>()
        for (view in children()) {
            val last = made.lastOrNull()
            val joins = last != null && (last.takesOther(view) || last.takesLink(view, room))
            if (joins) last.add(view) else made += mutableListOf(view)
        }
        return made
    }

    private fun List<View>.takesOther(view: View): Boolean = pair?.let { (a, b) -> first() === a && view === b } ?: false

    private fun List<View>.takesLink(view: View, room: Int): Boolean {
        if (!view.isQuiet() || !first().isQuiet()) return false
        return (this + view).all { it.measuredWidth <= room / (size + 1) }
    }

    private fun View.isPaired(): Boolean = pair?.let { (a, b) -> this === a || this === b } ?: false

    private fun View.isQuiet(): Boolean = this is ButtonView && style == ButtonStyle.QUIET

    /** The first two large buttons, if no word of theirs is wider than a half. */
    private fun pairWithin(half: Int): Pair<View, View>? {
        val large = children().filterIsInstance<ButtonView>().filter { !it.isQuiet() }
        if (large.size < 2) return null
        return if (large.take(2).all { it.widestWord() <= half }) large[0] to large[1] else null
    }

    private fun ButtonView.widestWord(): Int {
        val words = text.split(' ')
        val cjk = words.size == 1
        // Japanese breaks within: four letters on a line are enough.
        val widest = if (cjk) min(text.length, FEW_LETTERS) * textSize else words.maxOf { Layout.getDesiredWidth(it, paint) }
        return widest.toInt() + totalPaddingLeft + totalPaddingRight
    }

    private fun bottomPadding(): Int {
        val last = if (childCount == 0) null else getChildAt(childCount - 1)
        return context.px(if (last != null && last.isQuiet()) R.dimen.inkan_s2 else R.dimen.inkan_s5)
    }

    private companion object {
        const val GAP_DP = 10f
        const val FEW_LETTERS = 5
    }
}

/** The margin on either side of the column of text, for a page that wide. */
internal fun Context.columnMargin(width: Int): Int = max(px(R.dimen.inkan_s5), (width - px(R.dimen.inkan_column)) / 2)
