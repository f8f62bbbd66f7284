/*
 * Buttons of four styles. None is ever greyed out; one that is busy says what it does.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.drawable.Drawable
import android.view.Gravity
import android.view.View
import android.widget.TextView
import dev.inkan.app.R
import dev.inkan.screens.Button
import dev.inkan.screens.ButtonStyle

/** One button of a page, kept while its id and style stay. */
internal class ButtonView(context: Context, val style: ButtonStyle, private val tapped: (String) -> Unit) : TextView(context) {
    private var shown: Button? = null
    private val icon: Drawable? = if (style == ButtonStyle.GRAVE) context.drawing(R.drawable.icon_stop) else null
    private val iconSize = context.grownIcon(R.dimen.inkan_s5)
    private val iconGap = context.px(R.dimen.inkan_s2)

    init {
        setType(if (style == ButtonStyle.QUIET) Type.BODY else Type.STRONG)
        setBackgroundResource(style.ground())
        setTextColor(resources.getColorStateList(style.ink(), context.theme))
        gravity = Gravity.CENTER
        isClickable = true
        isFocusable = true
        defaultFocusHighlightEnabled = false
        if (style == ButtonStyle.QUIET) {
            paintFlags = paintFlags or Paint.UNDERLINE_TEXT_FLAG
            minimumHeight = context.px(R.dimen.inkan_target)
            minimumWidth = context.px(R.dimen.inkan_target)
            val around = context.px(R.dimen.inkan_s2)
            setPadding(around, around, around, around)
        } else {
            minimumHeight = context.px(R.dimen.inkan_target_button)
            val side = context.px(R.dimen.inkan_s5)
            val above = context.px(R.dimen.inkan_s2)
            setPaddingRelative(side + if (icon == null) 0 else iconSize + iconGap, above, side, above)
        }
        setOnClickListener { shown?.let { button -> if (!button.busy) tapped(button.id) } }
    }

    fun show(button: Button) {
        if (text.toString() != button.text) text = button.text
        isActivated = button.busy
        shown = button
    }

    /** The stop of the seal stands right before the words of what is grave; what is busy has no icon. */
    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val words = layout ?: return
        if (icon == null || isActivated) return
        val widest = (0 until words.lineCount).maxOf(words::getLineWidth)
        val before = (width - totalPaddingLeft - totalPaddingRight - widest) / 2
        val mirrored = layoutDirection == LAYOUT_DIRECTION_RTL
        val start = if (mirrored) width - totalPaddingRight - before + iconGap else totalPaddingLeft + before - iconGap - iconSize
        val top = (height - iconSize) / 2
        icon.setBounds(start.toInt(), top, start.toInt() + iconSize, top + iconSize)
        icon.draw(canvas)
    }

    override fun getAccessibilityClassName(): CharSequence = android.widget.Button::class.java.name
}

private fun ButtonStyle.ground(): Int = when (this) {
    ButtonStyle.FILLED -> R.drawable.inkan_button_filled
    ButtonStyle.OUTLINED -> R.drawable.inkan_button_outlined
    ButtonStyle.QUIET -> R.drawable.inkan_button_quiet
    ButtonStyle.GRAVE -> R.drawable.inkan_button_grave
}

private fun ButtonStyle.ink(): Int = when (this) {
    ButtonStyle.FILLED -> R.color.inkan_text_filled
    ButtonStyle.OUTLINED -> R.color.inkan_text_outlined
    ButtonStyle.QUIET -> R.color.inkan_text_quiet
    ButtonStyle.GRAVE -> R.color.inkan_text_grave
}

/** Whether a view of a list may go on showing this button. */
internal fun View.canShow(button: Button): Boolean = this is ButtonView && style == button.style
