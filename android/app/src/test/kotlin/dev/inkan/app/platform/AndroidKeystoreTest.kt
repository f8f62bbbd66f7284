package dev.inkan.app.platform

import android.os.Build
import android.security.keystore.KeyProperties
import dev.inkan.KeyLabel
import dev.inkan.KeyPurpose
import dev.inkan.KeySignature
import dev.inkan.Protection
import dev.inkan.VaultException
import kotlinx.coroutines.runBlocking
import org.junit.After
import org.junit.Assert.assertArrayEquals
import org.junit.Assert.assertEquals
import org.junit.Assert.assertFalse
import org.junit.Assert.assertNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RobolectricTestRunner
import org.robolectric.annotation.Config
import java.security.PrivateKey
import java.security.Security
import java.security.Signature

/** The keystore's real calls, over a provider of the system's name. */
@RunWith(RobolectricTestRunner::class)
class AndroidKeystoreTest {
    private val hardware = Hardware()
    private val keystore = AndroidKeystore()
    private val person = PersonCheck { signature, _ -> Checked(dev.inkan.UserVerification.BIOMETRIC, signature) }
    private val vault = AndroidKeyVault(keystore, person, hasStrongBox = true)
    private val label = KeyLabel("k-1")

    @Before
    fun installed() {
        assertNull("nothing of that name is here already", Security.getProvider("AndroidKeyStore"))
        // last, as nobody else may answer for its keys
        Security.addProvider(HardwareProvider(hardware))
    }

    @After
    fun removed() = Security.removeProvider("AndroidKeyStore")

    private inline fun <reified E : Throwable> fails(crossinline work: suspend () -> Unit): E =
        assertThrows(E::class.java) { runBlocking { work() } }

    private fun verifies(alias: String, signature: KeySignature) = Signature.getInstance("SHA256withECDSA").run {
        initVerify(hardware.public(alias))
        update(MESSAGE)
        verify((signature as KeySignature.Der).bytes)
    }

    @Test
    fun aPairIsMadeInTheHardwareWithItsChallengeAndSigns() = runBlocking<Unit> {
        val created = vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE)
        val asked = hardware.asked.single()
        assertEquals("inkan.possession.k-1", asked.keystoreAlias)
        assertArrayEquals(CHALLENGE, asked.attestationChallenge)
        assertTrue(asked.isStrongBoxBacked)
        assertArrayEquals("leaf:".toByteArray() + CHALLENGE + "root".toByteArray(), created.attestation?.statement)
        assertTrue(verifies("inkan.possession.k-1", vault.sign(label, MESSAGE)))
    }

    @Test
    fun aStrongBoxThatRefusesIsFollowedByOtherHardware() = runBlocking<Unit> {
        hardware.strongBox = false
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        vault.wrap(ByteArray(32))
        assertEquals(listOf(true, false, true, false), hardware.asked.map { it.isStrongBoxBacked })
        assertArrayEquals("it is attested there as well", CHALLENGE, hardware.asked[1].attestationChallenge)
        assertEquals(true, hardware.asked[1].isUserAuthenticationRequired)
    }

    @Test
    fun aKeyThatIsGoneForGoodSaysSo() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        vault.verifyUser(label, "?")
        assertTrue(verifies("inkan.approval.k-1", vault.sign(label, MESSAGE)))
        hardware.invalidate()
        fails<VaultException.KeyInvalidated> { vault.verifyUser(label, "?") }
        fails<VaultException.KeyInvalidated> { vault.sign(label, MESSAGE) }
    }

    @Test
    fun anOperationIsBegunBeforeThePersonSeesIt() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.APPROVAL, CHALLENGE)
        val begun = keystore.signing(keystore.key("inkan.approval.k-1") as PrivateKey)
        // an operation that was not begun refuses what it is fed
        begun.update(MESSAGE)
        assertTrue(verifies("inkan.approval.k-1", KeySignature.Der(begun.sign())))
        assertEquals("the hardware's own, and no other that could take the key", "AndroidKeyStore", begun.provider.name)
    }

    @Test
    fun whatIsDeletedIsGoneAndWhatWasNotThereIsNoFault() = runBlocking<Unit> {
        vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE)
        vault.wrap(ByteArray(32))
        assertEquals(listOf("inkan.possession.k-1", "inkan.store"), keystore.aliases())
        assertEquals(listOf(label), vault.labels())
        vault.deleteKey(label)
        vault.deleteKey(label)
        assertEquals(listOf("inkan.store"), keystore.aliases())
        assertNull(keystore.key("inkan.possession.k-1"))
        assertTrue(keystore.certificates("inkan.possession.k-1").isEmpty())
        fails<VaultException.KeyMissing> { vault.sign(label, MESSAGE) }
    }

    @Test
    fun theStoresKeyIsWrapped() = runBlocking<Unit> {
        val key = ByteArray(32) { it.toByte() }
        val wrapped = vault.wrap(key)
        assertFalse(wrapped.toList().windowed(key.size).any { it == key.toList() })
        assertArrayEquals(key, vault.unwrap(wrapped))
        assertEquals("one key for all that is wrapped", 1, hardware.asked.size)
    }

    private fun protection(isInHardware: Boolean, level: Int): Pair<Protection, Protection> {
        hardware.kept = Kept(isInHardware, level)
        val pair = checkNotNull(keystore.key("inkan.possession.k-1"))
        val secret = checkNotNull(keystore.key("inkan.store"))
        return keystore.protection(pair) to keystore.protection(secret)
    }

    private fun bothKeys() = runBlocking {
        vault.createKey(label, KeyPurpose.POSSESSION, CHALLENGE)
        vault.wrap(ByteArray(32))
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.VANILLA_ICE_CREAM])
    fun theNewestSystemTellsTheLevel() {
        bothKeys()
        val levels =
            mapOf(
                KeyProperties.SECURITY_LEVEL_STRONGBOX to Protection.STRONG_BOX,
                KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT to Protection.TEE,
                KeyProperties.SECURITY_LEVEL_UNKNOWN_SECURE to Protection.TEE,
                KeyProperties.SECURITY_LEVEL_SOFTWARE to Protection.SOFTWARE,
                KeyProperties.SECURITY_LEVEL_UNKNOWN to Protection.SOFTWARE,
            )
        // what the older word says is not asked there
        for ((level, expected) in levels) assertEquals("$level", expected to expected, protection(level % 2 == 0, level))
        assertEquals(Protection.SOFTWARE, runBlocking { vault.protection() })
    }

    @Test
    @Config(sdk = [Build.VERSION_CODES.P])
    fun theOldestSystemTellsHardwareFromSoftware() {
        bothKeys()
        assertEquals(Protection.TEE to Protection.TEE, protection(isInHardware = true, level = 0))
        assertEquals(Protection.SOFTWARE to Protection.SOFTWARE, protection(isInHardware = false, level = 0))
    }

    private companion object {
        val CHALLENGE = ByteArray(32) { 7 }
        val MESSAGE = "what is signed".toByteArray()
    }
}
