/*
 * The core itself: the library behind the façade, opened over a store in the app's own folder.
 */
package dev.inkan.app.core

import android.content.Context
import android.os.Build
import dev.inkan.Authenticator
import dev.inkan.Ceremonies
import dev.inkan.Clock
import dev.inkan.InkanException
import dev.inkan.InkanStore
import dev.inkan.KeyVault
import dev.inkan.LogLevel
import dev.inkan.Options
import dev.inkan.Profile
import dev.inkan.ScannedCode
import dev.inkan.StoreReport
import dev.inkan.app.R
import kotlinx.coroutines.sync.Mutex
import kotlinx.coroutines.sync.withLock
import java.io.File

/** [Core] over [vault]. [options] and [clock]: other servers, roots and times than this build's and the system's, for tests. */
class RealCore(
    private val context: Context,
    private val vault: KeyVault,
    private val options: Options? = null,
    private val clock: Clock? = null,
) : Core {
    private val opening = Mutex()
    private val journal = Journal()
    private var store: InkanStore? = null
    private var authenticator: Authenticator? = null

    init {
        journal.install()
    }

    override val ceremonies: Ceremonies? get() = authenticator

    override suspend fun openStore(): StoreReport = opening.withLock { opened().report }

    override suspend fun setStoreAside() = opening.withLock {
        store = null
        InkanStore.setAside(folder())
        Unit
    }

    override suspend fun openAuthenticator(): Ceremonies = opening.withLock {
        authenticator ?: Authenticator.open(opened(), profile(), options ?: ofThisBuild()).also { authenticator = it }
    }

    /** Lets go of what is open, as the end of the process does. */
    suspend fun close() = opening.withLock {
        authenticator?.close()
        authenticator = null
        store?.close()
        store = null
    }

    override fun recognise(text: String): ScannedCode = Authenticator.recognise(text)

    override fun log(): String = journal.text()

    private suspend fun opened(): InkanStore = store ?: InkanStore.open(folder(), vault, clock).also { store = it }

    /** Kept out of backups and transfers by the manifest, and by its place where the system asks. */
    private fun folder(): File = File(context.noBackupFilesDir, "store").apply { mkdirs() }

    private fun profile() = Profile(
        name = Build.MODEL,
        model = "${Build.MANUFACTURER} ${Build.MODEL}",
        os = "Android ${Build.VERSION.RELEASE}",
        appVersion = context.packageManager.getPackageInfo(context.packageName, 0).versionName.orEmpty(),
        language = context.resources.language(),
    )

    private fun ofThisBuild() = Options(allowedServers = context.resources.getStringArray(R.array.servers).toList())

    /** The last lines of the log, in memory only. */
    private class Journal {
        private val lines = ArrayDeque<String>()

        fun install() {
            try {
                Authenticator.installLog({ entry -> add("${entry.level} ${entry.target}: ${entry.message}") }, LogLevel.INFO)
            } catch (_: InkanException) {
                // One listener in a process: there is one already, and it goes on.
            }
        }

        @Synchronized
        fun add(line: String) {
            lines.addLast(line)
            while (lines.size > MOST) lines.removeFirst()
        }

        @Synchronized
        fun text(): String = lines.joinToString("\n")
    }

    private companion object {
        const val MOST = 200
    }
}
