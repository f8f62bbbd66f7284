// The string resources of the app, as a plain JVM reads them.
package dev.inkan.screens

import dev.inkan.Language
import org.w3c.dom.Element
import java.io.File
import java.time.ZoneId
import javax.xml.parsers.DocumentBuilderFactory

/** The texts of one language, by key. */
class Catalogue(language: Language, folder: File = File(System.getProperty("inkan.words"))) : Texts {
    val all: Map<String, String>

    init {
        val file = folder.resolve(if (language == Language.JA) "values-ja/strings.xml" else "values/strings.xml")
        val strings = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).getElementsByTagName("string")
        all =
            (0 until strings.length).map { strings.item(it) as Element }.associate {
                it.getAttribute("name") to it.textContent.replace("\\'", "'").replace("\\\"", "\"")
            }
    }

    override fun of(key: Key): String = requireNotNull(all[key.code]) { "no text for ${key.code}" }
}

/** Words as the tests see them: the calendar of Tokyo. */
fun wordsOf(language: Language) = Words(language, ZoneId.of("Asia/Tokyo"), Catalogue(language))
