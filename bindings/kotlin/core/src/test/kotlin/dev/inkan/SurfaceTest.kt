// The public surface is the one that is written down in `api/inkan-core.api`.
package dev.inkan

import org.jetbrains.kotlin.abi.tools.AbiFilters
import org.jetbrains.kotlin.abi.tools.AbiTools
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File

/** After a change that is wanted: run with `-Dtest=SurfaceTest -Dinkan.jvm=-Dinkan.api.write=true`, and read the diff. */
internal class SurfaceTest {
    private val written = File("api/inkan-core.api")
    private val surface =
        buildString {
            // after packaging the generated classes lie in a folder below
            val classes = File("target/classes/dev/inkan").listFiles { file -> file.extension == "class" }.orEmpty()
            val all = AbiFilters(emptySet(), emptySet(), emptySet(), emptySet())
            AbiTools.getInstance().printJvmDump(this, classes.asList(), all)
        }

    @Test
    fun `it is as written down`() {
        if (System.getProperty("inkan.api.write") == "true") {
            written.parentFile.mkdirs()
            written.writeText(surface)
        }
        assertEquals(written.readText(), surface)
    }

    @Test
    fun `it is not empty, and names nothing generated`() {
        assertTrue("public final class dev/inkan/Authenticator" in surface, surface)
        assertFalse("dev/inkan/ffi" in surface, surface.lines().filter { "dev/inkan/ffi" in it }.joinToString("\n"))
    }
}
