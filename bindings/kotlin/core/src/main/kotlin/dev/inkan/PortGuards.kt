// An app's transport, clock and log listener, as the core may call them. See VaultGuard.kt for why.
package dev.inkan

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.TimeoutCancellationException
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.withContext
import java.io.IOException
import java.io.InterruptedIOException
import javax.net.ssl.SSLException
import kotlin.coroutines.cancellation.CancellationException
import kotlin.time.toKotlinDuration
import dev.inkan.ffi.Clock as CoreClock
import dev.inkan.ffi.ClockException as CoreClockException
import dev.inkan.ffi.Header as CoreHeader
import dev.inkan.ffi.HttpRequest as CoreRequest
import dev.inkan.ffi.HttpResponse as CoreResponse
import dev.inkan.ffi.LogEntry as CoreLogEntry
import dev.inkan.ffi.LogLevel as CoreLogLevel
import dev.inkan.ffi.LogListener as CoreLogListener
import dev.inkan.ffi.Transport as CoreTransport
import dev.inkan.ffi.TransportException as CoreTransportException

/** Lets nothing through but an answer or one of the transport's own errors. */
internal class TransportGuard(
    private val transport: Transport,
) : CoreTransport {
    override suspend fun send(request: CoreRequest): CoreResponse =
        try {
            withContext(Dispatchers.IO) { transport.send(request.toPublic()) }.toCore()
        } catch (thrown: TransportException) {
            throw thrown.toCore()
        } catch (thrown: TimeoutCancellationException) {
            currentCoroutineContext().ensureActive()
            throw CoreTransportException.TimedOut()
        } catch (thrown: CancellationException) {
            // the core has let go of this call: then nobody reads an answer
            currentCoroutineContext().ensureActive()
            throw CoreTransportException.Unexpected(thrown.javaClass.name)
        } catch (thrown: SSLException) {
            throw CoreTransportException.Tls(thrown.javaClass.name)
        } catch (thrown: InterruptedIOException) {
            throw CoreTransportException.TimedOut()
        } catch (thrown: IOException) {
            throw CoreTransportException.Offline()
        } catch (thrown: Throwable) {
            throw CoreTransportException.Unexpected(thrown.javaClass.name)
        }
}

internal fun TransportException.toCore(): CoreTransportException =
    when (this) {
        is TransportException.Offline -> CoreTransportException.Offline()
        is TransportException.TimedOut -> CoreTransportException.TimedOut()
        is TransportException.PinMismatch -> CoreTransportException.PinMismatch()
        is TransportException.Tls -> CoreTransportException.Tls(reason)
        is TransportException.Unexpected -> CoreTransportException.Unexpected(reason)
    }

private fun CoreRequest.toPublic() =
    HttpRequest(
        method = method,
        url = url,
        headers = headers.map { HttpHeader(it.name, it.value) },
        body = body,
        pins = pins.map { HttpPin(it.sha256, it.notAfter?.toInstant()) },
        timeout = timeout.toKotlinDuration(),
        answerLimit = answerLimit.coerceAtMost(Long.MAX_VALUE.toULong()).toLong(),
        safeToRepeat = safeToRepeat,
    )

/** A status that no 16 bits hold goes over as 0, which the core refuses. */
private fun HttpResponse.toCore() =
    CoreResponse(
        status = if (status in 0..UShort.MAX_VALUE.toInt()) status.toUShort() else 0u,
        headers = headers.map { CoreHeader(it.name, it.value) },
        body = body,
    )

/** A clock that throws is no clock: the core then reads the system's. */
internal class ClockGuard(
    private val clock: Clock,
) : CoreClock {
    override fun now(): ULong =
        try {
            // before 1970 it is 0, which the core does not believe
            clock.now().toEpochMilli().coerceAtLeast(0).toULong()
        } catch (thrown: Throwable) {
            throw CoreClockException.Unexpected(thrown.javaClass.name)
        }
}

/** A listener that throws has no one to tell. */
internal class LogGuard(
    private val listener: LogListener,
) : CoreLogListener {
    override fun log(entry: CoreLogEntry) {
        try {
            listener.log(LogEntry(entry.level.toPublic(), entry.target, entry.message))
        } catch (_: Throwable) {
            return
        }
    }
}

internal fun CoreLogLevel.toPublic(): LogLevel =
    when (this) {
        CoreLogLevel.ERROR -> LogLevel.ERROR
        CoreLogLevel.WARN -> LogLevel.WARN
        CoreLogLevel.INFO -> LogLevel.INFO
        CoreLogLevel.DEBUG -> LogLevel.DEBUG
    }
