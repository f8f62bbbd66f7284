package dev.inkan.app.look

import dev.inkan.app.R
import dev.inkan.brand.BrandColours
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class ColourTest {
    private fun colour(id: Int) = RuntimeEnvironment.getApplication().getColor(id) and 0xFFFFFF

    private val grounds = listOf(R.color.inkan_paper, R.color.inkan_sheet, R.color.inkan_well)

    /** Text on its grounds: 4.5 to 1; what is seen without being read: 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11). */
    private fun checkAll() {
        val texts =
            listOf(
                R.color.inkan_ink to grounds + R.color.inkan_act_soft + R.color.inkan_caution_soft,
                R.color.inkan_ink_2 to grounds,
                R.color.inkan_act to grounds,
                R.color.inkan_on_act to listOf(R.color.inkan_act),
                R.color.inkan_sheet to listOf(R.color.inkan_ink),
                R.color.inkan_caution to grounds + R.color.inkan_caution_soft,
                R.color.inkan_buy to listOf(R.color.inkan_sheet, R.color.inkan_buy_soft),
                R.color.inkan_sell to listOf(R.color.inkan_sheet, R.color.inkan_sell_soft),
            )
        val edges =
            listOf(
                R.color.inkan_edge to grounds,
                R.color.inkan_caution_edge to listOf(R.color.inkan_sheet, R.color.inkan_caution_soft),
            )
        for ((pairs, least) in listOf(texts to 4.5, edges to 3.0)) {
            for ((over, under) in pairs) {
                for (ground in under) {
                    val ratio = BrandColours.contrast(colour(over), colour(ground))
                    val names = RuntimeEnvironment.getApplication().resources
                    assertTrue(
                        "${names.getResourceEntryName(over)} on ${names.getResourceEntryName(ground)}: $ratio",
                        ratio >= least,
                    )
                }
            }
        }
    }

    @Test
    @Config(qualifiers = "notnight")
    fun everyTextCanBeReadInLight() = checkAll()

    @Test
    @Config(qualifiers = "night")
    fun everyTextCanBeReadInDark() = checkAll()

    @Test
    fun contrastIsWhatTheGuidelinesSay() {
        assertEquals(21.0, BrandColours.contrast(0x000000, 0xFFFFFF), 0.001)
        assertEquals(1.0, BrandColours.contrast(0x5B3765, 0x5B3765), 0.001)
        assertTrue(BrandColours.contrast(0x777777, 0xFFFFFF) < 4.5)
    }

    @Test
    fun ourOwnColourIsUsed() {
        assertEquals(BrandColours.Act(0x5B3765, 0xFFFFFF, 0xEDE9EE, null), BrandColours.light(0x5B3765))
        assertEquals(BrandColours.Act(0xD2B4DE, 0x28142F, 0x312B36, null), BrandColours.dark(0xD2B4DE))
    }

    @Test
    fun aBrownIsUsedAndRedBlueAndGreenStayInTheLogo() {
        assertNull(BrandColours.light(0x68461F).adjusted())
        for (loud in listOf(0xC8102E, 0x0033A0, 0x00843D, 0xE60012)) {
            val act = BrandColours.light(loud)
            assertNotNull(Integer.toHexString(loud), act.adjusted())
            assertEquals(0x201B26, act.act())
            assertEquals(0xFFFFFF, act.onAct())
        }
    }

    @Test
    fun aColourThatCannotBeReadIsInk() {
        // A pale one on paper, and a dark one in the dark.
        assertEquals(0x201B26, BrandColours.light(0xE8D8A0).act())
        assertEquals(0xEDE9F1, BrandColours.dark(0x3A2A10).act())
        // Grey has no hue to be mistaken for.
        assertNull(BrandColours.light(0x4A4A4A).adjusted())
    }
}
