/*
 * The process: one core, one clock, one phone, one doorbell. Tests put theirs in before an activity comes.
 */
package dev.inkan.app

import android.app.Activity
import android.app.Application
import android.os.Bundle
import dev.inkan.Clock
import dev.inkan.app.core.Core
import dev.inkan.app.core.CoreWork
import dev.inkan.app.core.Doorbell
import dev.inkan.app.core.RealCore
import dev.inkan.app.core.Work
import dev.inkan.app.core.intentTo
import dev.inkan.app.platform.AndroidPhone
import dev.inkan.app.platform.Phone
import dev.inkan.app.push.PushParts
import dev.inkan.app.push.Pushing
import dev.inkan.screens.Place
import java.time.Instant

open class InkanApplication : Application() {
    private var givenCore: Core? = null
    private var givenPhone: Phone? = null
    private val front = Front()
    private val pushing by lazy { Pushing(this, { core }, front::isThere) }

    /** The core of this process. */
    var core: Core
        get() = givenCore ?: RealCore(this, phone.vault).also { givenCore = it }
        set(value) {
            givenCore = value
        }

    /** What of the phone the app uses. */
    var phone: Phone
        get() = givenPhone ?: AndroidPhone(this, Doorbell { account, _ -> pushing.test.rings(account) }).also { givenPhone = it }
        set(value) {
            givenPhone = value
        }

    /** The time. */
    var clock: Clock = Clock { Instant.now() }

    /** Whether the core was opened in this process, and its state told. */
    var started: Boolean = false

    /** What machines want done. */
    val work: Work get() = pushing.along(CoreWork(core, clock, phone.doorbell, ::openFrontDoor))

    /** What pushes need. */
    internal open fun pushParts(): PushParts = pushing

    private fun openFrontDoor() = startActivity(intentTo(Place.Home))

    override fun onCreate() {
        super.onCreate()
        registerActivityLifecycleCallbacks(front)
    }

    /** Whether a screen of ours is looked at. */
    private class Front : ActivityLifecycleCallbacks {
        private var started = 0

        fun isThere(): Boolean = started > 0

        override fun onActivityStarted(activity: Activity) {
            started += 1
        }

        override fun onActivityStopped(activity: Activity) {
            started -= 1
        }

        override fun onActivityCreated(activity: Activity, kept: Bundle?) = Unit

        override fun onActivityResumed(activity: Activity) = Unit

        override fun onActivityPaused(activity: Activity) = Unit

        override fun onActivitySaveInstanceState(activity: Activity, kept: Bundle) = Unit

        override fun onActivityDestroyed(activity: Activity) = Unit
    }
}
