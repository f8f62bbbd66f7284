/*
 * What of the phone the app uses, apart from what any activity can do: keys, the scanner's camera and the doorbell. Tests put
 * their own in its place.
 */
package dev.inkan.app.platform

import android.app.Activity
import dev.inkan.KeyVault
import dev.inkan.app.core.Doorbell
import dev.inkan.app.look.CameraPlace

interface Phone {
    /** The camera for an activity's scanner; null where there is none. */
    fun camera(activity: Activity): CameraPlace?

    /** Where the keys are. */
    val vault: KeyVault

    /** The test of the doorbell. */
    val doorbell: Doorbell
}
