package dev.inkan.screens

/** What a screen shows, as a value. */
data class Page(
    val id: String,
    val bar: Bar,
    val parts: List<Part>,
    val actions: List<Button>,
    val guarded: Boolean,
    val announce: String?,
)

data class Bar(val title: String, val back: Boolean, val time: Countdown?)

data class Countdown(val text: String, val spoken: String, val fraction: Double, val urgent: Boolean)

enum class SealKind { WAITING, APPROVED, DECLINED, STOPPED, EXPIRED, ELSEWHERE }

enum class Side { BUY, SELL }

data class Fact(val label: String, val value: String, val badge: String? = null, val spoken: String? = null)

data class Row(
    val id: String,
    val title: String,
    val detail: String? = null,
    val value: String? = null,
    val badge: String? = null,
    val seal: SealKind? = null,
    val action: String? = null,
)

enum class NoticeKind { INFO, CAUTION }

enum class FieldKind { TEXT, TYPED_CODE, HOST, NAME }

enum class ButtonStyle { FILLED, OUTLINED, QUIET, GRAVE }

data class Button(val id: String, val text: String, val style: ButtonStyle, val busy: Boolean = false)

sealed interface Part {
    data class Seal(val kind: SealKind, val large: Boolean) : Part

    data class RequestHead(val operation: String, val amount: String?, val side: Side?, val rim: Double?, val spoken: String) :
        Part

    data class Title(val text: String) : Part

    data class Text(val text: String) : Part

    data class Note(val text: String) : Part

    data class Facts(val rows: List<Fact>) : Part

    data class Reasons(val texts: List<String>) : Part

    data class Notice(val kind: NoticeKind, val title: String?, val text: String) : Part

    data class Code(val groups: List<String>, val spoken: String) : Part

    data class Field(
        val id: String,
        val label: String,
        val hint: String?,
        val value: String,
        val error: String?,
        val kind: FieldKind,
    ) : Part

    data class Digits(val id: String, val label: String, val count: Int, val value: String, val error: String?) : Part

    data class Rows(val rows: List<Row>) : Part

    data class Steps(val done: Int, val labels: List<String>) : Part

    data class Switch(val id: String, val label: String, val detail: String?, val on: Boolean) : Part

    /** The place of the scanner's picture. [waits]: there is none now; no place is taken, but a camera's return is told. */
    data class Camera(val waits: Boolean = false) : Part

    data class Mono(val text: String) : Part

    /** A text of many pages, last on its page: its paragraphs are laid out as they come into sight. */
    data class Reading(val paragraphs: List<String>) : Part {
        companion object {
            /** A text whose paragraphs stand apart by an empty line. */
            fun of(text: String): Reading = Reading(text.split("\n\n").map { it.trim('\n') }.filter { it.isNotEmpty() })
        }
    }

    data class Empty(val title: String, val hint: String) : Part

    data class Inline(val buttons: List<Button>) : Part
}
