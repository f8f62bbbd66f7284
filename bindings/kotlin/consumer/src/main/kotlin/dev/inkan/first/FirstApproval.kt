// A first approval, from an empty folder to a redeemed verdict, over a real server.
package dev.inkan.first

import dev.inkan.Outcome
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.get
import dev.inkan.walks.temporaryFolder
import dev.inkan.walks.text
import kotlinx.coroutines.runBlocking

fun main(): Unit =
    runBlocking {
        LiveServer.start().use { server ->
            val broker = Broker(server)
            openInkan(temporaryFolder(), makeWeakVault(temporaryFolder()), listOf(server.root)).use { app ->
                val begun = broker.begin("c-1001")
                val claimed = beginEnrollment(app, begun.uri) { it.server == server.origin }
                val (enrollment, digits) = checkNotNull(claimed) { "an enrollment" }
                broker.confirm(begun, digits)
                checkNotNull(waitForAccount(app, enrollment)) { "an account" }

                val asked = broker.ask("c-1001")
                var approved: Outcome? = null
                watchInbox(app) { inbox ->
                    inbox.requests.firstOrNull()?.let { request ->
                        for (line in request.lines) println("${line.label}: ${line.value}")
                        approved = approve(app, request, asked.number)
                    }
                    approved != null
                }
                val outcome = checkNotNull(approved) { "an approval" }
                val verdict = broker.redeem(asked)
                check(verdict.status == 200 && outcome.challenge == asked.challenge) { "a verdict: $verdict" }
                println("approved, row ${outcome.logRow} of the server's log, tier ${verdict.json["tier"].text}")
            }
        }
    }
