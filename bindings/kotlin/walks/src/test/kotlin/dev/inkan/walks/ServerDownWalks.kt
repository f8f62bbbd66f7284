// The server goes and comes back, in the middle of everything.
package dev.inkan.walks

import dev.inkan.Decision
import dev.inkan.Inbox
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.launch
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test
import kotlin.time.Duration.Companion.seconds

internal class ServerDownWalks {
    @Test
    fun `an answer is kept until the server is back`() =
        walk {
            LiveServer.start().use { server ->
                val world = World.enrolled(server = server)
                val asked = world.broker.ask(world.user)
                world.phone.shown(asked)

                server.strike()
                val error = failure { world.phone.app.approve(world.account, asked.challenge, asked.number) }
                assertEquals("offline", error.key)
                val away = world.phone.app.inbox()
                assertEquals(emptyList<Any>(), away.requests)
                assertEquals(listOf("offline"), away.problems.map { it.error.key })
                assertEquals(listOf("offline"), away.settled.map { it.problem?.key }, "signed, kept, and not there yet")

                // the app is killed meanwhile
                world.phone.close()
                val phone = Phone.open(world.phone.folder, server)
                server.resume()
                val settled = phone.app.inbox(10.seconds).settled.single()
                assertEquals(asked.challenge, settled.challenge)
                assertNull(settled.problem)
                assertEquals(Decision.APPROVE, settled.outcome?.decision)
                assertEquals(200, world.broker.redeem(asked).status)
                assertEquals(1, phone.app.history(world.account).size)
            }
        }

    @Test
    fun `the inboxes go on after the server was away`() =
        walk {
            LiveServer.start().use { server ->
                val world = World.enrolled(server = server)
                val seen = Channel<Inbox>()
                coroutineScope {
                    // nothing waits yet: the first look stands at the server
                    val collector = launch { world.phone.app.inboxes.collect(seen::send) }
                    val asked = world.broker.ask(world.user)
                    assertEquals(listOf(asked.challenge), seen.receive().requests.map { it.challenge })
                    server.strike()
                    assertEquals(listOf("offline"), firstWith(seen) { problems }.map { it.error.key })
                    server.resume()
                    assertEquals(asked.challenge, firstWith(seen) { requests }.first().challenge)
                    collector.cancel()
                }
            }
        }

    /** What is seen next of a kind. A look that was under way when the server went or came has none of it. */
    private suspend fun <T> firstWith(
        seen: Channel<Inbox>,
        kind: Inbox.() -> List<T>,
    ): List<T> {
        while (true) {
            val found = seen.receive().kind()
            if (found.isNotEmpty()) return found
        }
    }
}
