// One behaviour on both phones: the scenario table, run through the screens in both languages.
package dev.inkan.screens

import com.fasterxml.jackson.core.util.DefaultIndenter
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter
import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import com.fasterxml.jackson.databind.node.ArrayNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.inkan.Language
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File

class ScenarioTest {
    private val mapper = ObjectMapper()
    private val file = File(System.getProperty("inkan.scenarios"))
    private val table = mapper.readTree(file) as ObjectNode
    private val writes = System.getProperty("inkan.scenarios.write") == "true"

    @TestFactory
    fun scenarios(): List<DynamicTest> {
        if (writes) return listOf(DynamicTest.dynamicTest("written") { write() })
        return table.get("scenarios").map { scenario ->
            DynamicTest.dynamicTest(scenario.get("name").asText()) {
                for (language in Language.entries) {
                    val ran = run(scenario, language)
                    scenario.get("steps").forEachIndexed { index, step ->
                        val at = "${scenario.get("name").asText()}, step ${index + 1}, $language"
                        assertEquals(step.get("effects"), ran[index].get("effects"), at)
                        assertEquals(step.get("page"), ran[index].get("page"), at)
                        assertEquals(step.get(language.code), ran[index].get(language.code), at)
                    }
                }
            }
        }
    }

    @Test
    fun `every page is in the table, and holds to the rules of pages`() {
        val words = wordsOf(Language.JA)
        val used = mutableSetOf<String>()
        for (scenario in table.get("scenarios")) {
            replay(scenario, Language.JA) { page ->
                used += page.id
                assertTrue(page.actions.count { it.style == ButtonStyle.FILLED } <= 1, page.id)
                assertTrue(page.texts(words).none { it.isBlank() }, page.id)
                val ids = page.buttons().map { it.substringBefore(':') }
                assertEquals(ids.distinct(), ids, page.id)
                if (page.id.startsWith("request.")) assertTrue(page.guarded, page.id)
            }
        }
        assertEquals(used, table.get("pages").map { it.asText() }.toSet())
        assertEquals(
            emptyList<String>(),
            written().filter { id ->
                used.none { it == id || (id.endsWith('.') && it.startsWith(id)) }
            },
        )
    }

    @Test
    fun `approve stays first, decline and report keep their places`() {
        for (scenario in table.get("scenarios")) {
            replay(scenario, Language.JA) { page ->
                val ids = page.actions.map { it.id }
                if (Ids.DENY in ids && Ids.REPORT in ids) assertEquals(listOf(Ids.DENY, Ids.REPORT), ids.takeLast(2), page.id)
            }
        }
    }

    @Test
    fun `every key has a text in both languages, with the same places`() {
        val (japanese, english) = Catalogue(Language.JA).all to Catalogue(Language.EN).all
        val codes = Key.entries.map { it.code }.toSet() + "app_name"
        assertEquals(codes, japanese.keys)
        assertEquals(codes, english.keys)
        for (code in codes) {
            val places = { text: String -> PLACE.findAll(text).map { it.value }.sorted().toList() }
            assertEquals(places(japanese.getValue(code)), places(english.getValue(code)), code)
            assertTrue(japanese.getValue(code).isNotBlank() && english.getValue(code).isNotBlank(), code)
        }
    }

    /** The ids as they stand in the sources; one that ends with a dot is put together with a reason. */
    private fun written(): List<String> = File(System.getProperty("inkan.sources"))
        .walk()
        .filter { it.name.endsWith("Page.kt") || it.name.endsWith("Screen.kt") }
        .flatMap { PAGE.findAll(it.readText()).map { found -> found.groupValues[1] } }
        .toList()

    private fun replay(scenario: JsonNode, language: Language, look: (Page) -> Unit) {
        val fixtures = Fixtures(table.get("fixtures"), language)
        var screen: Screen<*> = fixtures.screen(scenario.get("screen").asText(), scenario.get("given"))
        val asked = mutableListOf<Effect>()
        for (step in scenario.get("steps")) {
            val event = fixtures.event(step.get("event")) { name -> asked.last { it.described().substringBefore('(') == name } }
            val next = screen.handle(event)
            asked += next.effects
            screen = next.state
            look(screen.page(wordsOf(language)))
        }
    }

    private fun run(scenario: JsonNode, language: Language): List<ObjectNode> {
        val fixtures = Fixtures(table.get("fixtures"), language)
        val words = wordsOf(language)
        var screen: Screen<*> = fixtures.screen(scenario.get("screen").asText(), scenario.get("given"))
        val asked = mutableListOf<Effect>()
        return scenario.get("steps").map { step ->
            val event = fixtures.event(step.get("event")) { name -> asked.last { it.described().substringBefore('(') == name } }
            val next = screen.handle(event)
            asked += next.effects
            screen = next.state
            val page = screen.page(words)
            val result = mapper.createObjectNode()
            result.set<ArrayNode>("effects", list(next.effects.map { it.described() }))
            val shape = result.putObject("page")
            shape.put("id", page.id)
            shape.put("back", page.bar.back)
            shape.put("guarded", page.guarded)
            shape.set<ArrayNode>("parts", list(page.kinds()))
            shape.set<ArrayNode>("buttons", list(page.buttons()))
            val said = result.putObject(language.code)
            said.set<ArrayNode>("texts", list(page.texts(words)))
            said.set<ArrayNode>("spoken", list(page.spoken()))
            said.put("announce", page.announce)
            result
        }
    }

    private fun list(texts: List<String>): ArrayNode = mapper.createArrayNode().also { array -> texts.forEach { array.add(it) } }

    private fun write() {
        val pages = sortedSetOf<String>()
        for (scenario in table.get("scenarios")) {
            for (language in Language.entries) {
                run(scenario, language).forEachIndexed { index, ran ->
                    val step = scenario.get("steps").get(index) as ObjectNode
                    ran.properties().forEach { (name, value) -> step.set<JsonNode>(name, value) }
                    pages += ran.get("page").get("id").asText()
                }
            }
        }
        table.set<ArrayNode>("pages", list(pages.toList()))
        val printer = DefaultPrettyPrinter()
        printer.indentObjectsWith(DefaultIndenter("  ", "\n"))
        file.writeText(mapper.writer(printer).writeValueAsString(table) + "\n")
    }

    private companion object {
        val PAGE = Regex(""""((?:request|ended|enroll|inbox|history|settings|start)\.[a-z_.]*)"""")
        val PLACE = Regex("""%[1-9]\${'$'}s""")
        val Language.code: String get() = name.lowercase(java.util.Locale.ROOT)
    }
}
