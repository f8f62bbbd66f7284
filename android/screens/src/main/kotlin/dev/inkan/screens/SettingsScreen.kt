// Accounts and this phone's name there, notifications, language, a new phone, about.
package dev.inkan.screens

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.InkanException
import dev.inkan.Language

/** Settings: a list, and what each row opens. */
data class SettingsScreen(
    val accounts: List<Account> = emptyList(),
    /** The accounts have been read. */
    val loaded: Boolean = false,
    val view: View = View.List,
    val notifications: Boolean = true,
    val chosen: Language? = null,
    val version: String = "",
    val licences: Part.Reading = Part.Reading(emptyList()),
    val log: String = "",
    val name: String = "",
    /** The name was to be saved and is empty. */
    val missing: Boolean = false,
    /** What was asked and has not ended. */
    val asked: Effect? = null,
    val failure: InkanException? = null,
    val done: Key? = null,
) : Screen<SettingsScreen> {
    /** What is open. */
    sealed interface View {
        data object List : View

        data class OfAccount(val id: AccountId) : View

        data class Renaming(val id: AccountId) : View

        data class Freezing(val id: AccountId) : View

        data class Leaving(val id: AccountId) : View

        data object Notifications : View

        data object Languages : View

        data object NewPhone : View

        data object About : View

        data object Licences : View

        data object Log : View
    }

    override fun handle(event: Event): Step<SettingsScreen> = when (event) {
        is Event.Started -> Step(this, listOf(Effect.LoadAccounts, Effect.LookAtNotifications))
        is Event.AccountsLoaded -> Step(copy(accounts = event.accounts, loaded = true))
        is Event.Permission -> Step(copy(notifications = event.given))
        is Event.Typed -> Step(copy(name = event.text, failure = null, missing = false))
        is Event.Done -> done(event.what)
        is Event.Failed -> Step(failed(event.what, event.error))
        is Event.Tapped -> tapped(event.id)
        else -> Step(this)
    }

    internal val busy: Boolean get() = asked != null

    override fun page(words: Words): Page = SettingsPage(this, words).draw()

    private val current: AccountId?
        get() =
            when (view) {
                is View.OfAccount -> view.id
                is View.Renaming -> view.id
                is View.Freezing -> view.id
                is View.Leaving -> view.id
                else -> null
            }

    /** A look that fails changes nothing: what is shown is what the core keeps. */
    private fun failed(what: Effect, error: InkanException): SettingsScreen = when (what) {
        asked -> copy(asked = null, failure = error)
        Effect.LoadAccounts -> copy(failure = error)
        is Effect.Refresh -> if (view == View.OfAccount(what.account)) copy(failure = error) else this
        else -> this
    }

    private fun done(what: Effect): Step<SettingsScreen> {
        if (what is Effect.Refresh) return Step(this, listOf(Effect.LoadAccounts))
        if (what != asked) return Step(this)
        val state = copy(asked = null, failure = null)
        return when (what) {
            is Effect.Rename -> {
                Step(
                    state.copy(view = View.OfAccount(what.account), done = Key.RENAMED),
                    listOf(Effect.LoadAccounts),
                )
            }

            is Effect.RenewKeys -> {
                Step(state.copy(done = Key.ROTATED), listOf(Effect.LoadAccounts))
            }

            is Effect.Freeze -> {
                Step(
                    state.copy(view = View.OfAccount(what.account), done = Key.FROZEN),
                    listOf(Effect.LoadAccounts),
                )
            }

            is Effect.Leave, is Effect.Forget -> {
                Step(
                    state.copy(view = View.List, done = Key.LEFT_ACCOUNT),
                    listOf(Effect.LoadAccounts),
                )
            }

            else -> {
                Step(state)
            }
        }
    }

    private fun tapped(id: String): Step<SettingsScreen> {
        if (busy && id != Ids.BACK) return Step(this)
        val account = current
        return when {
            id == Ids.BACK -> back()
            id in PLAIN -> Step(copy(view = PLAIN.getValue(id), done = null, failure = null))
            id.startsWith(ACCOUNT) -> opened(AccountId(id.removePrefix(ACCOUNT)))
            id == Ids.ENROLL -> Step(this, listOf(Effect.Go(Place.Enrollment)))
            id == Ids.SYSTEM_SETTINGS -> Step(this, listOf(Effect.OpenSystemSettings))
            id == Ids.ALLOW -> Step(this, listOf(Effect.AskForNotifications))
            id in LANGUAGES -> Step(copy(chosen = LANGUAGES.getValue(id)), listOf(Effect.ChooseLanguage(LANGUAGES.getValue(id))))
            account != null -> ofAccount(id, account)
            else -> Step(this)
        }
    }

    private fun opened(id: AccountId) =
        Step(copy(view = View.OfAccount(id), done = null, failure = null), listOf(Effect.Refresh(id)))

    private fun ofAccount(id: String, account: AccountId): Step<SettingsScreen> {
        val known = accounts.firstOrNull { it.id == account }
        val cleared = copy(failure = null, done = null)
        return when (id) {
            Ids.RENAME -> Step(cleared.copy(view = View.Renaming(account), name = known?.deviceName.orEmpty(), missing = false))
            Ids.SAVE_NAME -> cleared.saveName(account)
            Ids.RENEW -> cleared.ask(Effect.RenewKeys(account))
            Ids.FREEZE -> cleared.sure(View.Freezing(account), Effect.Freeze(account))
            Ids.LEAVE -> cleared.sure(View.Leaving(account), Effect.Leave(account))
            Ids.FORGET -> cleared.ask(Effect.Forget(account))
            Ids.DIAL -> Step(this, listOfNotNull(known?.supportPhone?.let { Effect.Dial(it) }))
            else -> Step(this)
        }
    }

    private fun saveName(account: AccountId): Step<SettingsScreen> =
        if (name.isBlank()) Step(copy(missing = true)) else ask(Effect.Rename(account, name.trim()))

    /** What cannot be taken back is asked for on a page of its own first. */
    private fun sure(page: View, effect: Effect): Step<SettingsScreen> = if (view ==
        page
    ) {
        ask(effect)
    } else {
        Step(copy(view = page))
    }

    private fun ask(effect: Effect) = Step(copy(asked = effect), listOf(effect))

    private fun back(): Step<SettingsScreen> {
        val up =
            when (view) {
                View.List -> null
                is View.Renaming -> View.OfAccount(view.id)
                is View.Freezing -> View.OfAccount(view.id)
                is View.Leaving -> View.OfAccount(view.id)
                View.Licences, View.Log -> View.About
                else -> View.List
            }
        return if (up == null) Step(this, listOf(Effect.Close)) else Step(copy(view = up, failure = null, done = null))
    }

    internal companion object {
        const val ACCOUNT = "account:"
        val PLAIN: Map<String, View> =
            mapOf(
                Ids.NOTIFICATIONS to View.Notifications,
                Ids.LANGUAGE to View.Languages,
                Ids.NEW_PHONE to View.NewPhone,
                Ids.ABOUT to View.About,
                Ids.LICENCES to View.Licences,
                Ids.LOG to View.Log,
            )
        val LANGUAGES: Map<String, Language?> =
            mapOf(Ids.LANGUAGE_JA to Language.JA, Ids.LANGUAGE_EN to Language.EN, Ids.LANGUAGE_SYSTEM to null)
    }
}
