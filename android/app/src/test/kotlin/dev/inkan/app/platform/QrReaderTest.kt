package dev.inkan.app.platform

import android.util.Size
import android.widget.FrameLayout
import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import dev.inkan.app.look.Heard
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import java.nio.ByteBuffer
import java.util.Random
import kotlin.math.cos
import kotlin.math.sin

/** A code in a camera's plane, as it comes: turned, noisy, uneven, with a stride of its own, light on dark. */
@RunWith(RobolectricTestRunner::class)
class QrReaderTest {
    private val text = "https://inkan.example/c#v=1&c=01939d3a-0000-7000-8000-000000000000&n=58796251&m=qqqqqqqqqqqqqqqqqqqqqg"
    private val code = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 0, 0)

    /** Modules of five pixels in the middle, turned by [degrees]. */
    private fun plane(
        degrees: Double,
        stride: Int = 704,
        change: (x: Int, y: Int, light: Int) -> Int = { _, _, light -> light },
    ): Luminance {
        val bytes = ByteArray(stride * HEIGHT)
        val angle = Math.toRadians(degrees)
        for (y in 0 until HEIGHT) {
            for (x in 0 until WIDTH) {
                val (dx, dy) = x - WIDTH / 2.0 to y - HEIGHT / 2.0
                val u = ((dx * cos(angle) + dy * sin(angle)) / MODULE + code.width / 2.0)
                val v = ((-dx * sin(angle) + dy * cos(angle)) / MODULE + code.height / 2.0)
                val dark = u >= 0 && v >= 0 && u < code.width && v < code.height && code[u.toInt(), v.toInt()]
                bytes[y * stride + x] = change(x, y, if (dark) 40 else 215).coerceIn(0, 255).toByte()
            }
        }
        return Luminance(bytes, WIDTH, HEIGHT, stride)
    }

    @Test
    fun whicheverWayRoundItIsHeld() {
        for (degrees in listOf(0.0, 90.0, 180.0, 270.0, 12.0, 45.0, 200.0)) {
            assertEquals("$degrees", text, QrReader().read(plane(degrees)))
        }
    }

    @Test
    fun withNoiseAndUnevenLight() {
        val random = Random(7)
        assertEquals(text, QrReader().read(plane(5.0) { _, _, light -> light + random.nextInt(61) - 30 }))
        assertEquals(text, QrReader().read(plane(0.0) { x, _, light -> light * (WIDTH + x) / (2 * WIDTH) }))
    }

    @Test
    fun lightOnDark() {
        val reader = QrReader()
        assertEquals(text, reader.read(plane(0.0) { _, _, light -> 255 - light }))
        assertEquals("and the next one is read as ever", text, reader.read(plane(90.0)))
    }

    @Test
    fun nothingIsNothing() {
        val random = Random(9)
        assertNull(QrReader().read(plane(0.0) { _, _, _ -> 128 }))
        assertNull(QrReader().read(plane(0.0) { _, _, _ -> random.nextInt(256) }))
    }

    @Test
    fun aPlaneThatIsNotAsItSaysIsNotLookedAt() {
        val whole = plane(0.0)
        val last = whole.rowStride * (HEIGHT - 1) + WIDTH
        // the last row comes without its padding
        val buffer = ByteBuffer.allocateDirect(last).put(whole.bytes, 0, last)
        val read = checkNotNull(Luminance.of(buffer, WIDTH, HEIGHT, whole.rowStride, 1))
        assertEquals(text, QrReader().read(read))
        assertNull(Luminance.of(ByteBuffer.allocate(last - 1), WIDTH, HEIGHT, whole.rowStride, 1))
        assertNull(Luminance.of(buffer, WIDTH, HEIGHT, whole.rowStride, 2))
        assertNull(Luminance.of(buffer, WIDTH, HEIGHT, WIDTH - 1, 1))
        assertNull(Luminance.of(buffer, 0, HEIGHT, WIDTH, 1))
    }

    @Test
    fun theSizeIsTheLargestThatIsStillReadOften() {
        val sizes = listOf(Size(4000, 3000), Size(1280, 960), Size(640, 480))
        assertEquals(Size(1280, 960), bestSize(sizes))
        assertEquals(Size(4000, 3000), bestSize(sizes.take(1)))
        assertNull(bestSize(emptyList()))
    }

    @Test
    fun thePictureFillsItsPlaceUndistorted() {
        for ((turned, display) in listOf(90 to 0, 90 to 90, 270 to 0, 0 to 0)) {
            val matrix = filling(600, 600, Size(1280, 960), turned, display)
            // the texture is stretched over the view: its corners must now lie around the place
            val corners = floatArrayOf(0f, 0f, 600f, 0f, 600f, 600f, 0f, 600f)
            matrix.mapPoints(corners)
            val xs = corners.filterIndexed { i, _ -> i % 2 == 0 }
            val ys = corners.filterIndexed { i, _ -> i % 2 == 1 }
            val (width, height) = xs.max() - xs.min() to ys.max() - ys.min()
            assertTrue("$turned $display", width >= 599 && height >= 599)
            assertEquals("$turned $display", 4.0 / 3.0, (maxOf(width, height) / minOf(width, height)).toDouble(), 0.01)
        }
    }

    @Test
    fun aCodeIsToldOnceUntilAnotherIsSeen() {
        val cameras = FakeCameras()
        val heard = Heard()
        val scanner = Scanner(cameras)
        val place = FrameLayout(RuntimeEnvironment.getApplication())
        scanner.open(place, heard)
        place.showPicture()
        repeat(3) { cameras.last.see(plane(0.0)) }
        assertEquals(listOf("scanned $text"), heard.told)
        scanner.close()
        assertTrue(cameras.last.closed)
        assertEquals(0, place.childCount)
        cameras.last.see(plane(90.0))
        assertEquals("after the end nothing comes", 1, heard.told.size)
    }

    private companion object {
        const val WIDTH = 640
        const val HEIGHT = 480
        const val MODULE = 5.0
    }
}
