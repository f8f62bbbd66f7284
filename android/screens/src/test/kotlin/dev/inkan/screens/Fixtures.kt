// What the scenario table calls by name: accounts, requests, outcomes, errors.
package dev.inkan.screens

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.node.ObjectNode
import dev.inkan.Account
import dev.inkan.AccountId
import dev.inkan.AccountState
import dev.inkan.Approval
import dev.inkan.BlockedReason
import dev.inkan.ChallengeId
import dev.inkan.ChallengeState
import dev.inkan.Decision
import dev.inkan.EnrollmentFailure
import dev.inkan.EnrollmentPreview
import dev.inkan.EnrollmentProgress
import dev.inkan.HistoryEntry
import dev.inkan.Inbox
import dev.inkan.InkanException
import dev.inkan.InternalFailure
import dev.inkan.InvalidInput
import dev.inkan.KeptDecision
import dev.inkan.Language
import dev.inkan.Line
import dev.inkan.LineRole
import dev.inkan.LinkKind
import dev.inkan.Operation
import dev.inkan.Outcome
import dev.inkan.Problem
import dev.inkan.Refusal
import dev.inkan.RefusalReason
import dev.inkan.Request
import dev.inkan.ReturnAddress
import dev.inkan.ScannedCode
import dev.inkan.Start
import dev.inkan.StoreReport
import dev.inkan.UserVerificationFailure
import dev.inkan.Warning
import java.time.Instant
import java.util.Locale
import kotlin.time.Duration.Companion.seconds

/** Reads fixtures in one language. A fixture is named, and members beside its name replace those of the fixture. */
class Fixtures(private val table: JsonNode, private val language: Language) {
    fun text(node: JsonNode?): String? = node?.takeUnless { it.isNull }?.asText()

    private fun need(node: JsonNode, member: String): JsonNode = requireNotNull(node.get(member)) { "no $member in $node" }

    private fun string(node: JsonNode, member: String): String = need(node, member).asText()

    private fun instant(node: JsonNode?): Instant? = text(node)?.let { Instant.parse(it) }

    private inline fun <reified E : Enum<E>> enum(text: String): E = enumValueOf(text.uppercase(Locale.ROOT))

    private fun resolve(kind: String, reference: JsonNode): JsonNode {
        if (reference.isTextual) return need(need(table, kind), reference.asText())
        val base = need(need(table, kind), string(reference, "of")).deepCopy<ObjectNode>()
        reference.properties().forEach { (name, value) -> base.set<JsonNode>(name, value) }
        return base
    }

    fun account(reference: JsonNode): Account {
        val node = resolve("accounts", reference)
        return Account(
            AccountId(string(node, "id")),
            string(node, "server"),
            string(node, "relying_party"),
            string(node, "display_name"),
            string(node, "device_name"),
            enum<AccountState>(string(node, "state")),
            need(node, "frozen").asBoolean(),
            instant(node.get("restricted_until")),
            requireNotNull(instant(need(node, "enrolled_at"))),
            instant(node.get("muted_until")),
            text(node.get("support_phone")),
        )
    }

    private fun lines(node: JsonNode): List<Line> {
        val lines = need(need(node, "lines"), language.name.lowercase(Locale.ROOT))
        return lines.map { Line(enum<LineRole>(it[0].asText()), it[1].asText(), it[2].asText()) }
    }

    fun request(reference: JsonNode): Request {
        val node = resolve("requests", reference)
        return Request(
            AccountId(string(node, "account")),
            ChallengeId(string(node, "challenge")),
            string(node, "relying_party"),
            enum<Operation>(string(node, "operation")),
            language,
            lines(node),
            enum<ChallengeState>(string(node, "state")),
            requireNotNull(instant(need(node, "issued_at"))),
            requireNotNull(instant(need(node, "expires_at"))),
            need(node, "remaining").asLong().seconds,
            start(need(node, "start")),
            need(node, "returns").asBoolean(),
            approval(need(node, "approval")),
            node.get("warnings")?.map { warning(it) }.orEmpty(),
            text(node.get("kept"))?.let { enum<Decision>(it) },
        )
    }

    private fun start(node: JsonNode): Start = when (val kind = string(node, "kind")) {
        "number" -> Start.Number(need(node, "digits").asInt())
        "scan" -> Start.Scan
        "link" -> Start.Link
        "none" -> Start.None
        else -> error("start $kind")
    }

    private fun approval(node: JsonNode): Approval = when (val kind = string(node, "kind")) {
        "ready" -> Approval.Ready
        "number" -> Approval.Number(need(node, "digits").asInt())
        "scan" -> Approval.Scan
        "link" -> Approval.Link
        "blocked" -> Approval.Blocked(blocked(node))
        else -> error("approval $kind")
    }

