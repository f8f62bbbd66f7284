/*
 * A page as a screen reader goes through it: the stops, in order, and what is said at each.
 */
package dev.inkan.app.look

import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView

/** Where a screen reader stops. */
internal data class Stop(val view: View, val said: String) {
    val heading: Boolean get() = view.isAccessibilityHeading
    val acts: Boolean get() = view.isClickable || view is EditText
}

/** The stops of a view, by the rules of TalkBack: what can be acted on or is marked stops, and takes the words below it. */
internal fun View.stops(): List<Stop> {
    if (visibility != View.VISIBLE) return emptyList()
    val important = importantForAccessibility
    if (important == View.IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS) return emptyList()
    val below = if (this is ViewGroup) (0 until childCount).map(::getChildAt).flatMap { it.stops() } else emptyList()
    if (important == View.IMPORTANT_FOR_ACCESSIBILITY_NO) return below
    val own = contentDescription ?: (this as? TextView)?.text
    val stands = isClickable || isScreenReaderFocusable || this is EditText
    return when {
        stands -> listOf(Stop(this, own?.toString() ?: below.joinToString { it.said })) + below.filter { it.acts }
        !own.isNullOrEmpty() -> listOf(Stop(this, own.toString()))
        else -> below
    }
}
