// Reads the codes that the server draws, as a camera would: from the picture.
package dev.inkan.walks

import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.RGBLuminanceSource
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader

private const val SCALE = 4
private const val WHITE = 0xFFFFFF
private val VIEW_BOX = Regex("""viewBox="0 0 (\d+) """)
private val RUN = Regex("""M(\d+) (\d+)h(\d+)v""")

/** The text of the only code in a picture of the server's: black runs of one row each, on white. */
fun readCode(svg: String): String {
    val size = checkNotNull(VIEW_BOX.find(svg)) { "no viewBox in $svg" }.groupValues[1].toInt()
    val side = size * SCALE
    val pixels = IntArray(side * side) { WHITE }
    for (run in RUN.findAll(svg)) {
        val (x, y, length) = run.groupValues.drop(1).map(String::toInt)
        for (row in y * SCALE until (y + 1) * SCALE) {
            pixels.fill(0, row * side + x * SCALE, row * side + (x + length) * SCALE)
        }
    }
    val picture = BinaryBitmap(HybridBinarizer(RGBLuminanceSource(side, side, pixels)))
    return QRCodeReader().decode(picture, mapOf(DecodeHintType.PURE_BARCODE to true)).text
}
