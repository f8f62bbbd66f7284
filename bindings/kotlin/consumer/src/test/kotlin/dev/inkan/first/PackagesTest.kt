// What is in the packages that an app takes.
package dev.inkan.first

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.time.LocalDateTime
import java.util.zip.ZipEntry
import java.util.zip.ZipFile
import java.util.zip.ZipInputStream

internal class PackagesTest {
    private val packages = File(checkNotNull(System.getProperty("packages")))
    private val aar = packages.resolve("inkan-core.aar")

    private fun entries(file: File): List<ZipEntry> = ZipFile(file).use { zip -> zip.entries().toList() }

    private fun text(name: String): String =
        ZipFile(aar).use { zip -> zip.getInputStream(zip.getEntry(name)).readBytes().decodeToString() }

    private fun classes(): List<ZipEntry> =
        ZipFile(aar).use { zip ->
            ZipInputStream(zip.getInputStream(zip.getEntry("classes.jar"))).use { jar ->
                generateSequence { jar.nextEntry }.toList()
            }
        }

    @Test
    fun `the jar has the classes and the library of this machine`() {
        val names = entries(packages.resolve("inkan-core-jvm.jar")).map { it.name }
        for (name in listOf("dev/inkan/Authenticator.class", "dev/inkan/ffi/UniffiLib.class", "linux-x86-64/libinkan.so")) {
            assertTrue(name in names, name)
        }
        assertTrue(names.none { "probe" in it || "walks" in it })
    }

    @Test
    fun `the AAR has what an AAR has`() {
        val names = entries(aar).map { it.name }.filterNot { it.endsWith("/") }
        val parts = names.filterNot { it.startsWith("jni/") }
        assertEquals(setOf("AndroidManifest.xml", "classes.jar", "R.txt", "proguard.txt"), parts.toSet())
        assertTrue(names.filter { it.startsWith("jni/") }.all { Regex("jni/[a-z0-9_-]+/libinkan.so").matches(it) }, "$names")
        assertTrue("android:minSdkVersion=\"28\"" in text("AndroidManifest.xml"))
    }

    @Test
    fun `the AAR has the same classes as the jar, and no library of a desktop`() {
        val jar = entries(packages.resolve("inkan-core-jvm.jar")).map { it.name }.filter { it.endsWith(".class") }
        val own = classes().map { it.name }
        assertEquals(jar.toSet(), own.filter { it.endsWith(".class") }.toSet())
        assertFalse(own.any { it.endsWith(".so") })
    }

    @Test
    fun `the rules for R8 name classes that are there`() {
        val names = classes().map { it.name.removeSuffix(".class").replace('/', '.') }
        val kept = Regex("-keep class (dev\\.inkan\\.\\S+)").findAll(text("proguard.txt")).map { it.groupValues[1] }.toList()
        assertTrue(kept.isNotEmpty())
        for (pattern in kept) {
            val regex = Regex(pattern.replace(".", "\\.").replace(Regex("\\*+"), ".*"))
            assertTrue(names.any(regex::matches), pattern)
        }
    }

    @Test
    fun `the AAR depends on the AAR of JNA`() {
        val pom = packages.resolve("inkan-core.pom").readText()
        val jna = pom.substringAfter("<artifactId>jna</artifactId>").substringBefore("</dependency>")
        assertTrue("<type>aar</type>" in jna, jna)
        assertTrue("<packaging>aar</packaging>" in pom)
        assertFalse("\${" in pom, "every version is filled in")
    }

    /** Of the same sources the same bytes: nothing in a package says when it was made. */
    @Test
    fun `no entry has a time of its own`() {
        val fixed = LocalDateTime.of(2026, 1, 1, 0, 0)
        for (entry in entries(aar) + entries(packages.resolve("inkan-core-jvm.jar")) + classes()) {
            assertEquals(fixed, entry.timeLocal, entry.name)
        }
    }
}
