// What a request costs an app on the JVM: from a push to the lines on the screen, from the tap to the signed answer on its
// way, opening with few and many past requests; and how often a decision goes over the border, in and out.
//
// The façade over the library that ships, against the real server over loopback. The time inside the vault and inside the
// transport is taken out; going there and back is not. `cargo xtask bench phone jvm` runs it.
package dev.inkan.walks.bench

import dev.inkan.AccountId
import dev.inkan.Authenticator
import dev.inkan.Decision
import dev.inkan.EnrollmentPreview
import dev.inkan.InkanStore
import dev.inkan.Language
import dev.inkan.Options
import dev.inkan.Profile
import dev.inkan.PushPayload
import dev.inkan.SoftwareKeyVault
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.temporaryFolder
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.UUID
import kotlin.time.Duration

/** Past requests at which the store is opened. */
private val OPENED_AT = setOf(1, 100, 1_000)

/** How often each opening is measured. */
private const val OPENINGS = 20
private const val NO_OPS = 10_000
private const val USER = "bench-phone"

/** Measures so many decisions, and prints. */
public fun main(arguments: Array<String>) {
    val decisions = arguments.firstOrNull()?.toInt() ?: 1_000
    runBlocking {
        LiveServer.start().use { server ->
            val phone = Bench(server, temporaryFolder())
            phone.enroll()
            repeat(decisions) { done ->
                phone.decide()
                if (done + 1 in OPENED_AT) phone.openAgain(done + 1)
            }
            phone.floor()
            phone.print(decisions)
        }
    }
}

/** A part of a decision: one call of the façade, what it took, and how often it called out. */
private class Step(
    val name: String,
) {
    val times = Times()
    var calls = 0L
    var vault = 0L
    var transport = 0L
}

private class Bench(
    private val server: LiveServer,
    private val folder: File,
) {
    private val away = Away()
    private val https = server.https.lasting()
    private val line = WatchedTransport(https, away)
    private val vault = WatchedVault(SoftwareKeyVault(null), away)
    private val broker = Broker(server, https)
    private val received = Step("push → hint")
    private val arrived = Step("arrival told")
    private val looked = Step("look → rendered")
    private val approved = Step("tap → success")
    private val sent = Times()
    private lateinit var app: Authenticator
    private lateinit var enrolled: EnrollmentPreview
    private lateinit var sender: WebPushSender
    private val account: AccountId
        get() = enrolled.id

    suspend fun enroll() {
        app = over(InkanStore.open(folder, vault))
        val begun = broker.begin(USER)
        enrolled = app.beginEnrollment(begun.uri)
        val reply = broker.confirm(begun, app.confirmAccount(account))
        check(reply.status == 200) { "confirm: $reply" }
        app.enrollmentStatus(account, Duration.ZERO)
        sender = WebPushSender(app.webPushKeys())
    }

    /** A push, a look, a tap; what of it was the phone's. */
    suspend fun decide() {
        val asked = broker.ask(USER)
        val push = UUID.randomUUID()
        val payload = PushPayload.WebPush(sender.encrypt("""{"v":1,"id":"$push","collapse":"$push"}""".encodeToByteArray()))
        val hint = measured(received) { app.pushReceived(account, payload) }
        check(hint.id == push.toString()) { "another push: $hint" }
        measured(arrived) { app.pushArrived(hint.id) }
        val inbox = measured(looked) { app.inbox(Duration.ZERO) }
        val request = inbox.requests.single()
        check(request.challenge == asked.challenge && request.lines.isNotEmpty()) { "another request: $request" }
        val (begun, before) = System.nanoTime() to away.nanos.get()
        val outcome = measured(approved) { app.approve(account, request.challenge, asked.number) }
        check(outcome.decision == Decision.APPROVE) { "not approved: $outcome" }
        val (answered, until) = line.answered
        sent.add(answered - begun - (until - before))
    }

    /** Closes it and opens it again, some times, and prints what opening and reading cost with so much behind. */
    suspend fun openAgain(past: Int) {
        val steps = listOf("store", "authenticator", "accounts", "history").map(::Step)
        repeat(OPENINGS) {
            app.close()
            val store = measured(steps[0]) { InkanStore.open(folder, vault) }
            check(store.report.isSound) { "damaged: ${store.report}" }
            app = measured(steps[1]) { over(store) }
            check(measured(steps[2]) { app.accounts() }.size == 1) { "not one account" }
            check(measured(steps[3]) { app.history(account) }.size == past) { "not $past past requests" }
        }
        println("open, %4d past     ".format(past) + steps.joinToString { "${it.name} ${it.times.shown()}" })
    }

    /** What going over the border costs by itself, where there is nothing to do. */
    suspend fun floor() {
        val (atOnce, waiting) = Times() to Times()
        val closed = InkanStore.open(temporaryFolder(), vault).also { it.close() }
        repeat(NO_OPS) {
            val begun = System.nanoTime()
            app.setLanguage(Language.JA)
            atOnce.add(System.nanoTime() - begun)
        }
        repeat(NO_OPS) {
            val begun = System.nanoTime()
            closed.close()
            waiting.add(System.nanoTime() - begun)
        }
        println("floor               a call that does nothing ${atOnce.shown()}, one that can wait ${waiting.shown()}")
    }

    fun print(decisions: Int) {
        val steps = listOf(received, arrived, looked, approved)
        steps.forEach { println("%-20s%s, the first %s ms".format(it.name, it.times.shown(), it.times.first())) }
        println("%-20s%s, the first %s ms".format("tap → answer sent", sent.shown(), sent.first()))
        for (step in steps) {
            val out = "${each(step.vault, decisions)} of the vault, ${each(step.transport, decisions)} of the transport"
            println("%-20s%s calls in, out: %s".format(step.name, each(step.calls, decisions), out))
        }
        val (calls, vault) = steps.sumOf { it.calls } to steps.sumOf { it.vault }
        val transport = steps.sumOf { it.transport }
        println(
            "a decision, whole   ${each(calls, decisions)} calls in, out: ${each(vault, decisions)} of the vault, " +
                "${each(transport, decisions)} of the transport",
        )
        println("(p50 / p99; without the time in the vault and in the transport)")
    }

    private suspend fun over(store: InkanStore): Authenticator {
        val options = Options(extraRoots = listOf(server.root), transport = line)
        return Authenticator.open(store, Profile("bench", "bench", "bench", "0.1.0", Language.JA), options)
    }

    private suspend fun <T> measured(
        step: Step,
        call: suspend () -> T,
    ): T {
        val (vault, transport, gone) = Triple(away.vault.get(), away.transport.get(), away.nanos.get())
        val begun = System.nanoTime()
        val result = call()
        step.times.add(System.nanoTime() - begun - (away.nanos.get() - gone))
        step.calls += 1
        step.vault += away.vault.get() - vault
        step.transport += away.transport.get() - transport
        return result
    }
}
