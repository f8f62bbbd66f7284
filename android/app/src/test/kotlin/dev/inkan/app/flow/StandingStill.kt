/*
 * A network that stands still at one question until a test lets it go on. Whoever is cut off meanwhile hears nothing.
 */
package dev.inkan.app.flow

import dev.inkan.HttpRequest
import dev.inkan.HttpResponse
import dev.inkan.Transport
import kotlinx.coroutines.CompletableDeferred
import java.net.URI

/**
 * [real] carries what is asked. It stands still before the first question; with [after] it is after the first whose path
 * ends so: the server has answered, and the answer has not come.
 */
internal class StandingStill(private val real: Transport, private val after: String? = null) : Transport {
    val stopped = CompletableDeferred<Unit>()
    val goesOn = CompletableDeferred<Unit>()

    override suspend fun send(request: HttpRequest): HttpResponse {
        if (after == null) stop()
        return real.send(request).also { if (after != null && URI(request.url).path.endsWith(after)) stop() }
    }

    private suspend fun stop() {
        stopped.complete(Unit)
        goesOn.await()
    }
}
