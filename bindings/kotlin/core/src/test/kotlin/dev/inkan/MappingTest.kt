// What comes over the border arrives under the same name, whatever it is.
package dev.inkan

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertFalse
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import java.time.Instant
import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.seconds
import kotlin.time.toKotlinDuration
import dev.inkan.ffi.Outcome as CoreOutcome

internal class MappingTest {
    private fun <E : Enum<E>, O : Enum<O>> assertSame(
        core: List<E>,
        own: List<O>,
        map: (E) -> O,
    ) {
        assertEquals(core.map { it.name }, core.map { map(it).name })
        assertEquals(core.map { it.name }.toSet(), own.map { it.name }.toSet())
    }

    @Test
    fun `every name is the same on both sides`() {
        assertSame(dev.inkan.ffi.AccountState.entries, AccountState.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.Operation.entries, Operation.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.Role.entries, LineRole.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.ChallengeState.entries, ChallengeState.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.Decision.entries, Decision.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.EnrollmentFailure.entries, EnrollmentFailure.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.ChallengeLinkKind.entries, LinkKind.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.Locale.entries, Language.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.KeyPurpose.entries, KeyPurpose.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.LogLevel.entries, LogLevel.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.InternalFailure.entries, InternalFailure.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.InputFault.entries, InvalidInput.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.RefusalReason.entries, RefusalReason.entries) { it.toPublic() }
        assertSame(dev.inkan.ffi.UserVerificationFailure.entries, UserVerificationFailure.entries) { it.toPublic() }
        assertSame(DenyReason.entries, dev.inkan.ffi.DenyReason.entries) { it.toCore() }
        assertSame(PushProvider.entries, dev.inkan.ffi.PushProvider.entries) { it.toCore() }
        assertSame(Protection.entries, dev.inkan.ffi.Protection.entries) { it.toCore() }
        assertSame(UserVerification.entries, dev.inkan.ffi.UserVerification.entries) { it.toCore() }
        assertSame(Language.entries, dev.inkan.ffi.Locale.entries) { it.toCore() }
        assertSame(LogLevel.entries, dev.inkan.ffi.LogLevel.entries) { it.toCore() }
    }

    private val outcome =
        CoreOutcome(
            account = "a",
            challenge = "c",
            decision = dev.inkan.ffi.Decision.APPROVE,
            decidedAt = 1uL,
            log = dev.inkan.ffi.LogReference(2uL, "h"),
            receipt = "r",
            mutedUntil = 3uL,
            returnTo = "https://www.mirai.example/return#r=secret",
        )

    @Test
    fun `an outcome tells nobody where it returns to`() {
        val outcome = outcome.toPublic()
        assertFalse("secret" in outcome.toString(), "$outcome")
        assertEquals("https://www.mirai.example/return#r=secret", outcome.returnTo?.exposeUrl())
        assertEquals(outcome, this.outcome.toPublic())
        assertEquals(3, outcome.mutedUntil?.epochSecond)
    }

    @Test
    fun `a kept decision has an outcome or a problem`() {
        val (account, challenge) = AccountId("a") to ChallengeId("c")
        val kept = { outcome: CoreOutcome?, error: dev.inkan.ffi.InkanException? ->
            dev.inkan.ffi.KeptDecision("a", "c", dev.inkan.ffi.Decision.DENY, outcome, error).toPublic()
        }
        assertEquals(null, kept(outcome, null).problem)
        assertEquals("offline", kept(null, dev.inkan.ffi.InkanException.Offline("")).problem?.key)
        assertEquals("internal.other", kept(null, null).problem?.key)
        assertThrows(IllegalArgumentException::class.java) {
            KeptDecision(account, challenge, Decision.DENY, null, null)
        }
    }

    @Test
    fun `times and waits stay inside of what both sides count`() {
        assertEquals(Instant.EPOCH, 0uL.toInstant())
        assertEquals(9_007_199_254_740_991, 9_007_199_254_740_991uL.toInstant().epochSecond)
        assertEquals(Duration.ZERO, (-5).seconds.toWait().toKotlinDuration())
        assertEquals(1.days, Duration.INFINITE.toWait().toKotlinDuration())
        assertEquals(25.seconds, 25.seconds.toWait().toKotlinDuration())
    }
}
