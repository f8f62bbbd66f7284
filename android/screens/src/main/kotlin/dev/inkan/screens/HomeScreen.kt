// What waits, over all accounts.
package dev.inkan.screens

import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.ChallengeId
import dev.inkan.Decision
import dev.inkan.DenyReason
import dev.inkan.Inbox
import dev.inkan.InkanException
import dev.inkan.KeptDecision
import dev.inkan.Request
import java.time.Instant

/**
 * The home screen.
 *
 * ```text
 * Started ─▶ LoadInbox(now) ─▶ InboxLoaded ─▶ nothing there: LoadInbox(wait) ─▶ InboxLoaded …
 *                 ▲                   └─▶ something there, or a problem: a pause, by the clock
 *                 └──────────────────────────┘
 * ```
 * The list is fetched whenever the app comes to the front, and looked at again as long as it stands there: a wait at the
 * server ends at once where something is shown already, so that then the clock paces it. What becomes of answers that were
 * kept is said until the screen is left.
 */
data class HomeScreen(
    val inbox: Inbox? = null,
    val accounts: List<Account> = emptyList(),
    val failure: InkanException? = null,
    val denying: Int = 0,
    val loadedAt: Instant = Instant.EPOCH,
    val now: Instant = Instant.EPOCH,
    /** How many looks are under way. */
    val looks: Int = 0,
    /** When to look again. */
    val again: Instant? = null,
    val settled: List<KeptDecision> = emptyList(),
    /** An approval that was kept is through, and its browser could not be opened. */
    val notReturned: Boolean = false,
) : Screen<HomeScreen> {
    override fun handle(event: Event): Step<HomeScreen> = when (event) {
        is Event.Started -> HomeScreen(inbox, accounts, denying = denying, loadedAt = loadedAt, now = event.now).look()
        is Event.Tick -> tick(event.now)
        is Event.InboxLoaded -> loaded(event)
        is Event.Failed -> failed(event)
        is Event.Decided -> copy(denying = (denying - 1).coerceAtLeast(0)).look()
        Event.BrowserFailed -> Step(copy(notReturned = true))
        is Event.Tapped -> tapped(event.id)
        else -> Step(this)
    }

    override fun page(words: Words): Page = HomePage(this, words).draw()

    private fun look(wait: Boolean = false) = Step(copy(looks = looks + 1, again = null), listOf(Effect.LoadInbox(wait)))

    private fun loaded(event: Event.InboxLoaded): Step<HomeScreen> {
        val settled =
            (settled + event.inbox.settled)
                .associateBy {
                    Triple(
                        it.account,
                        it.challenge,
                        it.decision,
                    )
                }.values
                .toList()
        val state =
            copy(
                inbox = event.inbox,
                accounts = event.accounts,
                failure = null,
                loadedAt = event.now,
                now = event.now,
                looks = (looks - 1).coerceAtLeast(0),
                settled = settled,
            )
        val browsers = event.inbox.settled.mapNotNull { it.outcome?.returnTo }.map { Effect.OpenBrowser(it) }
        val next = state.next()
        return next.copy(effects = browsers + next.effects)
    }

    /** The last look that is under way decides when the next one begins. */
    private fun next(): Step<HomeScreen> = when {
        looks > 0 || (accounts.isEmpty() && failure == null) -> Step(this)
        inbox == null || inbox.problems.isNotEmpty() || failure != null -> Step(copy(again = now.plusSeconds(TROUBLED)))
        inbox.requests.isNotEmpty() -> Step(copy(again = now.plusSeconds(SHOWN)))
        else -> look(wait = true)
    }

    /** When a request of this list ends, by this phone's clock. */
    internal fun endOf(request: Request): Instant = loadedAt.plusMillis(request.remaining.inWholeMilliseconds)

    /** What is over goes from the list, and the list is fetched anew. */
    private fun tick(later: Instant): Step<HomeScreen> {
        val (over, rest) = inbox?.requests.orEmpty().partition { it.kept == null && !later.isBefore(endOf(it)) }
        val state = copy(now = later, inbox = inbox?.copy(requests = rest))
        val due = again?.let { !later.isBefore(it) } ?: false
        return if (over.isNotEmpty() || due) state.look() else Step(state)
    }

    private fun failed(event: Event.Failed): Step<HomeScreen> = when (event.what) {
        is Effect.LoadInbox -> {
            copy(
                failure = event.error,
                inbox = inbox ?: Inbox(),
                looks = (looks - 1).coerceAtLeast(0),
            ).next()
        }

        is Effect.Decide -> {
            copy(denying = (denying - 1).coerceAtLeast(0), failure = event.error).look()
        }

        else -> {
            Step(this)
        }
    }

    private fun tapped(id: String): Step<HomeScreen> = when (id) {
        Ids.NAV_HISTORY -> Step(this, listOf(Effect.Go(Place.History)))
        Ids.NAV_SETTINGS -> Step(this, listOf(Effect.Go(Place.Settings)))
        Ids.ENROLL -> Step(this, listOf(Effect.Go(Place.Enrollment)))
        Ids.RETRY -> copy(failure = null).look()
        Ids.UPDATE -> Step(this, listOf(Effect.OpenAppStore))
        Ids.DENY_ALL -> denyAll()
        Ids.BACK -> Step(this, listOf(Effect.Close))
        else -> open(id)
    }

    private fun open(id: String): Step<HomeScreen> {
        val request = inbox?.requests?.firstOrNull { rowId(it.account, it.challenge) == id }
        return Step(this, listOfNotNull(request?.let { Effect.Go(Place.OfRequest(it.account, it.challenge)) }))
    }

    private fun denyAll(): Step<HomeScreen> {
        val waiting = inbox?.requests.orEmpty().filter { it.kept == null }
        if (denying > 0 || waiting.isEmpty()) return Step(this)
        return Step(
            copy(denying = waiting.size),
            waiting.map {
                Effect.Decide(Decision.DENY, it.account, it.challenge, reason = DenyReason.OTHER)
            },
        )
    }

    internal companion object {
        /** Seconds between looks while something is shown. */
        private const val SHOWN = 3L

        /** Seconds between looks while something is wrong. */
        private const val TROUBLED = 5L

        fun rowId(account: AccountId, challenge: ChallengeId) = "request:${account.value}:${challenge.value}"
    }
}

