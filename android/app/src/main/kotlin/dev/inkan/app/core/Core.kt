/*
 * The core of this process: one store, one authenticator, opened once. Tests put a fake in its place
 * ([dev.inkan.app.InkanApplication]).
 */
package dev.inkan.app.core

import dev.inkan.Ceremonies
import dev.inkan.ScannedCode
import dev.inkan.StoreReport

/** Opens what the screens ask. */
interface Core {
    /** What can be asked; null until [openAuthenticator] has ended well. */
    val ceremonies: Ceremonies?

    /** Opens the store, once; afterwards it says the same again. Fails with `InkanException.Internal`. */
    suspend fun openStore(): StoreReport

    /** Puts a store aside whose key has gone, so that a new one can be made. Nothing in it is deleted. */
    suspend fun setStoreAside()

    /** Opens the store if need be, and the authenticator. */
    suspend fun openAuthenticator(): Ceremonies

    /** What a code or link is, before anything is done with it. */
    fun recognise(text: String): ScannedCode

    /** The last lines of the core's log, for whoever helps; redacted by the core. */
    fun log(): String
}
