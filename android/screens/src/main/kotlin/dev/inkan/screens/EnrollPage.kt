// What is shown of an enrollment.
package dev.inkan.screens

import dev.inkan.EnrollmentPreview
import dev.inkan.InkanException

/** Draws an enrollment. The page with the six digits is guarded. */
internal class EnrollPage(private val state: EnrollScreen, private val words: Words) {
    private val party = state.preview?.relyingParty ?: APP

    fun draw(): Page = when (val phase = state.phase) {
        EnrollScreen.Phase.Start -> {
            start()
        }

        is EnrollScreen.Phase.LeftOver -> {
            leftOver(phase.previews)
        }

        is EnrollScreen.Phase.Camera -> {
            phase.trouble?.let { camera(it) } ?: camera(phase.refused)
        }

        EnrollScreen.Phase.Typing -> {
            typing()
        }

        EnrollScreen.Phase.Reading -> {
            page(
                "enroll.reading",
                listOf(Part.Title(words.text(Key.ENROLL_READING)), Part.Text(words.text(Key.ENROLL_READING_LEAD))),
            )
        }

        EnrollScreen.Phase.Yours -> {
            yours()
        }

        is EnrollScreen.Phase.Code -> {
            code(phase.digits)
        }

        EnrollScreen.Phase.Naming -> {
            naming()
        }

        EnrollScreen.Phase.Notify -> {
            notify()
        }

        EnrollScreen.Phase.Testing -> {
            testing()
        }

        is EnrollScreen.Phase.Finished -> {
            finished(phase.rings)
        }

        is EnrollScreen.Phase.Failed -> {
            EnrollFailedPage(words).draw(phase.why, party)
        }
    }

    private fun start() = page(
        "enroll.start",
        listOf(
            Part.Title(words.text(Key.ENROLL_TITLE)),
            Part.Text(words.text(Key.ENROLL_LEAD)),
            Part.Note(words.text(Key.ENROLL_SAME_PHONE)),
        ),
        listOf(
            Button(Ids.SCAN, words.text(Key.ENROLL_SCAN), ButtonStyle.FILLED),
            Button(Ids.TYPE, words.text(Key.ENROLL_TYPE), ButtonStyle.OUTLINED),
        ),
        back = true,
    )

    private fun leftOver(previews: List<EnrollmentPreview>): Page {
        val rows =
            previews.map {
                Row(EnrollScreen.LEFT_OVER + it.id.value, it.relyingParty, it.displayName, action = words.text(Key.GO_ON))
            }
        return page(
            "enroll.left_over",
            listOf(Part.Title(words.text(Key.LEFT_OVER)), Part.Text(words.text(Key.LEFT_OVER_LEAD)), Part.Rows(rows)),
            listOf(Button(Ids.AGAIN, words.text(Key.LEFT_OVER_NEW), ButtonStyle.OUTLINED)),
            back = true,
        )
    }

    private fun camera(refused: Boolean): Page {
        val title = Part.Title(words.text(Key.ENROLL_SCAN))
        val type = Button(Ids.TYPE, words.text(Key.ENROLL_TYPE), ButtonStyle.OUTLINED)
        if (refused) {
            val notice = Part.Notice(NoticeKind.CAUTION, words.text(Key.CAMERA_REFUSED), words.text(Key.CAMERA_REFUSED_ENROLL))
            val settings = Button(Ids.SYSTEM_SETTINGS, words.text(Key.OPEN_SETTINGS), ButtonStyle.QUIET)
            return page(
                "enroll.camera.refused",
                listOf(title, notice),
                listOf(type.copy(style = ButtonStyle.FILLED), settings),
                back = true,
            )
        }
        return page(
            "enroll.camera",
            listOf(title, Part.Camera(), Part.Note(words.text(Key.ENROLL_SCAN_NOTE))),
            listOf(type),
            back = true,
        )
    }

    private fun camera(trouble: CameraTrouble) = page(
        "enroll.camera." + trouble.code,
        listOf(Part.Title(words.text(Key.ENROLL_SCAN))) + trouble.parts(Key.CAMERA_WITHOUT_ENROLL, words),
        listOf(
            Button(Ids.TYPE, words.text(Key.ENROLL_TYPE), ButtonStyle.FILLED),
            Button(Ids.RETRY, words.text(Key.RETRY), ButtonStyle.OUTLINED),
        ),
        back = true,
        announce = words.text(trouble.what),
    )

    private fun typing(): Page {
        val trouble = state.failure?.trouble()?.let { words.text(it.what) }
        val hostWrong =
            (state.failure as? InkanException.InvalidInput)?.input.let {
                it == dev.inkan.InvalidInput.SERVER_NAME ||
                    it == dev.inkan.InvalidInput.SERVER_NOT_ALLOWED
            }
        val empty = words.text(Key.FIELD_EMPTY)
        val hostError = if (state.missing && state.host.isBlank()) empty else trouble?.takeIf { hostWrong }
        val codeError = if (state.missing && state.typed.isBlank()) empty else trouble?.takeIf { !hostWrong }
        val parts =
            listOf(
                Part.Title(words.text(Key.ENROLL_TYPE)),
                Part.Field(
                    Ids.HOST,
                    words.text(Key.ENROLL_HOST),
                    words.text(Key.ENROLL_HOST_HINT),
                    state.host,
                    hostError,
                    FieldKind.HOST,
                ),
                Part.Field(
                    Ids.CODE,
                    words.text(Key.ENROLL_TYPED),
                    words.text(Key.ENROLL_TYPED_HINT),
                    state.typed,
                    codeError,
                    FieldKind.TYPED_CODE,
                ),
            )
        return page(
            "enroll.typed",
            parts,
            listOf(Button(Ids.BEGIN, words.text(Key.ENROLL_TYPED_BUTTON), ButtonStyle.FILLED)),
            back = true,
        )
    }