    private fun blocked(node: JsonNode): BlockedReason = when (val why = string(node, "why")) {
        "update_needed" -> BlockedReason.UpdateNeeded
        "expired" -> BlockedReason.Expired
        "ended" -> BlockedReason.Ended
        "key_invalid" -> BlockedReason.KeyInvalid
        "suspended" -> BlockedReason.Suspended
        "frozen" -> BlockedReason.Frozen
        "waiting" -> BlockedReason.Waiting(requireNotNull(instant(need(node, "until"))))
        else -> error("blocked $why")
    }

    private fun warning(node: JsonNode): Warning = when (val kind = string(node, "kind")) {
        "several_pending" -> Warning.SeveralPending(need(node, "count").asInt())
        "clock_differs" -> Warning.ClockDiffers(need(node, "seconds").asLong())
        else -> error("warning $kind")
    }

    fun outcome(reference: JsonNode): Outcome {
        val node = resolve("outcomes", reference)
        return Outcome(
            AccountId(string(node, "account")),
            ChallengeId(string(node, "challenge")),
            enum<Decision>(string(node, "decision")),
            requireNotNull(instant(need(node, "decided_at"))),
            need(node, "log_row").asLong(),
            string(node, "log_hash"),
            string(node, "receipt"),
            text(node.get("return_to"))?.let { ReturnAddress(it) },
        )
    }

    private fun history(reference: JsonNode): HistoryEntry {
        val node = resolve("history", reference)
        return HistoryEntry(
            outcome(need(node, "outcome")),
            string(node, "relying_party"),
            enum<Operation>(string(node, "operation")),
            language,
            requireNotNull(instant(need(node, "issued_at"))),
            lines(node),
        )
    }

    private fun preview(reference: JsonNode): EnrollmentPreview {
        val node = resolve("previews", reference)
        return EnrollmentPreview(
            AccountId(string(node, "id")),
            string(node, "server"),
            string(node, "relying_party"),
            string(node, "display_name"),
        )
    }

    /** By its stable key; a refusal may say where the challenge stands, and until when. */
    fun error(node: JsonNode): InkanException {
        val key = if (node.isTextual) node.asText() else string(node, "key")
        val reason = key.substringAfter('.', "")
        return when (val kind = key.substringBefore('.')) {
            "offline" -> {
                InkanException.Offline()
            }

            "server_unavailable" -> {
                InkanException.ServerUnavailable()
            }

            "untrusted" -> {
                InkanException.Untrusted()
            }

            "not_recognised" -> {
                InkanException.NotRecognised()
            }

            "update_needed" -> {
                InkanException.UpdateNeeded()
            }

            "key_invalid" -> {
                InkanException.KeyInvalid()
            }

            "user_verification" -> {
                InkanException.UserVerification(enum<UserVerificationFailure>(reason))
            }

            "invalid_input" -> {
                InkanException.InvalidInput(enum<InvalidInput>(reason))
            }

            "internal" -> {
                InkanException.Internal(enum<InternalFailure>(reason))
            }

            "refused" -> {
                InkanException.Refused(
                    Refusal(
                        enum<RefusalReason>(reason),
                        text(node.get("state"))?.let { enum<ChallengeState>(it) },
                        instant(node.get("until")),
                    ),
                )
            }

            else -> {
                error("error $kind")
            }
        }
    }

    private fun code(node: JsonNode): ScannedCode = when (val kind = string(node, "kind")) {
        "enrollment" -> {
            ScannedCode.Enrollment(string(node, "server"))
        }

        "challenge" -> {
            ScannedCode.Challenge(
                string(node, "server"),
                ChallengeId(string(node, "challenge")),
                enum<LinkKind>(string(node, "how")),
            )
        }

        "other_version" -> {
            ScannedCode.OtherVersion
        }

        "not_ours" -> {
            ScannedCode.NotOurs
        }

        else -> {
            error("code $kind")
        }
    }

    private fun inbox(node: JsonNode): Inbox = Inbox(
        node
            .get("settled")
            ?.map { kept ->
                KeptDecision(
                    AccountId(string(kept, "account")),
                    ChallengeId(string(kept, "challenge")),
                    enum<Decision>(string(kept, "decision")),
                    kept.get("outcome")?.let { outcome(it) },
                    kept.get("problem")?.let { error(it) },
                )
            }.orEmpty(),
        node.get("requests")?.map { request(it) }.orEmpty(),
        node.get("problems")?.map { Problem(AccountId(string(it, "account")), error(need(it, "error"))) }.orEmpty(),
    )

