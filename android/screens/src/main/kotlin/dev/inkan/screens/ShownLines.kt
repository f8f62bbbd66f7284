// Parts that several screens draw alike: a request's lines, a countdown, a trouble.
package dev.inkan.screens

import dev.inkan.InkanException
import dev.inkan.Line
import dev.inkan.LineRole
import java.time.Duration
import java.time.Instant

/** The lines of a request, sorted into where they stand. Their words are the core's. */
class ShownLines(private val lines: List<Line>) {
    val operation: String get() = value(LineRole.OPERATION).orEmpty()
    val amount: String? get() = value(LineRole.AMOUNT)
    val reasons: List<String> get() = lines.filter { it.role == LineRole.REASON }.map { it.value }
    val origin: List<Fact> get() = lines.filter { it.role == LineRole.ORIGIN }.map { Fact(it.label, it.value) }
    val side: Side?
        get() =
            lines.firstNotNullOfOrNull { line ->
                when (line.role) {
                    LineRole.BUY -> Side.BUY
                    LineRole.SELL -> Side.SELL
                    else -> null
                }
            }

    /** Account, payee and details; the badge of a new payee stands beside the payee. */
    val facts: List<Fact>
        get() =
            lines.filter { it.role in FACTS }.map { line ->
                val badge = if (line.role == LineRole.PAYEE) value(LineRole.NEW_PAYEE) else null
                Fact(line.label, line.value, badge)
            }

    /** What identifies it in a list or on a result: amount and payee. */
    val summary: List<Fact>
        get() =
            lines.filter { it.role in SUMMARY }.map { Fact(it.label, it.value) }

    private fun value(role: LineRole): String? = lines.firstOrNull { it.role == role }?.value

    private companion object {
        val FACTS = setOf(LineRole.ACCOUNT, LineRole.BUY, LineRole.SELL, LineRole.PAYEE, LineRole.FACT)
        val SUMMARY = setOf(LineRole.OPERATION, LineRole.AMOUNT, LineRole.BUY, LineRole.SELL, LineRole.PAYEE)
    }
}

/** The time that is left until [ends], of a life that began at [begun]. */
fun countdown(begun: Instant, ends: Instant, now: Instant, words: Words): Countdown {
    val left = Duration.between(now, ends).seconds.coerceAtLeast(0)
    val whole = Duration.between(begun, ends).seconds.coerceAtLeast(1)
    val clock = "${left / SECONDS}:${(left % SECONDS).toString().padStart(2, '0')}"
    return Countdown(
        text = words.text(Key.LEFT, clock),
        spoken = words.text(Key.LEFT_ANNOUNCED, left),
        fraction = (left.toDouble() / whole).coerceIn(0.0, 1.0),
        urgent = left <= URGENT,
    )
}

/** The seconds left until [end], if a mark at which they are said was passed between two looks. A look may come late. */
internal fun passedMark(before: Instant, now: Instant, end: Instant): Long? {
    val left = Duration.between(now, end).seconds
    val marks = left..<Duration.between(before, end).seconds
    return left.takeIf { it > 0 && MARKS.any { mark -> mark in marks } }
}

/** A length of time as one says it, roughly: seconds, from two minutes on minutes, from two hours on hours. */
internal fun span(seconds: Long, words: Words): String {
    val minutes = (seconds + HALF) / SECONDS
    val hours = (minutes + HALF) / SECONDS
    return when {
        seconds < 2 * SECONDS -> words.text(Key.SPAN_SECONDS, seconds)
        minutes < 2 * SECONDS -> words.text(Key.SPAN_MINUTES, minutes)
        else -> words.text(Key.SPAN_HOURS, hours)
    }
}

/** A trouble within a page: what happened, what did not, what to do. */
fun notice(error: InkanException, words: Words, didNot: Key?): Part.Notice {
    val trouble = error.trouble()
    return notice(trouble.what, listOfNotNull(didNot, trouble.next), words)
}

/** A trouble within a page: what happened, and the sentences after it. */
internal fun notice(what: Key, rest: List<Key>, words: Words): Part.Notice =
    Part.Notice(NoticeKind.CAUTION, words.text(what), rest.joinToString("") { words.sentence(it) }.trim())

/** A sentence with the space that its language puts after it. */
fun Words.sentence(key: Key): String = if (language == dev.inkan.Language.JA) text(key) else text(key) + " "

/** Caution with a title and nothing more. */
fun caution(text: String): Part.Notice = Part.Notice(NoticeKind.CAUTION, null, text)

/** Something to know. */
fun info(text: String): Part.Notice = Part.Notice(NoticeKind.INFO, null, text)

/** The digits in a text, whatever keyboard they were typed on. */
internal fun digitsOf(text: String): String = text.map { Character.digit(it, RADIX) }.filter { it >= 0 }.joinToString("")

internal const val APP = "Inkan"
private const val SECONDS = 60
private const val HALF = 30
private const val URGENT = 30
private const val RADIX = 10
private val MARKS = listOf(60L, 30L, 10L)
