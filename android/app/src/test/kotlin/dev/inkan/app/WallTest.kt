/*
 * The wall between the app and what is spoken on the wire: the app knows the façade `dev.inkan` and nothing below it, and no
 * source of it builds what goes to a server. Generated code is in the same jar as the façade: no compiler refuses it.
 */
package dev.inkan.app

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import java.io.File

class WallTest {
    /** What is wrong in a source, by name. Comments may say what the code may not. */
    private fun breaches(source: String): Set<String> {
        val code = COMMENT.replace(source) { match -> match.groups["text"]?.value ?: " " }
        val texts = TEXT.findAll(code).joinToString("\n") { it.value }
        val below = if (GENERATED.containsMatchIn(code)) setOf("generated code") else emptySet()
        return below + PROTOCOL.filterValues { it.containsMatchIn(texts) }.keys
    }

    private fun sources(root: String): List<File> {
        val found = File(root).walk().filter { it.extension == "kt" || it.extension == "java" }.toList()
        assertTrue("no sources in $root", found.isNotEmpty())
        return found
    }

    @Test
    fun theAppKnowsTheFacadeAlone() {
        val ours = listOf("src/main", "src/firebase", "../screens/src/main").flatMap(::sources)
        assertTrue("$ours", ours.size > FEWEST)
        val wrong = ours.associate { it.path to breaches(it.readText()) }.filterValues { it.isNotEmpty() }
        assertEquals(emptyMap<String, Set<String>>(), wrong)
    }

    /** The tests of the screens see the world as the screens do. */
    @Test
    fun theTestsGoThroughTheFacadeToo() {
        val tests = listOf("src/test", "../screens/src/test").flatMap(::sources).filter { it.name != "WallTest.kt" }
        assertEquals(emptyList<String>(), tests.filter { GENERATED.containsMatchIn(it.readText()) }.map { it.path })
    }

    @Test
    fun theSearchSeesTheFacadeItself() {
        val below = sources("../../bindings/kotlin/core/src/main").filter { "generated code" in breaches(it.readText()) }
        assertTrue("$below", below.size > FACADE)
    }

    @Test
    fun everyBreachIsSeen() {
        val faults =
            mapOf(
                "import dev.inkan.ffi.Inkan" to "generated code",
                "import dev.inkan.ffi.*" to "generated code",
                "val core = dev.inkan.ffi.openAuthenticator()" to "generated code",
                "import uniffi.inkan.RustBuffer" to "generated code",
                "post(\"\$server/d/v1/answer\")" to "a route",
                "get(\"https://host/v1/challenges\")" to "a route",
                "val type = \"inkan-answer+jwt\"" to "a message",
                "header(\"Content-Type\", \"application/jose\")" to "a message",
                "val head = \"\"\"{\"alg\":\"ES256\"}\"\"\"" to "a message",
                "open(\"\$page#c=\$id&r=\$token\")" to "a link",
                "val link = \"https://host/c#v=1&t=\"" to "a link",
                "val link = \"https://host/e?v=1\"" to "a link",
            )
        for ((line, name) in faults) {
            val source = "package dev.inkan.app\n\n// as it was\nfun careless() {\n    $line\n}\n"
            assertEquals(line, setOf(name), breaches(source))
        }
        val harmless =
            listOf(
                "// as in inkan-answer+jwt",
                "/* import dev.inkan.ffi.Inkan */",
                "val a = \"/c\" // /d/v1/answer",
                "import dev.inkan.Inbox",
            )
        for (line in harmless) assertEquals(line, emptySet<String>(), breaches("package dev.inkan.app\n$line\n"))
    }

    private companion object {
        const val FEWEST = 80
        const val FACADE = 5

        /** A text, which is kept, or a comment, which is not: whichever begins first. */
        val COMMENT = Regex("""(?<text>"{3}[\s\S]*?"{3}|"(?:\\.|[^"\\\n])*")|//[^\n]*|/\*[\s\S]*?\*/""")
        val TEXT = Regex(""""{3}[\s\S]*?"{3}|"(?:\\.|[^"\\\n])*"""")
        val GENERATED = Regex("""\b(?:dev\.inkan\.ffi|uniffi)\b""")

        /** What only the core says: by docs/protocol.md. */
        val PROTOCOL =
            mapOf(
                "a route" to Regex("""/(?:d/)?v1/"""),
                "a message" to Regex("""inkan-[a-z-]+\+jwt|application/jose|\bES256\b"""),
                "a link" to Regex("""#c=|[#?&]v=\d|&[rtsm]="""),
            )
    }
}
