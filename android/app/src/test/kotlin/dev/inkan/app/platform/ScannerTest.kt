package dev.inkan.app.platform

import android.Manifest
import android.app.Activity
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.os.Looper
import android.view.View
import android.widget.FrameLayout
import dev.inkan.app.R
import dev.inkan.app.look.CameraFrame
import dev.inkan.app.look.Heard
import dev.inkan.app.look.PageView
import dev.inkan.app.look.all
import dev.inkan.screens.Bar
import dev.inkan.screens.CameraTrouble
import dev.inkan.screens.Page
import dev.inkan.screens.Part
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowCameraCharacteristics

/** What the scanner says when there is no picture, and that it goes on when one can be had again. */
@RunWith(RobolectricTestRunner::class)
class ScannerTest {
    private val app = RuntimeEnvironment.getApplication()
    private val heard = Heard()
    private val cameras = FakeCameras()
    private val scanner = Scanner(cameras)
    private val place = FrameLayout(app)

    @Test
    fun everyTroubleIsToldAfterThePageIsDrawn() {
        for (trouble in CameraTrouble.entries) {
            heard.told.clear()
            cameras.trouble = trouble
            scanner.open(place, heard)
            assertEquals(emptyList<String>(), heard.told)
            settle()
            assertEquals(listOf("troubled $trouble"), heard.told)
        }
    }

    @Test
    fun whatBreaksOffIsToldOnceAndLetsGoOfTheCamera() {
        scanner.open(place, heard)
        place.showPicture()
        val camera = cameras.last
        camera.fail(CameraTrouble.IN_USE)
        camera.fail(CameraTrouble.FAILED)
        assertEquals(listOf("troubled IN_USE"), heard.told)
        assertTrue(camera.closed)
        assertEquals(0, place.childCount)
    }

    @Test
    fun whatIsClosedSaysNothingMore() {
        cameras.trouble = CameraTrouble.NONE
        scanner.open(place, heard)
        scanner.close()
        settle()
        assertEquals(emptyList<String>(), heard.told)
    }

    @Test
    fun aCameraThatComesBackIsTold() {
        for (trouble in listOf(CameraTrouble.IN_USE, CameraTrouble.NONE)) {
            heard.told.clear()
            cameras.trouble = trouble
            scanner.open(place, heard)
            settle()
            scanner.close()
            repeat(2) { scanner.await(heard) }
            assertEquals(1, cameras.lookouts.size)
            cameras.comeBack()
            assertEquals(listOf("troubled $trouble", "back"), heard.told)
            assertEquals(0, cameras.lookouts.size)
            scanner.close()
        }
    }

    @Test
    fun whatFailsIsNotTriedAgainByItself() {
        for (trouble in listOf(CameraTrouble.FAILED, CameraTrouble.DISABLED)) {
            cameras.trouble = trouble
            scanner.open(place, heard)
            settle()
            scanner.await(heard)
            assertEquals(0, cameras.lookouts.size)
        }
    }

    @Test
    fun whoeverIsBeingAskedHearsNothingAndWithAYesItBegins() {
        cameras.allowed = false
        val view = shown(waits = false)
        settle()
        assertEquals(emptyList<String>(), heard.told)
        cameras.allowed = true
        view.dispatchWindowFocusChanged(true)
        assertEquals(1, cameras.found.size)
        view.dispatchWindowFocusChanged(true)
        assertEquals("what runs goes on", 1, cameras.found.size)
    }

    @Test
    fun aWindowThatNobodySeesLetsGoOfTheCamera() {
        val view = shown(waits = false)
        view.frame().showPicture()
        assertTrue(cameras.last.runs)
        view.dispatchWindowVisibilityChanged(View.GONE)
        assertTrue(cameras.last.closed)
        view.dispatchWindowVisibilityChanged(View.VISIBLE)
        view.frame().showPicture()
        assertEquals(2, cameras.found.size)
        assertTrue(cameras.last.runs)
    }

