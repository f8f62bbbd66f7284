// A cold opening: in a JVM that has done nothing before. The benchmark starts itself anew for each, and the child prints
// its times: its classes are loaded in them, as an app's are. What the system keeps of the files in memory stays warm.
package dev.inkan.walks.bench

import dev.inkan.Authenticator
import dev.inkan.InkanStore
import dev.inkan.KeyVault
import dev.inkan.Language
import dev.inkan.Options
import dev.inkan.Profile
import dev.inkan.SoftwareKeyVault
import dev.inkan.Transport
import java.io.File
import java.lang.management.ManagementFactory

/** The first argument of a child; the second is the folder with keys and store. */
internal const val COLD = "--open"

/** How often each opening is measured, each time in a new process. */
private const val OPENINGS = 20

/** What a child prints, in this order, in nanoseconds; after it, how many past requests it has read. */
private val PARTS = listOf("store", "authenticator", "accounts", "history", "all")

internal fun keysIn(folder: File): SoftwareKeyVault = SoftwareKeyVault(folder.resolve("keys").apply { mkdirs() })

internal suspend fun storeIn(
    folder: File,
    vault: KeyVault,
): InkanStore = InkanStore.open(folder.resolve("store").apply { mkdirs() }, vault)

internal suspend fun over(
    store: InkanStore,
    roots: List<ByteArray>,
    line: Transport?,
): Authenticator {
    val options = Options(extraRoots = roots, transport = line)
    return Authenticator.open(store, Profile("bench", "bench", "bench", "0.1.0", Language.JA), options)
}

/** Opens what lies in [folder] as a child does, and prints. */
internal suspend fun openCold(folder: File) {
    val times = mutableListOf<Long>()
    val begun = System.nanoTime()

    suspend fun <T> timed(step: suspend () -> T): T {
        val before = System.nanoTime()
        return step().also { times.add(System.nanoTime() - before) }
    }
    val store = timed { storeIn(folder, keysIn(folder)) }
    check(store.report.isSound) { "damaged: ${store.report}" }
    timed { over(store, emptyList(), null) }.use { app ->
        val account = timed { app.accounts() }.single()
        val past = timed { app.history(account.id) }.size
        times.add(System.nanoTime() - begun)
        println((times + past.toLong()).joinToString(" "))
    }
}

/** Has children open it, and prints what opening and reading cost with so much behind. */
internal fun measureCold(
    folder: File,
    past: Int,
) {
    val times = PARTS.map { Times() }
    val java = File(System.getProperty("java.home")).resolve("bin/java").path
    val options = ManagementFactory.getRuntimeMXBean().inputArguments
    val main = "dev.inkan.walks.bench.PhoneBenchKt"
    repeat(OPENINGS) {
        val command = listOf(java) + options + listOf("-cp", System.getProperty("java.class.path"), main, COLD, folder.path)
        val child = ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start()
        val said = child.inputStream.bufferedReader().readText().trim()
        check(child.waitFor() == 0) { "a child failed: $said" }
        val numbers = said.split(" ").map { it.toLong() }
        check(numbers.size == PARTS.size + 1 && numbers.last() == past.toLong()) { "another opening: $said" }
        times.zip(numbers) { all, nanos -> all.add(nanos) }
    }
    val shown = PARTS.zip(times) { name, all -> "$name ${all.shown()}" }
    println("cold, %4d past     ".format(past) + shown.joinToString())
}
