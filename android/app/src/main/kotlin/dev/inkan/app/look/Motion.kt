/*
 * The three movements of the look. Where the phone's animations are off there are none.
 */
package dev.inkan.app.look

import android.animation.ValueAnimator
import android.view.View
import android.view.animation.PathInterpolator

internal object Motion {
    /** Whether anything may move: animator duration scale 0 ("remove animations") turns everything off. */
    fun allowed(): Boolean = ValueAnimator.areAnimatorsEnabled()

    /** The seal comes down: once, when the answer is there. */
    fun stamp(view: View) {
        if (!allowed()) return
        view.alpha = 0f
        view.scaleX = STAMP_FROM
        view.scaleY = STAMP_FROM
        view.animate().alpha(1f).scaleX(1f).scaleY(1f).setDuration(STAMP_MS).setInterpolator(ease()).start()
    }

    /** A new page comes in. */
    fun enter(view: View) {
        if (!allowed()) return
        view.alpha = 0f
        view.animate().alpha(1f).setDuration(ENTER_MS).setInterpolator(ease()).start()
    }

    private fun ease() = PathInterpolator(EASE_FROM, 0f, 0f, 1f)

    private const val EASE_FROM = 0.2f
    private const val STAMP_FROM = 1.14f
    private const val STAMP_MS = 240L
    private const val ENTER_MS = 200L
}
