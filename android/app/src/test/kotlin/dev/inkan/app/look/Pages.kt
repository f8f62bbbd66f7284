/*
 * Every page that there is to look at: for each page of the scenarios the first scenario that ends with it.
 */
package dev.inkan.app.look

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import dev.inkan.Language
import dev.inkan.screens.Effect
import dev.inkan.screens.Fixtures
import dev.inkan.screens.Page
import dev.inkan.screens.Screen
import dev.inkan.screens.described
import dev.inkan.screens.wordsOf
import java.io.File

internal object Pages {
    private val table: JsonNode by lazy { ObjectMapper().readTree(File(System.getProperty("inkan.scenarios"))) }
    private val made = HashMap<Boolean, List<Page>>()

    /** The pages of the app, in the order of their ids. */
    fun all(japanese: Boolean): List<Page> = made.getOrPut(japanese) {
        val language = if (japanese) Language.JA else Language.EN
        val pages = sortedMapOf<String, Page>()
        // What a scenario passes through is there too, where none ends with it.
        val scenarios = table.get("scenarios").map { pagesOf(it, language) }
        scenarios.forEach { pages.putIfAbsent(it.last().id, it.last()) }
        scenarios.flatten().forEach { pages.putIfAbsent(it.id, it) }
        pages.values.toList()
    }

    /** The ids that the table says it has. */
    fun ids(): List<String> = table.get("pages").map { it.asText() }

    private fun pagesOf(scenario: JsonNode, language: Language): List<Page> {
        val fixtures = Fixtures(table.get("fixtures"), language)
        var screen: Screen<*> = fixtures.screen(scenario.get("screen").asText(), scenario.get("given"))
        val asked = mutableListOf<Effect>()
        return scenario.get("steps").map { step ->
            val event = fixtures.event(step.get("event")) { name -> asked.last { it.described().substringBefore('(') == name } }
            val next = screen.handle(event)
            asked += next.effects
            screen = next.state
            screen.page(wordsOf(language))
        }
    }
}
