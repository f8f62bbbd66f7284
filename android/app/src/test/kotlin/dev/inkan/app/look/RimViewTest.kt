package dev.inkan.app.look

import android.animation.ValueAnimator
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment

@RunWith(RobolectricTestRunner::class)
class RimViewTest {
    private val rim by lazy { RimView(RuntimeEnvironment.getApplication()) }

    @After
    fun animationsAgain() = ValueAnimator.setDurationScale(1f)

    @Test
    fun stepsEachSecond() {
        val drawn =
            (0..4).map { second ->
                rim.show(1 - second / 120.0)
                rim.drawn
            }
        assertEquals((0..4).map { 1 - it / 120.0 }, drawn)
    }

    @Test
    fun movesEveryTenSecondsWhereAnimationsAreOff() {
        ValueAnimator.setDurationScale(0f)
        assertFalse(ValueAnimator.areAnimatorsEnabled())
        val moved =
            (0..25)
                .map { second ->
                    rim.show(1 - second / 120.0)
                    rim.drawn
                }.distinct()
        assertEquals(listOf(0, 10, 20).map { 1 - it / 120.0 }, moved)
    }

    @Test
    fun isEmptyWhenTheTimeIsOver() {
        ValueAnimator.setDurationScale(0f)
        listOf(0.02, 0.01, -0.5).forEach(rim::show)
        assertEquals(0.0, rim.drawn, 0.0)
    }
}
