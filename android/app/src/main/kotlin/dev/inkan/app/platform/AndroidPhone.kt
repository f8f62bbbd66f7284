/*
 * The phone itself: keys in its hardware, its camera, its doorbell.
 */
package dev.inkan.app.platform

import android.app.Activity
import android.content.Context
import android.content.pm.PackageManager
import dev.inkan.KeyVault
import dev.inkan.app.core.Doorbell
import dev.inkan.app.core.MainThread
import dev.inkan.app.look.CameraPlace
import dev.inkan.app.settings.AppLanguage

internal class AndroidPhone(private val context: Context, override val doorbell: Doorbell) : Phone {
    override val vault: KeyVault by lazy {
        val strongBox = context.packageManager.hasSystemFeature(PackageManager.FEATURE_STRONGBOX_KEYSTORE)
        AndroidKeyVault(AndroidKeystore(), BiometricCheck({ AppLanguage.applied(context) }, MainThread), strongBox)
    }

    override fun camera(activity: Activity): CameraPlace = Scanner(PhoneCameras(activity))
}
