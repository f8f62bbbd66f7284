/*
 * The process: one core, one clock, one phone. Tests put theirs in before an activity comes.
 */
package dev.inkan.app

import android.app.Application
import dev.inkan.Clock
import dev.inkan.app.core.Core
import dev.inkan.app.core.CoreWork
import dev.inkan.app.core.Work
import dev.inkan.app.platform.Phone
import java.time.Instant

open class InkanApplication : Application() {
    /** The core of this process. */
    lateinit var core: Core

    /** What of the phone the app uses. */
    lateinit var phone: Phone

    /** The time. */
    var clock: Clock = Clock { Instant.now() }

    /** Whether the core was opened in this process, and its state told. */
    var started: Boolean = false

    /** What machines want done. */
    val work: Work get() = CoreWork(core, clock, phone.doorbell)
}
