/*
 * Pages with every part in them, for the tests of the look; the app's own pages are in the scenarios.
 */
package dev.inkan.app.look

import dev.inkan.screens.Bar
import dev.inkan.screens.Button
import dev.inkan.screens.ButtonStyle
import dev.inkan.screens.Countdown
import dev.inkan.screens.Fact
import dev.inkan.screens.FieldKind
import dev.inkan.screens.NoticeKind
import dev.inkan.screens.Page
import dev.inkan.screens.Part
import dev.inkan.screens.Row
import dev.inkan.screens.SealKind
import dev.inkan.screens.Side

internal object SamplePages {
    fun all(ja: Boolean): List<Page> = listOf(
        signIn(ja),
        withdrawal(ja),
        order(ja),
        enrollment(ja),
        inbox(ja),
        reported(ja),
        approved(ja),
        inputs(ja),
        settings(ja),
        empty(ja),
        scanner(ja),
    )

    private fun say(ja: Boolean, japanese: String, english: String) = if (ja) japanese else english

    private fun broker(ja: Boolean) = say(ja, "みらい証券", "Mirai Securities")

    private fun bar(ja: Boolean, clock: String? = null, fraction: Double = 0.64, back: Boolean = false) = Bar(
        broker(ja),
        back,
        clock?.let { Countdown(say(ja, "残り $it", "Time left $it"), it, fraction, urgent = fraction < 0.1) },
    )

    private fun answers(ja: Boolean, busy: Boolean = false) = listOf(
        Button(
            "approve",
            if (busy) say(ja, "送信しています", "Sending") else say(ja, "生体認証で承認する", "Approve with biometrics"),
            ButtonStyle.FILLED,
            busy,
        ),
        Button("deny", say(ja, "拒否する", "Decline"), ButtonStyle.OUTLINED),
        Button("report", say(ja, "心当たりがない", "This wasn’t me"), ButtonStyle.QUIET),
    )

    private fun origin(ja: Boolean) = listOf(
        Fact(say(ja, "アクセス元", "Requested from"), "macOS / Safari"),
        Fact(say(ja, "場所", "Place"), say(ja, "大阪府付近（推定）", "Near Osaka (estimated)")),
        Fact(say(ja, "日時", "Requested at"), say(ja, "11月24日（火）14:05", "Tue, Nov 24, 14:05")),
        Fact(say(ja, "IPアドレス", "IP address"), "198.51.100.7"),
    )

    fun signIn(ja: Boolean, value: String = "482", error: String? = null, clock: String = "1:17") = Page(
        "sample.sign_in",
        bar(ja, clock),
        listOf(
            Part.RequestHead(say(ja, "ログインの確認", "Confirm sign-in"), null, null, 0.64, say(ja, "ログインの確認", "Confirm sign-in")),
            Part.Facts(origin(ja)),
            Part.Reasons(listOf(say(ja, "初めて使うブラウザーです。", "This browser is used for the first time."))),
            Part.Digits(
                "number",
                say(ja, "画面に表示の6桁の数字を入力してください", "Type the 6 digits shown on the page"),
                6,
                value,
                error,
            ),
            Part.Inline(
                listOf(Button("scan", say(ja, "数字の代わりに、画面のコードを読み取る", "Scan the page’s code instead"), ButtonStyle.QUIET)),
            ),
        ),
        answers(ja),
        guarded = true,
        announce = null,
    )

    fun withdrawal(ja: Boolean) = Page(
        "sample.withdrawal",
        bar(ja, "1:42", 0.85),
        listOf(
            Part.RequestHead(
                say(ja, "出金の確認", "Confirm withdrawal"),
                "¥1,250,000",
                null,
                0.85,
                say(ja, "出金の確認、125万円", "Confirm withdrawal, 1,250,000 yen"),
            ),
            Part.Facts(
                listOf(
                    Fact(
                        say(ja, "出金先", "Pay to"),
                        say(ja, "見本銀行 中央支店\n普通 ***4567", "Mihon Bank, Chuo branch\nOrdinary ***4567"),
                        say(ja, "新しい出金先", "New payee"),
                    ),
                    Fact(say(ja, "受付番号", "Reference"), "A1B2-C3"),
                ),
            ),
            Part.Facts(origin(ja)),
            Part.Reasons(listOf(say(ja, "いつもと異なる場所からの操作です。", "This is from an unusual place."))),
            Part.Notice(NoticeKind.INFO, null, say(ja, "パソコンの画面のコードと一致しました。", "Matches the code on the page.")),
        ),
        answers(ja),
        guarded = true,
        announce = null,
    )

