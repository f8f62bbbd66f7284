/*
 * What the app calls of the platform: of the public API of Android 8.0 whatever it likes; what is newer, or hidden, only
 * if it stands in src/test/resources/newer-apis.txt, and what is newer than the oldest phone (28) only in a method that
 * asks for the level first. Libraries that go into the APK are held to the same, where they are ours.
 */
package dev.inkan.app

import org.codehaus.mojo.animal_sniffer.Clazz
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.objectweb.asm.ClassReader
import org.objectweb.asm.tree.AbstractInsnNode
import org.objectweb.asm.tree.ClassNode
import org.objectweb.asm.tree.FieldInsnNode
import org.objectweb.asm.tree.IntInsnNode
import org.objectweb.asm.tree.MethodInsnNode
import org.objectweb.asm.tree.MethodNode
import java.io.File
import java.io.InputStream
import java.io.ObjectInputStream
import java.util.zip.GZIPInputStream

class ApiLevelTest {
    private val api26 = signature()
    private val listed =
        resource("newer-apis.txt")
            .bufferedReader()
            .readLines()
            .filter { it.isNotBlank() && !it.startsWith("#") }
            .associate { it.substringBeforeLast(' ') to it.substringAfterLast(' ').toInt() }

    @Test
    fun whatIsNewerIsListedAndGuarded() {
        val used = mutableSetOf<String>()
        val read = ours().filterNot { it.name in LOOKED_FOR }
        val wrong = read.flatMap { node -> node.methods.flatMap { breaches(node, it, used) } }
        assertEquals(emptyList<String>(), wrong.distinct().sorted())
        assertEquals("listed, but no longer used", emptySet<String>(), listed.keys - used)
    }

    @Test
    fun aCallWithoutAGuardIsFound() {
        val node = read(checkNotNull(javaClass.classLoader).getResourceAsStream("dev/inkan/app/Careless.class"))
        val found = node.methods.flatMap { breaches(node, it, mutableSetOf()) }
        assertTrue(found.toString(), found.any { "setHideOverlayWindows" in it && "without asking" in it })
        assertTrue(found.toString(), found.any { "getSystemUiContext" in it || "currentActivityThread" in it })
    }

    private fun breaches(node: ClassNode, method: MethodNode, used: MutableSet<String>): List<String> {
        val asked = levelsAsked(method)
        return method.instructions.toArray().mapNotNull { called(it) }.mapNotNull { (owner, member) ->
            val declared = declaring(owner, member) ?: return@mapNotNull null
            val name = "$declared#$member"
            val level = listed[name]
            val at = "${node.name.replace('/', '.')}.${method.name}"
            used += name
            when {
                level == null -> "$at: $name is neither public API 26 nor listed"
                level > OLDEST && asked.none { it >= level } -> "$at: $name (API $level) without asking for it"
                else -> null
            }
        }
    }

    /** The levels that a method compares `SDK_INT` with: constants after a read of it. */
    private fun levelsAsked(method: MethodNode): List<Int> = method.instructions
        .toArray()
        .filter {
            it is FieldInsnNode && it.owner == "android/os/Build\$VERSION" && it.name == "SDK_INT"
        }.mapNotNull { (it.next as? IntInsnNode)?.operand }

    private fun called(instruction: AbstractInsnNode): Pair<String, String>? = when (instruction) {
        is MethodInsnNode -> instruction.owner to instruction.name + instruction.desc
        is FieldInsnNode -> instruction.owner to "${instruction.name}#${instruction.desc}"
        else -> null
    }

    /** The class of the platform that declares a member, or null if it is ours, or public API 26. */
    private fun declaring(owner: String, member: String): String? {
        if (owner.startsWith("[")) return null
        val line = ancestors(owner)
        if (line.none(::isPlatform)) return null
        if (line.any { member in api26[it]?.signatures.orEmpty() }) return null
        return line.firstOrNull { declares(it, member) }?.takeIf(::isPlatform)
    }

    private fun ancestors(name: String): List<String> {
        val node =
            nodes.getOrPut(name) { javaClass.classLoader?.getResourceAsStream("$name.class")?.let(::read) } ?: return listOf(name)
        return listOf(name) + (listOfNotNull(node.superName) + node.interfaces).flatMap(::ancestors)
    }

    private fun declares(name: String, member: String): Boolean {
        val node = nodes[name] ?: return true
        return node.methods.any { it.name + it.desc == member } || node.fields.any { "${it.name}#${it.desc}" == member }
    }

    private val nodes = HashMap<String, ClassNode?>()

    private fun isPlatform(name: String) = PLATFORM.any(name::startsWith)

    private fun ours(): List<ClassNode> {
        val app = File("target/classes").walk().filter { it.extension == "class" }.map { read(it.inputStream()) }
        val libraries =
            System.getProperty("java.class.path").split(File.pathSeparator).filter {
                it.endsWith(".jar") &&
                    "inkan" in File(it).name &&
                    // the server and the broker of the tests
                    "inkan-walks" !in File(it).name
            }
        return app.toList() +
            libraries.flatMap { jar ->
                java.util.zip.ZipFile(jar).use { zip ->
                    zip
                        .entries()
                        .asSequence()
                        .filter {
                            it.name.endsWith(".class") && CLEANER !in it.name
                        }.map { read(zip.getInputStream(it)) }
                        .toList()
                }
            }
    }

    private fun read(stream: InputStream?): ClassNode = checkNotNull(stream).use {
        ClassNode().also { node ->
            ClassReader(it).accept(
                node,
                ClassReader.SKIP_DEBUG or ClassReader.SKIP_FRAMES,
            )
        }
    }

    private fun signature(): Map<String, Clazz> {
        val file = System.getProperty("inkan.signature")
        return ObjectInputStream(GZIPInputStream(File(file).inputStream())).use { stream ->
            generateSequence { stream.readObject() as? Clazz }.associateBy { it.name }
        }
    }

    private fun resource(name: String): InputStream = checkNotNull(javaClass.classLoader?.getResourceAsStream(name))

    private companion object {
        /** Of the generated code, which looks whether the class is there and has another way. */
        const val CLEANER = "JavaLangRefClean"

        const val OLDEST = 28

        /** Classes that are loaded only where `Class.forName` has found what they are made of (`UniffiCleaner.create`). */
        val LOOKED_FOR = setOf("dev/inkan/ffi/JavaLangRefCleaner", "dev/inkan/ffi/JavaLangRefCleanable")
        val PLATFORM = listOf("android/", "java/", "javax/", "dalvik/")
    }
}

/** What must not be written; here so that the test above can fail. */
@Suppress("unused")
private class Careless(private val activity: android.app.Activity) {
    fun tooNew() = activity.window.setHideOverlayWindows(true)

    fun hidden(): Any? = android.app.ActivityThread.currentActivityThread()
}
