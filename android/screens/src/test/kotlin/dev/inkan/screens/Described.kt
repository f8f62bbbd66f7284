// Effects and pages as the scenario table writes them.
package dev.inkan.screens

import dev.inkan.Decision
import java.util.Locale

/** `name`, or `name(argument, …)`; an argument that is not there is `-`. */
fun Effect.described(): String = when (this) {
    is Effect.LoadRequest -> {
        call("load_request", account.value, challenge.value)
    }

    is Effect.OpenLink -> {
        call("open_link", link)
    }

    is Effect.Decide -> {
        call(
            "decide",
            decision.said(),
            account.value,
            challenge.value,
            number,
            reason?.name?.lowercase(Locale.ROOT),
        )
    }

    is Effect.WatchState -> {
        call("watch_state", account.value, challenge.value)
    }

    is Effect.Freeze -> {
        call("freeze", account.value)
    }

    is Effect.OpenBrowser -> {
        call("open_browser", address.exposeUrl())
    }

    is Effect.Dial -> {
        call("dial", number)
    }

    Effect.AskForCamera -> {
        "ask_for_camera"
    }

    Effect.AskForNotifications -> {
        "ask_for_notifications"
    }

    Effect.LookAtCamera -> {
        "look_at_camera"
    }

    Effect.LookAtNotifications -> {
        "look_at_notifications"
    }

    Effect.OpenSystemSettings -> {
        "open_system_settings"
    }

    Effect.OpenAppStore -> {
        "open_app_store"
    }

    is Effect.LoadInbox -> {
        call("load_inbox", if (wait) "wait" else "now")
    }

    Effect.LoadAccounts -> {
        "load_accounts"
    }

    Effect.LoadHistory -> {
        "load_history"
    }

    Effect.LoadLeftOver -> {
        "load_left_over"
    }

    is Effect.BeginEnrollment -> {
        call("begin_enrollment", link)
    }

    is Effect.BeginTyped -> {
        call("begin_typed", host, code)
    }

    is Effect.ConfirmAccount -> {
        call("confirm_account", id.value)
    }

    is Effect.WatchEnrollment -> {
        call("watch_enrollment", id.value)
    }

    is Effect.AbandonEnrollment -> {
        call("abandon_enrollment", id.value)
    }

    is Effect.Rename -> {
        call("rename", account.value, name)
    }

    is Effect.TestPush -> {
        call("test_push", account.value)
    }

    is Effect.RenewKeys -> {
        call("renew_keys", account.value)
    }

    is Effect.Leave -> {
        call("leave", account.value)
    }

    is Effect.Forget -> {
        call("forget", account.value)
    }

    is Effect.ChooseLanguage -> {
        call("choose_language", language?.name?.lowercase(Locale.ROOT))
    }

    is Effect.Refresh -> {
        call("refresh", account.value)
    }

    is Effect.Go -> {
        to.described()
    }

    Effect.Close -> {
        "close"
    }

    Effect.OpenStore -> {
        "open_store"
    }

    Effect.SetStoreAside -> {
        "set_store_aside"
    }

    Effect.OpenAuthenticator -> {
        "open_authenticator"
    }
}

private fun Place.described(): String = when (this) {
    is Place.OfRequest -> call("go", "request", account.value, challenge.value)
    Place.Enrollment -> "go(enrollment)"
    Place.Home -> "go(home)"
    Place.History -> "go(history)"
    Place.Settings -> "go(settings)"
}

private fun Decision.said() = name.lowercase(Locale.ROOT)

private fun call(name: String, vararg arguments: String?) = "$name(${arguments.joinToString(", ") { it ?: "-" }})"

/** Every text of a page in reading order: bar, parts, actions. */
fun Page.texts(words: Words): List<String> =
    listOfNotNull(bar.title, bar.time?.text) + parts.flatMap { it.texts(words) } + actions.map { it.text }

private fun Part.texts(words: Words): List<String> = when (this) {
    is Part.Seal, is Part.Camera -> {
        emptyList()
    }

    is Part.RequestHead -> {
        listOfNotNull(
            operation,
            amount,
            side?.let {
                words.text(
                    if (it ==
                        Side.BUY
                    ) {
                        Key.BUY
                    } else {
                        Key.SELL
                    },
                )
            },
        )
    }

    is Part.Title -> {
        listOf(text)
    }

    is Part.Text -> {
        listOf(text)
    }

    is Part.Note -> {
        listOf(text)
    }

    is Part.Facts -> {
        rows.flatMap { listOfNotNull(it.label, it.value, it.badge) }
    }

    is Part.Reasons -> {
        texts
    }

    is Part.Notice -> {
        listOfNotNull(title, text)
    }

    is Part.Code -> {
        listOf(groups.joinToString(" "))
    }

    is Part.Field -> {
        listOfNotNull(label, hint, value.takeIf { it.isNotEmpty() }, error)
    }

    is Part.Digits -> {
        listOfNotNull(label, value.takeIf { it.isNotEmpty() }, error)
    }

    is Part.Rows -> {
        rows.flatMap { listOfNotNull(it.title, it.detail, it.value, it.badge, it.action) }
    }

    is Part.Steps -> {
        labels
    }

    is Part.Switch -> {
        listOfNotNull(label, detail)
    }

    is Part.Mono -> {
        listOf(text)
    }

    is Part.Reading -> {
        paragraphs
    }

    is Part.Empty -> {
        listOf(title, hint)
    }

    is Part.Inline -> {
        buttons.map { it.text }
    }
}

/** What the screen reader says besides the texts: the head of a request, a code digit by digit, the time. */
fun Page.spoken(): List<String> = listOfNotNull(bar.time?.spoken) +
    parts.mapNotNull {
        when (it) {
            is Part.RequestHead -> it.spoken
            is Part.Code -> it.spoken
            else -> null
        }
    }

/** The parts' kinds in reading order, seals with their kind. */
fun Page.kinds(): List<String> = parts.map { part ->
    when (part) {
        is Part.Seal -> "seal:" + part.kind.name.lowercase(Locale.ROOT)
        is Part.Notice -> "notice:" + part.kind.name.lowercase(Locale.ROOT)
        is Part.RequestHead -> "head"
        is Part.Title -> "title"
        is Part.Text -> "text"
        is Part.Note -> "note"
        is Part.Facts -> "facts"
        is Part.Reasons -> "reasons"
        is Part.Code -> "code"
        is Part.Field -> "field:" + part.id
        is Part.Digits -> "digits:" + part.id
        is Part.Rows -> "rows"
        is Part.Steps -> "steps:" + part.done
        is Part.Switch -> "switch:" + part.id
        is Part.Camera -> if (part.waits) "camera:waits" else "camera"
        is Part.Mono -> "mono"
        is Part.Reading -> "reading"
        is Part.Empty -> "empty"
        is Part.Inline -> "inline"
    }
}

/** The buttons' ids with their styles: those within the content first. */
fun Page.buttons(): List<String> = (parts.filterIsInstance<Part.Inline>().flatMap { it.buttons } + actions).map {
    it.id + ":" + it.style.name.lowercase(Locale.ROOT) + if (it.busy) ":busy" else ""
}