    fun order(ja: Boolean) = Page(
        "sample.order",
        bar(ja, "0:09", 0.07),
        listOf(
            Part.RequestHead(say(ja, "注文の確認", "Confirm order"), "¥123,456,789,000", Side.BUY, 0.07, say(ja, "注文", "Order")),
            Part.Facts(
                listOf(
                    Fact(say(ja, "銘柄", "Security"), say(ja, "見本自動車（9999）", "Mihon Motor (9999)")),
                    Fact(say(ja, "数量", "Quantity"), say(ja, "300株", "300 shares")),
                ),
            ),
            Part.Notice(
                NoticeKind.CAUTION,
                say(ja, "確認依頼が2件あります", "There are 2 requests"),
                say(ja, "ご自身の操作でないものは拒否してください。", "Decline what is not your own."),
            ),
        ),
        answers(ja, busy = true),
        guarded = true,
        announce = null,
    )

    private fun enrollment(ja: Boolean) = Page(
        "sample.enrollment",
        bar(ja, "4:18", 0.9),
        listOf(
            Part.Steps(2, List(5) { say(ja, "端末の登録", "Enrollment") }),
            Part.Title(say(ja, "パソコンの画面に、次の数字を入力してください", "Type these digits into the page on your computer")),
            Part.Code(listOf("731", "048"), "7 3 1 0 4 8"),
            Part.Facts(
                listOf(Fact(say(ja, "証券会社", "Broker"), broker(ja)), Fact(say(ja, "口座", "Account"), "***0123")),
            ),
            Part.Notice(
                NoticeKind.INFO,
                null,
                say(ja, "電話やメールで、この数字をお尋ねすることはありません。", "Nobody will ask you for these digits by telephone or mail."),
            ),
            Part.Note(say(ja, "画面での入力を待っています。", "Waiting for the digits on the page.")),
        ),
        listOf(Button("stop", say(ja, "登録をやめる", "Stop enrollment"), ButtonStyle.OUTLINED)),
        guarded = true,
        announce = null,
    )

    private fun inbox(ja: Boolean) = Page(
        "sample.inbox",
        bar(ja),
        listOf(
            Part.Title(say(ja, "確認依頼が2件あります", "There are 2 requests")),
            Part.Text(say(ja, "別々の画面からの依頼です。ご自身の操作でないものは拒否してください。", "They are from two pages. Decline what is not your own.")),
            Part.Rows(
                listOf(
                    Row(
                        "1",
                        say(ja, "ログイン", "Sign-in"),
                        say(ja, "大阪府付近（推定）\nmacOS / Safari", "Near Osaka (estimated)\nmacOS / Safari"),
                        say(ja, "残り 0:48", "0:48 left"),
                        say(ja, "初めて使うブラウザー", "New browser"),
                        SealKind.WAITING,
                    ),
                    Row("2", say(ja, "出金", "Withdrawal"), "¥1,250,000", say(ja, "残り 1:42", "1:42 left"), null, SealKind.WAITING),
                ),
            ),
            Part.Inline(listOf(Button("deny_all", say(ja, "2件とも拒否する", "Decline both"), ButtonStyle.OUTLINED))),
            Part.Note(say(ja, "通知が届かないときも、アプリを開くと最新の確認依頼が表示されます。", "Opening the app shows the newest requests.")),
        ),
        listOf(
            Button("history", say(ja, "履歴", "History"), ButtonStyle.QUIET),
            Button("settings", say(ja, "設定", "Settings"), ButtonStyle.QUIET),
        ),
        guarded = false,
        announce = null,
    )

    private fun reported(ja: Boolean) = Page(
        "sample.reported",
        bar(ja),
        listOf(
            Part.Seal(SealKind.STOPPED, false),
            Part.Title(say(ja, "ご報告を受け付けました", "Your report was received")),
            Part.Text(say(ja, "出金は行われていません。", "The withdrawal was not made.")),
            Part.Title(say(ja, "行ったこと", "What was done")),
            Part.Text(say(ja, "確認待ちの依頼2件を取り消しました。", "Two waiting requests were cancelled.")),
            Part.Title(say(ja, "口座を一時停止できます", "You can stop the account")),
            Part.Text(say(ja, "ログイン、取引、出金がすべて止まります。再開には本人確認が必要です。", "Everything stops. Starting again takes an identity check.")),
        ),
        listOf(
            Button("freeze", say(ja, "口座を一時停止する", "Stop the account"), ButtonStyle.GRAVE),
            Button("dial", say(ja, "電話で相談する 0120-000-000", "Call 0120-000-000"), ButtonStyle.OUTLINED),
            Button("not_now", say(ja, "今は停止しない", "Not now"), ButtonStyle.QUIET),
        ),
        guarded = false,
        announce = say(ja, "ご報告を受け付けました。", "Your report was received."),
    )

