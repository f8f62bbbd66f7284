/*
 * A disk that is full to the last byte, over the real core and server: a page says so, nothing is acknowledged that is not
 * kept, nothing that was is lost, and with room again the same app goes on.
 */
package dev.inkan.app.flow

import dev.inkan.app.R
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.Ids
import dev.inkan.walks.json
import kotlinx.coroutines.runBlocking
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonObject
import org.junit.After
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeTrue
import org.junit.Before
import org.junit.Test
import java.io.File
import java.io.IOException
import java.io.RandomAccessFile
import java.nio.file.Files
import kotlin.time.Duration

class FullDiskTest : FlowStage() {
    private val disk = File(System.getProperty("inkan.small.disk").orEmpty())
    private val ballast get() = File(disk, "ballast")

    @Before
    fun smallDisk() {
        assumeTrue("no small disk: `cargo xtask android` mounts one, as root on Linux", disk.path.isNotEmpty())
        check(disk.totalSpace in 1..LARGEST) { "$disk is no small disk: it is not filled, and not emptied" }
        empty()
        val place = File(disk, "store").apply { mkdirs() }
        Files.createSymbolicLink(store().toPath(), place.toPath())
    }

    @After
    fun leaveItEmpty() = if (disk.totalSpace in 1..LARGEST) empty() else Unit

    private fun empty() = disk.listFiles().orEmpty().forEach { it.deleteRecursively() }

    /** Until not one byte more goes onto the disk. */
    private fun fill() = RandomAccessFile(ballast, "rw").use { file ->
        file.seek(file.length())
        var size = CHUNK
        while (size > 0) {
            try {
                file.write(ByteArray(size))
            } catch (_: IOException) {
                // the system may have taken a part of it
                file.seek(file.length())
                size /= 2
            }
        }
    }

    /** What the last block of the store's file still holds. */
    private fun roomLeft() = BLOCK - File(disk, "store/data/db").length() % BLOCK

    private fun free() = assertTrue(ballast.delete())

    private fun ScreenActivity<*>.saysFull() = assertTrue("$page", app.getString(R.string.store_full) in texts(this))

    @Test
    fun whileEnrolling() {
        val begun = begun()
        // the app is open, and its store is: the link comes, and what it begins has no room
        front().use { seat -> seat.activity.becomes("welcome") }
        fill()
        enrolling(begun.uri).use { seat ->
            seat.activity.becomes("enroll.failed.internal")
            seat.activity.saysFull()
            assertTrue("what did not happen", app.getString(R.string.nothing_enrolled) in texts(seat.activity))
            assertTrue("${seat.activity.page}", seat.activity.offers(Ids.AGAIN))
        }
        free()
        enrolling(begun.uri).use { seat ->
            seat.activity.tapWhenOffered(Ids.YES)
            confirm(begun, digits(seat.activity))
            seat.activity.tapWhenOffered(Ids.SAVE_NAME)
        }
        assertEquals(1, runBlocking { ceremonies.accounts() }.size)
    }

    @Test
    fun whileApproving() {
        val account = enrolled()
        val asked = asked()
        shown(account, asked).use { seat ->
            until("the request", { seat.activity.page }) { seat.activity.offers(Ids.APPROVE) }
            fill()
            while (roomLeft() > LESS_THAN_AN_ANSWER) {
                val other = JsonObject(json("operation" to "login") + ("details" to JsonArray(emptyList())))
                runBlocking {
                    broker.ask(user, other)
                    ceremonies.inbox(Duration.ZERO)
                }
            }
            seat.activity.approves(asked)
            seat.activity.becomes("request.stuck.internal")
            seat.activity.saysFull()
            assertEquals("nothing was sent", "pending", state(asked))
            free()
            seat.activity.tapped(Ids.RETRY)
            seat.activity.approves(asked)
            seat.activity.becomes("ended.approved")
        }
        assertEquals(200, runBlocking { broker.redeem(asked) }.status)
        killed()
        begin()
        assertTrue("nothing is missing", runBlocking { app.core.openStore() }.isSound)
        assertEquals("once", 1, runBlocking { ceremonies.history(account) }.size)
    }

    @Test
    fun whileTheAppBegins() {
        val account = enrolled()
        val asked = asked()
        killed()
        fill()
        begin()
        front().use { seat ->
            seat.activity.becomes("start.store_full")
            seat.activity.saysFull()
            seat.die()
            seat.activity.becomes("start.store_full")
            free()
            seat.activity.tapped(Ids.RETRY)
            seat.activity.becomes("inbox.one")
        }
        shown(account, asked).use { seat ->
            seat.activity.approves(asked)
            seat.activity.becomes("ended.approved")
        }
    }

    private companion object {
        const val CHUNK = 1 shl 20
        const val BLOCK = 4096L
        const val LARGEST = 64L shl 20

        /** An answer takes 3,000 bytes, a request that is shown 1,500. */
        const val LESS_THAN_AN_ANSWER = 2_500L
    }
}
