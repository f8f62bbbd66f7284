/*
 * A block as a view, and the table of which file draws which part.
 */
package dev.inkan.app.look

import android.content.Context
import android.view.View
import android.widget.FrameLayout
import dev.inkan.screens.CameraTrouble
import dev.inkan.screens.Part

/** What the scanner tells, on the main thread. */
interface CameraListener {
    /** What it has read, of whatever kind. */
    fun scanned(text: String)

    /** There is no picture, or it has broken off. */
    fun cameraTroubled(why: CameraTrouble)

    /** A camera can be had again. */
    fun cameraBack()
}

/** What the customer does on a page. */
interface PageListener : CameraListener {
    /** A button or a row. */
    fun tapped(id: String)

    /** The whole text of a field, whenever it changes. */
    fun typed(field: String, text: String)

    /** A switch. */
    fun switched(id: String, on: Boolean)
}

/** Fills the place of the scanner's picture, and stops when the place has gone. */
interface CameraPlace {
    /** Puts the camera's picture into [place], or tells why there is none. With the same place it goes on. */
    fun open(place: FrameLayout, listener: CameraListener)

    /** After a trouble: waits for a camera to come back, if that can be known, and tells so. */
    fun await(listener: CameraListener)

    fun close()
}

/** What drawing needs. */
internal class Desk(val context: Context, val listener: PageListener, val camera: CameraPlace?)

/** A view that shows a block and can take another of the same key. */
internal class Drawn(val view: View, val key: Any, private val take: (Block) -> Unit) {
    var block: Block? = null
        private set

    fun show(next: Block) {
        if (block == next) return
        take(next)
        block = next
    }
}

internal fun Desk.draw(block: Block): Drawn {
    val drawn =
        when (block) {
            is Block.Result -> drawResult(block)
            is Block.One -> drawPart(block, block.part)
        }
    drawn.show(block)
    return drawn
}

private fun Desk.drawPart(block: Block.One, part: Part): Drawn = when (part) {
    is Part.Seal -> drawSeal(block, part)
    is Part.RequestHead -> drawRequestHead(block, part)
    is Part.Title -> drawTitle(block)
    is Part.Text -> drawText(block, Type.BODY) { (it as? Part.Text)?.text }
    is Part.Note -> drawText(block, Type.NOTE) { (it as? Part.Note)?.text }
    is Part.Mono -> drawMono(block)
    is Part.Reading -> drawReading(block)
    is Part.Facts -> drawFacts(block)
    is Part.Reasons -> drawReasons(block)
    is Part.Notice -> drawNotice(block, part)
    is Part.Code -> drawCode(block)
    is Part.Field -> drawField(block, part)
    is Part.Digits -> drawDigits(block, part)
    is Part.Rows -> drawRows(block)
    is Part.Steps -> drawSteps(block)
    is Part.Switch -> drawSwitch(block, part)
    is Part.Camera -> drawCamera(block, part)
    is Part.Empty -> drawEmpty(block)
    is Part.Inline -> drawInline(block)
}

/** A drawn part: [show] gets the next part of the same kind. */
internal inline fun <reified P : Part> drawn(block: Block.One, view: View, crossinline show: (P) -> Unit): Drawn =
    Drawn(view, block.key) { next -> ((next as? Block.One)?.part as? P)?.let { show(it) } }
