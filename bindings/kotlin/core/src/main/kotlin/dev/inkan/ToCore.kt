// What an app says, as the core takes it.
package dev.inkan

import kotlin.time.Duration
import kotlin.time.Duration.Companion.days
import kotlin.time.toJavaDuration
import dev.inkan.ffi.DenyReason as CoreDenyReason
import dev.inkan.ffi.DeviceProfile as CoreProfile
import dev.inkan.ffi.Locale as CoreLocale
import dev.inkan.ffi.LogLevel as CoreLogLevel
import dev.inkan.ffi.Push as CorePush
import dev.inkan.ffi.PushPayload as CorePayload
import dev.inkan.ffi.PushProvider as CorePushProvider

/** A wait that the core can count: none below zero, none without end. The servers cut it far shorter. */
internal fun Duration.toWait(): java.time.Duration = coerceIn(Duration.ZERO, 1.days).toJavaDuration()

private val HALF_CHARACTER = Regex("\\p{Cs}")

/** What a camera read or another app handed over, as Unicode: half a character makes no link of ours of another text. */
internal fun String.toText(): String = HALF_CHARACTER.replace(this, "\uFFFD")

internal fun Language.toCore(): CoreLocale =
    when (this) {
        Language.JA -> CoreLocale.JA
        Language.EN -> CoreLocale.EN
    }

internal fun Profile.toCore(): CoreProfile = CoreProfile(name, model, os, appVersion, language.toCore())

internal fun DenyReason.toCore(): CoreDenyReason =
    when (this) {
        DenyReason.CHANGED_MIND -> CoreDenyReason.CHANGED_MIND
        DenyReason.OTHER -> CoreDenyReason.OTHER
    }

internal fun PushProvider.toCore(): CorePushProvider =
    when (this) {
        PushProvider.APNS -> CorePushProvider.APNS
        PushProvider.FCM -> CorePushProvider.FCM
        PushProvider.WEBPUSH -> CorePushProvider.WEBPUSH
    }

internal fun PushAddress.toCore(): CorePush = CorePush(provider.toCore(), token, p256dh, auth)

internal fun PushPayload.toCore(): CorePayload =
    when (this) {
        is PushPayload.WebPush -> CorePayload.WebPush(bytes)
        is PushPayload.Plain -> CorePayload.Plain(bytes)
    }

internal fun LogLevel.toCore(): CoreLogLevel =
    when (this) {
        LogLevel.ERROR -> CoreLogLevel.ERROR
        LogLevel.WARN -> CoreLogLevel.WARN
        LogLevel.INFO -> CoreLogLevel.INFO
        LogLevel.DEBUG -> CoreLogLevel.DEBUG
    }
