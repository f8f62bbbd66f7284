/*
 * The field for the digits of a page: one input, a line to write each digit on, a numeric keyboard, pasting allowed.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.os.Build
import android.text.InputFilter
import android.text.InputType
import android.text.Spanned
import android.text.method.DigitsKeyListener
import android.util.TypedValue
import android.view.View
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import dev.inkan.app.R
import kotlin.math.ceil

internal class DigitsField(context: Context, private val count: Int) : EditText(context) {
    private val side = context.px(R.dimen.inkan_s4)
    private val line = Paint().apply { color = context.getColor(R.color.inkan_edge) }
    private val lineWidth = context.px(R.dimen.inkan_line).toFloat()

    init {
        setType(Type.DIGITS)
        background = context.getDrawable(R.drawable.inkan_field)
        setPadding(side, context.px(R.dimen.inkan_s2), side, context.px(R.dimen.inkan_s2))
        minimumHeight = context.px(R.dimen.inkan_target_button)
        inputType = InputType.TYPE_CLASS_NUMBER or InputType.TYPE_NUMBER_VARIATION_NORMAL
        // What is pasted may have spaces or a hyphen in it: the digits are taken, the rest is left.
        filters = arrayOf(DigitsOnly(), InputFilter.LengthFilter(count))
        keyListener = DigitsKeyListener.getInstance("0123456789")
        imeOptions =
            EditorInfo.IME_ACTION_DONE or EditorInfo.IME_FLAG_NO_EXTRACT_UI or EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING
        importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO
        setSingleLine()
        textAlignment = View.TEXT_ALIGNMENT_VIEW_START
        textDirection = View.TEXT_DIRECTION_LTR
        defaultFocusHighlightEnabled = false
        fit()
    }

    /** Digits shrink rather than leave the page's column. */
    private fun fit() {
        val room = resources.pageWidth() - 2 * context.px(R.dimen.inkan_s5) - 2 * side
        val wanted = count * cell()
        if (wanted > room) setTextSize(TypedValue.COMPLEX_UNIT_PX, textSize * room / wanted)
        letterSpacing = GAP * digit() / textSize
        width = ceil(count * cell()).toInt() + 2 * side
    }

    override fun onDraw(canvas: Canvas) {
        super.onDraw(canvas)
        val y = baseline + textSize * LINE_BELOW
        for (i in 0 until count) {
            val x = totalPaddingLeft + edge() + i * cell()
            canvas.drawRect(x, y, x + digit(), y + lineWidth, line)
        }
    }

    /** The width of a digit: all are as wide. */
    private fun digit(): Float {
        val spacing = paint.letterSpacing
        paint.letterSpacing = 0f
        return paint.measureText("0").also { paint.letterSpacing = spacing }
    }

    private fun cell(): Float = digit() * (1 + GAP)

    /** Up to API 34 half of the spacing stands before the first letter too. */
    private fun edge(): Float = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.VANILLA_ICE_CREAM) 0f else digit() * GAP / 2

    private companion object {
        /** Between digits, of a digit's width. */
        const val GAP = 0.55f
        const val LINE_BELOW = 0.16f
    }
}

/** Takes the digits out of whatever is typed or pasted; full-width digits too. */
internal class DigitsOnly : InputFilter {
    override fun filter(source: CharSequence, start: Int, end: Int, dest: Spanned, dstart: Int, dend: Int): CharSequence? {
        val typed = source.subSequence(start, end)
        val digits = typed.mapNotNull { Character.digit(it, DECIMAL).takeIf { d -> d >= 0 } }.joinToString("")
        return if (digits.contentEquals(typed)) null else digits
    }

    private companion object {
        const val DECIMAL = 10
    }
}
