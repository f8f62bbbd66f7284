/*
 * A text of many pages below the other parts of a page. Only the paragraphs in sight are laid out: the licences are
 * hundreds, of twelve thousand words, and one view for all would break every one of them into lines at once.
 */
package dev.inkan.app.look

import android.content.Context
import android.view.View
import android.view.ViewGroup
import android.widget.BaseAdapter
import android.widget.FrameLayout
import android.widget.ListView
import dev.inkan.app.R
import dev.inkan.screens.Part

internal class ReadingList(context: Context) : ListView(context) {
    /** Where the page's other parts go, above the paragraphs. */
    val head = FrameLayout(context)
    private val rows = Rows()

    init {
        isVerticalFadingEdgeEnabled = false
        isFastScrollEnabled = true
        divider = null
        setSelector(android.R.color.transparent)
        // To be read, not chosen: a screen reader would offer a click otherwise.
        isClickable = false
        addHeaderView(head, null, false)
        adapter = rows
    }

    fun show(reading: Part.Reading) = rows.show(reading.paragraphs)

    private inner class Rows : BaseAdapter() {
        private var paragraphs = emptyList<String>()

        fun show(next: List<String>) {
            if (paragraphs === next) return
            paragraphs = next
            notifyDataSetChanged()
        }

        override fun getCount(): Int = paragraphs.size

        override fun getItem(position: Int): String = paragraphs[position]

        override fun getItemId(position: Int): Long = position.toLong()

        override fun areAllItemsEnabled(): Boolean = false

        override fun isEnabled(position: Int): Boolean = false

        override fun getView(position: Int, old: View?, parent: ViewGroup): View {
            val view = old as? Paragraph ?: Paragraph(context)
            view.text = paragraphs[position]
            return view
        }
    }

    private class Paragraph(context: Context) : TypedText(context, Type.MONO) {
        override fun onMeasure(widthSpec: Int, heightSpec: Int) {
            val side = context.columnMargin(MeasureSpec.getSize(widthSpec))
            setPadding(side, 0, side, context.px(R.dimen.inkan_s4))
            super.onMeasure(widthSpec, heightSpec)
        }
    }
}