    private fun report(node: JsonNode) = StoreReport(
        quarantined = text(node.get("quarantined")),
        emptied = node.get("emptied")?.asBoolean() ?: false,
        damagedRecords = node.get("damaged_records")?.asInt() ?: 0,
        lostCommits = node.get("lost_commits")?.asLong() ?: 0,
    )

    private fun progress(node: JsonNode): EnrollmentProgress = when (val kind = string(node, "kind")) {
        "claimed" -> EnrollmentProgress.Claimed
        "active" -> EnrollmentProgress.Active(AccountId(string(node, "account")))
        "failed" -> EnrollmentProgress.Failed(enum<EnrollmentFailure>(string(node, "why")))
        else -> error("progress $kind")
    }

    /** An event. `done` and `failed` belong to the newest effect whose name they carry; [asked] finds it. */
    fun event(node: JsonNode, asked: (String) -> Effect): Event {
        val now = instant(node.get("now"))
        return when (val kind = string(node, "kind")) {
            "started" -> {
                Event.Started(requireNotNull(now))
            }

            "tick" -> {
                Event.Tick(requireNotNull(now))
            }

            "tapped" -> {
                Event.Tapped(string(node, "id"))
            }

            "typed" -> {
                Event.Typed(string(node, "field"), string(node, "text"))
            }

            "switched" -> {
                Event.Switched(string(node, "id"), need(node, "on").asBoolean())
            }

            "scanned" -> {
                Event.Scanned(string(node, "text"), code(need(node, "code")))
            }

            "request_loaded" -> {
                Event.RequestLoaded(
                    request(need(node, "request")),
                    node.get("account")?.let {
                        account(it)
                    },
                    requireNotNull(now),
                )
            }

            "decided" -> {
                Event.Decided(outcome(need(node, "outcome")), node.get("account")?.let { account(it) })
            }

            "state_read" -> {
                Event.StateRead(enum<ChallengeState>(string(node, "state")))
            }

            "inbox_loaded" -> {
                Event.InboxLoaded(
                    inbox(need(node, "inbox")),
                    need(node, "accounts").map { account(it) },
                    requireNotNull(now),
                )
            }

            "accounts_loaded" -> {
                Event.AccountsLoaded(need(node, "accounts").map { account(it) })
            }

            "history_loaded" -> {
                Event.HistoryLoaded(need(node, "entries").map { history(it) })
            }

            "enrollment_found" -> {
                Event.EnrollmentFound(preview(need(node, "preview")))
            }

            "left_over" -> {
                Event.LeftOver(need(node, "previews").map { preview(it) })
            }

            "code_to_show" -> {
                Event.CodeToShow(string(node, "digits"))
            }

            "progressed" -> {
                Event.Progressed(progress(need(node, "progress")))
            }

            "permission" -> {
                Event.Permission(need(node, "given").asBoolean())
            }

            "camera_troubled" -> {
                Event.CameraTroubled(enum(string(node, "why")))
            }

            "camera_back" -> {
                Event.CameraBack
            }

            "push_tested" -> {
                Event.PushTested(need(node, "arrived").asBoolean())
            }

            "done" -> {
                Event.Done(asked(string(node, "what")))
            }

            "failed" -> {
                Event.Failed(asked(string(node, "what")), error(need(node, "error")))
            }

            "browser_failed" -> {
                Event.BrowserFailed
            }

            "store_opened" -> {
                Event.StoreOpened(report(need(node, "report")))
            }

            "store_failed" -> {
                Event.StoreFailed(enum<InternalFailure>(string(node, "why")))
            }

            else -> {
                error("event $kind")
            }
        }
    }

    /** The state in which a scenario begins. */
    fun screen(kind: String, given: JsonNode): Screen<*> = when (kind) {
        "request" -> {
            RequestScreen(
                AccountId(string(given, "account")),
                ChallengeId(string(given, "challenge")),
                link = text(given.get("link")),
                declines = given.get("declines")?.asBoolean() ?: false,
            )
        }

        "home" -> {
            HomeScreen()
        }

        "history" -> {
            HistoryScreen()
        }

        "enroll" -> {
            EnrollScreen(link = text(given.get("link")), name = text(given.get("name")).orEmpty())
        }

        "settings" -> {
            SettingsScreen(
                version = text(given.get("version")).orEmpty(),
                licences = Part.Reading.of(text(given.get("licences")).orEmpty()),
                log = text(given.get("log")).orEmpty(),
            )
        }

        "start" -> {
            StartScreen()
        }

        else -> {
            error("screen $kind")
        }
    }
}
