// The keys of the errors: those that are written down, for this language, the other one, and every catalogue of texts.
package dev.inkan

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import dev.inkan.ffi.InkanException as CoreException
import dev.inkan.ffi.InputFault as CoreInput
import dev.inkan.ffi.InternalFailure as CoreFailure
import dev.inkan.ffi.Refusal as CoreRefusal
import dev.inkan.ffi.RefusalReason as CoreReason
import dev.inkan.ffi.UserVerificationFailure as CoreVerification

internal class ErrorKeysTest {
    private val errors: List<CoreException> =
        listOf(
            CoreException.Offline("d"),
            CoreException.ServerUnavailable("d"),
            CoreException.Untrusted("d"),
            CoreException.NotRecognised("d"),
        ) +
            CoreReason.entries.map { CoreException.Refused(CoreRefusal(it, null, null), "d") } +
            CoreInput.entries.map { CoreException.InvalidInput(it, "d") } +
            CoreException.UpdateNeeded("d") +
            CoreVerification.entries.map { CoreException.UserVerification(it, "d") } +
            CoreException.KeyInvalid("d") +
            CoreFailure.entries.map { CoreException.Internal(it, "d") }

    @Test
    fun `every error of the core has the core's key here`() {
        for (error in errors) {
            assertEquals(dev.inkan.ffi.errorKey(error), error.toPublic().key)
            assertEquals("d", error.toPublic().detail)
            assertEquals(error.toPublic().key, error.toPublic().message, "whoever shows it without its text shows no detail")
        }
    }

    @Test
    fun `all keys are written down`() {
        assertEquals(repository("docs/error-keys.txt").readLines().filter(String::isNotEmpty), InkanException.allKeys)
        assertEquals(InkanException.allKeys.toSet(), errors.map { it.toPublic().key }.toSet())
        assertEquals(InkanException.allKeys.size, InkanException.allKeys.toSet().size)
    }

    @Test
    fun `a refusal keeps what the server said`() {
        val core = CoreRefusal(CoreReason.ALREADY_DECIDED, dev.inkan.ffi.ChallengeState.DENIED, 1_795_583_109uL)
        val refusal = (CoreException.Refused(core, "").toPublic() as InkanException.Refused).refusal
        assertEquals(ChallengeState.DENIED, refusal.state)
        assertEquals("2026-11-25T05:05:09Z", refusal.until.toString())
    }

    @Test
    fun `the codes of refusals are those of the document`() {
        val document = repository("docs/errors.md").readText()
        for (reason in RefusalReason.entries) assertTrue("| `${reason.name.lowercase()}` |" in document, reason.name)
    }
}