    @Test
    fun aPictureThatLostItsSurfaceGetsAnotherCamera() {
        scanner.open(place, heard)
        place.showPicture()
        place.losePicture()
        place.showPicture()
        assertEquals(2, cameras.found.size)
        place.showPicture()
        assertTrue(cameras.last.runs)
    }

    @Test
    fun whereNoneIsToBeHadNothingIsShownAndItIsWaitedFor() {
        cameras.trouble = CameraTrouble.IN_USE
        scanner.open(place, heard)
        settle()
        val view = shown(waits = true)
        assertEquals(View.GONE, view.frame().visibility)
        assertEquals(1, cameras.lookouts.size)
        view.dispatchWindowVisibilityChanged(View.GONE)
        assertEquals(0, cameras.lookouts.size)
        view.dispatchWindowVisibilityChanged(View.VISIBLE)
        cameras.comeBack()
        assertEquals("back", heard.told.last())
    }

    @Test
    fun withoutACameraItIsSaidWhy() {
        val phone = PhoneCameras(app)
        assertEquals(CameraFound.NotAllowed, phone.find())
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        assertEquals(CameraFound.Nothing(CameraTrouble.NONE), phone.find())
    }

    @Test
    fun everyWordOfCamera2HasItsTrouble() {
        val refused =
            mapOf(
                CameraAccessException.CAMERA_IN_USE to CameraTrouble.IN_USE,
                CameraAccessException.MAX_CAMERAS_IN_USE to CameraTrouble.IN_USE,
                CameraAccessException.CAMERA_DISCONNECTED to CameraTrouble.IN_USE,
                CameraAccessException.CAMERA_DISABLED to CameraTrouble.DISABLED,
                CameraAccessException.CAMERA_ERROR to CameraTrouble.FAILED,
            )
        for ((reason, trouble) in refused) assertEquals("$reason", trouble, CameraAccessException(reason).trouble())
        val broken =
            mapOf(
                CameraDevice.StateCallback.ERROR_CAMERA_IN_USE to CameraTrouble.IN_USE,
                CameraDevice.StateCallback.ERROR_MAX_CAMERAS_IN_USE to CameraTrouble.IN_USE,
                CameraDevice.StateCallback.ERROR_CAMERA_DISABLED to CameraTrouble.DISABLED,
                CameraDevice.StateCallback.ERROR_CAMERA_DEVICE to CameraTrouble.FAILED,
                CameraDevice.StateCallback.ERROR_CAMERA_SERVICE to CameraTrouble.FAILED,
            )
        for ((error, trouble) in broken) assertEquals("$error", trouble, cameraError(error))
    }

    @Test
    fun aCameraIsBackWhenItWasTakenOrIsNew() {
        val manager = checkNotNull(app.getSystemService(CameraManager::class.java))
        shadowOf(manager).addCamera("0", ShadowCameraCharacteristics.newCameraCharacteristics())
        var backs = 0
        val lookout = CameraLookout(manager) { backs++ }
        lookout.onCameraAvailable("0")
        assertEquals("how it stands is no news", 0, backs)
        lookout.onCameraUnavailable("0")
        lookout.onCameraAvailable("0")
        assertEquals(1, backs)
        shadowOf(manager).addCamera("1", ShadowCameraCharacteristics.newCameraCharacteristics())
        settle()
        assertEquals("plugged in", 2, backs)
        lookout.close()
        shadowOf(manager).addCamera("2", ShadowCameraCharacteristics.newCameraCharacteristics())
        settle()
        assertEquals(2, backs)
    }

    private fun settle() = shadowOf(Looper.getMainLooper()).idle()

    /** A page within a window that is seen. */
    private fun shown(waits: Boolean): PageView {
        val activity = Robolectric.buildActivity(Activity::class.java).setup().get()
        activity.setTheme(R.style.Theme_Inkan)
        val view = PageView(activity, heard, scanner)
        view.show(Page("sample", Bar("Inkan", false, null), listOf(Part.Camera(waits)), emptyList(), false, null))
        activity.setContentView(view)
        settle()
        return view
    }

    private fun View.frame(): FrameLayout = all().filterIsInstance<CameraFrame>().single()
}
