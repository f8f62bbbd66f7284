/*
 * Text as the look wants it: size and weight from an appearance, leading by language, figures of one width, Japanese
 * glyphs for Japanese text in every locale, and lines broken between phrases.
 */
package dev.inkan.app.look

import android.content.Context
import android.content.res.Resources
import android.graphics.text.LineBreakConfig
import android.os.Build
import android.os.LocaleList
import android.text.Layout
import android.util.TypedValue
import android.widget.TextView
import dev.inkan.app.R
import java.util.Locale
import kotlin.math.min
import kotlin.math.roundToInt

/** A step of the type scale. [share]: of the page's width, between [least] (sp) and the appearance's size. */
internal enum class Type(val appearance: Int, val leading: Int, val least: Float = 0f, val share: Float = 0f) {
    AMOUNT(R.style.TextAppearance_Inkan_Amount, R.dimen.inkan_leading_tight, 24f, 0.10f),
    CODE(R.style.TextAppearance_Inkan_Code, R.dimen.inkan_leading_tight, 28f, 0.12f),
    DIGITS(R.style.TextAppearance_Inkan_Digits, R.dimen.inkan_leading_tight, 22f, 0.086f),
    TITLE(R.style.TextAppearance_Inkan_Title, R.dimen.inkan_leading_title, 20f, 0.062f),
    HEAD(R.style.TextAppearance_Inkan_Head, R.dimen.inkan_leading_head),
    BODY(R.style.TextAppearance_Inkan_Body, R.dimen.inkan_leading_body),
    STRONG(R.style.TextAppearance_Inkan_Strong, R.dimen.inkan_leading_head),
    SMALL(R.style.TextAppearance_Inkan_Small, R.dimen.inkan_leading_small),
    LABEL(R.style.TextAppearance_Inkan_Label, R.dimen.inkan_leading_small),
    FIELD_LABEL(R.style.TextAppearance_Inkan_FieldLabel, R.dimen.inkan_leading_small),
    ERROR(R.style.TextAppearance_Inkan_Error, R.dimen.inkan_leading_small),
    NOTE(R.style.TextAppearance_Inkan_Note, R.dimen.inkan_leading_small),
    BADGE(R.style.TextAppearance_Inkan_Badge, R.dimen.inkan_leading_head),
    MONO(R.style.TextAppearance_Inkan_Mono, R.dimen.inkan_leading_small),
}

/** A text of the scale. Its box is as high as its lines times the leading, half of what is over lying above the text. */
internal open class TypedText(context: Context, private val type: Type, text: CharSequence = "") : TextView(context) {
    init {
        setType(type)
        val over = (lineHeightOf(type) - fontHeight()).coerceAtLeast(0)
        setPadding(0, over / 2, 0, over - over / 2)
        this.text = text
    }

    /** The height of one line, in pixels. */
    fun oneLine(): Int = lineHeightOf(type)
}

/** Gives a text view (also a button or an input) everything but the box of [TypedText]. */
internal fun TextView.setType(type: Type) {
    setTextAppearance(type.appearance)
    textLocales = localesFor(resources)
    includeFontPadding = false
    // A fallback font may be higher than the first one: the leading is ours, so lines stay where they are.
    isFallbackLineSpacing = false
    hyphenationFrequency = Layout.HYPHENATION_FREQUENCY_NONE
    breakStrategy =
        if (type == Type.TITLE || type == Type.HEAD) Layout.BREAK_STRATEGY_BALANCED else Layout.BREAK_STRATEGY_HIGH_QUALITY
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
        lineBreakStyle = LineBreakConfig.LINE_BREAK_STYLE_STRICT
        lineBreakWordStyle = LineBreakConfig.LINE_BREAK_WORD_STYLE_PHRASE
    }
    if (type.share > 0f) setTextSize(TypedValue.COMPLEX_UNIT_PX, fluidSize(type))
    setLineSpacing((lineHeightOf(type) - fontHeight()).toFloat(), 1f)
}

private fun TextView.fluidSize(type: Type): Float {
    val metrics = resources.displayMetrics
    val least = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, type.least, metrics)
    return (resources.pageWidth() * type.share).coerceIn(least, maxOf(least, textSize))
}

private fun TextView.lineHeightOf(type: Type): Int = (textSize * resources.floatOf(type.leading)).roundToInt()

private fun TextView.fontHeight(): Int = paint.getFontMetricsInt(null)

/** The page's width in pixels: the window's, but not beyond the column of text. */
internal fun Resources.pageWidth(): Int {
    val column = getDimensionPixelSize(R.dimen.inkan_column) + 2 * getDimensionPixelSize(R.dimen.inkan_s5)
    return min((configuration.screenWidthDp * displayMetrics.density).roundToInt(), column)
}

/** A number among the dimensions. (`Resources.getFloat` is API 29.) */
internal fun Resources.floatOf(id: Int): Float = TypedValue().also { getValue(id, it, true) }.float

/** Pixels of so many ems of body text. */
internal fun Resources.ems(ems: Float): Int =
    (ems * TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, BODY_SP, displayMetrics)).roundToInt()

internal fun Context.px(dimension: Int): Int = resources.getDimensionPixelSize(dimension)

/** The app's language first, then Japanese: a request may be in Japanese where the app is not, and Han is one script. */
private fun localesFor(resources: Resources): LocaleList {
    val own = resources.configuration.locales[0]
    return if (own.language == Locale.JAPANESE.language) LocaleList(own) else LocaleList(own, Locale.JAPAN)
}

/** Whether the text is so large that what stood beside each other has to stand below each other. */
internal fun Resources.largeText(): Boolean = configuration.fontScale >= LARGE_TEXT

private const val BODY_SP = 16f
private const val LARGE_TEXT = 1.3f