/** Draws it. */
internal class HomePage(private val state: HomeScreen, private val words: Words) {
    fun draw(): Page {
        val inbox =
            state.inbox
                ?: return page("inbox.loading", listOf(Part.Title(words.text(Key.NAV_INBOX)), Part.Text(words.text(Key.LOADING))))
        if (state.accounts.isEmpty() && state.failure == null) return welcome()
        val problems = inbox.problems.map { it.error } + listOfNotNull(state.failure)
        return if (inbox.requests.isEmpty()) nothing(problems) else list(inbox.requests, problems)
    }

    private fun welcome() = Page(
        "welcome",
        Bar(APP, back = false, time = null),
        listOf(
            Part.Title(words.text(Key.WELCOME)),
            Part.Text(words.text(Key.WELCOME_LEAD)),
            Part.Text(words.text(Key.ENROLL_LEAD)),
        ),
        listOf(Button(Ids.ENROLL, words.text(Key.ENROLL_URI_BUTTON), ButtonStyle.FILLED)) + navigation(),
        guarded = false,
        announce = null,
    )

    private fun nothing(problems: List<InkanException>): Page {
        val settled = settled()
        if (problems.isEmpty()) {
            val empty = Part.Empty(words.text(Key.INBOX_NONE), words.text(Key.INBOX_NONE_HINT))
            return page("inbox.empty", settled + empty + Part.Note(words.text(Key.INBOX_NOTE)))
        }
        val first = problems.first()
        val parts = listOf(Part.Title(words.text(Key.NAV_INBOX))) + settled + notices(problems)
        return page("inbox." + first.key.substringBefore('.'), parts, remedy(problems))
    }

    private fun list(requests: List<Request>, problems: List<InkanException>): Page {
        val one = requests.size == 1
        val title = if (one) words.text(Key.INBOX_ONE) else words.text(Key.INBOX_SEVERAL, requests.size)
        val lead = if (one) null else Part.Text(words.text(Key.INBOX_SEVERAL_LEAD))
        val denyAll =
            Button(
                Ids.DENY_ALL,
                words.text(Key.INBOX_DENY_ALL, requests.size),
                ButtonStyle.OUTLINED,
                busy =
                    state.denying > 0,
            )
        val parts =
            listOfNotNull(Part.Title(title), lead, Part.Rows(requests.map { row(it) })) +
                settled() + notices(problems) + Part.Note(words.text(Key.INBOX_NOTE))
        return page(if (one) "inbox.one" else "inbox.several", parts, if (one) emptyList() else listOf(denyAll), title)
    }

    private fun row(request: Request): Row {
        val lines = ShownLines(request.lines)
        val left = countdown(request.issuedAt, state.endOf(request), state.now, words).text
        val kept = request.kept?.let { words.text(Key.KEPT_BADGE) }
        val detail = listOfNotNull(lines.amount, request.relyingParty, lines.origin.firstOrNull()?.value).joinToString("\n")
        return Row(
            HomeScreen.rowId(request.account, request.challenge),
            title = lines.operation.ifEmpty { words.text(Key.NAV_INBOX) },
            detail = detail,
            value = left,
            badge = kept ?: lines.reasons.firstOrNull(),
            seal = SealKind.WAITING,
        )
    }

    /** What became of answers that were kept while there was no connection. */
    private fun settled(): List<Part> =
        listOfNotNull(if (state.notReturned) caution(words.text(Key.APPROVED_RETURN_FAILED)) else null) +
            state.settled.mapNotNull { settled(it) }

    private fun settled(kept: KeptDecision): Part? {
        val problem = kept.problem
        return when {
            problem == null -> {
                info(
                    words.text(
                        when (kept.decision) {
                            Decision.APPROVE -> Key.SETTLED_APPROVE
                            Decision.DENY -> Key.SETTLED_DENY
                            Decision.REPORT -> Key.SETTLED_REPORT
                        },
                    ),
                )
            }

            // it is still kept: its row says so
            problem.passes() -> {
                null
            }

            else -> {
                notice(problem, words, Key.NOTHING_BY_YOU)
            }
        }
    }

    private fun notices(problems: List<InkanException>): List<Part> =
        problems.distinctBy { it.key }.map { notice(it, words, Key.NOTHING_ANSWERED) }

    private fun remedy(problems: List<InkanException>): List<Button> {
        val retry = Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.OUTLINED)
        val enroll = problems.any { it is InkanException.NotRecognised || it is InkanException.KeyInvalid }
        return listOfNotNull(if (enroll) Button(Ids.ENROLL, words.text(Key.ENROLL_AGAIN), ButtonStyle.OUTLINED) else null, retry)
    }

    private fun navigation() = listOf(
        Button(Ids.NAV_HISTORY, words.text(Key.NAV_HISTORY), ButtonStyle.QUIET),
        Button(Ids.NAV_SETTINGS, words.text(Key.NAV_SETTINGS), ButtonStyle.QUIET),
    )

    private fun page(id: String, parts: List<Part>, actions: List<Button> = emptyList(), announce: String? = null) =
        Page(id, Bar(APP, back = false, time = null), parts, actions + navigation(), guarded = false, announce = announce)
}
