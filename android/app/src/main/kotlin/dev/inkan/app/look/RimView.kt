/*
 * The empty place for a seal whose rim is the time left. It steps, once a second; with animations off it moves at every
 * tenth step only. Words say the same, so screen readers do not see it.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.view.View
import dev.inkan.app.R

internal class RimView(context: Context) : View(context) {
    /** The share of its life that the request has left, as drawn. */
    var drawn: Double = 1.0
        private set

    private var steps = 0
    private val place = context.drawing(R.drawable.seal_place)
    private val rim =
        Paint(Paint.ANTI_ALIAS_FLAG).apply {
            style = Paint.Style.STROKE
            strokeWidth = STROKE
            color = context.getColor(R.color.inkan_act)
        }

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
    }

    /** Shows the share left; called once a second. */
    fun show(fraction: Double) {
        val now = fraction.coerceIn(0.0, 1.0)
        val first = steps == 0
        steps += 1
        val rests = !Motion.allowed() && steps % QUIET_STEPS != 1
        if (rests && !first && now > 0.0) return
        drawn = now
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        place.setBounds(0, 0, width, height)
        place.draw(canvas)
        canvas.save()
        canvas.scale(width / GRID, height / GRID)
        val sweep = (FULL * drawn).toFloat()
        canvas.drawArc(MIDDLE - RADIUS, MIDDLE - RADIUS, MIDDLE + RADIUS, MIDDLE + RADIUS, TOP, sweep, false, rim)
        canvas.restore()
    }

    private companion object {
        const val GRID = 64f
        const val MIDDLE = 32f
        const val RADIUS = 29f
        const val STROKE = 4f
        const val TOP = -90f
        const val FULL = 360.0
        const val QUIET_STEPS = 10
    }
}
