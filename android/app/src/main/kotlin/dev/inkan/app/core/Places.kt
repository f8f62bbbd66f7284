/*
 * Which activity shows which screen.
 */
package dev.inkan.app.core

import android.content.Context
import android.content.Intent
import dev.inkan.app.challenge.RequestActivity
import dev.inkan.app.enroll.EnrollActivity
import dev.inkan.app.home.HistoryActivity
import dev.inkan.app.home.MainActivity
import dev.inkan.app.settings.SettingsActivity
import dev.inkan.screens.Place

/** The way to a screen. */
fun Context.intentTo(place: Place): Intent = when (place) {
    is Place.OfRequest -> RequestActivity.of(this, place.account, place.challenge)
    Place.Enrollment -> Intent(this, EnrollActivity::class.java)
    Place.Home -> Intent(this, MainActivity::class.java).addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP or Intent.FLAG_ACTIVITY_NEW_TASK)
    Place.History -> Intent(this, HistoryActivity::class.java)
    Place.Settings -> Intent(this, SettingsActivity::class.java)
}
