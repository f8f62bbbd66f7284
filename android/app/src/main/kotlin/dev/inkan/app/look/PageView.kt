/*
 * Any page as views: bar, content that scrolls, actions that stay.
 *
 *     bar        (within the content where text is large or the window low)
 *     content    the page's parts in their order, which is the order of screen readers too
 *     actions
 *
 * A text of many pages ([Part.Reading]) is a list, with the content as its first row.
 *
 * A page of the same id takes the views of the one before it where they fit: focus, typed text, the keyboard and the
 * scrolled place stay, and a screen reader is not thrown back to the top each second.
 */
package dev.inkan.app.look

import android.content.Context
import android.os.Build
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.view.WindowInsets
import android.widget.LinearLayout
import android.widget.ScrollView
import dev.inkan.app.R
import dev.inkan.screens.Page
import dev.inkan.screens.Part
import kotlin.math.max

class PageView(context: Context, private val listener: PageListener, camera: CameraPlace? = null) : LinearLayout(context) {
    /** What is shown. */
    var page: Page? = null
        private set

    private val desk = Desk(context, listener, camera)
    private val bar = BarView(context) { listener.tapped(BACK) }
    private val barRule = desk.rule()
    private val content = column(context)
    private val scrolled = column(context)
    private val scroll = ScrollView(context)
    private val reading = ReadingList(context)
    private val actionsRule = desk.rule()
    private val refused = RefusedTouch(desk)
    private val actions = ActionsView(context, listener::tapped)
    private var drawn = emptyList<Drawn>()
    private var toField = false
    private var highest = 0
    private var announced: String? = null

    init {
        orientation = VERTICAL
        setBackgroundColor(context.getColor(R.color.inkan_sheet))
        // Ids of views are made as they are drawn: what is kept over a restart is the screen's state, not the views'.
        isSaveFromParentEnabled = false
        isSaveEnabled = false
        scroll.isFillViewport = true
        scroll.clipToPadding = false
        content.setPadding(0, context.px(R.dimen.inkan_s5), 0, context.px(R.dimen.inkan_s6))
        scroll.addView(scrolled)
        val head = if (barScrolls()) scrolled else this
        head.addView(bar, filled())
        head.addView(barRule)
        scrolled.addView(content, filled())
        addView(scroll, LayoutParams(LayoutParams.MATCH_PARENT, 0, 1f))
        reading.visibility = GONE
        addView(reading, LayoutParams(LayoutParams.MATCH_PARENT, 0, 1f))
        addView(refused.view, filled())
        addView(actionsRule)
        addView(actions, filled())
    }

    /** Shows a page. */
    fun show(next: Page) {
        val same = page?.id == next.id
        page = next
        bar.show(next.bar)
        showParts(next.blocks(), keep = same)
        showReading(next.parts.firstNotNullOfOrNull { it as? Part.Reading })
        actions.show(next.actions)
        actionsRule.visibility = if (next.actions.isEmpty()) GONE else VISIBLE
        guard(next.guarded)
        if (!same) {
            refused.hide()
            scroll.scrollTo(0, 0)
            reading.setSelection(0)
            toField = true
            content.accessibilityPaneTitle = if (next.announce == null) next.heading() else null
            Motion.enter(if (isReading) reading else scroll)
        }
        val words = next.announce
        if (words != null && (!same || words != announced)) announce(words)
        announced = words
    }

    /** Has a screen reader say something, once. */
    fun announce(text: String) = announceForAccessibility(text)

    /** How far the content is scrolled (of a reading: the paragraph at the top): kept over a rotation. */
    var scrolledTo: Int
        get() = if (isReading) reading.firstVisiblePosition else scroll.scrollY
        set(value) {
            post { if (isReading) reading.setSelection(value) else scroll.scrollTo(0, value) }
        }

    private val isReading: Boolean get() = reading.visibility == VISIBLE

    /** The content moves into the list, and back with the next page. */
    private fun showReading(part: Part.Reading?) {
        if (part != null) reading.show(part)
        if ((part != null) == isReading) return
        (scrolled.parent as? ViewGroup)?.removeView(scrolled)
        (if (part != null) reading.head else scroll).addView(scrolled)
        reading.visibility = if (part != null) VISIBLE else GONE
        scroll.visibility = if (part != null) GONE else VISIBLE
    }

    private fun showParts(blocks: List<Block>, keep: Boolean) {
        val free = if (keep) drawn.toMutableList() else mutableListOf()
        val next =
            blocks.map { block ->
                val at = free.indexOfFirst { it.key == block.key }
                // Only what comes after the last one that was taken: views never change places, which would cost the focus.
                if (at <
                    0
                ) {
                    desk.draw(block)
                } else {
                    free[at].also { taken -> repeat(at + 1) { free.removeAt(0) } }.also { it.show(block) }
                }
            }
        for (old in drawn) if (next.none { it === old }) content.removeView(old.view)
        next.forEachIndexed { i, one ->
            val params = filled().apply { topMargin = dp(gapBefore(blocks.getOrNull(i - 1), blocks[i])) }
            if (one.view.parent == null) content.addView(one.view, i, params) else one.view.layoutParams = params
        }
        drawn = next
    }

