// For Android Studio. Not built here: the Android Gradle plugin and the SDK are not on this project's build machines, which
// build and test the same sources with Maven (README.md). Opened in Android Studio, these files are the starting point.
pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        // inkan-core and inkan-screens, as `cargo xtask android` installs them.
        mavenLocal()
        google()
        mavenCentral()
    }
}

rootProject.name = "inkan-android"

include(":screens")
include(":app")
