package dev.inkan.app.look

import android.content.Context
import android.view.MotionEvent
import android.view.View
import android.view.accessibility.AccessibilityManager
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView
import dev.inkan.app.R
import dev.inkan.screens.Button
import dev.inkan.screens.ButtonStyle
import dev.inkan.screens.NoticeKind
import dev.inkan.screens.Page
import dev.inkan.screens.Part
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotSame
import org.junit.Assert.assertSame
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.Shadows.shadowOf

@RunWith(RobolectricTestRunner::class)
class PageViewTest {
    @Test
    fun aTickKeepsFocusTypedTextAndPlace() = Stage(Eyes(scale = 2f)).use { stage ->
        val view = stage.show(SamplePages.signIn(ja = true, value = "48"))
        val input = view.only<EditText>()
        input.requestFocus()
        input.setSelection(1)
        view.scrolledTo = 120
        stage.settle()
        stage.show(SamplePages.signIn(ja = true, value = "48", clock = "1:16"))
        assertSame(input, view.only<EditText>())
        assertTrue(input.hasFocus())
        assertEquals(1, input.selectionStart)
        assertEquals(120, view.scrolledTo)
        assertTrue(view.all().any { it is TextView && it.text.toString() == "残り 1:16" })
    }

    @Test
    fun whatAppearsAboveAFieldDoesNotMoveTheFocus() = Stage().use { stage ->
        val page = SamplePages.signIn(ja = true)
        val view = stage.show(page)
        val input = view.only<EditText>()
        input.requestFocus()
        val more = listOf(Part.Notice(NoticeKind.CAUTION, null, "オフラインです。"))
        stage.show(page.copy(parts = page.parts.take(2) + more + page.parts.drop(2)))
        assertSame(input, view.only<EditText>())
        assertTrue(input.hasFocus())
        assertSame(input, view.findFocus())
    }

    @Test
    fun anotherPageBeginsAtItsTop() = Stage(Eyes(scale = 2f)).use { stage ->
        val view = stage.show(SamplePages.signIn(ja = true))
        val input = view.only<EditText>()
        view.scrolledTo = 120
        stage.settle()
        stage.show(SamplePages.signIn(ja = true).copy(id = "sample.other"))
        assertNotSame(input, view.only<EditText>())
        assertEquals(0, view.all().filterIsInstance<ScrollView>().first().scrollY)
    }

    @Test
    fun aTextOfManyPagesIsLaidOutAsItComesIntoSight() = Stage(Eyes(scale = 2f)).use { stage ->
        val text = stage.activity.assets.open("licences.txt").use { it.reader().readText() }
        val licences = Part.Reading.of(text)
        assertTrue(licences.paragraphs.size > 400)
        val page = SamplePages.signIn(ja = true).copy(id = "sample.reading", parts = listOf(Part.Title("ライセンス"), licences))
        val view = stage.show(page)
        val shown = { view.all().filterIsInstance<TextView>().map { it.text.toString() } }
        assertTrue(shown().take(4).toString(), "ライセンス" in shown() && licences.paragraphs.first() in shown())
        assertTrue("${shown().size}", shown().size < 50)
        view.scrolledTo = licences.paragraphs.size
        stage.settle()
        assertTrue(shown().toString(), licences.paragraphs.last() in shown())
        assertTrue("${shown().size}", shown().size < 50)
        val place = view.scrolledTo
        stage.show(page.copy(announce = "続く"))
        assertEquals(place, view.scrolledTo)
        // and the next page is one that scrolls, from its top
        stage.show(SamplePages.signIn(ja = true))
        assertEquals(0, view.scrolledTo)
        assertTrue(view.only<EditText>().isShown)
    }

    @Test
    fun typingIsToldOnceAndAMachinesTextIsNot() = Stage().use { stage ->
        val view = stage.show(SamplePages.signIn(ja = true, value = ""))
        view.only<EditText>().setText("482")
        assertEquals(listOf("typed number 482"), stage.listener.told)
        stage.show(SamplePages.signIn(ja = true, value = "482913"))
        assertEquals("482913", view.only<EditText>().text.toString())
        assertEquals(1, stage.listener.told.size)
    }

    @Test
    fun pastedDigitsAreTakenOutOfWhatIsAroundThem() = Stage().use { stage ->
        val input = stage.show(SamplePages.signIn(ja = true, value = "")).only<EditText>()
        input.setText("４８２-913 です77")
        assertEquals("482913", input.text.toString())
    }

    @Test
    fun anErrorTakesTheFocusAndIsSaid() = Stage().use { stage ->
        val view = stage.show(SamplePages.signIn(ja = true, value = ""))
        stage.show(SamplePages.signIn(ja = true, value = "", error = "先に数字を入力してください。"))
        val input = view.only<EditText>()
        assertTrue(input.hasFocus())
        val info = input.createAccessibilityNodeInfo()
        assertTrue(info.isContentInvalid)
        assertEquals("先に数字を入力してください。", info.error.toString())
        val said = view.all().filterIsInstance<TextView>().first { it.text.toString() == "先に数字を入力してください。" }
        assertEquals(View.ACCESSIBILITY_LIVE_REGION_POLITE, said.accessibilityLiveRegion)
    }

    @Test
    fun aBusyButtonIsNotTapped() = Stage().use { stage ->
        val view = stage.show(SamplePages.order(ja = true))
        view.button("送信しています").performClick()
        assertEquals(emptyList<String>(), stage.listener.told)
        view.button("拒否する").performClick()
        assertEquals(listOf("tapped deny"), stage.listener.told)
    }

