// Why the scanner has no picture, and what its page says of it.
package dev.inkan.screens

import java.util.Locale

/** Why there is no picture. That the person has not allowed it is no trouble of the camera: `Permission` says so. */
enum class CameraTrouble(internal val what: Key, internal val next: Key?) {
    /** The phone has none. */
    NONE(Key.CAMERA_NONE, null),

    /** Another app has it. It may come back by itself. */
    IN_USE(Key.CAMERA_IN_USE, Key.CAMERA_IN_USE_NEXT),

    /** Whoever rules over the phone does not allow it to anybody. */
    DISABLED(Key.CAMERA_DISABLED, Key.CAMERA_DISABLED_NEXT),

    /** It does not begin, or broke off. */
    FAILED(Key.CAMERA_FAILED, Key.CAMERA_FAILED_NEXT),
    ;

    /** As ids of pages have it. */
    internal val code: String get() = name.lowercase(Locale.ROOT)

    /** What stands in the picture's place; [way] is what can be done without a camera. */
    internal fun parts(way: Key, words: Words): List<Part> =
        listOf(Part.Camera(waits = true), notice(what, listOfNotNull(next, way), words))
}
