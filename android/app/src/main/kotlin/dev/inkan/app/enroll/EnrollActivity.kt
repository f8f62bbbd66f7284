package dev.inkan.app.enroll

import android.app.Activity

class EnrollActivity : Activity()
