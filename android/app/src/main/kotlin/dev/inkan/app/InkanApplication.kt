package dev.inkan.app

import android.app.Application

/** The process of the app. */
open class InkanApplication : Application()
