/*
 * Buttons of four styles. None is ever greyed out; one that is busy says what it does.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.Paint
import android.view.Gravity
import android.view.View
import android.widget.TextView
import dev.inkan.app.R
import dev.inkan.screens.Button
import dev.inkan.screens.ButtonStyle

/** One button of a page, kept while its id and style stay. */
internal class ButtonView(context: Context, val style: ButtonStyle, private val tapped: (String) -> Unit) : TextView(context) {
    private var shown: Button? = null

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
            setPadding(context.px(R.dimen.inkan_s2), context.px(R.dimen.inkan_s2), context.px(R.dimen.inkan_s2), context.px(R.dimen.inkan_s2))
        } else {
            minimumHeight = context.px(R.dimen.inkan_target_button)
            setPadding(context.px(R.dimen.inkan_s5), context.px(R.dimen.inkan_s2), context.px(R.dimen.inkan_s5), context.px(R.dimen.inkan_s2))
        }
        setOnClickListener { shown?.let { button -> if (!button.busy) tapped(button.id) } }
    }

    fun show(button: Button) {
        if (text.toString() != button.text) text = button.text
        isActivated = button.busy
        shown = button
        // The stop of the seal stands before the words of what is grave; a busy button has no icon.
        val icon = if (style == ButtonStyle.GRAVE && !button.busy) context.getDrawable(R.drawable.icon_stop) else null
        setCompoundDrawablesRelativeWithIntrinsicBounds(icon, null, null, null)
        compoundDrawablePadding = context.px(R.dimen.inkan_s2)
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
