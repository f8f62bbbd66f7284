/*
 * The notification: that something waits, and nothing of what. One for all that waits; it goes when nothing waits any more.
 */
package dev.inkan.app.push

import android.Manifest
import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.drawable.Icon
import android.os.Build
import dev.inkan.app.R
import java.time.Duration

/** [context] has the app's language; the activities are those that the buttons lead to. */
internal class Notifier(
    private val context: () -> Context,
    private val open: (Context) -> Intent,
    private val deny: (Context) -> Intent,
) {
    /** Whether the person lets the app show notifications. */
    fun allowed(): Boolean {
        val context = context()
        val permitted =
            Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU ||
                context.checkSelfPermission(Manifest.permission.POST_NOTIFICATIONS) == PackageManager.PERMISSION_GRANTED
        return permitted && manager().areNotificationsEnabled()
    }

    /** Something waits, for [remaining] at most: after that the system takes it away by itself. */
    fun show(remaining: Duration, aloud: Boolean) {
        if (!allowed()) return
        val context = context()
        makeChannel(context)
        val builder =
            notice(context)
                .setContentIntent(activity(context, OPEN, open(context)))
                .addAction(action(context, R.string.notification_open, OPEN, open(context), unlock = false))
                .addAction(action(context, R.string.notification_deny, DENY, deny(context), unlock = true))
                .setVisibility(Notification.VISIBILITY_PRIVATE)
                .setPublicVersion(notice(context).build())
                .setOnlyAlertOnce(!aloud)
                .setTimeoutAfter(remaining.toMillis().coerceAtLeast(1))
        manager().notify(ID, builder.build())
    }

    /** Nothing waits. */
    fun takeAway() = manager().cancel(ID)

    /** The same words for everybody's eyes: there is nothing personal in them. */
    private fun notice(context: Context): Notification.Builder = Notification
        .Builder(context, CHANNEL)
        .setSmallIcon(R.drawable.icon_notification)
        .setContentTitle(context.getString(R.string.notification_title))
        .setContentText(context.getString(R.string.notification_body))
        .setCategory(Notification.CATEGORY_STATUS)
        .setColor(context.getColor(R.color.inkan_act))
        .setAutoCancel(true)
        .setShowWhen(true)

    private fun action(context: Context, words: Int, number: Int, to: Intent, unlock: Boolean): Notification.Action {
        val icon = Icon.createWithResource(context, R.drawable.icon_notification)
        val builder = Notification.Action.Builder(icon, context.getString(words), activity(context, number, to))
        // Older systems ask for the screen lock before any activity of ours is shown.
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) builder.setAuthenticationRequired(unlock)
        return builder.build()
    }

    private fun activity(context: Context, number: Int, intent: Intent): PendingIntent = PendingIntent.getActivity(
        context,
        number,
        intent.addFlags(Intent.FLAG_ACTIVITY_NEW_TASK or Intent.FLAG_ACTIVITY_CLEAR_TOP),
        PendingIntent.FLAG_IMMUTABLE or PendingIntent.FLAG_UPDATE_CURRENT,
    )

    private fun makeChannel(context: Context) {
        val channel =
            NotificationChannel(CHANNEL, context.getString(R.string.notification_channel), NotificationManager.IMPORTANCE_HIGH)
        channel.lockscreenVisibility = Notification.VISIBILITY_PRIVATE
        channel.setShowBadge(true)
        manager().createNotificationChannel(channel)
    }

    private fun manager(): NotificationManager = checkNotNull(context().getSystemService(NotificationManager::class.java))

    internal companion object {
        const val CHANNEL = "requests"
        const val ID = 1
        private const val OPEN = 1
        private const val DENY = 2
    }
}
