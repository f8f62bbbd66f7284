/*
 * A picture of every page, compared with the committed one. What differs is put into target/pictures/ under the same
 * name; `-Dinkan.pictures=all -Dinkan.pictures.write=true -Dtest='*PicturesTest'` writes all of them anew.
 */
package dev.inkan.app.pictures

import android.graphics.Bitmap
import android.graphics.BitmapFactory
import android.os.Build
import dev.inkan.app.look.Eyes
import dev.inkan.app.look.Pages
import dev.inkan.app.look.SamplePages
import dev.inkan.app.look.Stage
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.ParameterizedRobolectricTestRunner
import org.robolectric.ParameterizedRobolectricTestRunner.Parameters
import org.robolectric.annotation.Config
import java.io.File

/** On the newest phone: every way of looking at it. */
@RunWith(ParameterizedRobolectricTestRunner::class)
@Config(sdk = [35])
class PicturesTest(private val name: String, private val eyes: Eyes) {
    @Test
    fun everyPageLooksAsItDid() = Pictures(name, eyes).compare()

    companion object {
        @JvmStatic
        @Parameters(name = "{0}")
        fun cases(): List<Array<Any>> = Pictures.cases(quick = "ja-light-1x") { true }
    }
}

/** On the oldest, where text doubles in full. */
@RunWith(ParameterizedRobolectricTestRunner::class)
@Config(sdk = [28])
class OldestPicturesTest(private val name: String, private val eyes: Eyes) {
    @Test
    fun everyPageLooksAsItDid() = Pictures(name, eyes).compare()

    companion object {
        @JvmStatic
        @Parameters(name = "{0}")
        fun cases(): List<Array<Any>> = Pictures.cases(quick = OLDEST) { it.scale > 1f && (!it.dark || it.name == OLDEST) }

        private const val OLDEST = "en-dark-2x"
    }
}

/** One way of looking at all pages. */
internal class Pictures(private val name: String, private val eyes: Eyes) {
    private val write = System.getProperty("inkan.pictures.write").toBoolean()

    fun compare() {
        val folder = "$name-${Build.VERSION.SDK_INT}"
        // Parts that no page of the app has together are looked at in two ways only.
        val samples = if (name == "ja-light-1x" || folder == "en-dark-2x-28") SamplePages.all(eyes.japanese) else emptyList()
        val pages = Pages.all(eyes.japanese) + samples
        val different = mutableListOf<String>()
        Stage(eyes).use { stage ->
            for (page in pages) {
                stage.show(page)
                val picture = stage.photograph().palette()
                val path = "$folder/${page.id}.png"
                if (write) {
                    write(File(COMMITTED, path), picture)
                } else if (!same(picture, File(COMMITTED, path))) {
                    write(File(MADE, path), picture)
                    different += path
                }
            }
        }
        assertEquals("pictures that differ from $COMMITTED are in $MADE", emptyList<String>(), different)
        val left = File(COMMITTED, folder).list().orEmpty().toSet() - pages.map { "${it.id}.png" }.toSet()
        assertEquals("pictures of pages that are no more", emptySet<String>(), left)
    }

    private fun write(file: File, picture: PaletteImage) {
        checkNotNull(file.parentFile).mkdirs()
        file.writeBytes(picture.png())
    }

    /** Pixels are compared, not bytes: another zlib packs the same picture differently. */
    private fun same(made: PaletteImage, file: File): Boolean {
        val there = if (file.exists()) BitmapFactory.decodeFile(file.path) else return false
        if (there.width != made.width || there.height != made.height) return false
        val pixels = there.pixels()
        return (0 until made.size).all { PaletteImage.isNear(made.at(it), pixels[it], ROUNDING) }
    }

    private fun Bitmap.pixels() = IntArray(width * height).also { getPixels(it, 0, width, 0, 0, width, height) }

    private fun Bitmap.palette() = PaletteImage.of(pixels(), width)

    companion object {
        private val COMMITTED = File("pictures")
        private val MADE = File("target/pictures")

        /** Another processor may round a blended edge differently; a wrong colour differs by far more. */
        private const val ROUNDING = 8

        /** The ways that [belongs] takes; of them [quick] alone unless all are wanted. */
        fun cases(quick: String, belongs: (Eyes) -> Boolean): List<Array<Any>> {
            val all = System.getProperty("inkan.pictures") == "all"
            val eyes =
                listOf(true, false).flatMap { japanese ->
                    listOf(false, true).flatMap { dark -> listOf(1f, 2f).map { Eyes(japanese, dark, it) } }
                }
            return eyes.filter { belongs(it) && (all || it.name == quick) }.map { arrayOf(it.name, it) }
        }
    }
}
