// One server for all walks but those that kill it. Each walk has customers of its own.
package dev.inkan.walks

import dev.inkan.AccountId
import dev.inkan.InkanException
import kotlinx.coroutines.runBlocking
import java.util.UUID

/** An enrolled phone, and what belongs to it. */
internal class World(
    val server: LiveServer,
    val broker: Broker,
    val user: String,
    val phone: Phone,
    val account: AccountId,
) {
    companion object {
        /** The server that all walks share. */
        val shared: LiveServer by lazy { runBlocking { LiveServer.start() } }

        /** A customer whom no other test knows. */
        fun customer(): String = "c-${UUID.randomUUID()}"

        suspend fun enrolled(
            cuts: Boolean = false,
            server: LiveServer = shared,
        ): World {
            val (broker, user) = Broker(server) to customer()
            val phone = Phone.make(server, cuts = cuts)
            return World(server, broker, user, phone, phone.enroll(broker, user))
        }
    }
}

/** The error of a call that has to fail. */
internal suspend fun failure(call: suspend () -> Any?): InkanException {
    val value =
        try {
            call()
        } catch (error: InkanException) {
            return error
        }
    throw AssertionError("no error, but $value")
}

/** A walk: a test that waits as long as the server makes it wait. */
internal fun walk(steps: suspend () -> Unit): Unit = runBlocking { steps() }
