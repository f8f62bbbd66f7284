/*
 * Pictures with at most 48 colours: a page is flat, so next to nothing is lost, and the repository stays small.
 */
package dev.inkan.app.pictures

import java.io.ByteArrayOutputStream
import java.io.DataOutputStream
import java.util.zip.CRC32
import java.util.zip.Deflater
import java.util.zip.DeflaterOutputStream
import kotlin.math.abs

internal class PaletteImage private constructor(
    val width: Int,
    val height: Int,
    private val palette: IntArray,
    private val indices: ByteArray,
) {
    val size: Int get() = indices.size

    /** The colour of a pixel, RGB. */
    fun at(i: Int): Int = palette[indices[i].toInt() and 0xFF]

    /** As PNG: colour type 3, no filter. */
    fun png(): ByteArray {
        val raw = ByteArray((width + 1) * height)
        for (y in 0 until height) indices.copyInto(raw, y * (width + 1) + 1, y * width, (y + 1) * width)
        val packed = ByteArrayOutputStream()
        DeflaterOutputStream(packed, Deflater(Deflater.BEST_COMPRESSION)).use { it.write(raw) }
        val out = ByteArrayOutputStream()
        out.write(SIGNATURE)
        out.chunk("IHDR") {
            writeInt(width)
            writeInt(height)
            write(byteArrayOf(8, 3, 0, 0, 0))
        }
        out.chunk("PLTE") { palette.forEach { write(byteArrayOf((it shr 16).toByte(), (it shr 8).toByte(), it.toByte())) } }
        out.chunk("IDAT") { write(packed.toByteArray()) }
        out.chunk("IEND") { }
        return out.toByteArray()
    }

    private fun ByteArrayOutputStream.chunk(name: String, body: DataOutputStream.() -> Unit) {
        val content = ByteArrayOutputStream()
        DataOutputStream(content).apply {
            writeBytes(name)
            body()
        }
        val bytes = content.toByteArray()
        val crc = CRC32().apply { update(bytes) }
        DataOutputStream(this).apply {
            writeInt(bytes.size - name.length)
            write(bytes)
            writeInt(crc.value.toInt())
        }
    }

    companion object {
        private const val MOST = 48
        private val SIGNATURE = byteArrayOf(0x89.toByte(), 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A)

        /** Of rows of RGB: the most frequent colours, and the nearest of them for the rest. */
        fun of(pixels: IntArray, width: Int): PaletteImage {
            val counts = HashMap<Int, Int>()
            for (pixel in pixels) counts.merge(pixel and 0xFFFFFF, 1, Int::plus)
            // Frequency first, then the value: the same picture always has the same palette.
            val chosen = counts.entries.sortedWith(compareBy({ -it.value }, { it.key })).take(MOST).map { it.key }
            val index = HashMap<Int, Int>()
            chosen.forEachIndexed { i, colour -> index[colour] = i }
            val palette = chosen.toIntArray()
            val indices =
                ByteArray(pixels.size) { i ->
                    val colour = pixels[i] and 0xFFFFFF
                    index.getOrPut(colour) { palette.indices.minBy { distance(palette[it], colour) } }.toByte()
                }
            return PaletteImage(width, pixels.size / width, palette, indices)
        }

        /** The greatest difference of a channel. Called for millions of pixels: nothing is made on the way. */
        fun distance(a: Int, b: Int): Int {
            val red = abs((a shr 16 and 0xFF) - (b shr 16 and 0xFF))
            val green = abs((a shr 8 and 0xFF) - (b shr 8 and 0xFF))
            return maxOf(maxOf(red, green), abs((a and 0xFF) - (b and 0xFF)))
        }

        /** Whether no channel differs by more than [most]; of most pixels none does at all. */
        fun isNear(a: Int, b: Int, most: Int): Boolean = (a xor b) and 0xFFFFFF == 0 || distance(a, b) <= most
    }
}
