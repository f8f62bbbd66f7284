/*
 * The empty place for a seal whose rim is the time left. It steps, once a second; with animations off it moves at every
 * tenth step only. Words say the same, so screen readers do not see it.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.graphics.Path
import android.view.View
import dev.inkan.app.R

internal class RimView(context: Context) : View(context) {
    /** The share of its life that the request has left, as drawn. */
    var drawn: Double = 1.0
        private set

    private var steps = 0
    private val track = stroke(R.color.inkan_rule)
    private val rim = stroke(R.color.inkan_act)
    private val ghost = ghostOf()

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
    }

    /** Shows the share left; called once a second. */
    fun show(fraction: Double) {
        val now = fraction.coerceIn(0.0, 1.0)
        val first = steps == 0
        steps += 1
        if (!first && !Motion.allowed() && now > 0.0 && steps % QUIET_STEPS != 1) return
        drawn = now
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        canvas.save()
        canvas.scale(width / GRID, height / GRID)
        canvas.drawCircle(MIDDLE, MIDDLE, RADIUS, track)
        canvas.drawPath(ghost, track)
        val sweep = (FULL * drawn).toFloat()
        canvas.drawArc(MIDDLE - RADIUS, MIDDLE - RADIUS, MIDDLE + RADIUS, MIDDLE + RADIUS, TOP, sweep, false, rim)
        canvas.restore()
    }

    private fun stroke(colour: Int) = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeWidth = STROKE
        color = context.getColor(colour)
    }

    /** 印 on the grid of 64: the same strokes as in the drawables. */
    private fun ghostOf() = Path().apply {
        line(30f, 16f, 18f, 20f, 18f, 47f)
        line(18f, 30f, 29.5f, 30f)
        line(18f, 41f, 29.5f, 41f)
        line(35.5f, 51f, 35.5f, 19f, 46.5f, 19f, 46.5f, 41.5f, 40.5f, 41.5f)
    }

    private fun Path.line(vararg points: Float) {
        moveTo(points[0], points[1])
        for (i in 2 until points.size step 2) lineTo(points[i], points[i + 1])
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