    private fun approved(ja: Boolean) = Page(
        "sample.approved",
        bar(ja),
        listOf(
            Part.Seal(SealKind.APPROVED, true),
            Part.Title(say(ja, "承認しました", "Approved")),
            Part.Text(say(ja, "元の画面に戻ってください。", "Go back to the page.")),
            Part.Facts(
                listOf(
                    Fact(say(ja, "操作", "Request"), say(ja, "出金", "Withdrawal")),
                    Fact(say(ja, "金額", "Amount"), "¥1,250,000"),
                    Fact(say(ja, "承認日時", "Approved at"), say(ja, "11月24日（火）14:06", "Tue, Nov 24, 14:06")),
                ),
            ),
            Part.Note(say(ja, "この記録は「履歴」でいつでも確認できます。", "You find this at any time under “History”.")),
        ),
        listOf(
            Button("close", say(ja, "閉じる", "Close"), ButtonStyle.OUTLINED),
            Button("report", say(ja, "心当たりがない", "This wasn’t me"), ButtonStyle.QUIET),
        ),
        guarded = true,
        announce = say(ja, "承認しました。", "Approved."),
    )

    private fun inputs(ja: Boolean) = Page(
        "sample.inputs",
        bar(ja, back = true),
        listOf(
            Part.Title(say(ja, "コードで登録する", "Enroll with a code")),
            Part.Field(
                "code",
                say(ja, "登録コード（12文字）", "Enrollment code (12 characters)"),
                say(ja, "大文字と小文字、ハイフンの有無は区別しません。", "Case and hyphens do not matter."),
                "ABCD-EFGH",
                say(ja, "あと4文字足りません。", "4 characters are missing."),
                FieldKind.TYPED_CODE,
            ),
            Part.Field(
                "host",
                say(ja, "サーバー", "Server"),
                say(ja, "証券会社の画面に表示されています。", "It is on your broker’s page."),
                "inkan.example",
                null,
                FieldKind.HOST,
            ),
            Part.Digits(
                "number",
                say(ja, "画面に表示の6桁の数字を入力してください", "Type the 6 digits shown on the page"),
                6,
                "482913",
                say(ja, "先に、6桁の数字を入力してください。", "Type the 6 digits first."),
            ),
        ),
        listOf(Button("begin", say(ja, "登録をはじめる", "Begin enrollment"), ButtonStyle.FILLED)),
        guarded = true,
        announce = null,
    )

    private fun settings(ja: Boolean) = Page(
        "sample.settings",
        bar(ja, back = true),
        listOf(
            Part.Title(say(ja, "設定", "Settings")),
            Part.Switch(
                "notify",
                say(ja, "通知", "Notifications"),
                say(ja, "確認依頼が届いたことをお知らせします。", "Says that a request has come."),
                true,
            ),
            Part.Switch("other", say(ja, "記録", "Log"), null, false),
            Part.Rows(
                listOf(
                    Row("phone", say(ja, "自宅のスマートフォン", "Phone at home"), say(ja, "最後に使った日 11月24日", "Last used Nov 24")),
                    Row(
                        "trade",
                        say(ja, "お取引", "Trades"),
                        say(ja, "注文、訂正、取消", "Orders, changes"),
                        say(ja, "認証アプリ", "App"),
                        action = say(ja, "変更", "Change"),
                    ),
                ),
            ),
            Part.Mono("eyJhbGciOiJFUzI1NiIsInR5cCI6Imlua2FuLXJlY2VpcHQrand0In0.eyJ2IjoxLCJzdGF0ZSI6ImFwcHJvdmVkIn0"),
        ),
        emptyList(),
        guarded = false,
        announce = null,
    )

    private fun empty(ja: Boolean) = Page(
        "sample.empty",
        bar(ja),
        listOf(
            Part.Empty(say(ja, "確認依頼はありません", "No requests"), say(ja, "新しい依頼が届くと、ここに表示されます。", "New requests appear here.")),
            Part.Notice(
                NoticeKind.INFO,
                say(ja, "通知がオフです", "Notifications are off"),
                say(ja, "アプリを開くと、確認依頼が表示されます。", "Requests appear when you open the app."),
            ),
        ),
        emptyList(),
        guarded = false,
        announce = null,
    )

    private fun scanner(ja: Boolean) = Page(
        "sample.scanner",
        bar(ja, back = true),
        listOf(
            Part.Title(say(ja, "画面のコードを読み取ってください", "Scan the code on the page")),
            Part.Camera(),
            Part.Text(say(ja, "パソコンの画面の二次元コードを、枠の中に入れてください。", "Hold the code within the corners.")),
            Part.Seal(SealKind.EXPIRED, false),
            Part.Seal(SealKind.DECLINED, false),
            Part.Seal(SealKind.ELSEWHERE, false),
            Part.Seal(SealKind.WAITING, false),
        ),
        listOf(Button("typed", say(ja, "読み取れない場合", "If it cannot be read"), ButtonStyle.QUIET)),
        guarded = true,
        announce = null,
    )
}
