package dev.inkan.app.look

import android.app.Activity
import android.os.Build
import android.view.WindowManager
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
class GuardTest {
    @Test
    fun aGuardedWindowIsSecureAndAnOpenOneIsNot() = Robolectric.buildActivity(Activity::class.java).setup().use { controller ->
        val activity = controller.get()
        assertEquals(0, activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE)
        activity.guardWindow(true)
        assertNotEquals(0, activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE)
        activity.guardWindow(false)
        assertEquals(0, activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE)
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.VANILLA_ICE_CREAM])
    fun overlaysAreHiddenOverAGuardedWindow() = Robolectric.buildActivity(Activity::class.java).setup().use { controller ->
        val window = controller.get().window
        // The flag behind setHideOverlayWindows has no public name; the tests run on the framework itself, which has one.
        val hidden = WindowManager.LayoutParams.SYSTEM_FLAG_HIDE_NON_SYSTEM_OVERLAY_WINDOWS
        assertEquals(0, window.attributes.privateFlags and hidden)
        controller.get().guardWindow(true)
        assertNotEquals(0, window.attributes.privateFlags and hidden)
        controller.get().guardWindow(false)
        assertEquals(0, window.attributes.privateFlags and hidden)
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.VANILLA_ICE_CREAM])
    fun theRecentAppsGetNoPicture() {
        val activity = Robolectric.buildActivity(Recorded::class.java).setup().get()
        activity.guardWindow(true)
        activity.guardWindow(false)
        assertEquals(listOf(false, true), activity.pictures)
    }

    /** Keeps what it is told, which the framework only passes on. */
    class Recorded : Activity() {
        val pictures = mutableListOf<Boolean>()

        override fun setRecentsScreenshotEnabled(enabled: Boolean) {
            pictures += enabled
        }
    }
}
