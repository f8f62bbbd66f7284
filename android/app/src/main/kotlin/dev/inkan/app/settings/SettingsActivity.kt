package dev.inkan.app.settings

import android.app.Activity

class SettingsActivity : Activity()
