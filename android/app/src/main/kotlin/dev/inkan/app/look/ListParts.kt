/*
 * Parts that are lists: facts of a form, rows to choose from, quiet links within the content.
 */
package dev.inkan.app.look

import android.content.Context
import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import dev.inkan.app.R
import dev.inkan.screens.Button
import dev.inkan.screens.ButtonStyle
import dev.inkan.screens.Part
import dev.inkan.screens.Row

/** Label and value between hairlines; a form's second part (where it came from) is denser and has none. */
internal fun Desk.drawFacts(block: Block.One): Drawn {
    val view = column(context)
    return drawn<Part.Facts>(block, view) { facts ->
        val rows = (0 until view.childCount).map(view::getChildAt).filterIsInstance<FactRow>()
        if (rows.size == facts.rows.size) {
            rows.zip(facts.rows).forEach { (row, fact) -> row.show(fact) }
        } else {
            view.removeAllViews()
            facts.rows.forEach { fact ->
                if (!block.dense) view.addView(rule())
                view.addView(FactRow(context, block.dense).apply { show(fact) }, filled())
            }
            if (!block.dense && facts.rows.isNotEmpty()) view.addView(rule())
        }
    }
}

internal fun Desk.drawRows(block: Block.One): Drawn {
    val view = column(context)
    return drawn<Part.Rows>(block, view) { rows ->
        val shown = (0 until view.childCount).map(view::getChildAt).filterIsInstance<RowView>()
        if (shown.size == rows.rows.size && shown.zip(rows.rows).all { (row, next) -> row.canShow(next) }) {
            shown.zip(rows.rows).forEach { (row, next) -> row.show(next) }
        } else {
            view.removeAllViews()
            rows.rows.forEach { row ->
                view.addView(rule())
                view.addView(RowView(context, row, listener::tapped).apply { show(row) }, filled())
            }
            if (rows.rows.isNotEmpty()) view.addView(rule())
        }
    }
}

internal fun Desk.drawInline(block: Block.One): Drawn {
    val view = column(context)
    return drawn<Part.Inline>(block, view) { inline ->
        val fits =
            view.childCount == inline.buttons.size &&
                inline.buttons.withIndex().all { (i, button) -> view.getChildAt(i).canShow(button) }
        if (!fits) {
            view.removeAllViews()
            inline.buttons.forEach { view.addView(inlineButton(it), inlineParams(it)) }
        }
        inline.buttons.forEachIndexed { i, button -> (view.getChildAt(i) as? ButtonView)?.show(button) }
    }
}

private fun Desk.inlineButton(button: Button): ButtonView = ButtonView(context, button.style, listener::tapped).apply {
    // A link stands at the edge of the text.
    if (button.style == ButtonStyle.QUIET) setPadding(0, paddingTop, 0, paddingBottom)
    if (button.style == ButtonStyle.QUIET) gravity = Gravity.CENTER_VERTICAL or Gravity.START
}

private fun Desk.inlineParams(button: Button): LinearLayout.LayoutParams =
    if (button.style == ButtonStyle.QUIET) wrapped() else below(context, R.dimen.inkan_s2)

/** A row: at least 64 dp high; without an action of its own all of it can be tapped. */
internal class RowView(context: Context, private val first: Row, private val tapped: (String) -> Unit) : LinearLayout(context) {
    private val title = TypedText(context, Type.HEAD)
    private val value = TypedText(context, Type.SMALL)
    private val detail = TypedText(context, Type.LABEL)
    private val badge = badgeView(context)
    private val action = ButtonView(context, ButtonStyle.OUTLINED) { tapped(first.id) }

    init {
        val large = resources.largeText()
        gravity = if (first.seal == null) Gravity.CENTER_VERTICAL else Gravity.TOP
        minimumHeight = context.px(R.dimen.inkan_s12) + context.px(R.dimen.inkan_s4)
        setPadding(0, context.px(R.dimen.inkan_s3), 0, context.px(R.dimen.inkan_s3))
        first.seal?.let { kind ->
            val size = context.px(R.dimen.inkan_seal_row)
            addView(sealView(context, kind), LayoutParams(size, size).apply { marginEnd = context.px(R.dimen.inkan_s4) })
        }
        addView(words(), LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f))
        if (first.action != null && !large) addView(action, beside())
        if (first.action == null) {
            // A row with a seal is a request or a record, and its time stands at its end.
            val size = context.grownIcon(R.dimen.inkan_s6)
            val end = LayoutParams(size, size).apply { gravity = Gravity.CENTER_VERTICAL }
            if (first.seal == null) addView(iconView(context, R.drawable.icon_chevron), end)
            setBackgroundResource(R.drawable.inkan_button_quiet)
            isClickable = true
            isFocusable = true
            defaultFocusHighlightEnabled = false
            setOnClickListener { tapped(first.id) }
        } else {
            isScreenReaderFocusable = true
        }
    }

    private fun words(): LinearLayout {
        val words = column(context)
        val head = FlowRow(context, context.px(R.dimen.inkan_s3), endLast = first.value != null)
        head.addView(title)
        if (first.value != null) head.addView(value)
        words.addView(head, filled())
        if (first.detail != null) words.addView(detail, below(context, R.dimen.inkan_s1))
        if (first.badge != null) words.addView(badge, wrapped().apply { topMargin = context.px(R.dimen.inkan_s2) })
        for (i in 0 until words.childCount) {
            words.getChildAt(i).importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
        }
        if (first.action != null && resources.largeText()) words.addView(action, below(context, R.dimen.inkan_s2))
        return words
    }

    private fun beside() = LayoutParams(LayoutParams.WRAP_CONTENT, LayoutParams.WRAP_CONTENT).apply {
        marginStart = context.px(R.dimen.inkan_s4)
        gravity = Gravity.CENTER_VERTICAL
    }

    /** Whether the next row has the same shape. */
    fun canShow(next: Row): Boolean = first.id == next.id && first.seal == next.seal &&
        listOf(first.detail, first.value, first.badge, first.action).map { it == null } ==
        listOf(next.detail, next.value, next.badge, next.action).map { it == null }

    fun show(row: Row) {
        title.text = row.title
        value.text = row.value.orEmpty()
        detail.text = row.detail.orEmpty()
        badge.text = row.badge.orEmpty()
        row.action?.let { word ->
            action.show(Button(row.id, word, ButtonStyle.OUTLINED))
            action.contentDescription = listOf(word, row.title).joinToString(PAUSE)
        }
        contentDescription = listOfNotNull(row.title, row.detail, row.badge, row.value).joinToString(PAUSE)
    }

    override fun getAccessibilityClassName(): CharSequence =
        if (first.action == null) android.widget.Button::class.java.name else super.getAccessibilityClassName()
}
