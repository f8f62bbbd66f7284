// What is shown of the settings.
package dev.inkan.screens

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.AccountState
import dev.inkan.InkanException
import dev.inkan.Language

/** Draws the settings. */
internal class SettingsPage(private val state: SettingsScreen, private val words: Words) {
    private val done = state.done?.let { info(words.text(it)) }

    fun draw(): Page = when (val view = state.view) {
        SettingsScreen.View.List -> {
            list()
        }

        is SettingsScreen.View.OfAccount -> {
            of(view.id) { account(it) }
        }

        is SettingsScreen.View.Renaming -> {
            of(view.id) { renaming(it) }
        }

        is SettingsScreen.View.Freezing -> {
            of(view.id) { freezing(it) }
        }

        is SettingsScreen.View.Leaving -> {
            of(view.id) { leaving(it) }
        }

        SettingsScreen.View.Notifications -> {
            notifications()
        }

        SettingsScreen.View.Languages -> {
            languages()
        }

        SettingsScreen.View.NewPhone -> {
            newPhone()
        }

        SettingsScreen.View.About -> {
            about()
        }

        SettingsScreen.View.Licences -> {
            page("settings.licences", listOf(Part.Title(words.text(Key.LICENCES)), state.licences))
        }

        SettingsScreen.View.Log -> {
            page(
                "settings.log",
                listOf(
                    Part.Title(
                        words.text(Key.LOG),
                    ),
                    Part.Note(words.text(Key.LOG_NOTE)),
                    Part.Mono(
                        state.log.ifEmpty {
                            words.text(Key.LOG_EMPTY)
                        },
                    ),
                ),
            )
        }
    }

    private fun of(id: AccountId, draw: (Account) -> Page): Page = state.accounts.firstOrNull { it.id == id }?.let(draw) ?: list()

    private fun list(): Page {
        val accounts =
            state.accounts.map {
                Row(
                    SettingsScreen.ACCOUNT + it.id.value,
                    it.relyingParty,
                    "${it.displayName}\n${it.deviceName}",
                    badge = badge(it),
                )
            }
        val others =
            listOf(
                Row(
                    Ids.NOTIFICATIONS,
                    words.text(Key.NOTIFICATIONS),
                    value = words.text(if (state.notifications) Key.ON else Key.OFF),
                ),
                Row(Ids.LANGUAGE, words.text(Key.LANGUAGE), value = words.text(languageName(state.chosen))),
                Row(Ids.NEW_PHONE, words.text(Key.NEW_PHONE)),
                Row(Ids.ABOUT, words.text(Key.ABOUT), value = state.version.ifEmpty { null }),
            )
        val none = Part.Text(words.text(if (state.loaded) Key.NO_ACCOUNTS else Key.LOADING))
        val first = if (accounts.isEmpty()) none else Part.Rows(accounts)
        val enroll =
            Button(
                Ids.ENROLL,
                words.text(if (accounts.isEmpty()) Key.ENROLL_URI_BUTTON else Key.INBOX_ENROLL),
                ButtonStyle.OUTLINED,
            )
        return page(
            "settings",
            listOfNotNull(Part.Title(words.text(Key.NAV_SETTINGS)), done, failure(Key.NOTHING_CHANGED), first, Part.Rows(others)),
            listOf(enroll),
        )
    }

    private fun badge(account: Account): String? = when {
        account.state != AccountState.ACTIVE -> words.text(Key.BADGE_ENROLL_AGAIN)
        account.frozen -> words.text(Key.BADGE_STOPPED)
        else -> null
    }

    private fun failure(didNot: Key?): Part? = state.failure?.let { notice(it, words, didNot) }

    private fun standing(account: Account): String {
        val until = account.restrictedUntil
        return when {
            account.state == AccountState.NOT_RECOGNISED -> words.text(Key.STATE_NOT_RECOGNISED)
            account.state == AccountState.SUSPENDED -> words.text(Key.STATE_SUSPENDED)
            account.state == AccountState.KEY_INVALID -> words.text(Key.STATE_KEY_INVALID)
            account.frozen -> words.text(Key.STATE_FROZEN)
            until != null -> words.text(Key.STATE_WAITING, words.moment(until))
            else -> words.text(Key.STATE_ACTIVE)
        }
    }

    private fun account(account: Account): Page {
        val facts =
            listOf(
                Fact(words.text(Key.ACCOUNT), account.displayName),
                Fact(words.text(Key.STATE), standing(account)),
                Fact(words.text(Key.DEVICE_NAME), account.deviceName),
                Fact(words.text(Key.ENROLLED_SINCE), words.moment(account.enrolledAt)),
                Fact(words.text(Key.SERVER), account.server),
            )
        val usable = account.state == AccountState.ACTIVE
        val links =
            listOfNotNull(
                if (usable) Button(Ids.RENAME, words.text(Key.RENAME), ButtonStyle.QUIET) else null,
                if (usable) renew() else null,
                account.supportPhone?.let { Button(Ids.DIAL, words.text(Key.DIAL, account.relyingParty, it), ButtonStyle.QUIET) },
                Button(Ids.LEAVE, words.text(Key.LEAVE), ButtonStyle.QUIET),
            )
        val enroll = if (usable) null else Button(Ids.ENROLL, words.text(Key.ENROLL_AGAIN), ButtonStyle.FILLED)
        val freeze = if (account.frozen || !usable) null else Button(Ids.FREEZE, words.text(Key.FREEZE), ButtonStyle.GRAVE)
        val stops = freeze?.let { Part.Text(words.text(Key.FREEZE_LEAD)) }
        val parts =
            listOfNotNull(
                Part.Title(account.relyingParty),
                done,
                failure(Key.NOTHING_CHANGED),
                Part.Facts(facts),
                Part.Inline(links),
                stops,
            )
        return page("settings.account", parts, listOfNotNull(enroll, freeze))
    }