    @Test
    fun aPageIsAnnouncedOnce() = Stage().use { stage ->
        val manager = stage.activity.getSystemService(Context.ACCESSIBILITY_SERVICE) as AccessibilityManager
        shadowOf(manager).setEnabled(true)
        val page = SamplePages.signIn(ja = true).copy(announce = "新しい確認依頼です。")

        fun said() = shadowOf(manager).sentAccessibilityEvents.flatMap { it.text }.count { it.toString() == page.announce }
        stage.show(page)
        assertEquals(1, said())
        stage.show(page.copy(bar = page.bar.copy(title = "別の証券")))
        assertEquals(1, said())
    }

    @Test
    fun aGuardedPageTakesNoTouchThroughAnotherWindow() = Stage(Eyes(japanese = false)).use { stage ->
        val view = stage.show(SamplePages.withdrawal(ja = false))
        for (flag in listOf(MotionEvent.FLAG_WINDOW_IS_OBSCURED, PARTIALLY)) {
            view.touch("Decline", flag)
            stage.settle()
            assertEquals(emptyList<String>(), stage.listener.told)
        }
        val words = view.context.getString(R.string.look_covered)
        assertTrue(view.all().any { it is TextView && it.text.toString() == words && it.isShown })
        // The control: the same touch with nothing over the window.
        view.touch("Decline", 0)
        stage.settle()
        assertEquals(listOf("tapped deny"), stage.listener.told)
    }

    @Test
    fun anOpenPageTakesAPartlyCoveredTouch() = Stage(Eyes(japanese = false)).use { stage ->
        val view = stage.show(SamplePages.withdrawal(ja = false).copy(guarded = false))
        view.touch("Decline", PARTIALLY)
        stage.settle()
        assertEquals(listOf("tapped deny"), stage.listener.told)
        assertFalse(view.filterTouchesWhenObscured)
    }

    @Test
    fun withTheKeyboardUpBothAnswersStandSideBySide() = Stage(Eyes(size = "w393dp-h852dp")).use { stage ->
        val view = stage.show(SamplePages.signIn(ja = true))
        val approve = view.button("生体認証で承認する")
        val deny = view.button("拒否する")
        assertTrue(deny.top >= approve.bottom)
        view.only<ActionsView>().compact = true
        stage.settle()
        assertEquals(approve.top, deny.top)
        assertTrue(deny.left >= approve.right)
        assertEquals(approve.height, deny.height)
    }

    @Test
    fun whatIsToBeFilledInDoesNotLieUnderTheActions() {
        val page = SamplePages.withdrawal(ja = true)
        val digits = Part.Digits("number", "画面に表示の6桁の数字を入力してください", 6, "", null)
        val asked = page.copy(parts = page.parts + digits)

        fun sideBySide(page: Page, size: String): Boolean = Stage(Eyes(size = size)).use { stage ->
            val view = stage.show(page)
            val field = view.all().filterIsInstance<EditText>().firstOrNull()
            if (field != null) {
                val bottom = IntArray(2).also(field::getLocationInWindow)[1] + field.height
                val actions = IntArray(2).also(view.only<ActionsView>()::getLocationInWindow)[1]
                assertTrue("$bottom is under $actions", bottom <= actions)
            }
            val (approve, deny) = view.all().filterIsInstance<ButtonView>().take(2)
            approve.top == deny.top
        }
        assertFalse("there is room for everything", sideBySide(asked, "w393dp-h1200dp"))
        assertTrue(sideBySide(asked, "w393dp-h880dp"))
        assertFalse("nothing is to be filled in", sideBySide(page, "w393dp-h880dp"))
    }

    @Test
    fun aButtonOfThePagesContentIsAButtonToo() = Stage().use { stage ->
        val page = SamplePages.signIn(ja = true)
        val view = stage.show(page.copy(parts = listOf(Part.Inline(listOf(Button("more", "もっと", ButtonStyle.QUIET))))))
        view.button("もっと").performClick()
        assertEquals(listOf("tapped more"), stage.listener.told)
    }

    private fun View.button(text: String): ButtonView = all().filterIsInstance<ButtonView>().single { it.text.toString() == text }

    /** A finger on a button, with what the window manager says of the window. */
    private fun PageView.touch(text: String, flags: Int) {
        val button = button(text)
        val place = IntArray(2).also(button::getLocationInWindow)
        val root = IntArray(2).also(::getLocationInWindow)
        val x = (place[0] - root[0] + button.width / 2).toFloat()
        val y = (place[1] - root[1] + button.height / 2).toFloat()
        for (action in listOf(MotionEvent.ACTION_DOWN, MotionEvent.ACTION_UP)) dispatchTouchEvent(finger(action, x, y, flags))
    }

    private fun finger(action: Int, x: Float, y: Float, flags: Int): MotionEvent {
        val pointer =
            MotionEvent.PointerProperties().apply {
                id = 0
                toolType = MotionEvent.TOOL_TYPE_FINGER
            }
        val at =
            MotionEvent.PointerCoords().apply {
                this.x = x
                this.y = y
                pressure = 1f
                size = 1f
            }
        val screen = android.view.InputDevice.SOURCE_TOUCHSCREEN
        return MotionEvent.obtain(0, 0, action, 1, arrayOf(pointer), arrayOf(at), 0, 0, 1f, 1f, 0, 0, screen, flags)
    }

    private companion object {
        const val PARTIALLY = 0x2
    }
}
