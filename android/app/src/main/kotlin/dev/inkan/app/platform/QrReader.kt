/*
 * Reads a QR code from a camera's picture: its luminance alone, whichever way round it is held, dark on light or light on
 * dark.
 */
package dev.inkan.app.platform

import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.LuminanceSource
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.GlobalHistogramBinarizer
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import java.nio.Buffer
import java.nio.ByteBuffer

/**
 * The Y plane of a picture.
 *
 * @property rowStride bytes from one row to the next, [width] at least
 */
internal class Luminance(val bytes: ByteArray, val width: Int, val height: Int, val rowStride: Int) {
    internal companion object {
        /** From a plane of `YUV_420_888`; `null` if it is not as large as it says. The last row has no padding. */
        fun of(buffer: ByteBuffer, width: Int, height: Int, rowStride: Int, pixelStride: Int): Luminance? {
            // the format promises 1 for this plane
            if (pixelStride != 1 || minOf(width, height) <= 0 || rowStride < width) return null
            val needed = rowStride * (height - 1) + width
            val plane = buffer.duplicate().also(::begin)
            if (plane.remaining() < needed) return null
            val bytes = ByteArray(rowStride * height)
            plane.get(bytes, 0, minOf(plane.remaining(), bytes.size))
            return Luminance(bytes, width, height, rowStride)
        }

        /** By the class above: `ByteBuffer` has a `rewind` of its own only since API 33. */
        private fun begin(buffer: Buffer) {
            buffer.rewind()
        }
    }
}

/** Not for several threads at once. */
internal class QrReader {
    private val reader = QRCodeReader()

    /** The code's text, or nothing. */
    fun read(picture: Luminance): String? {
        val source =
            PlanarYUVLuminanceSource(
                picture.bytes,
                picture.rowStride,
                picture.height,
                0,
                0,
                picture.width,
                picture.height,
                false,
            )
        return attempts(source).firstNotNullOfOrNull(::decode)
    }

    /** The binarizer for uneven light first; the other one sees through noise. */
    private fun attempts(source: LuminanceSource): Sequence<BinaryBitmap> = sequence {
        yield(BinaryBitmap(HybridBinarizer(source)))
        yield(BinaryBitmap(HybridBinarizer(source.invert())))
        yield(BinaryBitmap(GlobalHistogramBinarizer(source)))
    }

    private fun decode(bitmap: BinaryBitmap): String? = try {
        reader.decode(bitmap, HINTS).text
    } catch (_: ReaderException) {
        null
    } finally {
        reader.reset()
    }

    private companion object {
        val HINTS =
            mapOf(
                DecodeHintType.POSSIBLE_FORMATS to listOf(BarcodeFormat.QR_CODE),
                DecodeHintType.TRY_HARDER to true,
            )
    }
}
