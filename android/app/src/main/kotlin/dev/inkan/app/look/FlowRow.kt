/*
 * Views beside each other while they fit, else below each other: the bar, the head of a row, buttons side by side.
 */
package dev.inkan.app.look

import android.content.Context
import android.view.View
import android.view.ViewGroup
import kotlin.math.max

/** [endLast]: the last view stands at the end of its line, be it the first line or one of its own. */
internal class FlowRow(
    context: Context,
    private val gap: Int,
    private val lineGap: Int = 0,
    private val endLast: Boolean = false,
) : ViewGroup(context) {
    private class Line(val views: MutableList<View> = mutableListOf(), var width: Int = 0, var height: Int = 0)

    private var lines = emptyList<Line>()

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val bounded = MeasureSpec.getMode(widthSpec) != MeasureSpec.UNSPECIFIED
        val room = if (bounded) MeasureSpec.getSize(widthSpec) - paddingLeft - paddingRight else Int.MAX_VALUE
        lines = linesIn(room, bounded)
        val height = lines.sumOf { it.height } + lineGap * max(0, lines.size - 1) + paddingTop + paddingBottom
        val widest = (lines.maxOfOrNull { it.width } ?: 0) + paddingLeft + paddingRight
        setMeasuredDimension(
            if (endLast && bounded) MeasureSpec.getSize(widthSpec) else resolveSize(widest, widthSpec),
            resolveSize(max(height, minimumHeight), heightSpec),
        )
    }

    private fun linesIn(room: Int, bounded: Boolean): List<Line> {
        val made = mutableListOf<Line>()
        val any = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        val widthSpec = if (bounded) MeasureSpec.makeMeasureSpec(max(0, room), MeasureSpec.AT_MOST) else any
        for (i in 0 until childCount) {
            val child = getChildAt(i)
            if (child.visibility == GONE) continue
            child.measure(widthSpec, any)
            val last = made.lastOrNull()
            val line = if (last != null && last.width + gap + child.measuredWidth <= room) last else Line().also(made::add)
            line.width += child.measuredWidth + if (line.views.isEmpty()) 0 else gap
            line.height = max(line.height, child.measuredHeight)
            line.views += child
        }
        return made
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        val used = lines.sumOf { it.height } + lineGap * max(0, lines.size - 1)
        var y = paddingTop + max(0, (bottom - top - paddingTop - paddingBottom - used) / 2)
        for (line in lines) {
            var x = paddingLeft
            for (view in line.views) {
                if (endLast && childCount > 1 &&
                    view === getChildAt(childCount - 1)
                ) {
                    x = width - paddingRight - view.measuredWidth
                }
                place(view, x, y + (line.height - view.measuredHeight) / 2)
                x += view.measuredWidth + gap
            }
            y += line.height + lineGap
        }
    }
}

/** Lays a child out, [x] counted from the side where reading begins. */
internal fun ViewGroup.place(child: View, x: Int, y: Int) {
    val left = if (layoutDirection == View.LAYOUT_DIRECTION_RTL) width - x - child.measuredWidth else x
    child.layout(left, y, left + child.measuredWidth, y + child.measuredHeight)
}
