/*
 * The activities over a fake core: what a customer does, and what the system does to an app meanwhile.
 */
package dev.inkan.app.core

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.os.Looper
import android.view.View
import android.view.WindowManager
import android.widget.EditText
import android.widget.TextView
import dev.inkan.ChallengeId
import dev.inkan.Decision
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.StoreReport
import dev.inkan.app.TestInkanApplication
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.enroll.EnrollActivity
import dev.inkan.app.home.MainActivity
import dev.inkan.app.look.ButtonView
import dev.inkan.app.look.CameraPlace
import dev.inkan.app.look.PageView
import dev.inkan.app.look.all
import dev.inkan.app.look.only
import dev.inkan.app.platform.FakeCameras
import dev.inkan.app.platform.Phone
import dev.inkan.app.platform.Scanner
import dev.inkan.app.settings.SettingsActivity
import dev.inkan.screens.CameraTrouble
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(qualifiers = "ja-w393dp-h852dp-mdpi")
class ScreenActivityTest {
    private lateinit var app: TestInkanApplication
    private val core get() = app.fake

    @Before
    fun process() {
        app = RuntimeEnvironment.getApplication() as TestInkanApplication
    }

    @Test
    fun aRequestIsApprovedWithItsNumber() = requested().use { controller ->
        val activity = controller.get()
        assertEquals("request.number", activity.page())
        assertNotEquals(0, activity.window.attributes.flags and WindowManager.LayoutParams.FLAG_SECURE)
        activity.tap("生体認証で承認する")
        assertTrue("nothing is sent without the number", core.asked.none { it.startsWith("approve") })
        activity.view.only<EditText>().setText("482913")
        activity.tap("生体認証で承認する")
        assertEquals("approve 482913", core.asked.last())
        assertTrue(activity.page(), "sending" in activity.page().orEmpty())
        core.answer.complete(outcome(Decision.APPROVE))
        settle()
        assertEquals("ended.approved", activity.page())
    }

    @Test
    fun aRotationKeepsWhatIsTypedAndWhatIsUnderWay() = requested().use { controller ->
        controller.get().view.only<EditText>().setText("482")
        val before = controller.get()
        controller.recreate()
        settle()
        val after = controller.get()
        assertNotSame(before, after)
        assertEquals("482", after.view.only<EditText>().text.toString())
        after.view.only<EditText>().setText("482913")
        after.tap("生体認証で承認する")
        controller.recreate()
        settle()
        core.answer.complete(outcome(Decision.APPROVE))
        settle()
        assertEquals("ended.approved", controller.get().page())
        assertEquals(1, core.asked.count { it.startsWith("approve") })
    }

    @Test
    fun aKilledProcessComesBackToTheSameRequest() {
        val kept = Bundle()
        requested().use { it.pause().saveInstanceState(kept).stop() }
        core.asked.clear()
        Robolectric.buildActivity(RequestActivity::class.java, Intent()).setup(kept).use { controller ->
            settle()
            assertEquals("request.number", controller.get().page())
            assertEquals(listOf("request 2"), core.asked)
        }
    }

    @Test
    fun anotherRequestTakesThePlaceOfTheFirst() = requested().use { controller ->
        controller.get().view.only<EditText>().setText("482")
        controller.newIntent(RequestActivity.of(app, ACCOUNT, ChallengeId("33333333-3333-4333-8333-333333333333")))
        settle()
        assertEquals("request 3", core.asked.last())
        assertEquals("", controller.get().view.only<EditText>().text.toString())
    }

    @Test
    fun anotherLanguageComesWithTheLinesThatAreThenSigned() = requested().use { controller ->
        assertTrue(controller.get().says("ログインの確認"))
        RuntimeEnvironment.setQualifiers("+en")
        controller.recreate()
        settle()
        assertEquals(dev.inkan.Language.EN, core.spoken)
        assertTrue(controller.get().says("Confirm sign-in"))
        assertTrue(controller.get().says("Approve with biometrics"))
        assertTrue(core.asked.count { it == "request 2" } == 2)
    }

    @Test
    fun theTimeRunsDownAndTheRequestEnds() = requested().use { controller ->
        assertTrue(controller.get().says("1:40"))
        app.clock = dev.inkan.Clock { NOW.plusSeconds(41) }
        seconds(1)
        assertTrue(controller.get().says("0:59"))
        app.clock = dev.inkan.Clock { NOW.plusSeconds(101) }
        seconds(1)
        assertEquals("ended.expired", controller.get().page())
    }

