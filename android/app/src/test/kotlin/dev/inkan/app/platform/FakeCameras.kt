/*
 * Cameras that do what a test says.
 */
package dev.inkan.app.platform

import android.graphics.SurfaceTexture
import android.os.Looper
import android.util.Size
import android.view.TextureView
import android.widget.FrameLayout
import dev.inkan.screens.CameraTrouble
import org.robolectric.Shadows.shadowOf

/** [trouble]: what there is instead of a camera. */
internal class FakeCameras(var trouble: CameraTrouble? = null, var allowed: Boolean = true) : Cameras {
    val found = mutableListOf<FakeCamera>()

    /** Who waits for a camera to come back. */
    val lookouts = mutableListOf<() -> Unit>()

    val last: FakeCamera get() = found.last()

    override fun find(): CameraFound {
        val why = trouble
        return when {
            !allowed -> CameraFound.NotAllowed
            why != null -> CameraFound.Nothing(why)
            else -> CameraFound.One(FakeCamera().also { found += it })
        }
    }

    override fun lookOut(back: () -> Unit): AutoCloseable {
        lookouts += back
        return AutoCloseable { lookouts -= back }
    }

    /** A camera can be had again. */
    fun comeBack() {
        trouble = null
        lookouts.toList().forEach { it() }
        shadowOf(Looper.getMainLooper()).idle()
    }
}

internal class FakeCamera : Camera {
    override val size = Size(1280, 960)
    override val turned = 90
    var closed = false
    private var frame: ((Luminance) -> Unit)? = null
    private var failed: ((CameraTrouble) -> Unit)? = null

    /** Whether it was begun. */
    val runs: Boolean get() = frame != null && !closed

    override fun start(texture: SurfaceTexture, frame: (Luminance) -> Unit, failed: (CameraTrouble) -> Unit) {
        check(this.frame == null) { "a camera begins once" }
        this.frame = frame
        this.failed = failed
    }

    override fun close() {
        closed = true
    }

    fun see(picture: Luminance) {
        checkNotNull(frame)(picture)
        shadowOf(Looper.getMainLooper()).idle()
    }

    fun fail(why: CameraTrouble) {
        checkNotNull(failed)(why)
        shadowOf(Looper.getMainLooper()).idle()
    }
}

/** What the system does when the picture has its surface. */
internal fun FrameLayout.showPicture() {
    checkNotNull((getChildAt(0) as TextureView).surfaceTextureListener)
        .onSurfaceTextureAvailable(SurfaceTexture(0), 600, 600)
    shadowOf(Looper.getMainLooper()).idle()
}

/** What it does when the surface has gone. */
internal fun FrameLayout.losePicture() {
    checkNotNull((getChildAt(0) as TextureView).surfaceTextureListener).onSurfaceTextureDestroyed(SurfaceTexture(0))
}
