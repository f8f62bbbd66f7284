/*
 * What camera2 says when there is no picture, and its word that a camera is free again.
 */
package dev.inkan.app.platform

import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.os.Handler
import android.os.Looper
import dev.inkan.screens.CameraTrouble

/** Why a camera could not be opened or used. */
internal fun CameraAccessException.trouble(): CameraTrouble = when (reason) {
    CameraAccessException.CAMERA_IN_USE, CameraAccessException.MAX_CAMERAS_IN_USE -> CameraTrouble.IN_USE

    // Unplugged, or taken by somebody who comes first.
    CameraAccessException.CAMERA_DISCONNECTED -> CameraTrouble.IN_USE

    CameraAccessException.CAMERA_DISABLED -> CameraTrouble.DISABLED

    else -> CameraTrouble.FAILED
}

/** The same, as `CameraDevice.StateCallback.onError` says it. */
internal fun cameraError(error: Int): CameraTrouble = when (error) {
    CameraDevice.StateCallback.ERROR_CAMERA_IN_USE, CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE -> CameraTrouble.IN_USE
    CameraDevice.StateCallback.ERROR_CAMERA_DISABLED -> CameraTrouble.DISABLED
    else -> CameraTrouble.FAILED
}

/**
 * Calls [back] when a camera that was taken is free again, or a new one is there. The system begins with how each one
 * stands now: that a camera is free is no news by itself, or a camera that fails would be tried without end.
 */
internal class CameraLookout(private val manager: CameraManager, private val back: () -> Unit) :
    CameraManager.AvailabilityCallback(),
    AutoCloseable {
    private val there: Set<String>? = known()
    private val taken = mutableSetOf<String>()

    init {
        manager.registerAvailabilityCallback(this, Handler(Looper.getMainLooper()))
    }

    override fun onCameraAvailable(id: String) {
        val isNew = there != null && id !in there
        if (taken.remove(id) || isNew) back()
    }

    override fun onCameraUnavailable(id: String) {
        taken += id
    }

    override fun close() = manager.unregisterAvailabilityCallback(this)

    private fun known(): Set<String>? = try {
        manager.cameraIdList.toSet()
    } catch (_: CameraAccessException) {
        null
    }
}
