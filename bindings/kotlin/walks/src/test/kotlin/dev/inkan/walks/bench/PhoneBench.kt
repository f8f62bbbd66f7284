// What a request costs an app on the JVM: from a push to the lines on the screen, from the tap to the signed answer on its
// way, opening with few and many past requests, each time in a new process; how often a decision goes over the border, in
// and out, and how often it waits for the disk.
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
import dev.inkan.LogLevel
import dev.inkan.PushPayload
import dev.inkan.walks.Broker
import dev.inkan.walks.LiveServer
import dev.inkan.walks.temporaryFolder
import kotlinx.coroutines.runBlocking
import java.io.File
import java.util.UUID
import kotlin.time.Duration

/** Past requests at which the store is opened. */
private val OPENED_AT = setOf(1, 100, 1_000)

/** Decisions of which the writes are counted, after all that is measured. */
private const val COUNTED = 20
private const val NO_OPS = 10_000
private const val USER = "bench-phone"

/** Measures so many decisions, and prints. Or, as a child of its own, opens once. */
public fun main(arguments: Array<String>) {
    if (arguments.firstOrNull() == COLD) return runBlocking { openCold(File(arguments[1])) }
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
            phone.countWrites()
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
    private val vault = WatchedVault(keysIn(folder), away)
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
        app = open()
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

    /** Closes it, has children of this process open it, and goes on with it. */
    suspend fun openAgain(past: Int) {
        app.close()
        measureCold(folder, past)
        app = open()
    }

    private suspend fun open(): Authenticator = over(storeIn(folder, vault), listOf(server.root), line)

    /** What a look and a decision write, and how often they wait for the disk. */
    suspend fun countWrites() {
        val writes = Writes()
        Authenticator.installLog(writes, LogLevel.DEBUG)
        val names = listOf("a look", "a decision")
        val sums = names.map { longArrayOf(0, 0) }
        repeat(COUNTED) {
            val asked = broker.ask(USER)
            val steps =
                listOf<suspend () -> Unit>(
                    { app.inbox(Duration.ZERO) },
                    { app.approve(account, asked.challenge, asked.number) },
                )
            steps.zip(sums) { step, sum ->
                val (commits, waits) = writes.commits.get() to writes.waits.get()
                step()
                sum[0] += writes.commits.get() - commits
                sum[1] += writes.waits.get() - waits
            }
        }
        check(writes.commits.get() > 0) { "nothing is said to be written" }
        names.zip(sums) { name, (commits, waits) ->
            val counts = "${each(commits, COUNTED)} commits, ${each(waits, COUNTED)} waits for the disk"
            println("written for %-11s %s".format(name, counts))
        }
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
