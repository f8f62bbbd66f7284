/*
 * What is drawn as one: mostly a part, and sometimes parts that stand together (a result's seal beside its heading).
 * Here too: how far blocks stand apart, and when a view may go on showing the next page's block.
 */
package dev.inkan.app.look

import dev.inkan.screens.Page
import dev.inkan.screens.Part

internal sealed interface Block {
    /** Views with equal keys may take each other's content. */
    val key: Any

    /**
     * A part on its own; [first]: the page's heading; [dense]: the rest of a form, without rules; [seal]: what stands beside
     * the head of a request that has ended.
     */
    data class One(val part: Part, val first: Boolean = false, val dense: Boolean = false, val seal: Part.Seal? = null) : Block {
        override val key: Any = listOf(part::class, first, dense, seal, identity(part))
    }

    /** The answer: heading, what did or did not happen, and the seal beside them. */
    data class Result(val seal: Part.Seal, val title: Part.Title, val text: Part.Text?) : Block {
        override val key: Any = listOf(Result::class, seal, text != null)
    }
}

/** Whatever makes a part another one even where its kind is the same. */
private fun identity(part: Part): Any? = when (part) {
    is Part.Field -> listOf(part.id, part.kind)
    is Part.Digits -> listOf(part.id, part.count)
    is Part.Switch -> part.id
    is Part.Notice -> listOf(part.kind, part.title != null)
    is Part.Seal, is Part.Camera -> part
    is Part.RequestHead -> listOf(part.amount != null, part.side, part.rim != null)
    else -> null
}

/** The page's parts as blocks, in the same order: a seal takes the heading after it, and the text after that. */
internal fun Page.blocks(): List<Block> {
    val made = mutableListOf<Block>()
    var i = 0
    while (i < parts.size) {
        val block = block(i, made)
        made += block
        i += block.size()
    }
    return made
}

private fun Page.block(at: Int, before: List<Block>): Block {
    val part = parts[at]
    val next = parts.getOrNull(at + 1)
    val headed = before.any { it is Block.Result || (it as? Block.One)?.part.isHeading() }
    val afterFacts = part is Part.Facts && (before.lastOrNull() as? Block.One)?.part is Part.Facts
    return when {
        part is Part.Seal && next is Part.Title -> Block.Result(part, next, parts.getOrNull(at + 2) as? Part.Text)
        part is Part.Seal && next is Part.RequestHead -> Block.One(next, first = !headed, seal = part)
        else -> Block.One(part, first = part.isHeading() && !headed, dense = afterFacts)
    }
}

private fun Block.size(): Int = when (this) {
    is Block.Result -> 2 + listOfNotNull(text).size
    is Block.One -> 1 + listOfNotNull(seal).size
}

private fun Part?.isHeading(): Boolean = this is Part.Title || this is Part.RequestHead

/** How far a block stands below the one before it, in dp. */
internal fun gapBefore(before: Block?, block: Block): Int {
    val part = (block as? Block.One)?.part
    val last = (before as? Block.One)?.part
    return when {
        before == null -> if (part is Part.Seal || part is Part.Code) S6 else 0
        last is Part.Code -> BELOW_CODE
        else -> gapOf(part, last, before)
    }
}

private fun gapOf(part: Part?, last: Part?, before: Block): Int = when (part) {
    is Part.Text -> {
        if (last is Part.Title) {
            S2
        } else if (before is Block.Result) {
            S5
        } else {
            S3
        }
    }

    is Part.Note -> {
        if (last is Part.Title) S2 else S4
    }

    is Part.Facts -> {
        if (last is Part.Facts) DENSE else S5
    }

    is Part.Notice, is Part.Reasons -> {
        if (last is Part.Notice || last is Part.Reasons) S3 else S4
    }

    is Part.Code -> {
        S8
    }

    is Part.Inline -> {
        if (last is Part.Field || last is Part.Digits || last is Part.Note) S1 else S4
    }

    is Part.Switch -> {
        if (last is Part.Switch) 0 else S4
    }

    is Part.Title -> {
        if (last is Part.Seal) S4 else S6
    }

    is Part.Field, is Part.Digits -> {
        S6
    }

    else -> {
        S5
    }
}

private const val S1 = 4
private const val S2 = 8
private const val S3 = 12
private const val S4 = 16
private const val S5 = 20
private const val S6 = 24
private const val S8 = 32
private const val BELOW_CODE = 28
private const val DENSE = 10
