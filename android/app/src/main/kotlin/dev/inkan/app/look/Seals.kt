/*
 * The seal: one circle, six states. Words say what it means, so it is hidden from screen readers.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.drawable.Drawable
import android.view.View
import android.widget.ImageView
import dev.inkan.app.R
import dev.inkan.screens.SealKind

internal fun sealView(context: Context, kind: SealKind): ImageView = ImageView(context).apply {
    setImageDrawable(context.drawing(kind.drawable()))
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
}

internal fun SealKind.drawable(): Int = when (this) {
    SealKind.WAITING -> R.drawable.seal_waiting
    SealKind.APPROVED -> R.drawable.seal_approved
    SealKind.DECLINED -> R.drawable.seal_declined
    SealKind.STOPPED -> R.drawable.seal_stopped
    SealKind.EXPIRED -> R.drawable.seal_expired
    SealKind.ELSEWHERE -> R.drawable.seal_elsewhere
}

/** An icon beside words; never alone, so hidden from screen readers. */
internal fun iconView(context: Context, drawable: Int): ImageView = ImageView(context).apply {
    setImageDrawable(context.drawing(drawable))
    importantForAccessibility = View.IMPORTANT_FOR_ACCESSIBILITY_NO
}

/**
 * A drawing of its own: copies share the picture that was made for the first one, and scale it where they are of another
 * size.
 */
internal fun Context.drawing(id: Int): Drawable = checkNotNull(getDrawable(id)).mutate()

/** The size of an icon beside words: it grows with them, to one and a half. */
internal fun Context.grownIcon(dimension: Int): Int =
    (px(dimension) * resources.configuration.fontScale.coerceIn(1f, ICON_GROWS)).toInt()

private const val ICON_GROWS = 1.5f
