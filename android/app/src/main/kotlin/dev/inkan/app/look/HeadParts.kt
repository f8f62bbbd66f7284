/*
 * The head of a page: a heading, a request's operation and amount with the rim beside them, a result with its seal.
 */
package dev.inkan.app.look

import android.content.Context
import android.view.View
import android.view.ViewGroup
import android.widget.LinearLayout
import android.widget.TextView
import dev.inkan.app.R
import dev.inkan.screens.Part
import dev.inkan.screens.Side
import kotlin.math.max

internal fun Desk.drawTitle(block: Block.One): Drawn {
    val view = TypedText(context, if (block.first) Type.TITLE else Type.HEAD)
    view.isAccessibilityHeading = true
    return drawn<Part.Title>(block, view) { view.text = it.text }
}

internal fun Desk.drawSeal(block: Block.One, part: Part.Seal): Drawn {
    val seal = sealView(context, part.kind)
    val size = context.px(if (part.large) R.dimen.inkan_seal_large else R.dimen.inkan_seal)
    val view = column(context)
    view.addView(seal, LinearLayout.LayoutParams(size, size))
    if (part.large) Motion.stamp(seal)
    return drawn<Part.Seal>(block, view) { }
}

internal fun Desk.drawResult(block: Block.Result): Drawn {
    val title = TypedText(context, Type.TITLE)
    title.isAccessibilityHeading = true
    val text = TypedText(context, Type.BODY)
    val words = column(context)
    words.addView(title)
    if (block.text != null) words.addView(text, below(context, R.dimen.inkan_s1))
    val seal = sealView(context, block.seal.kind)
    if (block.seal.large) Motion.stamp(seal)
    val size = context.px(if (block.seal.large) R.dimen.inkan_seal_large else R.dimen.inkan_seal)
    val view = HeadRow(context, words, seal, size, Narrow.ABOVE)
    return Drawn(view, block.key) { next ->
        (next as? Block.Result)?.let {
            title.text = it.title.text
            text.text = it.text?.text.orEmpty()
        }
    }
}

/** One stop of a screen reader, the amount read in full. */
internal fun Desk.drawRequestHead(block: Block.One, part: Part.RequestHead): Drawn {
    val operation = TypedText(context, Type.TITLE)
    val amount = AmountText(context)
    val words = column(context)
    words.addView(operation)
    if (part.amount != null) words.addView(amount)
    part.side?.let { side ->
        words.addView(sideView(context, side), wrapped().apply { topMargin = context.px(R.dimen.inkan_s2) })
    }
    words.isScreenReaderFocusable = true
    words.isAccessibilityHeading = true
    for (i in 0 until words.childCount) words.getChildAt(i).importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
    val rim = if (part.rim == null) null else RimView(context)
    val seal = block.seal?.let { sealView(context, it.kind) }
    val view =
        HeadRow(
            context,
            words,
            seal ?: rim,
            context.px(R.dimen.inkan_seal),
            if (seal ==
                null
            ) {
                Narrow.GONE
            } else {
                Narrow.ABOVE
            },
        )
    return drawn<Part.RequestHead>(block, view) {
        operation.text = it.operation
        amount.text = it.amount.orEmpty()
        words.contentDescription = it.spoken
        it.rim?.let { left -> rim?.show(left) }
    }
}

private fun sideView(context: Context, side: Side): TextView =
    badgeView(context, if (side == Side.BUY) Frame.BUY else Frame.SELL).apply {
        text = context.getString(if (side == Side.BUY) R.string.buy else R.string.sell)
    }

/** An amount is never shortened: it becomes smaller until it stands on one line, down to the size of body text. */
private class AmountText(context: Context) : TypedText(context, Type.AMOUNT) {
    private val widest = textSize

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val room = MeasureSpec.getSize(widthSpec)
        paint.textSize = widest
        val wanted = paint.measureText(text.toString())
        val least = resources.ems(1f).toFloat()
        // A pixel less: widths are rounded up when the lines are made.
        paint.textSize = if (wanted > room) max(least, widest * (room - 1) / wanted) else widest
        super.onMeasure(widthSpec, heightSpec)
    }
}

/** What becomes of a seal beside a heading where the page is narrow. */
internal enum class Narrow { GONE, ABOVE }

/** Words, and a seal at their end; under 16 ems the words have the whole width. */
internal class HeadRow(
    context: Context,
    private val words: View,
    private val seal: View?,
    private val size: Int,
    private val narrow: Narrow,
) : ViewGroup(context) {
    private val gap = context.px(R.dimen.inkan_s4)
    private var beside = true

    init {
        addView(words)
        seal?.let(::addView)
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        beside = width >= resources.ems(NARROW_UNDER_EMS)
        val any = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        seal?.visibility = if (!beside && narrow == Narrow.GONE) GONE else VISIBLE
        seal?.measure(exactly(size), exactly(size))
        val room = if (beside && seal != null) width - size - gap else width
        words.measure(exactly(max(0, room)), any)
        val height =
            when {
                seal == null || seal.visibility == GONE -> words.measuredHeight
                beside -> max(size, words.measuredHeight)
                else -> size + gap + words.measuredHeight
            }
        setMeasuredDimension(width, height)
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        val shown = seal?.takeIf { it.visibility != GONE }
        if (beside) {
            place(words, 0, (height - words.measuredHeight) / 2)
            shown?.let { place(it, width - size, (height - size) / 2) }
        } else {
            shown?.let { place(it, 0, 0) }
            place(words, 0, height - words.measuredHeight)
        }
    }

    private fun exactly(pixels: Int) = MeasureSpec.makeMeasureSpec(pixels, MeasureSpec.EXACTLY)

    private companion object {
        const val NARROW_UNDER_EMS = 16f
    }
}

internal fun column(context: Context): LinearLayout = LinearLayout(context).apply { orientation = LinearLayout.VERTICAL }

internal fun wrapped() = LinearLayout.LayoutParams(LinearLayout.LayoutParams.WRAP_CONTENT, LinearLayout.LayoutParams.WRAP_CONTENT)

internal fun filled() = LinearLayout.LayoutParams(LinearLayout.LayoutParams.MATCH_PARENT, LinearLayout.LayoutParams.WRAP_CONTENT)

internal fun below(context: Context, dimension: Int) = filled().apply { topMargin = context.px(dimension) }
