package dev.inkan.app

import android.app.Application

/** The process of the app. */
class InkanApplication : Application()
