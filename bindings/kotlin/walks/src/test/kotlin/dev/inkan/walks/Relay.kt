// Stands where the server's origin says, with the server's certificate, and passes on to it: it sees what is asked, when
// the server has it, whether anything was answered, and when whoever asked has hung up.
package dev.inkan.walks

import kotlinx.coroutines.CompletableDeferred
import java.io.IOException
import java.io.InputStream
import java.io.OutputStream
import java.net.InetAddress
import java.net.Socket
import java.util.concurrent.ConcurrentLinkedQueue
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

/** A request that is waited for. */
internal class Watched(
    val beginning: String,
) {
    /** The server has it. */
    val handedOn = CompletableDeferred<Unit>()

    /** Whoever asked has closed the line before there was an answer. */
    val hungUp = CompletableDeferred<Unit>()

    /** Something came back from the server. */
    @Volatile
    var isAnswered = false
}

/**
 * A relay in front of a server that was started for it. It speaks HTTP/1.1 alone: one question at a time on each line. To
 * the server each line comes from an address of its own.
 */
internal class Relay(
    private val server: LiveServer,
) : AutoCloseable {
    private val tls = server.relaying()
    private val loopback = InetAddress.getByName("127.0.0.1")
    private val outside = tls.serverSocketFactory.createServerSocket(server.port, BACKLOG, loopback)
    private val open = ConcurrentLinkedQueue<Socket>()
    private val lines = AtomicInteger()

    @Volatile
    private var watched: Watched? = null

    init {
        quietly { while (true) line(outside.accept()) }
    }

    /** From now on the first request that begins so is watched. */
    fun watch(beginning: String): Watched = Watched(beginning).also { watched = it }

    override fun close() {
        outside.close()
        open.forEach { it.close() }
    }

    private fun line(phone: Socket) {
        open.add(phone)
        quietly {
            val own = InetAddress.getByName("127.0.0.${FIRST + lines.getAndIncrement() % ADDRESSES}")
            val inside = tls.socketFactory.createSocket(loopback, server.listens, own, 0).also(open::add)
            Line(phone, inside)
        }
    }

    private inner class Line(
        private val phone: Socket,
        private val inside: Socket,
    ) {
        @Volatile
        private var here: Watched? = null

        init {
            quietly { down(inside.getInputStream(), phone.getOutputStream()) }
            try {
                up(phone.getInputStream(), inside.getOutputStream())
            } catch (_: IOException) {
                // closed without a word is closed all the same
            }
            here?.let { if (!it.isAnswered) it.hungUp.complete(Unit) }
            inside.close()
        }

        private fun up(
            from: InputStream,
            to: OutputStream,
        ) = pump(from) { bytes, count ->
            val asked = watched?.takeIf { String(bytes, 0, count, Charsets.ISO_8859_1).startsWith(it.beginning) }
            if (asked != null) {
                watched = null
                here = asked
            }
            to.write(bytes, 0, count)
            to.flush()
            asked?.handedOn?.complete(Unit)
        }

        private fun down(
            from: InputStream,
            to: OutputStream,
        ) = pump(from) { bytes, count ->
            here?.isAnswered = true
            to.write(bytes, 0, count)
            to.flush()
        }
    }

    private fun pump(
        from: InputStream,
        pass: (ByteArray, Int) -> Unit,
    ) {
        val buffer = ByteArray(BUFFER)
        while (true) {
            val count = from.read(buffer)
            if (count < 0) return
            pass(buffer, count)
        }
    }

    private fun quietly(work: () -> Unit) {
        thread(isDaemon = true) {
            try {
                work()
            } catch (_: IOException) {
                // the other side, or this relay, has ended
            }
        }
    }

    private companion object {
        const val BACKLOG = 50
        const val FIRST = 2
        const val ADDRESSES = 250
        const val BUFFER = 16 * 1024
    }
}
