// What tests put behind the guards: shells that do one thing, whatever they are asked.
package dev.inkan

import java.io.File
import java.nio.file.Files

/** A vault whose every method does the same. */
internal class VaultThat(
    private val does: suspend () -> Nothing,
) : KeyVault {
    override suspend fun createKey(
        label: KeyLabel,
        purpose: KeyPurpose,
        challenge: ByteArray,
    ): CreatedKey = does()

    override suspend fun verifyUser(
        label: KeyLabel,
        prompt: String,
    ): UserVerification = does()

    override suspend fun sign(
        label: KeyLabel,
        message: ByteArray,
    ): KeySignature = does()

    override suspend fun deleteKey(label: KeyLabel): Unit = does()

    override suspend fun labels(): List<KeyLabel> = does()

    override suspend fun wrap(key: ByteArray): ByteArray = does()

    override suspend fun unwrap(wrapped: ByteArray): ByteArray = does()

    override suspend fun protection(): Protection = does()
}

/** Everything of [keys], but where it says where they are kept. */
internal class VaultWhoseProtection(
    private val keys: KeyVault,
    private val does: suspend () -> Protection,
) : KeyVault by keys {
    override suspend fun protection(): Protection = does()
}

internal fun emptyFolder(): File = Files.createTempDirectory("inkan").toFile().apply { deleteOnExit() }

internal val PROFILE = Profile("電話", "model", "os", "1", Language.JA)

/** An authenticator over a new store and software keys. */
internal suspend fun authenticator(
    options: Options = Options(),
    vault: KeyVault = SoftwareKeyVault(null),
    clock: Clock? = null,
): Authenticator = Authenticator.open(InkanStore.open(emptyFolder(), vault, clock), PROFILE, options)

/** An enrollment link of the form of ours; nobody answers there. */
internal val LINK =
    "https://auth.mirai.example/e#v=1&t=${"A".repeat(43)}&s=${"A".repeat(43)}&k=${"A".repeat(43)}&n=1"

/** Hidden from the handler of uncaught errors: what a bare shell lets through ends there. */
internal suspend fun <T> withoutUncaught(block: suspend () -> T): T {
    val before = Thread.getDefaultUncaughtExceptionHandler()
    Thread.setDefaultUncaughtExceptionHandler { _, _ -> }
    return try {
        block()
    } finally {
        Thread.setDefaultUncaughtExceptionHandler(before)
    }
}
