/*
 * The bar: whose page it is, the way back, and the time left. Where text is large or the window low it scrolls with the
 * content.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.Typeface
import android.text.SpannableString
import android.text.Spanned
import android.text.style.AbsoluteSizeSpan
import android.text.style.StyleSpan
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.widget.ImageView
import android.widget.LinearLayout
import dev.inkan.app.R
import dev.inkan.screens.Bar

internal class BarView(context: Context, private val back: () -> Unit) : LinearLayout(context) {
    private val arrow = ImageView(context)
    private val name = TypedText(context, Type.STRONG)
    private val time = TypedText(context, Type.SMALL)

    init {
        orientation = VERTICAL
        arrow.setImageDrawable(context.drawing(R.drawable.icon_back))
        arrow.contentDescription = context.getString(R.string.back)
        arrow.setBackgroundResource(R.drawable.inkan_button_quiet)
        arrow.scaleType = ImageView.ScaleType.FIT_CENTER
        val around = (context.px(R.dimen.inkan_target) - context.grownIcon(R.dimen.inkan_s6)) / 2
        arrow.setPadding(around, around, around, around)
        arrow.isFocusable = true
        arrow.defaultFocusHighlightEnabled = false
        arrow.accessibilityDelegate = ButtonRole()
        arrow.setOnClickListener { back() }
        val row = FlowRow(context, context.px(R.dimen.inkan_s3), endLast = true)
        row.minimumHeight = context.px(R.dimen.inkan_target)
        row.addView(broker())
        row.addView(time)
        val whole = LinearLayout(context)
        whole.gravity = Gravity.CENTER_VERTICAL
        val target = context.px(R.dimen.inkan_target)
        whole.addView(arrow, LayoutParams(target, target).apply { marginStart = -context.px(R.dimen.inkan_s3) })
        whole.addView(row, LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f))
        addView(whole, LayoutParams(LayoutParams.MATCH_PARENT, 0, 1f))
        minimumHeight = context.px(R.dimen.inkan_target_button)
    }

    private fun broker(): View = LinearLayout(context).apply {
        gravity = Gravity.CENTER_VERTICAL
        val logo = iconView(context, R.drawable.brand_logo)
        val size = context.grownIcon(R.dimen.inkan_logo)
        addView(logo, LayoutParams(size, size).apply { marginEnd = context.px(R.dimen.inkan_s2) })
        addView(name)
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val margin = context.columnMargin(MeasureSpec.getSize(widthSpec))
        setPadding(margin, context.px(R.dimen.inkan_s1), margin, context.px(R.dimen.inkan_s1))
        super.onMeasure(widthSpec, heightSpec)
    }

    fun show(bar: Bar) {
        if (name.text.toString() != bar.title) name.text = bar.title
        arrow.visibility = if (bar.back) VISIBLE else GONE
        val left = bar.time
        time.visibility = if (left == null) GONE else VISIBLE
        if (left == null) return
        time.text = withBoldFigures(left.text)
        time.contentDescription = left.spoken
        time.setTextColor(context.getColor(if (left.urgent) R.color.inkan_caution else R.color.inkan_ink))
    }

    /** 「残り 1:42」: the figures bold and as large as body text. */
    private fun withBoldFigures(text: String): CharSequence {
        val from = text.indexOfFirst(Char::isDigit)
        val to = text.indexOfLast(Char::isDigit) + 1
        if (from < 0) return text
        val body = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, BODY_SP, resources.displayMetrics).toInt()
        return SpannableString(text).apply {
            setSpan(StyleSpan(Typeface.BOLD), from, to, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE)
            setSpan(AbsoluteSizeSpan(body), from, to, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE)
        }
    }

    private companion object {
        const val BODY_SP = 16f
    }
}

/** Says "button" of a view that is none by its class. */
internal class ButtonRole : View.AccessibilityDelegate() {
    override fun onInitializeAccessibilityNodeInfo(host: View, info: android.view.accessibility.AccessibilityNodeInfo) {
        super.onInitializeAccessibilityNodeInfo(host, info)
        info.className = android.widget.Button::class.java.name
    }
}
