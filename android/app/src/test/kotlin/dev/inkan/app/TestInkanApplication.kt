package dev.inkan.app

import org.robolectric.Shadows.shadowOf

/** What the system does at installation and Robolectric does not: the permissions that need no question are there. */
class TestInkanApplication : InkanApplication() {
    override fun onCreate() {
        super.onCreate()
        shadowOf(this).grantPermissions(
            android.Manifest.permission.INTERNET,
            android.Manifest.permission.USE_BIOMETRIC,
            android.Manifest.permission.HIDE_OVERLAY_WINDOWS,
        )
    }
}
