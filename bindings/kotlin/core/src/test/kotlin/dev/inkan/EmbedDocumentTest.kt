// What docs/embed-android.md shows is the source of the app in `consumer`, which is compiled and run against a real server.
package dev.inkan

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.w3c.dom.Element
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory

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

    /** No build script is run here: the block is read line by line, and takes what the consumer's project takes. */
    @Test
    fun `the block for Gradle takes the packages that are built and consumed`() {
        val blocks =
            Regex("```kts\n(.*?)\n```", RegexOption.DOT_MATCHES_ALL)
                .findAll(repository("docs/embed-android.md").readText())
                .map { it.groupValues[1].lines().map(String::trim) }
                .toList()
        val lines = blocks.single()
        assertEquals("repositories { mavenLocal(); mavenCentral() }", lines.first())
        assertEquals("dependencies {" to "}", lines[1] to lines.last())
        val shown = lines.subList(2, lines.lastIndex).associate { line -> taken(line) }

        val consumer = repository("bindings/kotlin/consumer/pom.xml")
        val aar = packages(consumer, "artifactItem").filter { it.second == "aar" }.map { it.first }
        val jar = packages(consumer, "dependency").filter { it.second.isEmpty() }.map { it.first }
        assertTrue(shown.getValue("implementation") in aar, "$shown, $aar")
        assertTrue(shown.getValue("testImplementation") in jar, "$shown, $jar")
        assertEquals(setOf("implementation", "testImplementation"), shown.keys)
    }

    /** `group:artifact:version` of each that a Maven project names in elements of a kind, with its type. */
    private fun packages(
        project: File,
        kind: String,
    ): List<Pair<String, String>> {
        val document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(project)

        fun Element.of(name: String) = getElementsByTagName(name).item(0)?.textContent.orEmpty()
        val properties = document.documentElement.getElementsByTagName("properties").item(0) as Element
        val found = document.getElementsByTagName(kind)
        return List(found.length) { found.item(it) as Element }.map { element ->
            val version = element.of("version").removePrefix("\${").removeSuffix("}")
            "${element.of("groupId")}:${element.of("artifactId")}:${properties.of(version)}" to element.of("type")
        }
    }

    /** `scope("group:artifact:version")`, and nothing else. */
    private fun taken(line: String): Pair<String, String> {
        val found = Regex("""(\w+)\("([^"]+)"\)""").matchEntire(line)
        return checkNotNull(found) { "not a dependency: $line" }.destructured.let { (scope, name) -> scope to name }
    }
}
