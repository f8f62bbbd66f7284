/*
 * Parts that something is put into: fields, digits, switches, the camera.
 */
package dev.inkan.app.look

import android.content.Context
import android.graphics.Typeface
import android.text.Editable
import android.text.InputType
import android.text.SpannableStringBuilder
import android.text.Spanned
import android.text.TextWatcher
import android.text.style.AbsoluteSizeSpan
import android.text.style.ForegroundColorSpan
import android.text.style.StyleSpan
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.view.accessibility.AccessibilityNodeInfo
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.FrameLayout
import android.widget.LinearLayout
import dev.inkan.app.R
import dev.inkan.screens.FieldKind
import dev.inkan.screens.Part

internal fun Desk.drawField(block: Block.One, part: Part.Field): Drawn {
    val input = textInput(context, part.kind)
    val view = FieldView(this, part.id, input)
    return drawn<Part.Field>(block, view) { view.show(it.label, it.hint, it.value, it.error) }
}

internal fun Desk.drawDigits(block: Block.One, part: Part.Digits): Drawn {
    val view = FieldView(this, part.id, DigitsField(context, part.count))
    return drawn<Part.Digits>(block, view) { view.show(it.label, null, it.value, it.error) }
}

/** Label, hint, error and input; what is typed is told, and never put back while it is being typed. */
internal class FieldView(private val desk: Desk, val fieldId: String, val input: EditText) : LinearLayout(desk.context) {
    private val label = TypedText(context, Type.FIELD_LABEL)
    private val hint = TypedText(context, Type.NOTE)
    private val error = TypedText(context, Type.ERROR)
    private val errorRow = LinearLayout(context)
    private var showing = false

    init {
        orientation = VERTICAL
        input.id = View.generateViewId()
        label.labelFor = input.id
        val size = context.grownIcon(R.dimen.inkan_s5)
        val top = ((error.oneLine() - size) / 2).coerceAtLeast(0)
        errorRow.addView(iconView(context, R.drawable.icon_caution), LayoutParams(size, size).apply { topMargin = top })
        errorRow.addView(
            error,
            LayoutParams(0, LayoutParams.WRAP_CONTENT, 1f).apply { marginStart = context.px(R.dimen.inkan_s2) },
        )
        // Said when it appears.
        error.accessibilityLiveRegion = ACCESSIBILITY_LIVE_REGION_POLITE
        addView(label, filled())
        addView(hint, filled())
        addView(errorRow, filled())
        val wide = if (input is DigitsField) wrapped() else filled()
        addView(input, wide.apply { topMargin = context.px(R.dimen.inkan_s1) })
        input.addTextChangedListener(typed())
        input.accessibilityDelegate = Spoken()
    }

    fun show(labelText: String, hintText: String?, value: String, errorText: String?) {
        if (label.text.toString() != labelText) label.text = labelText
        hint.text = hintText.orEmpty()
        hint.visibility = if (hintText == null) GONE else VISIBLE
        val wasWrong = input.isActivated
        errorRow.visibility = if (errorText == null) GONE else VISIBLE
        if (error.text.toString() != errorText.orEmpty()) error.text = errorText.orEmpty()
        input.isActivated = errorText != null
        if (input.text.toString() != value) {
            showing = true
            input.setText(value)
            input.setSelection(input.text.length)
            showing = false
        }
        // Whoever pressed too early is led to what is missing.
        if (errorText != null && !wasWrong && isAttachedToWindow) input.requestFocus()
    }

    private fun typed() = object : TextWatcher {
        override fun beforeTextChanged(text: CharSequence?, start: Int, count: Int, after: Int) = Unit

        override fun onTextChanged(text: CharSequence?, start: Int, before: Int, count: Int) = Unit

        override fun afterTextChanged(text: Editable?) {
            if (!showing) desk.listener.typed(fieldId, text?.toString().orEmpty())
        }
    }

    private inner class Spoken : AccessibilityDelegate() {
        override fun onInitializeAccessibilityNodeInfo(host: View, info: AccessibilityNodeInfo) {
            super.onInitializeAccessibilityNodeInfo(host, info)
            info.isContentInvalid = input.isActivated
            if (input.isActivated) info.error = error.text
        }
    }
}