    private fun whose() = Part.Facts(
        listOf(
            Fact(words.text(Key.BROKER), party),
            Fact(words.text(Key.ACCOUNT), state.preview?.displayName.orEmpty()),
            Fact(words.text(Key.SERVER), state.preview?.server.orEmpty()),
        ),
    )

    private fun steps(done: Int) =
        Part.Steps(done, listOf(Key.STEP_ACCOUNT, Key.STEP_CODE, Key.STEP_NAME, Key.STEP_NOTIFY).map { words.text(it) })

    private fun yours() = page(
        "enroll.yours",
        listOfNotNull(
            steps(0),
            Part.Title(words.text(Key.ENROLL_YOURS)),
            Part.Text(words.text(Key.ENROLL_YOURS_LEAD)),
            state.failure?.let { notice(it, words, Key.NOTHING_ENROLLED) },
            whose(),
        ),
        listOf(
            Button(Ids.YES, words.text(Key.ENROLL_YES), ButtonStyle.FILLED, busy = state.busy),
            Button(Ids.NO, words.text(Key.ENROLL_NO), ButtonStyle.OUTLINED),
        ),
    )

    private fun code(digits: String) = page(
        "enroll.code",
        listOfNotNull(
            steps(1),
            Part.Title(words.text(Key.ENROLL_CODE)),
            Part.Code(digits.chunked(GROUP), digits.toList().joinToString(" ")),
            state.failure?.let { notice(it, words, Key.NOTHING_KNOWN) },
            whose(),
            info(words.text(Key.ENROLL_CODE_NOTICE)),
            Part.Text(words.text(Key.ENROLL_CODE_WAITING)),
        ),
        listOf(Button(Ids.NO, words.text(Key.ENROLL_STOP), ButtonStyle.OUTLINED)),
    ).copy(guarded = true)

    private fun naming(): Page {
        val error =
            if (state.missing) {
                words.text(Key.FIELD_EMPTY)
            } else {
                state.failure?.trouble()?.let {
                    words.text(it.what) + " " +
                        words.text(it.next)
                }
            }
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
            Button(Ids.SAVE_NAME, words.text(if (state.busy) Key.SENDING else Key.NEXT), ButtonStyle.FILLED, busy = state.busy)
        val parts = listOf(steps(2), Part.Title(words.text(Key.NAME_TITLE)), Part.Text(words.text(Key.NAME_LEAD)), field)
        return page("enroll.name", parts, listOf(save))
    }

    private fun notify() = page(
        "enroll.notify",
        listOf(
            steps(NOTIFY),
            Part.Title(words.text(Key.NOTIFY_TITLE)),
            Part.Text(words.text(Key.NOTIFY_LEAD)),
            Part.Note(words.text(Key.NOTIFY_NOTE)),
        ),
        listOf(
            Button(Ids.ALLOW, words.text(Key.NOTIFY_ALLOW), ButtonStyle.FILLED),
            Button(Ids.LATER, words.text(Key.NOTIFY_LATER), ButtonStyle.OUTLINED),
        ),
    )

    private fun testing() = page(
        "enroll.testing",
        listOf(steps(NOTIFY), Part.Title(words.text(Key.TEST_TITLE)), Part.Text(words.text(Key.TEST_LEAD))),
        listOf(Button(Ids.SKIP_TEST, words.text(Key.TEST_SKIP), ButtonStyle.OUTLINED)),
    )

    private fun finished(rings: Boolean?): Page {
        val (id, note) =
            when (rings) {
                true -> "enroll.done" to info(words.text(Key.TEST_ARRIVED))
                false -> "enroll.done.silent" to caution(words.text(Key.TEST_MISSING))
                null -> "enroll.done.without" to info(words.text(Key.NOTIFY_REFUSED))
            }
        val parts =
            listOf(
                Part.Seal(SealKind.APPROVED, large = true),
                Part.Title(words.text(Key.ENROLL_DONE)),
                Part.Text(words.text(Key.ENROLL_DONE_NEXT)),
                note,
            )
        val close = Button(Ids.CLOSE, words.text(Key.FINISH), ButtonStyle.FILLED)
        val settings = if (rings == null) Button(Ids.SYSTEM_SETTINGS, words.text(Key.OPEN_SETTINGS), ButtonStyle.QUIET) else null
        return page(id, parts, listOfNotNull(close, settings), announce = words.text(Key.ENROLL_DONE))
    }

    private fun page(
        id: String,
        parts: List<Part>,
        actions: List<Button> = emptyList(),
        back: Boolean = false,
        announce: String? = null,
    ) = Page(id, Bar(party, back, time()), parts, actions, guarded = false, announce = announce)

    /** The five minutes, as long as the server is waited for; whether they are over is the server's word. */
    private fun time(): Countdown? {
        val begun = state.claimed ?: return null
        val waits = state.phase == EnrollScreen.Phase.Yours || state.phase is EnrollScreen.Phase.Code
        val ends = begun.plusSeconds(LIFE)
        return if (waits && state.now.isBefore(ends)) countdown(begun, ends, state.now, words) else null
    }

    private companion object {
        const val GROUP = 3

        /** Seconds from the claim until the server gives an enrollment up. */
        const val LIFE = 300L
        const val NOTIFY = 3
    }
}
