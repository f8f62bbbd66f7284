/*
 * The doorbell: how this phone is told to look. A port with two parts, UnifiedPush (UnifiedPush.kt) and FCM
 * (FirebaseDoorbell.kt, in a source root of its own); an app has one of them, or none and then looks when it is opened.
 *
 *     account enrolled ─▶ register ─▶ … address ─▶ Ringing.moved ─▶ the server
 *     server ─▶ push service ─▶ … payload ─▶ Ringing.rang ─▶ a look, a notification
 */
package dev.inkan.app.push

import dev.inkan.AccountId
import dev.inkan.PushAddress
import dev.inkan.PushPayload

/** A way for servers to ring. Addresses come later, to [Ringing]. */
interface Doorbell {
    /** Whether there is anything on this phone that would ring. */
    fun available(): Boolean

    /** Asks for an address for this account; harmless where there is one. Throws where its server has to be asked and cannot. */
    suspend fun register(account: AccountId)

    /** Gives the account's address back. */
    fun unregister(account: AccountId)
}

/** What a doorbell tells. */
interface Ringing {
    /** The account has this address from now on; `null`: none any more. */
    suspend fun moved(account: AccountId, address: NewAddress?)

    /** Somebody rang. [account]: at whose address, where that is known. */
    suspend fun rang(account: AccountId?, payload: PushPayload)

    /** There will be no address for this account: why stands in [reason]. */
    suspend fun refused(account: AccountId, reason: Refused)
}

/** Why there is no address. */
enum class Refused {
    /** Try again. */
    FAILED,

    /** Try again when there is a network. */
    NO_NETWORK,

    /** The push app waits for the person, for instance to sign in. */
    ACTION_REQUIRED,

    /** The push app asks for what the server does not do. */
    NOT_SUPPORTED,
}

/** An address without the keys of Web Push, which the core holds. */
sealed interface NewAddress {
    data class Endpoint(val url: String) : NewAddress

    data class Token(val address: PushAddress) : NewAddress
}

/** An app without a doorbell. */
object NoDoorbell : Doorbell {
    override fun available(): Boolean = false

    override suspend fun register(account: AccountId) = Unit

    override fun unregister(account: AccountId) = Unit
}
