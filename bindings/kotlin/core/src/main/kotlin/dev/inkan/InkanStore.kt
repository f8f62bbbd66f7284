// The phone's store, opened first and by itself, so that an app can tell the person about damage before anything is done
// over it.
package dev.inkan

import java.io.File
import dev.inkan.ffi.InkanStore as CoreStore

/**
 * The store, open, with the vault and the clock that belong to it. One at a time for a folder.
 *
 * @property report the condition in which it was found
 */
public class InkanStore private constructor(
    internal val core: CoreStore,
    public val report: StoreReport,
) {
    /** Closes a store over which no authenticator is open, so that it can be opened again. Closing twice is nothing. */
    public suspend fun close(): Unit = crossing { core.release() }

    /** Opens stores, and puts them aside. */
    public companion object {
        /**
         * Opens the store in [folder], or makes it there, in a folder that exists. Keep it out of backups and transfers.
         * Without a [clock] the system's is read. Damage is no error: it stands in [InkanStore.report].
         *
         * @throws InkanException.Internal with [InternalFailure.STORE_IN_USE], [InternalFailure.STORE_NEWER],
         * [InternalFailure.STORE_KEY_MISSING] (after which [setAside] makes room),
         * [InternalFailure.STORE_KEY_UNAVAILABLE] (try again when the device is unlocked),
         * [InternalFailure.STORE_FULL], [InternalFailure.STORE] or [InternalFailure.VAULT]
         */
        public suspend fun open(
            folder: File,
            vault: KeyVault,
            clock: Clock? = null,
        ): InkanStore =
            crossing { cancellation ->
                val guarded = if (vault is SoftwareKeyVault) vault.core else VaultGuard(vault)
                val core = CoreStore.open(folder.path, guarded, clock?.let(::ClockGuard), cancellation)
                InkanStore(core, core.report().toPublic())
            }

        /**
         * Puts all that is in [folder] aside under a quarantine name, which is returned. The next opening makes an empty
         * store with a new key: every account has to be enrolled again.
         *
         * @throws InkanException.Internal with [InternalFailure.STORE_IN_USE] while it is open, [InternalFailure.STORE]
         */
        public suspend fun setAside(folder: File): String = crossing { dev.inkan.ffi.setStoreAside(folder.path) }
    }
}
