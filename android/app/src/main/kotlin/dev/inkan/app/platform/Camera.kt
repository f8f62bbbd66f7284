/*
 * The phone's camera, as far as the scanner needs it: a picture for the eyes, and the luminance of each frame. Behind an
 * interface, for tests have none.
 */
package dev.inkan.app.platform

import android.Manifest
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.util.Size
import android.view.Surface
import dev.inkan.screens.CameraTrouble
import java.util.concurrent.Executor

/** One opened camera. */
internal interface Camera {
    /** How large the picture is, as the sensor gives it, and by how much it is turned to stand upright. */
    val size: Size
    val turned: Int

    /** Begins; [frame] gets frames on a thread of the camera's. */
    fun start(texture: SurfaceTexture, frame: (Luminance) -> Unit, failed: (CameraTrouble) -> Unit)

    /** Ends, at any time, as often as one likes. */
    fun close()
}

internal interface Cameras {
    /** The camera to scan with, or why there is none. */
    fun find(): CameraFound

    /** Calls [back] on the main thread whenever one becomes free or is plugged in, until what is returned is closed. */
    fun lookOut(back: () -> Unit): AutoCloseable
}

internal sealed interface CameraFound {
    class One(val camera: Camera) : CameraFound

    data class Nothing(val why: CameraTrouble) : CameraFound

    /** The person has not allowed it: yet, or any more. */
    data object NotAllowed : CameraFound
}

/** By camera2. */
internal class PhoneCameras(private val context: Context) : Cameras {
    override fun find(): CameraFound {
        if (context.checkSelfPermission(Manifest.permission.CAMERA) != PackageManager.PERMISSION_GRANTED) {
            return CameraFound.NotAllowed
        }
        val manager = context.getSystemService(CameraManager::class.java)
        return try {
            manager?.best()?.let(CameraFound::One) ?: CameraFound.Nothing(CameraTrouble.NONE)
        } catch (refused: CameraAccessException) {
            CameraFound.Nothing(refused.trouble())
        } catch (_: IllegalArgumentException) {
            // unplugged since it was listed
            CameraFound.Nothing(CameraTrouble.FAILED)
        }
    }

    override fun lookOut(back: () -> Unit): AutoCloseable =
        context.getSystemService(CameraManager::class.java)?.let { CameraLookout(it, back) } ?: AutoCloseable { }

    private fun CameraManager.best(): Camera? {
        val id = backOrFirst() ?: return null
        val facts = getCameraCharacteristics(id)
        val sizes = facts.get(CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP)?.getOutputSizes(ImageFormat.YUV_420_888)
        val turned = facts.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0
        return bestSize(sizes.orEmpty().toList())?.let { PhoneCamera(this, id, it, turned, facts.hasAutoFocus()) }
    }

    private fun CameraManager.backOrFirst(): String? {
        val back = { id: String ->
            getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK
        }
        return cameraIdList.firstOrNull(back) ?: cameraIdList.firstOrNull()
    }

    private fun CameraCharacteristics.hasAutoFocus(): Boolean = get(CameraCharacteristics.CONTROL_AF_AVAILABLE_MODES)
        ?.contains(CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE) == true
}

/** Large enough for a code on a screen at arm's length, small enough to be read several times a second. */
internal fun bestSize(sizes: List<Size>): Size? =
    sizes.filter { it.width <= WIDEST }.maxByOrNull { it.width * it.height } ?: sizes.minByOrNull { it.width * it.height }

private const val WIDEST = 1280

private class PhoneCamera(
    private val manager: CameraManager,
    private val id: String,
    override val size: Size,
    override val turned: Int,
    private val focuses: Boolean,
) : Camera {
    private val thread = HandlerThread("inkan-camera")
    private var reader: ImageReader? = null
    private var device: CameraDevice? = null
    private var preview: Surface? = null

    @Volatile private var closed = false

    override fun start(texture: SurfaceTexture, frame: (Luminance) -> Unit, failed: (CameraTrouble) -> Unit) {
        thread.start()
        val handler = Handler(thread.looper)
        handler.post { open(handler, texture, frame, failed) }
    }

    /** All of it on the camera's thread, so that nothing is closed while it is being opened. */
    override fun close() {
        closed = true
        if (!thread.isAlive) return
        Handler(thread.looper).post {
            device?.close()
            reader?.close()
            preview?.release()
            thread.quitSafely()
        }
    }

    @Suppress("MissingPermission")
    private fun open(handler: Handler, texture: SurfaceTexture, frame: (Luminance) -> Unit, failed: (CameraTrouble) -> Unit) {
        if (closed) return
        texture.setDefaultBufferSize(size.width, size.height)
        val shown = Surface(texture).also { preview = it }
        val read = ImageReader.newInstance(size.width, size.height, ImageFormat.YUV_420_888, FRAMES).also { reader = it }
        read.setOnImageAvailableListener({ it.pass(frame) }, handler)
        val executor = Executor { work -> handler.post(work) }
        try {
            manager.openCamera(id, executor, Opening(listOf(shown, read.surface), executor, failed))
        } catch (refused: CameraAccessException) {
            failed(refused.trouble())
        } catch (_: IllegalArgumentException) {
            // unplugged since it was found
            failed(CameraTrouble.FAILED)
        } catch (_: SecurityException) {
            // The permission was taken back since it was looked at: the next try asks for it.
            failed(CameraTrouble.FAILED)
        }
    }

    private fun ImageReader.pass(frame: (Luminance) -> Unit) = acquireLatestImage()?.use { image ->
        val plane = image.planes.first()
        Luminance.of(plane.buffer, image.width, image.height, plane.rowStride, plane.pixelStride)?.let(frame)
    } ?: Unit

    private inner class Opening(
        private val surfaces: List<Surface>,
        private val executor: Executor,
        private val failed: (CameraTrouble) -> Unit,
    ) : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            if (closed) return camera.close()
            val outputs = surfaces.map(::OutputConfiguration)
            val configuration =
                SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs, executor, Running(camera))
            attempt { camera.createCaptureSession(configuration) }
        }

        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            // Somebody who comes first has taken it.
            fail(CameraTrouble.IN_USE)
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            fail(cameraError(error))
        }

        /** What goes wrong while it is being closed is nobody's trouble. */
        private fun fail(why: CameraTrouble) {
            if (!closed) failed(why)
        }

        private fun attempt(work: () -> Unit) = try {
            work()
        } catch (refused: CameraAccessException) {
            fail(refused.trouble())
        } catch (_: IllegalStateException) {
            // closed by the system in between
            fail(CameraTrouble.FAILED)
        }

        private inner class Running(private val camera: CameraDevice) : CameraCaptureSession.StateCallback() {
            override fun onConfigured(session: CameraCaptureSession) = attempt {
                val request = camera.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW)
                surfaces.forEach(request::addTarget)
                if (focuses) request.set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
                session.setRepeatingRequest(request.build(), null, null)
            }

            override fun onConfigureFailed(session: CameraCaptureSession) = fail(CameraTrouble.FAILED)
        }
    }

    private companion object {
        const val FRAMES = 2
    }
}
