package dev.inkan.app.core

import android.app.Activity

class LinkActivity : Activity()
