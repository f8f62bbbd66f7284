// For Android Studio; not built here (../README.md). The properties are those of pom.xml:
//   ./gradlew :app:assembleRelease -Pinkan.application.id=jp.example.app -Pinkan.link.hosts="auth.example.jp" -Pinkan.brand=/path
plugins {
    id("com.android.application") version "8.13.2"
    id("org.jetbrains.kotlin.android") version "2.4.21"
}

fun property(name: String, otherwise: String): String = providers.gradleProperty(name).getOrElse(otherwise)

val hosts = property("inkan.link.hosts", "inkan.example").split(' ').filter { it.isNotEmpty() }
val brand = property("inkan.brand", file("brand").path)
val made = layout.buildDirectory.dir("made-res")

// A manifest placeholder holds one host; a build with several writes the intent filter's <data> lines by hand.
require(hosts.size == 1) { "inkan.link.hosts: one host with Gradle, see pom.xml for several" }

android {
    namespace = "dev.inkan.app"
    compileSdk = 35

    defaultConfig {
        applicationId = property("inkan.application.id", "dev.inkan.app")
        minSdk = 28
        targetSdk = 35
        versionCode = 1
        versionName = "0.1.0"
        manifestPlaceholders["linkHost"] = hosts.single()
        manifestPlaceholders["versionName"] = "0.1.0"
        ndk { abiFilters += listOf("arm64-v8a", "x86_64") }
    }

    sourceSets["main"].apply {
        kotlin.srcDir("src/main/kotlin")
        res.srcDirs(made, "$brand/res")
    }

    buildTypes {
        release {
            isMinifyEnabled = true
            proguardFiles("tools/keep.pro")
        }
    }

    compileOptions {
        sourceCompatibility = JavaVersion.VERSION_17
        targetCompatibility = JavaVersion.VERSION_17
    }
}

// The brand's colours pass the rules before they are built in, and the hosts become a resource.
val resources by tasks.registering(Exec::class) {
    val to = made.get().asFile
    commandLine("java", "tools/brand/dev/inkan/brand/BrandColours.java", brand, to.path)
    doLast {
        val items = hosts.joinToString("") { "<item>https://$it</item>" }
        to.resolve("values/servers.xml").writeText("<resources><string-array name=\"servers\" translatable=\"false\">$items</string-array></resources>")
    }
}

tasks.named("preBuild") { dependsOn(resources) }

dependencies {
    implementation(project(":screens"))
    implementation("dev.inkan:inkan-core:0.1.0@aar")
    implementation("net.java.dev.jna:jna:5.19.1@aar")
    implementation("org.jetbrains.kotlinx:kotlinx-coroutines-core-jvm:1.11.0")
    implementation("com.google.zxing:core:3.5.4")
}
