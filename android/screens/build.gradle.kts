// For Android Studio; not built here (../README.md).
plugins {
    id("org.jetbrains.kotlin.jvm") version "2.4.21"
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    compileOnly("dev.inkan:inkan-core-jvm:0.1.0")
}
