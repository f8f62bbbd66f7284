/*
 * Every page, as those get it who do not see it, or see it large: order, words, targets, nothing cut off.
 */
package dev.inkan.app.look

import android.view.View
import android.widget.EditText
import android.widget.TextView
import dev.inkan.app.R
import dev.inkan.screens.Page
import dev.inkan.screens.Part
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
class AccessibilityTest {
    @Test
    @Config(sdk = [35])
    fun aRequestIsReadInOrder() = Stage().use { stage ->
        val read = stage.show(SamplePages.withdrawal(ja = true)).stops().map { it.said }
        val expected =
            listOf(
                "みらい証券",
                "1:42",
                "出金の確認、125万円",
                "出金先, 見本銀行 中央支店\n普通 ***4567, 新しい出金先",
                "受付番号, A1B2-C3",
                "アクセス元, macOS / Safari",
                "場所, 大阪府付近（推定）",
                "日時, 11月24日（火）14:05",
                "IPアドレス, 198.51.100.7",
                "いつもと異なる場所からの操作です。",
                "パソコンの画面のコードと一致しました。",
                "生体認証で承認する",
                "拒否する",
                "心当たりがない",
            )
        assertEquals(expected, read)
    }

    @Test
    @Config(sdk = [35])
    fun everyPageHasAHeadingAndEveryTargetWordsAndRoom() {
        for (eyes in listOf(Eyes(), Eyes(japanese = false, scale = 2f))) {
            Stage(eyes).use { stage ->
                for (page in Pages.all(eyes.japanese)) {
                    val stops = stage.show(page).stops()
                    // The start is gone before anybody has read it; it has a line and no heading.
                    assertTrue("${page.id}: no heading", page.id == "start" || stops.any { it.heading })
                    for (stop in stops) {
                        if (stop.view is EditText) {
                            assertLabelled(page, stop.view)
                        } else {
                            assertTrue("${page.id}: ${stop.view} says nothing", stop.said.isNotBlank())
                        }
                        if (stop.acts) assertRoom(page, stop.view)
                    }
                }
            }
        }
    }

    /** Headings, facts and buttons in the order in which the page has them: what is seen first is read first. */
    @Test
    @Config(sdk = [35])
    fun everyPageIsReadInTheOrderOfItsParts() = Stage().use { stage ->
        for (page in Pages.all(japanese = true)) {
            val stops = stage.show(page).stops().filter { it.view.isShown }
            val tops = stops.map { it.view.topIn(stage.view) }
            val withinActions =
                stops.indexOfFirst { it.view.within(ActionsView::class.java) }.let {
                    if (it <
                        0
                    ) {
                        stops.size
                    } else {
                        it
                    }
                }
            assertEquals("${page.id}: ${stops.map { it.said }}", tops.take(withinActions).sorted(), tops.take(withinActions))
            assertEquals(page.id, page.actions.map { it.text }, stops.drop(withinActions).map { it.said })
        }
    }

    /** 200 %: on API 28 all text doubles; on API 35 large text grows less, small text doubles. */
    @Test
    fun nothingIsCutOffWhereTextIsTwiceAsLarge() {
        for (japanese in listOf(true, false)) {
            for (size in listOf("w393dp-h852dp", "w320dp-h640dp")) {
                Stage(Eyes(japanese = japanese, scale = 2f, size = size)).use { stage ->
                    for (page in Pages.all(
                        japanese,
                    )) {
                        stage.show(page).all().filter { it.isShown }.forEach { assertWhole(stage, page, it) }
                    }
                }
            }
        }
    }

    @Test
    @Config(sdk = [35])
    fun theRimGoesAndFactsStackWhereTextIsLarge() {
        Stage(Eyes(scale = 2f)).use { stage ->
            val view = stage.show(SamplePages.withdrawal(ja = true))
            assertTrue(view.all().filterIsInstance<RimView>().none { it.isShown })
        }
        Stage().use { stage ->
            val view = stage.show(SamplePages.withdrawal(ja = true))
            assertTrue(view.only<RimView>().isShown)
        }
    }

    private fun assertLabelled(page: Page, input: View) {
        val labels = page.parts.mapNotNull { (it as? Part.Field)?.label ?: (it as? Part.Digits)?.label }
        val label = input.rootView.all().filterIsInstance<TextView>().singleOrNull { it.labelFor == input.id }
        assertTrue("${page.id}: a field without a label", label != null && label.text.toString() in labels)
    }

    private fun assertRoom(page: Page, view: View) {
        val least = view.resources.getDimensionPixelSize(R.dimen.inkan_target)
        val said = (view as? TextView)?.text ?: view.contentDescription
        assertTrue("${page.id}: $said is ${view.width} by ${view.height}", view.width >= least && view.height >= least)
    }

    private fun assertWhole(stage: Stage, page: Page, view: View) {
        val left = view.leftIn(stage)
        assertTrue("${page.id}: $view leaves the page", left >= 0 && left + view.width <= stage.view.width)
        if (view !is TextView || view.text.isEmpty()) return
        val lines = checkNotNull(view.layout) { "${page.id}: ${view.text} has no lines" }
        val room = view.width - view.totalPaddingLeft - view.totalPaddingRight
        assertTrue("${page.id}: ${view.text} is shortened", (0 until lines.lineCount).all { lines.getEllipsisCount(it) == 0 })
        val widest = (0 until lines.lineCount).maxOf(lines::getLineMax)
        // An input scrolls sideways while something long is typed into it.
        if (view !is EditText) assertTrue("${page.id}: ${view.text} is wider than its room: $widest in $room", widest <= room + 1)
        val high = lines.height + view.totalPaddingTop + view.totalPaddingBottom
        assertTrue("${page.id}: ${view.text} is higher than its room: $high in ${view.height}", high <= view.height + 1)
    }

    private fun View.topIn(root: View): Int = if (this === root) 0 else top + ((parent as? View)?.topIn(root) ?: 0)

    private fun View.leftIn(stage: Stage): Int = if (this === stage.view) 0 else left + ((parent as? View)?.leftIn(stage) ?: 0)

    private fun View.within(kind: Class<out View>): Boolean = kind.isInstance(this) || (parent as? View)?.within(kind) == true
}
