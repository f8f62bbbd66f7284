package dev.inkan.app.look

import dev.inkan.screens.Page

/** Every page that there is to look at. */
internal object Pages {
    fun all(japanese: Boolean): List<Page> = SamplePages.all(japanese)
}
