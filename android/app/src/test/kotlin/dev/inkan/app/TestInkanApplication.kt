package dev.inkan.app

import dev.inkan.Clock
import dev.inkan.app.core.FakeCore
import dev.inkan.app.core.FakePhone
import dev.inkan.app.core.NOW
import org.robolectric.Shadows.shadowOf

/** A process with a fake core; and what the system does at installation and Robolectric does not. */
class TestInkanApplication : InkanApplication() {
    internal val fake = FakeCore()

    override fun onCreate() {
        super.onCreate()
        core = fake
        phone = FakePhone()
        clock = Clock { NOW }
        shadowOf(this).grantPermissions(
            android.Manifest.permission.INTERNET,
            android.Manifest.permission.USE_BIOMETRIC,
            android.Manifest.permission.HIDE_OVERLAY_WINDOWS,
        )
    }
}
