package dev.inkan.app.home

import android.os.Bundle
import dev.inkan.app.core.ScreenActivity
import dev.inkan.screens.HistoryScreen

/** What this phone has decided, with the receipts. */
class HistoryActivity : ScreenActivity<HistoryScreen>() {
    override fun first(kept: Bundle?): HistoryScreen = HistoryScreen(open = kept?.getString(OPEN))

    override fun keep(state: HistoryScreen, into: Bundle) = into.putString(OPEN, state.open)

    private companion object {
        const val OPEN = "open"
    }
}
