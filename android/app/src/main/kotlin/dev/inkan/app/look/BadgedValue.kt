/*
 * A value and, where there is one, its badge: behind the last line if it fits there, else below.
 */
package dev.inkan.app.look

import android.content.Context
import android.view.Gravity
import android.view.ViewGroup
import android.widget.TextView
import dev.inkan.app.R
import kotlin.math.ceil
import kotlin.math.max

internal class BadgedValue(context: Context, type: Type) : ViewGroup(context) {
    private val text = TypedText(context, type)
    private val badge = badgeView(context)
    private var beside = false

    init {
        addView(text)
        addView(badge)
    }

    fun show(value: String, word: String?) {
        if (text.text.toString() != value) text.text = value
        badge.visibility = if (word == null) GONE else VISIBLE
        badge.text = word.orEmpty()
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val any = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        text.measure(widthSpec, any)
        if (badge.visibility == GONE) {
            setMeasuredDimension(text.measuredWidth, text.measuredHeight)
            return
        }
        badge.measure(widthSpec, any)
        val room =
            if (MeasureSpec.getMode(widthSpec) ==
                MeasureSpec.UNSPECIFIED
            ) {
                Int.MAX_VALUE
            } else {
                MeasureSpec.getSize(widthSpec)
            }
        val besideWidth = lastLine() + gap() + badge.measuredWidth
        beside = besideWidth <= room
        if (beside) {
            setMeasuredDimension(
                max(text.measuredWidth, besideWidth),
                max(text.measuredHeight, badgeTop() + badge.measuredHeight),
            )
        } else {
            setMeasuredDimension(
                max(text.measuredWidth, badge.measuredWidth),
                text.measuredHeight + gap() / 2 + badge.measuredHeight,
            )
        }
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        place(text, 0, 0)
        if (badge.visibility == GONE) return
        if (beside) place(badge, lastLine() + gap(), badgeTop()) else place(badge, 0, text.measuredHeight + gap() / 2)
    }

    override fun getBaseline(): Int = text.baseline

    private fun lastLine(): Int = text.layout.let { ceil(it.getLineWidth(it.lineCount - 1)).toInt() }

    /** The middle of the badge is the middle of the last line. */
    private fun badgeTop(): Int = max(0, text.measuredHeight - (text.oneLine() + badge.measuredHeight) / 2)

    private fun gap(): Int = context.px(R.dimen.inkan_s2)
}

/** How a badge is framed. */
internal enum class Frame(val ground: Int, val ink: Int) {
    PLAIN(R.drawable.inkan_badge, R.color.inkan_ink),
    CAUTION(R.drawable.inkan_badge_caution, R.color.inkan_caution),
    BUY(R.drawable.inkan_badge_buy, R.color.inkan_buy),
    SELL(R.drawable.inkan_badge_sell, R.color.inkan_sell),
}

/** A word in a frame. */
internal fun badgeView(context: Context, frame: Frame = Frame.CAUTION): TextView = TextView(context).apply {
    setType(Type.BADGE)
    setBackgroundResource(frame.ground)
    setTextColor(context.getColor(frame.ink))
    gravity = Gravity.CENTER_VERTICAL
    val side = (textSize * 0.5f).toInt()
    val above = (textSize * BADGE_ABOVE).toInt()
    setPadding(side, above, side, above)
}

private const val BADGE_ABOVE = 0.2f
