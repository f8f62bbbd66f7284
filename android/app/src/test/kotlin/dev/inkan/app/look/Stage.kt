/*
 * A page on a phone: one activity with the app's theme, of a given language, scheme and size of text.
 */
package dev.inkan.app.look

import android.animation.ValueAnimator
import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import dev.inkan.app.R
import dev.inkan.screens.CameraTrouble
import dev.inkan.screens.Page
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import java.time.Duration

/** How a page is looked at. */
data class Eyes(
    val japanese: Boolean = true,
    val dark: Boolean = false,
    val scale: Float = 1f,
    val size: String = "w393dp-h852dp",
    val density: String = "mdpi",
) {
    val name: String get() = "${if (japanese) "ja" else "en"}-${if (dark) "dark" else "light"}-${scale.toInt()}x"

    fun apply() {
        // Qualifiers have a fixed order: locale, size, orientation, night, density.
        val night = if (dark) "night" else "notnight"
        RuntimeEnvironment.setQualifiers("+${if (japanese) "ja" else "en"}-$size-port-$night-$density")
        RuntimeEnvironment.setFontScale(scale)
    }
}

internal class Stage(val eyes: Eyes = Eyes()) : AutoCloseable {
    val listener = Heard()
    val activity: Activity
    val view: PageView
    private val controller: ActivityController<Activity>

    init {
        eyes.apply()
        // Nothing moves: a picture taken within a movement depends on what the machine was doing.
        ValueAnimator.setDurationScale(0f)
        controller = Robolectric.buildActivity(Activity::class.java)
        activity = controller.get()
        activity.setTheme(R.style.Theme_Inkan)
        controller.create()
        view = PageView(activity, listener)
        activity.setContentView(view)
        controller.start().postCreate(null).resume().visible()
        settle()
    }

    fun show(page: Page): PageView {
        view.show(page)
        settle()
        return view
    }

    /** Lets posted work and animations come to their end. */
    fun settle() = shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(SETTLED_MS))

    fun photograph(): Bitmap {
        val root = activity.window.decorView
        // Scroll bars fade, each at its own time.
        root.all().forEach { it.isVerticalScrollBarEnabled = false }
        val bitmap = Bitmap.createBitmap(root.width, root.height, Bitmap.Config.ARGB_8888)
        root.draw(Canvas(bitmap))
        return bitmap
    }

    override fun close() {
        controller.pause().stop().destroy()
        ValueAnimator.setDurationScale(1f)
    }

    private companion object {
        const val SETTLED_MS = 400L
    }
}

/** What a page has told. */
internal class Heard : PageListener {
    val told = mutableListOf<String>()

    override fun tapped(id: String) {
        told += "tapped $id"
    }

    override fun typed(field: String, text: String) {
        told += "typed $field $text"
    }

    override fun switched(id: String, on: Boolean) {
        told += "switched $id $on"
    }

    override fun scanned(text: String) {
        told += "scanned $text"
    }

    override fun cameraTroubled(why: CameraTrouble) {
        told += "troubled $why"
    }

    override fun cameraBack() {
        told += "back"
    }
}

/** All views below, and this one, in the order in which they are laid out. */
internal fun View.all(): List<View> =
    listOf(this) + if (this is ViewGroup) (0 until childCount).flatMap { getChildAt(it).all() } else emptyList()

internal inline fun <reified V : View> View.only(): V = all().filterIsInstance<V>().single()