    @Test
    fun backAsksTheMachine() = requested().use { controller ->
        val activity = controller.get()
        activity.tap("拒否する")
        val asking = activity.page()
        assertNotEquals("request.number", asking)
        activity.tapped(PageView.BACK)
        settle()
        assertEquals("request.number", activity.page())
        activity.tapped(PageView.BACK)
        assertTrue(activity.isFinishing)
    }

    @Test
    fun theListIsFetchedWheneverTheAppComesToTheFront() = front().use { controller ->
        settle()
        assertEquals("inbox.one", controller.get().page())
        assertEquals(1, core.asked.count { it == "inbox 0s" })
        controller.pause().stop().restart().resume()
        settle()
        assertEquals(2, core.asked.count { it == "inbox 0s" })
        // The store was opened and told of once.
        assertEquals(1, core.asked.count { it == "open store" })
    }

    @Test
    fun aDamagedStoreIsToldBeforeTheList() {
        core.report = StoreReport(damagedRecords = 3)
        Robolectric.buildActivity(MainActivity::class.java).setup().use { controller ->
            settle()
            assertEquals("start.damaged", controller.get().page())
            controller.get().tap("続ける")
            assertEquals("inbox.one", controller.get().page())
        }
    }

    @Test
    fun aDamagedStoreIsToldBeforeALinkOrANotificationIsFollowed() {
        core.report = StoreReport(emptied = true)
        requested().use { controller ->
            assertEquals("request.stuck.internal", controller.get().page())
            assertEquals(MainActivity::class.java.name, shadowOf(app).nextStartedActivity.component?.className)
        }
        assertTrue("nothing is done over it: ${core.asked}", !core.opened && core.asked.all { it == "open store" })
    }

    @Test
    fun aFullDiskIsSaidAndTheAnswerDidNotGoOut() {
        core.shut = InternalFailure.STORE_FULL
        front().use { controller ->
            assertEquals("start.store_full", controller.get().page())
            assertTrue(controller.get().says("端末の空き容量がありません。"))
            core.shut = null
            controller.get().tap("もう一度試す")
            assertEquals("inbox.one", controller.get().page())
        }
        core.answer.completeExceptionally(InkanException.Internal(InternalFailure.STORE_FULL))
        requested().use { controller ->
            controller.get().view.only<EditText>().setText("482913")
            controller.get().tap("生体認証で承認する")
            assertEquals("request.stuck.internal", controller.get().page())
            assertTrue(controller.get().says("端末の空き容量がありません。"))
            assertTrue("what did not happen", controller.get().says("ログインは行われていません。"))
        }
    }

    @Test
    fun aRowOpensItsRequest() = front().use { controller ->
        settle()
        val row = controller.get().view.all().first { it.isClickable && it.contentDescription?.contains("ログインの確認") == true }
        row.performClick()
        val next = shadowOf(controller.get()).nextStartedActivity
        assertEquals(RequestActivity::class.java.name, next.component?.className)
        assertNotEquals(0, next.flags and Intent.FLAG_ACTIVITY_NEW_TASK)
    }

    @Test
    fun aLinkOpensWhatItIsFor() {
        val links =
            mapOf(
                "https://inkan.example/e#v=1" to EnrollActivity::class.java,
                "https://inkan.example/c#v=1" to RequestActivity::class.java,
                "https://inkan.example/e?else" to EnrollActivity::class.java,
            )
        for ((link, target) in links) {
            val door =
                Robolectric
                    .buildActivity(
                        LinkActivity::class.java,
                        Intent(Intent.ACTION_VIEW, Uri.parse(link)),
                    ).create()
                    .get()
            assertTrue(door.isFinishing)
            assertEquals(link, target.name, shadowOf(door).nextStartedActivity.component?.className)
        }
        val again =
            Intent(
                Intent.ACTION_VIEW,
                Uri.parse("https://inkan.example/e#v=1"),
            ).addFlags(Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY)
        assertNull(shadowOf(Robolectric.buildActivity(LinkActivity::class.java, again).create().get()).nextStartedActivity)
    }

