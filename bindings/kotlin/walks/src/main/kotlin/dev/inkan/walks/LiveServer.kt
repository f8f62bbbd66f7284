// The real `inkan` program as a child process, in a folder of its own: set up, started, killed, started again.
package dev.inkan.walks

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.ByteArrayInputStream
import java.io.File
import java.net.InetAddress
import java.net.ServerSocket
import java.nio.file.Files
import java.security.KeyFactory
import java.security.KeyStore
import java.security.cert.CertificateFactory
import java.security.cert.X509Certificate
import java.security.spec.PKCS8EncodedKeySpec
import java.util.Base64
import java.util.concurrent.ConcurrentHashMap
import javax.net.ssl.KeyManagerFactory
import javax.net.ssl.SSLContext
import javax.net.ssl.TrustManager
import javax.net.ssl.TrustManagerFactory

/** Where the browser is brought back to in tier `returned`. */
const val RETURN_URL = "https://www.mirai.example/return"

/** A server, and the relying party's key to it. */
class LiveServer private constructor(
    private val program: String,
    private val folder: File,
    internal val port: Int,
    internal val listens: Int,
    internal val key: String,
) : AutoCloseable {
    /** Its origin, `https://localhost:PORT`. */
    val origin: String = "https://localhost:$port"

    private val authority: X509Certificate =
        CertificateFactory.getInstance("X.509").generateCertificate(
            ByteArrayInputStream(folder.resolve("server/ca.pem").readBytes()),
        ) as X509Certificate

    /** The certificate of its authority, DER. */
    val root: ByteArray = authority.encoded

    /** A client that trusts it. */
    val https: Https = Https(trusting(authority))

    /** What stands between a phone and it: it has the server's own certificate outwards, and trusts it inwards. */
    internal fun relaying(): SSLContext = relaying(authority, folder.resolve("server"))

    @Volatile
    private var child: Process? = null

    /** Starts the program over what is on the disk, and waits until it takes connections. */
    suspend fun resume(): Unit =
        withContext(Dispatchers.IO) {
            val log = folder.resolve("log")
            val started =
                ProcessBuilder(program, "serve", "--config", "server/inkan.toml")
                    .directory(folder)
                    .redirectInput(File("/dev/null"))
                    .redirectError(log)
                    .apply { environment()["INKAN_LISTEN"] = "127.0.0.1:$listens" }
                    .start()
            RUNNING.add(started)
            child = started
            val ready = started.inputStream.bufferedReader().readLine()
            check(ready?.startsWith("ready") == true) { "the server did not start: $ready ${log.readText()}" }
        }

    /** Kills the program, as `kill -9` does, and waits until it is gone. */
    suspend fun strike(): Unit =
        withContext(Dispatchers.IO) {
            val running = checkNotNull(child) { "the server does not run" }
            child = null
            running.destroyForcibly().waitFor()
            RUNNING.remove(running)
        }

    /** Ends it, and deletes its folder. */
    override fun close() {
        child?.let {
            it.destroyForcibly().waitFor()
            RUNNING.remove(it)
        }
        folder.deleteRecursively()
    }

    /** How one comes to be. */
    companion object {
        /**
         * Sets a server up and starts it. The program is named by the property `inkan.server.bin` or by `INKAN_SERVER_BIN`.
         * [relayed]: it listens elsewhere than its origin says, where something else has to pass on to it.
         */
        suspend fun start(relayed: Boolean = false): LiveServer =
            withContext(Dispatchers.IO) {
                val program =
                    checkNotNull(System.getProperty("inkan.server.bin") ?: System.getenv("INKAN_SERVER_BIN")) {
                        "say where the server's program is: -Dinkan.server.bin or INKAN_SERVER_BIN"
                    }
                val folder = temporaryFolder()
                val port = freePort()
                val inkan = { arguments: List<String> -> run(folder, listOf(program) + arguments) }
                inkan(
                    listOf("init", "--dir", "server", "--demo", "--port", "$port", "--return-url", RETURN_URL),
                )
                val scopes = "enroll,ask,read,manage"
                val key =
                    inkan(
                        listOf("key", "create", "--config", "server/inkan.toml", "--name", "walk", "--scopes", scopes),
                    )
                val listens = if (relayed) generateSequence(::freePort).first { it != port } else port
                LiveServer(program, folder, port, listens, key).apply { resume() }
            }
    }
}

/** An empty folder of its own, deleted when the JVM ends. */
fun temporaryFolder(): File = Files.createTempDirectory("inkan").toFile().also(FOLDERS::add)

private fun run(
    folder: File,
    command: List<String>,
): String {
    val errors = folder.resolve("errors")
    val process = ProcessBuilder(command).directory(folder).redirectError(errors).start()
    val output = process.inputStream.bufferedReader().readText()
    check(process.waitFor() == 0) { "$command: ${errors.readText()}" }
    return output.trim()
}

private fun freePort(): Int = ServerSocket(0, 1, InetAddress.getLoopbackAddress()).use { it.localPort }

private fun trusting(authority: X509Certificate): SSLContext =
    SSLContext.getInstance("TLS").apply { init(null, trust(authority), null) }

private fun relaying(
    authority: X509Certificate,
    folder: File,
): SSLContext {
    val pem = folder.resolve("tls.key").readLines().filterNot { it.startsWith("-----") }.joinToString("")
    val key = KeyFactory.getInstance("EC").generatePrivate(PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)))
    val chain =
        folder.resolve("tls.pem").inputStream().use { CertificateFactory.getInstance("X.509").generateCertificates(it) }
    val store = emptyStore().apply { setKeyEntry("server", key, CharArray(0), chain.toTypedArray()) }
    val keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm())
    keys.init(store, CharArray(0))
    return SSLContext.getInstance("TLS").apply { init(keys.keyManagers, trust(authority), null) }
}

private fun trust(authority: X509Certificate): Array<TrustManager> {
    val factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm())
    factory.init(emptyStore().apply { setCertificateEntry("authority", authority) })
    return factory.trustManagers
}

private fun emptyStore(): KeyStore = KeyStore.getInstance(KeyStore.getDefaultType()).apply { load(null) }

private val RUNNING: MutableSet<Process> = ConcurrentHashMap.newKeySet()
private val FOLDERS: MutableSet<File> = ConcurrentHashMap.newKeySet()

/** Children and folders end with this JVM, however it ends in order. */
@Suppress("unused")
private val atEnd =
    Runtime.getRuntime().addShutdownHook(
        Thread {
            RUNNING.forEach { it.destroyForcibly().waitFor() }
            FOLDERS.forEach { it.deleteRecursively() }
        },
    )
