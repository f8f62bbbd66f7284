/*
 * A window whose content is nobody else's: no screenshot, nothing over it, nothing of it among the recent apps.
 * (Touches are refused in PageView; the request's task is kept out of the recent apps by the manifest.)
 */
package dev.inkan.app.look

import android.app.Activity
import android.os.Build
import android.view.WindowManager

internal fun Activity.guardWindow(on: Boolean) {
    if (on) {
        window.addFlags(WindowManager.LayoutParams.FLAG_SECURE)
    } else {
        window.clearFlags(WindowManager.LayoutParams.FLAG_SECURE)
    }
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) window.setHideOverlayWindows(on)
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) setRecentsScreenshotEnabled(!on)
}