    @Test
    fun anEnrollmentLinkIsFollowedOnceAndGoesOnFromTheStore() {
        val kept = Bundle()
        val link = "https://inkan.example/e#v=1"
        Robolectric.buildActivity(EnrollActivity::class.java, EnrollActivity.of(app, link)).setup().use { controller ->
            settle()
            assertEquals(listOf("open store", "begin $link"), core.asked)
            assertTrue(controller.get().says("***0123"))
            controller.pause().saveInstanceState(kept).stop()
        }
        Robolectric.buildActivity(EnrollActivity::class.java, EnrollActivity.of(app, link)).setup(kept).use { controller ->
            settle()
            assertEquals(listOf("open store", "begin $link"), core.asked)
            assertTrue(controller.get().says("***0123"))
        }
    }

    @Test
    fun aRefusedCameraIsSaid() = Robolectric.buildActivity(EnrollActivity::class.java).setup().use { controller ->
        settle()
        val activity = controller.get()
        val start = activity.page()
        activity.tapped("scan")
        settle()
        val asked = shadowOf(activity).lastRequestedPermission
        assertEquals(listOf(android.Manifest.permission.CAMERA), asked.requestedPermissions.toList())
        activity.onRequestPermissionsResult(asked.requestCode, asked.requestedPermissions, intArrayOf(-1))
        settle()
        assertNotEquals(start, activity.page())
        assertTrue(activity.page().orEmpty().contains("camera"))
    }

    @Test
    fun whatFailsHasAPage() = requested().use { controller ->
        core.answer.completeExceptionally(InkanException.Offline("down"))
        controller.get().view.only<EditText>().setText("482913")
        controller.get().tap("生体認証で承認する")
        settle()
        assertTrue(controller.get().page().orEmpty().startsWith("request"))
        assertTrue(controller.get().view.all().filterIsInstance<TextView>().any { "保存" in it.text })
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.P])
    fun theLanguageIsChosenWithinTheAppOnOldPhones() = settings().use { controller ->
        controller.get().tapped("language")
        controller.get().tapped("language_en")
        settle()
        Robolectric.buildActivity(MainActivity::class.java).setup().use { front ->
            settle()
            assertEquals("en", front.get().resources.configuration.locales[0].language)
        }
    }

    @Test
    fun aCameraThatIsTakenIsToldAndComesBack() {
        val cameras = FakeCameras(trouble = CameraTrouble.IN_USE)
        app.phone =
            object : Phone by FakePhone() {
                override fun camera(activity: Activity): CameraPlace = Scanner(cameras)
            }
        shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
        Robolectric.buildActivity(EnrollActivity::class.java).setup().use { controller ->
            settle()
            val activity = controller.get()
            activity.tapped("scan")
            settle()
            assertEquals("enroll.camera.in_use", activity.page())
            assertTrue(activity.says("ほかのアプリがカメラを使用しています"))
            activity.tap("もう一度試す")
            assertEquals("it is still taken", "enroll.camera.in_use", activity.page())
            cameras.comeBack()
            assertEquals("enroll.camera", activity.page())
            assertEquals("it goes on by itself", 1, cameras.found.size)
        }
    }

    private fun requested(): ActivityController<RequestActivity> = Robolectric
        .buildActivity(
            RequestActivity::class.java,
            RequestActivity.of(app, ACCOUNT, CHALLENGE),
        ).setup()
        .also { settle() }

    private fun front() = Robolectric.buildActivity(MainActivity::class.java).setup().also { settle() }

    private fun settings() = Robolectric.buildActivity(SettingsActivity::class.java).setup().also { settle() }

    private fun settle() = shadowOf(Looper.getMainLooper()).idle()

    private fun seconds(count: Long) = shadowOf(Looper.getMainLooper()).idleFor(java.time.Duration.ofSeconds(count))

    private fun ScreenActivity<*>.page(): String? = view.page?.id

    private fun ScreenActivity<*>.says(text: String): Boolean = view.all().any {
        it.isShown &&
            ((it as? TextView)?.text?.contains(text) == true || it.contentDescription?.contains(text) == true)
    }

    private fun ScreenActivity<*>.tap(text: String) {
        view
            .all()
            .filterIsInstance<ButtonView>()
            .single { it.text.toString() == text && it.visibility == View.VISIBLE }
            .performClick()
        settle()
    }
}
