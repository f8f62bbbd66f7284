// What docs/embed-android.md shows is the source of the app in `consumer`, which is compiled and run against a real server.
package dev.inkan

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

internal class EmbedDocumentTest {
    private val app = repository("bindings/kotlin/consumer/src/main/kotlin/dev/inkan/first/Phone.kt").readText()

    private val snippets =
        Regex("```kotlin\n(.*?)\n```", RegexOption.DOT_MATCHES_ALL)
            .findAll(repository("docs/embed-android.md").readText())
            .map { it.groupValues[1] }
            .toList()

    @Test
    fun `every snippet stands in the app, and the app has nothing that is not shown`() {
        for (snippet in snippets) assertTrue(snippet in app, "not in the app:\n$snippet")
        val declarations = app.substringAfterLast("import ").substringAfter("\n\n").trim()
        assertEquals(declarations, snippets.joinToString("\n\n"))
    }

    @Test
    fun `the versions are those that are built`() {
        val project = repository("bindings/kotlin/pom.xml").readText()
        val version = project.substringAfter("<version>").substringBefore("</version>")
        val consumer = repository("bindings/kotlin/consumer/pom.xml").readText()
        assertTrue("<inkan.version>$version</inkan.version>" in consumer)
        val document = repository("docs/embed-android.md").readText()
        val named = Regex("dev\\.inkan:inkan-core(?:-jvm)?:([0-9.]+)").findAll(document).map { it.groupValues[1] }.toSet()
        assertEquals(setOf(version), named)
    }
}
