/*
 * The scanner within a page: the camera's picture in its place, and the text of what it sees. A code is told once until
 * another one is seen; what it is, is for the core to say. Why there is no picture is told, and when one can be had again.
 */
package dev.inkan.app.platform

import android.graphics.Matrix
import android.graphics.SurfaceTexture
import android.os.Handler
import android.os.Looper
import android.util.Size
import android.view.Surface
import android.view.TextureView
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.FrameLayout
import dev.inkan.app.look.CameraListener
import dev.inkan.app.look.CameraPlace
import dev.inkan.screens.CameraTrouble

internal class Scanner(private val cameras: Cameras) : CameraPlace {
    private val main = Handler(Looper.getMainLooper())
    private var running: Running? = null
    private var lookout: AutoCloseable? = null
    private var why: CameraTrouble? = null

    /** Another one with each beginning and end: what was posted before is not told after. */
    private var turn = Any()

    override fun open(place: FrameLayout, listener: CameraListener) {
        if (running?.place === place) return
        close()
        when (val found = cameras.find()) {
            is CameraFound.Nothing -> tell(found.why, listener)

            is CameraFound.One -> running = Running(found.camera, place, listener).apply { begin() }

            // The person is being asked, and the page hears the answer; with a yes the place asks us again.
            CameraFound.NotAllowed -> Unit
        }
    }

    override fun await(listener: CameraListener) {
        if (lookout != null) return
        close()
        // What has failed is not tried again by itself: it would fail again, at once.
        if (why != CameraTrouble.IN_USE && why != CameraTrouble.NONE) return
        lookout =
            cameras.lookOut {
                // Also told again while the page is on its way: once is enough.
                if (lookout != null) {
                    close()
                    listener.cameraBack()
                }
            }
    }

    override fun close() {
        turn = Any()
        running?.end()
        running = null
        lookout?.close()
        lookout = null
    }

    /** Never at once: a page that is just being drawn cannot take the next one. */
    private fun tell(trouble: CameraTrouble, listener: CameraListener) {
        val now = turn
        main.post {
            if (turn !== now) return@post
            close()
            why = trouble
            listener.cameraTroubled(trouble)
        }
    }

    private inner class Running(private val camera: Camera, val place: FrameLayout, private val listener: CameraListener) :
        TextureView.SurfaceTextureListener {
        private val reader = QrReader()
        private val picture =
            TextureView(place.context).apply { importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO }
        private var last: String? = null
        private var started = false

        @Volatile private var ended = false

        fun begin() {
            picture.surfaceTextureListener = this
            place.addView(picture, 0, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        }

        fun end() {
            ended = true
            camera.close()
            picture.surfaceTextureListener = null
            place.removeView(picture)
        }

        override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) {
            fit(width, height)
            if (started) return again()
            started = true
            camera.start(texture, ::look) { trouble -> main.post { if (!ended) tell(trouble, listener) } }
        }

        /** The picture had lost its surface, and with it the camera: another one is opened. */
        private fun again() {
            main.post {
                if (ended) return@post
                this@Scanner.close()
                open(place, listener)
            }
        }

        override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = fit(width, height)

        override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
            camera.close()
            return true
        }

        override fun onSurfaceTextureUpdated(texture: SurfaceTexture) = Unit

        /** On the camera's thread, one frame after the other: while one is read the camera drops others. */
        private fun look(frame: Luminance) {
            if (ended) return
            val text = reader.read(frame) ?: return
            main.post {
                if (ended || text == last) return@post
                last = text
                listener.scanned(text)
            }
        }

        private fun fit(width: Int, height: Int) {
            val display = quarterTurns(picture.display?.rotation ?: Surface.ROTATION_0)
            picture.setTransform(filling(width, height, camera.size, camera.turned, display))
        }
    }
}

private const val QUARTER = 90
private const val THREE = 3

/** Degrees of a display's rotation. */
private fun quarterTurns(rotation: Int): Int = when (rotation) {
    Surface.ROTATION_90 -> QUARTER
    Surface.ROTATION_180 -> 2 * QUARTER
    Surface.ROTATION_270 -> THREE * QUARTER
    else -> 0
}

/**
 * How the picture fills its place: upright, without distortion, cut where it is larger. The system already turns it as far
 * as the sensor is turned, but not by the display, and stretches it into the view.
 */
internal fun filling(width: Int, height: Int, camera: Size, turned: Int, display: Int): Matrix {
    val sideways = (turned - display).mod(HALF) == HALF / 2
    val upright = if (sideways) Size(camera.height, camera.width) else camera
    val middle = Size(width, height)
    // The texture holds the picture upright for a display that is not turned.
    val natural = if (turned.mod(HALF) == HALF / 2) Size(camera.height, camera.width) else camera
    val scale = maxOf(width.toFloat() / upright.width, height.toFloat() / upright.height)
    val matrix = Matrix()
    matrix.postTranslate(-middle.width / 2f, -middle.height / 2f)
    matrix.postScale(natural.width * scale / width, natural.height * scale / height)
    matrix.postRotate(-display.toFloat())
    matrix.postTranslate(middle.width / 2f, middle.height / 2f)
    return matrix
}

private const val HALF = 180
