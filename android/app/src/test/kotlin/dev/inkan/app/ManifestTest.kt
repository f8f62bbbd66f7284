package dev.inkan.app

import android.content.pm.ActivityInfo
import android.content.pm.ApplicationInfo
import android.content.pm.PackageInfo
import android.content.pm.PackageManager
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNotEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.w3c.dom.Element
import org.w3c.dom.NodeList
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory

/** What the manifest promises: nothing is backed up, little is open to others, links are verified ones. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35])
class ManifestTest {
    private val app = RuntimeEnvironment.getApplication()
    private val info: PackageInfo =
        app.packageManager.getPackageInfo(
            app.packageName,
            PackageManager.GET_ACTIVITIES or PackageManager.GET_PERMISSIONS or PackageManager.GET_RECEIVERS or
                PackageManager.GET_SERVICES or PackageManager.GET_PROVIDERS,
        )
    private val manifest: Element = document("target/AndroidManifest.xml")

    @Test
    fun nothingIsBackedUp() {
        val application = checkNotNull(info.applicationInfo)
        assertEquals(0, application.flags and ApplicationInfo.FLAG_ALLOW_BACKUP)
        for (name in listOf(
            "dataExtractionRules",
            "fullBackupContent",
        )) {
            assertTrue(name, manifest.attributes("application", name).single().startsWith("@xml/"))
        }
        val domains =
            setOf(
                "root",
                "file",
                "database",
                "sharedpref",
                "external",
                "device_root",
                "device_file",
                "device_database",
                "device_sharedpref",
            )
        val rules = document("src/main/res/xml/data_extraction_rules.xml")
        for (way in listOf("cloud-backup", "device-transfer")) {
            val excluded = (rules.getElementsByTagName(way).elements().single()).getElementsByTagName("exclude").elements()
            assertEquals(way, domains, excluded.map { it.getAttribute("domain") }.toSet())
        }
        val older = document("src/main/res/xml/full_backup_content.xml")
        assertEquals(domains, older.getElementsByTagName("exclude").elements().map { it.getAttribute("domain") }.toSet())
        assertEquals(0, rules.getElementsByTagName("include").length + older.getElementsByTagName("include").length)
    }

    @Test
    fun onlyTheFrontDoorAndTheLinksAreOpenToOthers() {
        val open = info.activities.orEmpty().filter { it.exported }.map { it.name.substringAfterLast('.') }
        assertEquals(setOf("MainActivity", "LinkActivity"), open.toSet())
        assertTrue(info.providers.isNullOrEmpty())
    }

    @Test
    fun theRequestIsNotAmongTheRecentApps() {
        val request = info.activities.orEmpty().single { it.name.endsWith(".RequestActivity") }
        assertNotEquals(0, request.flags and ActivityInfo.FLAG_EXCLUDE_FROM_RECENTS)
        assertNotEquals(request.taskAffinity, info.activities.orEmpty().single { it.name.endsWith(".MainActivity") }.taskAffinity)
    }

    @Test
    fun linksAreVerifiedHttpsLinksAndNothingElse() {
        assertEquals(listOf("true"), manifest.attributes("intent-filter", "autoVerify").filter(String::isNotEmpty))
        val links = manifest.getElementsByTagName("activity").elements().single { it.name().endsWith(".LinkActivity") }
        val data = links.getElementsByTagName("data").elements()

        fun values(name: String) = data.map { it.getAttributeNS(ANDROID, name) }.filter(String::isNotEmpty)
        assertEquals(listOf("https"), values("scheme"))
        assertEquals(listOf("/e", "/c"), values("path"))
        assertTrue(values("host").isNotEmpty())
        assertTrue(manifest.attributes("data", "scheme").filter(String::isNotEmpty).all { it == "https" })
        assertEquals(values("host").map { "https://$it" }, app.resources.getStringArray(R.array.servers).toList())
    }

    @Test
    fun noCleartextAndNoRootsOfAUser() {
        assertEquals(listOf("false"), manifest.attributes("application", "usesCleartextTraffic"))
        val network = document("src/main/res/xml/network_security.xml")
        assertEquals(
            "false",
            network.getElementsByTagName("base-config").elements().single().getAttribute("cleartextTrafficPermitted"),
        )
        assertEquals(listOf("system"), network.getElementsByTagName("certificates").elements().map { it.getAttribute("src") })
    }

    @Test
    fun bothLanguagesCanBeChosen() {
        val locales = document("src/main/res/xml/locales.xml").getElementsByTagName("locale").elements()
        assertEquals(listOf("ja", "en"), locales.map { it.name() })
        assertFalse(manifest.attributes("application", "localeConfig").single().isEmpty())
    }

    @Test
    fun nothingMoreIsAskedForThanIsUsed() {
        val asked = info.requestedPermissions.orEmpty().map { it.substringAfterLast('.') }.toSet()
        assertEquals(setOf("INTERNET", "CAMERA", "POST_NOTIFICATIONS", "USE_BIOMETRIC", "HIDE_OVERLAY_WINDOWS"), asked)
    }

    private fun document(path: String): Element = DocumentBuilderFactory
        .newInstance()
        .apply { isNamespaceAware = true }
        .newDocumentBuilder()
        .parse(
            File(path),
        ).documentElement

    private fun NodeList.elements(): List<Element> = (0 until length).map { item(it) }.filterIsInstance<Element>()

    private fun Element.name(): String = getAttributeNS(ANDROID, "name")

    private fun Element.attributes(tag: String, name: String): List<String> =
        getElementsByTagName(tag).elements().map { it.getAttributeNS(ANDROID, name) }

    private companion object {
        const val ANDROID = "http://schemas.android.com/apk/res/android"
    }
}