    private fun dp(value: Int): Int = (value * resources.displayMetrics.density).toInt()

    /** A guarded page is for the customer's eyes and finger: services that are no assistive tools do not get it either. */
    private fun guard(on: Boolean) {
        filterTouchesWhenObscured = on
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
            setAccessibilityDataSensitive(if (on) ACCESSIBILITY_DATA_SENSITIVE_YES else ACCESSIBILITY_DATA_SENSITIVE_AUTO)
        }
    }

    /** Something lies over the window, if only over a part of it: the touch may not be meant for what is seen. */
    override fun onFilterTouchEventForSecurity(event: MotionEvent): Boolean {
        val covered = event.flags and (MotionEvent.FLAG_WINDOW_IS_OBSCURED or PARTIALLY_OBSCURED) != 0
        if (page?.guarded != true || !covered) return super.onFilterTouchEventForSecurity(event)
        if (refused.show()) announce(context.getString(R.string.look_covered))
        return false
    }

    override fun onMeasure(widthSpec: Int, heightSpec: Int) {
        val margin = context.columnMargin(MeasureSpec.getSize(widthSpec) - paddingLeft - paddingRight)
        content.setPadding(margin, content.paddingTop, margin, content.paddingBottom)
        actions.crowded = false
        super.onMeasure(widthSpec, heightSpec)
        if (hidden() > 0) {
            actions.crowded = true
            super.onMeasure(widthSpec, heightSpec)
        }
    }

    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        super.onLayout(changed, left, top, right, bottom)
        // Once for a page: from then on it lies where the person has put it.
        if (toField && scroll.height > 0) {
            toField = false
            hidden().takeIf { it in 1..headEnd() }?.let { scroll.scrollTo(0, it) }
        }
    }

    /** The field for digits, which nobody may have to look for. */
    private fun field(): Drawn? = drawn.firstOrNull { (it.block as? Block.One)?.part is Part.Digits }

    /** By how much the field lies under the actions, before anything is scrolled. */
    private fun hidden(): Int = field()?.let { bottomOf(it) + dp(BREATH_DP) - scroll.measuredHeight } ?: 0

    /** How far may be scrolled without anything of what is approved leaving the window. */
    private fun headEnd(): Int = drawn.firstOrNull()?.view?.top ?: 0

    private fun bottomOf(one: Drawn): Int {
        val before = drawn.takeWhile { it !== one } + one
        val heights = before.sumOf { it.view.measuredHeight + ((it.view.layoutParams as? MarginLayoutParams)?.topMargin ?: 0) }
        val above = if (bar.parent === scrolled) bar.measuredHeight + barRule.measuredHeight else 0
        return above + content.paddingTop + heights
    }

    override fun onSizeChanged(width: Int, height: Int, oldWidth: Int, oldHeight: Int) {
        super.onSizeChanged(width, height, oldWidth, oldHeight)
        if (width != oldWidth) highest = 0
        highest = max(highest, height)
        // Before API 30 nobody says that the keyboard is up: the window has become lower.
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) post { actions.compact = height < highest * KEYBOARD_UP }
    }

    /** Edge to edge, where the system draws us so; else nothing is left to do. */
    override fun onApplyWindowInsets(insets: WindowInsets): WindowInsets {
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.R) return super.onApplyWindowInsets(insets)
        val around =
            insets.getInsets(
                WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout() or WindowInsets.Type.ime(),
            )
        setPadding(around.left, around.top, around.right, around.bottom)
        actions.compact = insets.isVisible(WindowInsets.Type.ime())
        return WindowInsets.CONSUMED
    }

    private fun barScrolls(): Boolean = resources.largeText() || resources.configuration.screenHeightDp < LOW_DP

    private fun Page.heading(): String? = parts.firstNotNullOfOrNull { (it as? Part.Title)?.text ?: (it as? Part.Empty)?.title }

    companion object {
        /** What the arrow of the bar is tapped as. */
        const val BACK = "back"

        /** `MotionEvent.FLAG_WINDOW_IS_PARTIALLY_OBSCURED`: named since API 29, set by the system before that. */
        private const val PARTIALLY_OBSCURED = 0x2
        private const val LOW_DP = 640
        private const val KEYBOARD_UP = 0.75f
        private const val BREATH_DP = 12
    }
}

/** Says that a touch was not taken, and why. */
private class RefusedTouch(private val desk: Desk) {
    val view: LinearLayout =
        column(desk.context).apply {
            val words = TypedText(context, Type.BODY, context.getString(R.string.look_covered))
            setBackgroundResource(R.drawable.inkan_notice_caution)
            setPadding(
                context.px(R.dimen.inkan_s5),
                context.px(R.dimen.inkan_s3),
                context.px(R.dimen.inkan_s5),
                context.px(R.dimen.inkan_s3),
            )
            addView(desk.iconRow(R.drawable.icon_caution, words), filled())
            contentDescription = words.text
            isScreenReaderFocusable = true
            visibility = View.GONE
        }

    /** Whether it was not there before. */
    fun show(): Boolean = (view.visibility != View.VISIBLE).also { view.visibility = View.VISIBLE }

    fun hide() {
        view.visibility = View.GONE
    }
}