private fun textInput(context: Context, kind: FieldKind): EditText = EditText(context).apply {
    setType(Type.BODY)
    background = context.getDrawable(R.drawable.inkan_field)
    minimumHeight = context.px(R.dimen.inkan_target)
    setPadding(
        context.px(R.dimen.inkan_s3),
        context.px(R.dimen.inkan_s2),
        context.px(R.dimen.inkan_s3),
        context.px(R.dimen.inkan_s2),
    )
    inputType = InputType.TYPE_CLASS_TEXT or
        when (kind) {
            FieldKind.TEXT -> InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
            FieldKind.TYPED_CODE -> InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS or InputType.TYPE_TEXT_FLAG_CAP_CHARACTERS
            FieldKind.HOST -> InputType.TYPE_TEXT_VARIATION_URI
            FieldKind.NAME -> InputType.TYPE_TEXT_FLAG_CAP_SENTENCES
        }
    // Setting the type of input sets the typeface of some kinds: ours again.
    setType(Type.BODY)
    setSingleLine()
    gravity = Gravity.CENTER_VERTICAL or Gravity.START
    imeOptions = EditorInfo.IME_ACTION_DONE or EditorInfo.IME_FLAG_NO_EXTRACT_UI or EditorInfo.IME_FLAG_NO_PERSONALIZED_LEARNING
    importantForAutofill = View.IMPORTANT_FOR_AUTOFILL_NO
    defaultFocusHighlightEnabled = false
}

/** A switch with its label and what it means. */
internal fun Desk.drawSwitch(block: Block.One, part: Part.Switch): Drawn {
    val view = android.widget.Switch(context)
    var showing = false
    view.setType(Type.BODY)
    view.thumbDrawable = context.getDrawable(R.drawable.inkan_switch_thumb)
    view.trackDrawable = context.getDrawable(R.drawable.inkan_switch_track)
    view.switchMinWidth = context.px(R.dimen.inkan_s12)
    view.showText = false
    view.setBackgroundResource(R.drawable.inkan_button_quiet)
    view.defaultFocusHighlightEnabled = false
    view.minimumHeight = context.px(R.dimen.inkan_s12) + context.px(R.dimen.inkan_s4)
    view.switchPadding = context.px(R.dimen.inkan_s4)
    view.setOnCheckedChangeListener { _, on -> if (!showing) listener.switched(part.id, on) }
    return drawn<Part.Switch>(block, view) {
        view.text = labelled(context, it.label, it.detail)
        showing = true
        view.isChecked = it.on
        showing = false
    }
}

private fun labelled(context: Context, label: String, detail: String?): CharSequence {
    val text = SpannableStringBuilder(label)
    val kind = Spanned.SPAN_EXCLUSIVE_EXCLUSIVE
    text.setSpan(StyleSpan(Typeface.BOLD), 0, text.length, kind)
    if (detail == null) return text
    val small = TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_SP, DETAIL_SP, context.resources.displayMetrics).toInt()
    text.append('\n')
    val from = text.length
    text.append(detail)
    text.setSpan(AbsoluteSizeSpan(small), from, text.length, kind)
    text.setSpan(ForegroundColorSpan(context.getColor(R.color.inkan_ink_2)), from, text.length, kind)
    return text
}

/** The place for the scanner's picture; a square with corners, so that one knows where to hold the code. */
internal fun Desk.drawCamera(block: Block.One, part: Part.Camera): Drawn =
    drawn<Part.Camera>(block, CameraFrame(context, part.waits, camera, listener)) { }

/** [waits]: nothing is shown, and the return of a camera is waited for. */
internal class CameraFrame(
    context: Context,
    private val waits: Boolean,
    private val camera: CameraPlace?,
    private val listener: CameraListener,
) : FrameLayout(context) {
    init {
        setBackgroundResource(R.drawable.inkan_notice)
        clipToOutline = true
        foreground = context.getDrawable(R.drawable.inkan_finder)
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO_HIDE_DESCENDANTS
        if (waits) visibility = GONE
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        // Never so high that the words after it have no room.
        val most = (resources.configuration.screenHeightDp * resources.displayMetrics.density * MOST).toInt()
        val side = minOf(MeasureSpec.getSize(widthSpec), most)
        super.onMeasure(widthSpec, MeasureSpec.makeMeasureSpec(side, MeasureSpec.EXACTLY))
    }

    /** A window that nobody sees lets go of the camera before the system takes it. */
    override fun onWindowVisibilityChanged(visibility: Int) {
        super.onWindowVisibilityChanged(visibility)
        if (visibility == VISIBLE) begin() else camera?.close()
    }

    /** The system's question for the camera has gone: it may be allowed now. */
    override fun onWindowFocusChanged(focused: Boolean) {
        super.onWindowFocusChanged(focused)
        if (focused) begin()
    }

    override fun onDetachedFromWindow() {
        camera?.close()
        super.onDetachedFromWindow()
    }

    private fun begin() {
        if (waits) camera?.await(listener) else camera?.open(this, listener)
    }

    private companion object {
        const val MOST = 0.45f
    }
}

private const val DETAIL_SP = 14f
