/*
 * Parts that only say something: text, notes, notices, reasons, a code to copy, steps, nothing to see.
 */
package dev.inkan.app.look

import android.view.Gravity
import android.view.View
import android.widget.LinearLayout
import android.widget.Space
import dev.inkan.app.R
import dev.inkan.screens.NoticeKind
import dev.inkan.screens.Part
import dev.inkan.screens.SealKind
import kotlin.math.min

internal fun Desk.drawText(block: Block.One, type: Type, text: (Part) -> String?): Drawn {
    val view = TypedText(context, type)
    return drawn<Part>(block, view) { view.text = text(it).orEmpty() }
}

/** Receipts and the log: copied by whoever needs them, so the text can be selected. */
internal fun Desk.drawMono(block: Block.One): Drawn {
    val view = TypedText(context, Type.MONO)
    view.setBackgroundResource(R.drawable.inkan_notice)
    val side = context.px(R.dimen.inkan_s4)
    view.setPadding(side, context.px(R.dimen.inkan_s3), side, context.px(R.dimen.inkan_s3))
    view.setTextIsSelectable(true)
    view.minimumHeight = context.px(R.dimen.inkan_target)
    return drawn<Part.Mono>(block, view) { view.text = it.text }
}

/** The paragraphs are rows of the page's own list ([ReadingList]): here, only their place is kept. */
internal fun Desk.drawReading(block: Block.One): Drawn = Drawn(Space(context).apply { visibility = View.GONE }, block.key) {}

/** A box with an icon and words: never the tint alone. */
internal fun Desk.drawNotice(block: Block.One, part: Part.Notice): Drawn {
    val title = TypedText(context, Type.STRONG)
    val text = TypedText(context, Type.BODY)
    val words = column(context)
    if (part.title != null) words.addView(title)
    words.addView(text)
    val icon = if (part.kind == NoticeKind.CAUTION) R.drawable.icon_caution else R.drawable.icon_info
    val view = noticeBox(part.kind == NoticeKind.CAUTION)
    view.addView(iconRow(icon, words), filled())
    return drawn<Part.Notice>(block, view) {
        title.text = it.title.orEmpty()
        text.text = it.text
        view.contentDescription = listOfNotNull(it.title, it.text).joinToString(PAUSE)
    }
}

internal fun Desk.drawReasons(block: Block.One): Drawn {
    val view = noticeBox(caution = true)
    return drawn<Part.Reasons>(block, view) { reasons ->
        view.removeAllViews()
        reasons.texts.forEachIndexed { i, text ->
            val words = TypedText(context, Type.BODY, text)
            view.addView(iconRow(R.drawable.icon_caution, words), if (i == 0) filled() else below(context, R.dimen.inkan_s1))
        }
        view.contentDescription = reasons.texts.joinToString(PAUSE)
    }
}

private fun Desk.noticeBox(caution: Boolean): LinearLayout = column(context).apply {
    setBackgroundResource(if (caution) R.drawable.inkan_notice_caution else R.drawable.inkan_notice)
    val side = context.px(R.dimen.inkan_s4)
    setPadding(side, context.px(R.dimen.inkan_s3), side, context.px(R.dimen.inkan_s3))
    isScreenReaderFocusable = true
}

/** An icon as large as a line, in the middle of the first one, and words. They are read by whoever holds the row. */
internal fun Desk.iconRow(icon: Int, words: View): LinearLayout = LinearLayout(context).apply {
    val line = TypedText(context, Type.BODY).oneLine()
    val grown = context.grownIcon(R.dimen.inkan_s6)
    addView(
        iconView(context, icon),
        LinearLayout.LayoutParams(grown, grown).apply { topMargin = ((line - grown) / 2).coerceAtLeast(0) },
    )
    val room = LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.WRAP_CONTENT, 1f)
    room.marginStart = context.px(R.dimen.inkan_s3)
    addView(words, room)
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
}

/** Digits to be copied: groups of three, read one by one. */
internal fun Desk.drawCode(block: Block.One): Drawn {
    val view = TypedText(context, Type.CODE)
    view.gravity = Gravity.CENTER_HORIZONTAL
    view.letterSpacing = CODE_SPACING
    view.textDirection = View.TEXT_DIRECTION_LTR
    return drawn<Part.Code>(block, view) {
        view.text = it.groups.joinToString(" ")
        view.contentDescription = it.spoken
    }
}

/** How far one is: bars that only help, and the words that say it. */
internal fun Desk.drawSteps(block: Block.One): Drawn {
    val bars = LinearLayout(context)
    bars.importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
    val words = TypedText(context, Type.NOTE)
    val view = column(context)
    view.addView(bars, LinearLayout.LayoutParams(LinearLayout.LayoutParams.MATCH_PARENT, context.px(R.dimen.inkan_s1)))
    view.addView(words, below(context, R.dimen.inkan_s1))
    return drawn<Part.Steps>(block, view) { steps ->
        val now = min(steps.done, steps.labels.size - 1)
        bars.removeAllViews()
        steps.labels.indices.forEach { i ->
            val bar = View(context)
            bar.setBackgroundColor(context.getColor(if (i <= now) R.color.inkan_act else R.color.inkan_rule))
            val params = LinearLayout.LayoutParams(0, LinearLayout.LayoutParams.MATCH_PARENT, 1f)
            if (i > 0) params.marginStart = context.px(R.dimen.inkan_s1)
            bars.addView(bar, params)
        }
        words.text = steps.labels.getOrNull(now)?.let { "$it  ${now + 1} / ${steps.labels.size}" }.orEmpty()
    }
}

internal fun Desk.drawEmpty(block: Block.One): Drawn {
    val title = TypedText(context, Type.HEAD)
    val hint = TypedText(context, Type.NOTE)
    title.isAccessibilityHeading = true
    val view = column(context)
    view.gravity = Gravity.CENTER_HORIZONTAL
    val around = context.px(R.dimen.inkan_s8)
    view.setPadding(context.px(R.dimen.inkan_s4), around, context.px(R.dimen.inkan_s4), around)
    val size = context.px(R.dimen.inkan_seal)
    view.addView(sealView(context, SealKind.ELSEWHERE), LinearLayout.LayoutParams(size, size))
    for (text in listOf(title, hint)) {
        text.gravity = Gravity.CENTER_HORIZONTAL
        view.addView(text, below(context, R.dimen.inkan_s3))
    }
    return drawn<Part.Empty>(block, view) {
        title.text = it.title
        hint.text = it.hint
    }
}

/** A hairline, for lists and forms. */
internal fun Desk.rule(): View = View(context).apply {
    setBackgroundColor(context.getColor(R.color.inkan_rule))
    layoutParams = LinearLayout.LayoutParams(LinearLayout.LayoutParams.MATCH_PARENT, context.px(R.dimen.inkan_hair))
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
}

private const val CODE_SPACING = 0.06f
