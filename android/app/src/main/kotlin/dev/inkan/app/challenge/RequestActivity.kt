package dev.inkan.app.challenge

import android.app.Activity

class RequestActivity : Activity()
