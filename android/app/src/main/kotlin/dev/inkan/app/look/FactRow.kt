/*
 * A label and its value, on one baseline like on a paper form; below each other where the column is under 17 ems.
 * One stop of a screen reader: the label, then the value.
 */
package dev.inkan.app.look

import android.content.Context
import android.view.ViewGroup
import dev.inkan.app.R
import dev.inkan.screens.Fact
import kotlin.math.max

internal class FactRow(context: Context, private val dense: Boolean) : ViewGroup(context) {
    private val label = TypedText(context, Type.LABEL)
    private val value = BadgedValue(context, Type.BODY)
    private val ruled = context.px(R.dimen.inkan_hair)
    private var stacked = false

    init {
        addView(label)
        addView(value)
        isScreenReaderFocusable = true
        label.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        value.importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
    }

    fun show(fact: Fact) {
        label.text = fact.label
        value.show(fact.value, fact.badge)
        contentDescription = listOfNotNull(fact.label, fact.spoken ?: fact.value, fact.badge).joinToString(PAUSE)
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val width = MeasureSpec.getSize(widthSpec)
        val any = MeasureSpec.makeMeasureSpec(0, MeasureSpec.UNSPECIFIED)
        stacked = width < resources.ems(STACK_UNDER_EMS)
        val labelRoom = if (stacked) width else labelColumn()
        label.measure(MeasureSpec.makeMeasureSpec(labelRoom, MeasureSpec.AT_MOST), any)
        val valueRoom = if (stacked) width else width - labelColumn() - gap()
        value.measure(MeasureSpec.makeMeasureSpec(max(0, valueRoom), MeasureSpec.AT_MOST), any)
        val inner =
            if (stacked) {
                label.measuredHeight + value.measuredHeight
            } else {
                max(labelTop() + label.measuredHeight, valueTop() + value.measuredHeight)
            }
        setMeasuredDimension(width, inner + 2 * around())
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        if (stacked) {
            place(label, 0, around())
            place(value, 0, around() + label.measuredHeight)
        } else {
            place(label, 0, around() + labelTop())
            place(value, labelColumn() + gap(), around() + valueTop())
        }
    }

    private fun labelColumn(): Int = resources.ems(resources.floatOf(R.dimen.inkan_label_ems))

    private fun gap(): Int = context.px(R.dimen.inkan_s4)

    private fun labelTop(): Int = max(0, value.baseline - label.baseline)

    private fun valueTop(): Int = max(0, label.baseline - value.baseline)

    private fun around(): Int = if (dense) context.px(R.dimen.inkan_s1) else (AROUND_HAIRS * ruled)

    private companion object {
        const val STACK_UNDER_EMS = 17f
        const val AROUND_HAIRS = 10
    }
}

/** Between what is read out in one breath. */
internal const val PAUSE = ", "
