package dev.inkan.app.home

import android.app.Activity

class MainActivity : Activity()
