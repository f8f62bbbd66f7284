package dev.inkan.app.platform

import dev.inkan.KeyLabel
import dev.inkan.KeyPurpose
import dev.inkan.KeySignature
import dev.inkan.Protection
import dev.inkan.UserVerification
import dev.inkan.VaultException
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import java.math.BigInteger
import java.security.Signature
import java.security.interfaces.ECPublicKey

/** Over a keystore that refuses as the phone's does. */
@RunWith(RobolectricTestRunner::class)
class AndroidKeyVaultTest {
    private val keystore = FakeKeystore()
    private val person = FakePerson()
    private val vault = AndroidKeyVault(keystore, person, hasStrongBox = true)
    private val label = KeyLabel("k-1")

    private inline fun <reified E : Throwable> fails(crossinline work: suspend () -> Unit): E =
        assertThrows(E::class.java) { runBlocking { work() } }

    @Test
    fun aPossessionKeySignsWithoutThePerson() = runBlocking<Unit> {
        val created = vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE)
        val signed = vault.sign(label, MESSAGE) as KeySignature.Der
        assertTrue(verifies("inkan.possession.k-1", signed.bytes))
        assertFalse(
            "a check that cannot fail proves nothing",
            verifies("inkan.possession.k-1", signed.bytes, "another".toByteArray()),
        )
        val public = keystore.public("inkan.possession.k-1") as ECPublicKey
        assertEquals(65, created.publicKey.size)
        assertEquals(4, created.publicKey[0].toInt())
        assertEquals(public.w.affineX, BigInteger(1, created.publicKey.copyOfRange(1, 33)))
        assertEquals(public.w.affineY, BigInteger(1, created.publicKey.copyOfRange(33, 65)))
        assertTrue(person.prompts.isEmpty())
    }

    @Test
    fun theChainIsTheStatementLeafFirst() = runBlocking<Unit> {
        val attestation = checkNotNull(vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE).attestation)
        assertEquals("android-key", attestation.format)
        assertArrayEquals("leaf:".toByteArray() + CHALLENGE + "intermediateroot".toByteArray(), attestation.statement)
    }

    @Test
    fun aPhoneThatCannotAttestNowHasAKeyWithoutAStatement() = runBlocking<Unit> {
        keystore.attests = false
        assertNull(vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE).attestation)
        assertTrue(keystore.asked.last().isStrongBoxBacked)
    }

    @Test
    fun withoutAStrongBoxOtherHardwareIsTaken() = runBlocking<Unit> {
        val plain = FakeKeystore(strongBox = false)
        val vault = AndroidKeyVault(plain, person, hasStrongBox = false)
        assertEquals(Protection.TEE, vault.protection())
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        vault.wrap(ByteArray(32))
        assertEquals(listOf(true, false, true, false), plain.asked.map { it.isStrongBoxBacked })
        assertArrayEquals(CHALLENGE, plain.asked[1].attestationChallenge)
        assertEquals(Protection.TEE, vault.protection())
    }

    @Test
    fun anApprovalKeySignsOnceForEachVerification() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        fails<VaultException.UserVerificationFailed> { vault.sign(label, MESSAGE) }
        person.how = UserVerification.DEVICE_CREDENTIAL
        assertEquals(UserVerification.DEVICE_CREDENTIAL, vault.verifyUser(label, "出金を承認します"))
        val signed = vault.sign(label, MESSAGE) as KeySignature.Der
        assertTrue(verifies("inkan.approval.k-1", signed.bytes))
        fails<VaultException.UserVerificationFailed> { vault.sign(label, MESSAGE) }
        assertEquals(listOf("出金を承認します"), person.prompts)
    }

    @Test
    fun aVerificationIsForOneKeyAlone() = runBlocking<Unit> {
        val other = KeyLabel("k-2")
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        vault.createKey(other, KeyPurpose.APPROVAL, CHALLENGE)
        vault.verifyUser(label, "?")
        fails<VaultException.UserVerificationFailed> { vault.sign(other, MESSAGE) }
        // and what was for the first is used up: the person said yes to something else
        fails<VaultException.UserVerificationFailed> { vault.sign(label, MESSAGE) }
    }

    @Test
    fun aRefusedVerificationLeavesNothingToSignWith() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        vault.verifyUser(label, "?")
        person.refusal = VaultException.UserCancelled()
        fails<VaultException.UserCancelled> { vault.verifyUser(label, "?") }
        fails<VaultException.UserVerificationFailed> { vault.sign(label, MESSAGE) }
    }

    @Test
    fun aKeyThatIsGoneForGoodSaysSoEverywhere() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        vault.verifyUser(label, "?")
        keystore.invalidate()
        fails<VaultException.KeyInvalidated> { vault.sign(label, MESSAGE) }
        fails<VaultException.KeyInvalidated> { vault.sign(label, MESSAGE) }
        fails<VaultException.KeyInvalidated> { vault.verifyUser(label, "?") }
    }

    @Test
    fun whatIsMissingIsMissing() {
        fails<VaultException.KeyMissing> { vault.sign(label, MESSAGE) }
        fails<VaultException.KeyMissing> { vault.verifyUser(label, "?") }
        runBlocking { vault.deleteKey(label) }
        // a possession key cannot be verified for
        runBlocking { vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE) }
        fails<VaultException.KeyMissing> { vault.verifyUser(label, "?") }
    }

    @Test
    fun labelsAreThoseOfOurKeysAndOfThemAlone() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE)
        vault.createKey(KeyLabel("k-2"), KeyPurpose.APPROVAL, CHALLENGE)
        vault.wrap(ByteArray(32))
        keystore.generatePair(KeySpecs.pair("somebody.else", KeyPurpose.POSSESSION, null, strongBox = true))
        assertEquals(setOf("k-1", "k-2"), vault.labels().map { it.value }.toSet())
        vault.deleteKey(KeyLabel("k-2"))
        assertEquals(listOf(label), vault.labels())
        assertTrue(keystore.aliases().containsAll(listOf("somebody.else", "inkan.store")))
    }

    @Test
    fun aKeyOfTheSameLabelIsReplacedWhateverItWasFor() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        vault.verifyUser(label, "?")
        vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE)
        assertEquals(listOf("inkan.possession.k-1"), keystore.aliases())
        assertTrue(verifies("inkan.possession.k-1", (vault.sign(label, MESSAGE) as KeySignature.Der).bytes))
    }

    @Test
    fun theStoresKeyIsWrappedAndUnwrapped() = runBlocking<Unit> {
        val key = ByteArray(32) { it.toByte() }
        val wrapped = vault.wrap(key)
        assertEquals(1 + 12 + 32 + 16, wrapped.size)
        assertArrayEquals(key, vault.unwrap(wrapped))
        assertFalse("a nonce of its own each time", wrapped.contentEquals(vault.wrap(key)))
        assertEquals(Protection.STRONG_BOX, vault.protection())
    }

    @Test
    fun whatWasWrappedUnderALostKeyIsLost() = runBlocking<Unit> {
        val wrapped = vault.wrap(ByteArray(32))
        keystore.delete("inkan.store")
        fails<VaultException.KeyMissing> { vault.unwrap(wrapped) }
        vault.wrap(ByteArray(32))
        fails<VaultException.KeyInvalidated> { vault.unwrap(wrapped) }
        val changed = vault.wrap(ByteArray(32)).apply { this[20] = (this[20] + 1).toByte() }
        fails<VaultException.KeyInvalidated> { vault.unwrap(changed) }
        fails<VaultException.Unexpected> { vault.unwrap(byteArrayOf(1, 2, 3)) }
        fails<VaultException.Unexpected> { vault.unwrap(ByteArray(0)) }
    }

    private fun verifies(alias: String, signature: ByteArray, message: ByteArray = MESSAGE): Boolean =
        Signature.getInstance("SHA256withECDSA").run {
            initVerify(keystore.public(alias))
            update(message)
            verify(signature)
        }

    private companion object {
        val CHALLENGE = ByteArray(32) { 7 }
        val MESSAGE = "what is signed".toByteArray()
    }
}