    private fun renew(): Button {
        val busy = state.asked is Effect.RenewKeys
        return Button(Ids.RENEW, words.text(if (busy) Key.SENDING else Key.ROTATE), ButtonStyle.QUIET, busy)
    }

    private fun renaming(account: Account): Page {
        val error =
            state.failure?.trouble()?.let { words.text(it.what) + " " + words.text(it.next) }
                ?: if (state.missing) words.text(Key.FIELD_EMPTY) else null
        val field =
            Part.Field(
                Ids.NAME,
                words.text(Key.DEVICE_NAME),
                words.text(Key.DEVICE_NAME_HINT),
                state.name,
                error,
                FieldKind.NAME,
            )
        val save =
            Button(Ids.SAVE_NAME, words.text(if (state.busy) Key.SENDING else Key.RENAME), ButtonStyle.FILLED, busy = state.busy)
        return page(
            "settings.rename",
            listOf(Part.Title(words.text(Key.RENAME)), Part.Text(account.relyingParty), field),
            listOf(save),
        )
    }

    private fun freezing(account: Account): Page {
        val parts =
            listOfNotNull(
                Part.Title(words.text(Key.FREEZE_TITLE)),
                Part.Text(account.relyingParty),
                failure(Key.NOTHING_FROZEN),
                Part.Text(words.text(Key.FREEZE_LEAD)),
            )
        val freeze =
            Button(Ids.FREEZE, words.text(if (state.busy) Key.SENDING else Key.FREEZE), ButtonStyle.GRAVE, busy = state.busy)
        return page("settings.freeze", parts, listOf(freeze, Button(Ids.BACK, words.text(Key.FREEZE_NOT_NOW), ButtonStyle.QUIET)))
    }

    private fun leaving(account: Account): Page {
        val parts =
            listOfNotNull(
                Part.Title(words.text(Key.LEAVE_TITLE)),
                Part.Text(account.relyingParty),
                failure(Key.NOTHING_CHANGED),
                Part.Text(words.text(Key.LEAVE_LEAD)),
            )
        val leave =
            Button(Ids.LEAVE, words.text(if (state.busy) Key.SENDING else Key.LEAVE), ButtonStyle.GRAVE, busy = state.busy)
        val unheard =
            state.failure is InkanException.NotRecognised || state.failure is InkanException.KeyInvalid ||
                account.state != AccountState.ACTIVE
        val forget = if (unheard) Button(Ids.FORGET, words.text(Key.FORGET), ButtonStyle.OUTLINED) else null
        return page(
            "settings.leave",
            parts,
            listOfNotNull(leave, forget, Button(Ids.BACK, words.text(Key.BACK), ButtonStyle.QUIET)),
        )
    }

    private fun notifications(): Page {
        val text = if (state.notifications) Key.NOTIFICATIONS_ON else Key.NOTIFY_REFUSED
        val first =
            if (state.notifications) null else Button(Ids.ALLOW, words.text(Key.NOTIFY_ALLOW), ButtonStyle.FILLED)
        val settings = Button(Ids.SYSTEM_SETTINGS, words.text(Key.OPEN_SETTINGS), ButtonStyle.OUTLINED)
        return page(
            "settings.notifications",
            listOf(
                Part.Title(words.text(Key.NOTIFICATIONS)),
                Part.Text(words.text(text)),
                Part.Note(words.text(Key.NOTIFY_NOTE)),
            ),
            listOfNotNull(first, settings),
        )
    }

    private fun languages(): Page {
        val rows =
            SettingsScreen.LANGUAGES.map { (id, language) ->
                Row(
                    id,
                    words.text(languageName(language)),
                    value =
                        if (language ==
                            state.chosen
                        ) {
                            words.text(Key.CHOSEN)
                        } else {
                            null
                        },
                )
            }
        return page(
            "settings.language",
            listOf(Part.Title(words.text(Key.LANGUAGE)), Part.Rows(rows), Part.Note(words.text(Key.LANGUAGE_NOTE))),
        )
    }

    private fun languageName(language: Language?): Key = when (language) {
        Language.JA -> Key.LANGUAGE_JA
        Language.EN -> Key.LANGUAGE_EN
        null -> Key.LANGUAGE_SYSTEM
    }

    private fun newPhone(): Page {
        val texts =
            listOf(
                Key.NEW_PHONE_LEAD,
                Key.NEW_PHONE_1,
                Key.NEW_PHONE_2,
                Key.NEW_PHONE_3,
            ).map { Part.Text(words.text(it)) }
        return page(
            "settings.new_phone",
            listOf(Part.Title(words.text(Key.NEW_PHONE))) + texts + caution(words.text(Key.NEW_PHONE_WAIT)),
        )
    }

    private fun about(): Page {
        val rows = listOf(Row(Ids.LICENCES, words.text(Key.LICENCES)), Row(Ids.LOG, words.text(Key.LOG)))
        val facts = Part.Facts(listOf(Fact(words.text(Key.VERSION), state.version)))
        return page(
            "settings.about",
            listOf(Part.Title(words.text(Key.ABOUT)), Part.Text(words.text(Key.ABOUT_LEAD)), facts, Part.Rows(rows)),
        )
    }

    private fun page(id: String, parts: List<Part>, actions: List<Button> = emptyList()) =
        Page(id, Bar(APP, back = true, time = null), parts, actions, guarded = false, announce = null)
}
