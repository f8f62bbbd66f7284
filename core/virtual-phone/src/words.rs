//! Every word of the page and the command: Japanese first, English beside it. What stands in a request itself is not
//! here: `inkan_protocol::display` renders it.
//!
//! A missing word does not compile. `{…}` is filled by [`fill`].

use inkan_protocol::details::{Locale, Operation};

macro_rules! words {
    ($($name:ident: $ja:literal, $en:literal;)*) => {
        /// The words of one language.
        pub(crate) struct Words {
            /// Which language.
            pub(crate) locale: Locale,
            $(pub(crate) $name: &'static str,)* }
        static JA: Words = Words { locale: Locale::Ja, $($name: $ja,)* };
        static EN: Words = Words { locale: Locale::En, $($name: $en,)* };
        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($name), $ja, $en),)*];
    };
}

words! {
    // the desk around the phone
    divider: "｜", " | ";
    desk_title: "仮想端末", "Virtual phone";
    desk_lead: "ブラウザーの中で動く、テスト用の端末です。表示と手順は、アプリと同じです。",
        "A phone for tests that runs in your browser. What it shows and does is the same as in the app.";
    test_environment: "テスト環境", "Test environment";
    phone_screen: "端末の画面", "The phone’s screen";
    phone_state: "端末の状態", "State of the phone";
    phone: "端末", "Phone";
    unprotected: "鍵の保護なし", "Keys unprotected";
    enrolled_at: "登録先", "Enrolled at";
    enrolled_since: "登録日時", "Enrolled on";
    not_enrolled: "登録されていません", "Not enrolled";
    clock_offset: "サーバー時刻との差", "Clock difference";
    seconds: "{n}秒", "{n} s";
    network: "通信", "Network";
    network_on: "つながる", "Connected";
    network_off: "つながらない", "Offline";
    biometrics: "生体認証の結果", "Result of biometrics";
    biometrics_ok: "成功", "Recognised";
    biometrics_passcode: "端末のパスコード", "Device passcode";
    biometrics_fails: "失敗", "Not recognised";
    biometrics_cancelled: "取り消し", "Cancelled";
    biometrics_invalidated: "鍵が無効", "Key invalid";
    apply: "切り替える", "Apply";
    language: "言語", "Language";
    theme: "明るさ", "Brightness";
    theme_auto: "自動", "Auto";
    theme_light: "明るい", "Light";
    theme_dark: "暗い", "Dark";
    auto_answers: "自動応答", "Answers by itself";
    auto_approve: "承認する", "Approves";
    auto_deny: "拒否する", "Declines";
    auto_report: "心当たりがないと報告する", "Reports";
    trace: "やりとりの記録", "What happened";
    trace_empty: "まだやりとりはありません。", "Nothing yet.";
    foot: "テスト用です。鍵はソフトウェアで保管され、保護されていません。",
        "For tests. Its keys are kept in software and are not protected.";
    // navigation
    nav: "メニュー", "Menu";
    nav_inbox: "確認依頼", "Requests";
    nav_inbox_waiting: "確認依頼（{n}）", "Requests ({n})";
    nav_history: "履歴", "History";
    nav_settings: "設定", "Settings";
    actions: "操作", "Actions";
    close: "閉じる", "Close";
    back: "戻る", "Back";
    sending: "送信しています", "Sending";
    left: "残り", "Time left";
    left_announced: "残り{n}秒です。", "{n} seconds left.";
    account: "口座", "Account";
    // enrollment
    enroll_title: "端末の登録", "Enroll this phone";
    enroll_step: "端末の登録", "Enrollment";
    enroll_heading: "証券会社の画面に表示されたコードを登録します", "Enroll with the code on your broker’s page";
    enroll_uri: "登録用の二次元コードの内容", "Content of the enrollment QR code";
    enroll_uri_hint: "「https://」で始まる文字列を貼り付けてください。", "Paste the text that begins with “https://”.";
    enroll_uri_button: "登録をはじめる", "Begin enrollment";
    or: "または", "or";
    enroll_typed: "登録コード（12文字）", "Enrollment code (12 characters)";
    enroll_typed_hint: "大文字と小文字、ハイフンの有無は区別しません。", "Case and hyphens do not matter.";
    enroll_host: "サーバー", "Server";
    enroll_host_hint: "証券会社の画面に表示されています。", "It is shown on your broker’s page.";
    enroll_typed_button: "コードで登録をはじめる", "Begin with the code";
    enroll_yours: "お客さまの口座ですか？", "Is this your account?";
    enroll_yours_lead: "登録先をご確認ください。", "Please check where you are enrolling.";
    broker: "証券会社", "Broker";
    server: "サーバー", "Server";
    enroll_yes: "はい、続ける", "Yes, continue";
    enroll_no: "いいえ、登録をやめる", "No, stop";
    enroll_code: "パソコンの画面に、次の数字を入力してください", "Type these digits into the page on your computer";
    enroll_code_notice: "電話やメールで、この数字をお尋ねすることはありません。",
        "Nobody will ask you for these digits by telephone or mail.";
    enroll_code_waiting: "画面での入力を待っています。", "Waiting for the digits on the page.";
    enroll_stop: "登録をやめる", "Stop enrollment";
    enroll_done: "登録が完了しました", "Enrolled";
    enroll_done_next: "確認依頼が届くと、この端末に表示されます。", "Requests will appear on this phone.";
    enroll_failed: "登録できませんでした", "The phone was not enrolled";
    enroll_failed_ended: "数字が違うか、時間が過ぎたか、同じコードがほかの端末でも使われたため、登録は終了しました。",
        "The enrollment has ended: the digits were wrong, the time was over, or another phone used the same code.";
    enroll_failed_foreign: "サーバーの記録が、この端末の鍵と一致しませんでした。第三者が介在しているおそれがあります。",
        "The server’s record does not match this phone’s keys. Somebody may stand between.";
    enroll_failed_next: "証券会社の画面で、新しいコードを表示してください。", "Show a new code on your broker’s page.";
    enroll_again: "もう一度登録する", "Enroll again";
    // inbox
    inbox_none: "確認依頼はありません", "No requests";
    inbox_none_hint: "証券会社の画面で操作すると、ここに表示されます。",
        "They appear here when you do something on your broker’s page.";
    inbox_one: "確認依頼が1件あります", "One request";
    inbox_several: "確認依頼が{n}件あります", "{n} requests";
    inbox_several_lead: "ご自身の操作でないものは拒否してください。", "Decline what is not your own.";
    inbox_deny_all: "{n}件とも拒否する", "Decline all {n}";
    inbox_note: "通知が届かないときも、アプリを開くと最新の確認依頼が表示されます。",
        "Even without a notification, opening the app shows the newest requests.";
    inbox_enroll: "別の口座を登録する", "Enroll another account";
    // request
    link_label: "画面のコードまたはリンクの内容", "Content of the page’s code or link";
    link_button: "開く", "Open";
    number_label: "画面に表示の{n}桁の数字を入力してください", "Type the {n} digits shown on the page";
    number_missing: "画面に表示の{n}桁の数字を入力してから、承認してください。",
        "Type the {n} digits shown on the page, then approve.";
    scan_label: "画面のコードを読み取る", "Scan the page’s code";
    scan_hint: "仮想端末では、コードの内容を貼り付けてください。", "On the virtual phone, paste the code’s content.";
    scan_missing: "先に、画面のコードを読み取ってください。", "Scan the page’s code first.";
    link_missing: "この端末のブラウザーに表示された「アプリで承認する」から開いてください。",
        "Open it from the button on the page in this phone’s browser.";
    scan_done: "画面のコードと一致しました。", "Matches the code on the page.";
    link_done: "この端末のブラウザーから開きました。", "Opened from the browser on this phone.";
    approve: "生体認証で承認する", "Approve with biometrics";
    deny: "拒否する", "Decline";
    report: "心当たりがない", "This wasn’t me";
    several_pending: "確認依頼が{n}件あります。ご自身の操作でないものは拒否してください。",
        "There are {n} requests. Decline what is not your own.";
    clock_differs: "端末の時計がサーバーと{n}秒ずれています。残り時間はサーバーの時刻で表示しています。",
        "The phone’s clock differs from the server’s by {n} s. The time left is by the server’s clock.";
    blocked_update: "このアプリでは表示できない内容です。承認できません。アプリを更新してください。",
        "This version cannot show the request, so it cannot approve it. Update the app.";
    blocked_ended: "この確認依頼は終了しています。", "The request has ended.";
    blocked_waiting: "新しい端末のため、{until}まで承認できません。",
        "This is a new phone: it may not approve this until {until}.";
    blocked_frozen: "口座が停止されているため、承認できません。再開には本人確認が必要です。",
        "The account is stopped, so nothing can be approved. Starting again takes an identity check.";
    blocked_key: "生体認証の設定が変わったため、鍵が無効になりました。承認するには、もう一度登録してください。拒否と報告はできます。",
        "The key became invalid because biometrics were changed. Enroll again to approve. You can still decline and report.";
    blocked_suspended: "この端末は停止されています。もう一度登録してください。", "This phone is suspended. Enroll again.";
    kept_approve: "承認は端末に保存してあります。つながり次第送信します。期限は進んでいます。",
        "Your approval is kept on the phone and will be sent once there is a connection. The deadline runs on.";
    kept_deny: "拒否は端末に保存してあります。つながり次第送信します。", "Your decline is kept and will be sent once there is a connection.";
    kept_report: "ご報告は端末に保存してあります。つながり次第送信します。", "Your report is kept and will be sent once there is a connection.";
    kept_resend: "もう一度送信する", "Send again";
    // deny
    deny_title: "ご自身の操作ですか？", "Was it you?";
    deny_yes: "はい、取り消す", "Yes, cancel it";
    deny_no: "いいえ、心当たりがない", "No, it wasn’t me";
    // endings
    approved: "承認しました", "Approved";
    approved_next: "元の画面に戻ってください。", "Go back to the page.";
    approved_returning: "ブラウザーに戻ります。", "Going back to the page in the browser.";
    approved_back: "元の画面に戻る", "Back to the page";
    approved_returned: "ブラウザーに戻りました。", "The browser has gone back to the page.";
    approved_return_failed: "承認しましたが、ブラウザーで元の画面を開けませんでした。元の画面で操作をやり直してください。",
        "Approved, but the browser could not open the page again. Start again on the page.";
    returned_page: "ブラウザーの画面", "What the browser shows";
    approved_note: "この記録は「履歴」でいつでも確認できます。", "You find this at any time under “History”.";
    denied: "拒否しました", "Declined";
    reported: "ご報告を受け付けました", "Your report was received";
    reported_done: "行ったこと", "What was done";
    reported_closed: "確認待ちの依頼を取り消しました。", "Waiting requests were cancelled.";
    reported_muted: "確認依頼の通知を{until}まで止めました。ログインなどのお知らせは届きます。",
        "Requests are muted until {until}. Notices of sign-ins and the like still arrive.";
    reported_told: "{broker}に報告しました。", "{broker} was told.";
    freeze_title: "口座を一時停止できます", "You can stop the account";
    freeze_lead: "ログイン、取引、出金の承認がすべて止まります。再開には本人確認が必要です。",
        "All approvals of sign-ins, trades and withdrawals stop. Starting again takes an identity check.";
    freeze: "口座を一時停止する", "Stop the account";
    freeze_not_now: "今は停止しない", "Not now";
    frozen: "口座を一時停止しました", "The account is stopped";
    frozen_lead: "承認はすべて止まっています。", "All approvals are stopped.";
    frozen_next: "再開するには、証券会社で本人確認を受けてください。", "To start again, go through an identity check with your broker.";
    expired: "有効期限が切れました", "The request has expired";
    again_next: "続ける場合は、元の画面でもう一度操作してください。新しい確認依頼が届きます。",
        "To go on, start again on the page. A new request will come.";
    failed_number: "数字が違います", "The number was wrong";
    failed_number_next: "この確認依頼は終了しました。続ける場合は、元の画面でもう一度操作してください。",
        "This request has ended. To go on, start again on the page.";
    elsewhere: "別の端末で回答されました", "Answered on another phone";
    elsewhere_approved: "別の端末で承認されました。心当たりがない場合は、ご報告ください。",
        "It was approved on another phone. If that was not you, report it.";
    elsewhere_denied: "別の端末で拒否されました。", "It was declined on another phone.";
    elsewhere_reported: "別の端末で「心当たりがない」と報告されました。", "It was reported on another phone.";
    superseded: "新しい確認依頼に置き換わりました", "Replaced by a newer request";
    superseded_next: "新しい確認依頼をご確認ください。", "Look at the newer request.";
    cancelled: "確認依頼は取り消されました", "The request was withdrawn";
    unknown_request: "この確認依頼は見つかりません", "There is no such request";
    unknown_request_next: "終了したか、この端末あての依頼ではありません。", "It has ended, or it is not for this phone.";
    decided_at: "日時", "Time";
    deadline: "期限", "Deadline";
    receipt: "受領証", "Receipt";
    log_row: "記録の番号", "Row of the log";
    // history, settings
    history_none: "履歴はまだありません", "No history yet";
    history_none_hint: "承認、拒否、報告した記録が表示されます。", "What you approve, decline or report appears here.";
    decision_approve: "承認", "Approved";
    decision_deny: "拒否", "Declined";
    decision_report: "報告", "Reported";
    device_name: "端末の名前", "Name of this phone";
    device_name_hint: "1～64文字。証券会社の端末一覧に表示されます。", "1–64 characters. Your broker’s list of devices shows it.";
    rename: "名前を変更する", "Rename";
    rotate: "鍵を新しくする", "Make new keys";
    leave: "この口座の登録を解除する", "Remove this account";
    leave_lead: "解除すると、この端末では承認できなくなります。", "Once removed, this phone can no longer approve.";
    state: "状態", "State";
    state_active: "利用できます", "Active";
    state_not_recognised: "この端末は認識されませんでした（登録が解除された可能性があります）",
        "This phone was not recognised (it may have been removed)";
    state_suspended: "停止されています。もう一度登録してください。", "Suspended. Enroll again.";
    state_key_invalid: "鍵が無効です。もう一度登録してください。", "The key is invalid. Enroll again.";
    state_frozen: "口座が一時停止されています", "The account is stopped";
    state_waiting: "新しい端末のため、出金などは{until}まで承認できません", "New phone: it may not approve withdrawals and the like until {until}";
    renamed: "名前を変更しました。", "Renamed.";
    rotated: "鍵を新しくしました。", "The phone has new keys.";
    left_account: "登録を解除しました。", "The account was removed from this phone.";
    // what happened
    trace_begun: "登録をはじめ、サーバーの応答を検証しました", "Enrollment begun, the server’s answer verified";
    trace_code: "6桁の数字を表示しました", "Six digits shown";
    trace_active: "登録が完了しました", "Enrolled";
    trace_arrived: "確認依頼を取得し、署名を検証しました", "Request fetched and its signature verified";
    trace_opened: "画面のコードまたはリンクを、サーバーが受け付けました", "The server took the page’s code or link";
    trace_approved: "承認し、受領証を検証しました", "Approved, receipt verified";
    trace_denied: "拒否し、受領証を検証しました", "Declined, receipt verified";
    trace_reported: "報告し、受領証を検証しました", "Reported, receipt verified";
    trace_returned: "ブラウザーに戻りました", "Back in the browser";
    trace_ended: "確認依頼が、この端末の外で終了しました", "A request ended without this phone";
    trace_offline: "サーバーに接続できません", "No connection to the server";
    trace_store: "保存データの一部が壊れていました。読めないものは別に保管しました", "Part of the phone’s state was damaged; what cannot be read was put aside";
    trace_refused: "行えませんでした：{what}", "Not done: {what}";
    // failures: what happened, and what to do
    offline: "サーバーに接続できません。", "The server cannot be reached.";
    offline_next: "通信を確認して、もう一度お試しください。", "Check the connection and try again.";
    unavailable: "サーバーが応答できません。", "The server cannot answer.";
    unavailable_next: "しばらくしてから、もう一度お試しください。", "Try again later.";
    untrusted: "内容を確認できませんでした。署名または鍵が正しくありません。", "It cannot be verified: a signature or key is not what it has to be.";
    untrusted_next: "続けずに、証券会社にお問い合わせください。", "Do not go on. Ask your broker.";
    not_recognised: "この端末は認識されませんでした（登録が解除された可能性があります）。",
        "This phone was not recognised (it may have been removed).";
    not_recognised_next: "心当たりがない場合は、もう一度登録してください。", "If you did not expect this, enroll again.";
    update_needed: "このアプリでは扱えない内容です。", "This version of the app is too old for it.";
    update_needed_next: "アプリを更新してください。", "Update the app.";
    verification: "ご本人の確認ができませんでした。", "You were not recognised.";
    verification_cancelled: "本人確認を取り消しました。", "You cancelled the check.";
    verification_locked: "本人確認が一時的に使えません。", "Biometrics are locked for the moment.";
    verification_next: "もう一度お試しください。", "Try again.";
    key_invalid: "生体認証の設定が変わったため、鍵が無効になりました。", "The key became invalid because biometrics were changed.";
    key_invalid_next: "もう一度登録してください。", "Enroll again.";
    internal: "端末の内部で問題が起きました（{what}）。", "The phone itself failed ({what}).";
    internal_next: "もう一度お試しください。続く場合は、登録をやり直してください。", "Try again. If it goes on, enroll again.";
    already_decided: "すでに回答されています。", "It was answered already.";
    number_wrong: "数字が違います。この確認依頼は終了しました。", "The number was wrong. The request has ended.";
    start_needed: "この端末では、まだ画面のコードを読み取っていません。", "This phone has not scanned or opened it yet.";
    start_needed_next: "画面のコードを読み取るか、画面のリンクから開いてください。", "Scan the page’s code, or open the page’s link.";
    locked: "口座が停止されています。", "The account is stopped.";
    locked_next: "再開には本人確認が必要です。", "Starting again takes an identity check.";
    waiting: "新しい端末のため、まだ承認できません。", "This is a new phone; it may not approve this yet.";
    waiting_next: "以前の端末で承認するか、期限までお待ちください。", "Approve on your older phone, or wait.";
    too_many: "回数が多すぎます。", "Too many tries.";
    not_found: "この端末あての確認依頼ではないか、終了しています。", "There is no such request for this phone, or it has ended.";
    not_found_next: "「inbox」で届いている確認依頼をご確認ください。", "See what waits with “inbox”.";
    hash_mismatch: "表示した内容が、サーバーの記録と一致しませんでした。", "What was shown is not what the server holds.";
    bad_link: "Inkanのコードまたはリンクではありません。", "That is none of Inkan’s codes or links.";
    bad_link_next: "画面に表示されたものを、そのまま貼り付けてください。", "Paste exactly what the page shows.";
    bad_server: "サーバーの名前が正しくありません。", "That is not the name of a server.";
    bad_server_next: "「auth.example.jp」または「https://auth.example.jp」の形で入力してください。",
        "Give it as “auth.example.jp” or “https://auth.example.jp”.";
    bad_number: "数字の桁数または文字が正しくありません。", "That is not the number that is asked for.";
    bad_number_next: "画面に表示された数字を、そのまま入力してください。", "Type the digits exactly as the page shows them.";
    bad_name: "その名前は使えません。", "That name cannot be used.";
    bad_name_next: "1～64文字で、記号や制御文字を避けて入力してください。", "Use 1–64 characters, none of them control characters.";
    bad_id: "確認依頼の番号が正しくありません。", "That is not the id of a request.";
    bad_account: "その口座は登録されていません。", "There is no such account on this phone.";
    bad_account_next: "「accounts」で登録されている口座をご確認ください。", "See the accounts with “accounts”.";
    several_accounts: "口座が複数あります。", "There are several accounts.";
    several_accounts_next: "「--account」で口座を指定してください。", "Say which with “--account”.";
    no_accounts: "口座が登録されていません。", "No account is enrolled.";
    no_accounts_next: "先に「enroll」で登録してください。", "Enroll first, with “enroll”.";
    no_account_for_link: "このコードまたはリンクに合う口座が登録されていません。", "No account here belongs to this code or link.";
    not_shown: "この確認依頼は、まだこの端末に表示されていません。", "The request has not been shown on this phone yet.";
    not_shown_next: "先に「show」で内容をご確認ください。", "Look at it first, with “show”.";
    bad_step: "登録がその段階にありません。", "The enrollment is not at this step.";
    bad_address: "https://で始まるアドレスではありません。", "That is not an address that begins with https://.";
    bad_form: "ページにその名前のフォームがありません。", "The page has no form of that name.";
    bad_form_next: "「browse」で表示されるフォームの名前を指定してください。", "Use one of the forms that “browse” lists.";
    bad_return: "戻り先のページに、決められたフォームがありません。", "The return page lacks the form that it needs.";
    bad_return_next: "「data-inkan-return」を付けたフォームが1つ、同じオリジンにPOSTする必要があります。",
        "It needs one form with “data-inkan-return” that posts to the page’s own origin.";
    bad_profile: "その名前のプロファイルは使えません。", "That is not the name of a browser profile.";
    bad_profile_next: "英数字とハイフンで、32文字までにしてください。", "Use up to 32 letters, digits and hyphens.";
    bad_request: "依頼の形が正しくありません（{what}）。", "The call is not what it has to be ({what}).";
    bad_request_next: "READMEの「The local API」をご覧ください。", "See “The local API” in the README.";
    in_use: "この端末は、別のプロセスで使われています。", "Another process uses this phone.";
    in_use_next: "それを終了するか、別の「--home」を指定してください。", "End it, or choose another “--home”.";
    store_damaged: "端末の保存データを開けません（{what}）。", "The phone’s state cannot be opened ({what}).";
    store_damaged_next: "別の「--home」を指定して、もう一度登録してください。", "Choose another “--home” and enroll again.";
    // what did not happen
    nothing_login: "ログインは行われていません。", "Nobody was signed in.";
    nothing_order: "注文は行われていません。", "No order was placed.";
    nothing_withdrawal: "出金は行われていません。", "Nothing was withdrawn.";
    nothing_payout: "出金先口座は変更されていません。", "The payout account was not changed.";
    nothing_contact: "連絡先は変更されていません。", "No contact was changed.";
    nothing_settings: "設定は変更されていません。", "No setting was changed.";
    nothing_device: "新しい端末は使えるようになっていません。", "The new phone was not accepted.";
    nothing_other: "手続きは行われていません。", "Nothing was carried out.";
    nothing_by_you: "この端末の回答は採用されていません。", "This phone’s answer was not taken.";
    nothing_known: "サーバーが受け付けたかどうかは、まだわかりません。", "It is not known yet whether the server has taken it.";
    nothing_enrolled: "端末は登録されていません。", "The phone was not enrolled.";
    nothing_changed: "何も変更されていません。", "Nothing was changed.";
    nothing_answered: "回答は送信されていません。", "No answer was sent.";
    nothing_sent: "ブラウザーは何も送信していません。", "The browser sent nothing.";
}

impl Words {
    /// The words of a language.
    pub(crate) fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::Ja => &JA,
            Locale::En => &EN,
        }
    }

    /// What did not happen, of an operation.
    pub(crate) fn nothing(&self, operation: Operation) -> &'static str {
        match operation {
            Operation::Login => self.nothing_login,
            Operation::Order => self.nothing_order,
            Operation::Withdrawal => self.nothing_withdrawal,
            Operation::PayoutAccountChange => self.nothing_payout,
            Operation::ContactChange => self.nothing_contact,
            Operation::SettingsChange => self.nothing_settings,
            Operation::DeviceAdd => self.nothing_device,
            Operation::Other => self.nothing_other,
        }
    }
}

/// Puts values where a text has `{name}`.
pub(crate) fn fill(text: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// A time of the server's clock as a customer reads it: day and minute, in the local zone.
pub(crate) fn moment(seconds: u64, locale: Locale) -> String {
    let Some(time) = local(seconds) else { return String::new() };
    match locale {
        Locale::Ja => {
            let day = match time.weekday() {
                jiff::civil::Weekday::Monday => '月',
                jiff::civil::Weekday::Tuesday => '火',
                jiff::civil::Weekday::Wednesday => '水',
                jiff::civil::Weekday::Thursday => '木',
                jiff::civil::Weekday::Friday => '金',
                jiff::civil::Weekday::Saturday => '土',
                jiff::civil::Weekday::Sunday => '日',
            };
            format!("{}月{}日（{day}）{:02}:{:02}", time.month(), time.day(), time.hour(), time.minute())
        }
        Locale::En => time.strftime("%a %-d %b, %H:%M").to_string(),
    }
}

/// The time of day with seconds.
pub(crate) fn time_of_day(seconds: u64) -> String {
    local(seconds).map(|time| time.strftime("%H:%M:%S").to_string()).unwrap_or_default()
}

/// `1:42`.
pub(crate) fn minutes(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Japan's time: the customers of the virtual phone are there, and tests read the same on every machine.
fn local(seconds: u64) -> Option<jiff::civil::DateTime> {
    let timestamp = jiff::Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(jiff::tz::TimeZone::get("Asia/Tokyo").ok()?.to_datetime(timestamp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_every_word_and_the_same_places_to_fill() {
        let places = |text: &str| {
            let mut names: Vec<String> = text
                .split('{')
                .skip(1)
                .filter_map(|rest| rest.split_once('}'))
                .map(|(name, _)| name.to_owned())
                .collect();
            names.sort();
            names
        };
        for (name, ja, en) in ALL {
            assert!(!ja.is_empty() && !en.is_empty(), "{name}");
            assert_eq!(places(ja), places(en), "{name}");
            assert!(!ja.contains(['(', ')', '?', '!']), "{name}: full-width in Japanese");
            assert!(
                en.is_ascii() || en.chars().all(|sign| sign.is_ascii() || "’“”–".contains(sign)),
                "{name}"
            );
        }
    }

    #[test]
    fn times_are_read_as_a_customer_reads_them() {
        // 2026-11-24T05:05:09Z
        assert_eq!(moment(1_795_496_709, Locale::Ja), "11月24日（火）14:05");
        assert_eq!(moment(1_795_496_709, Locale::En), "Tue 24 Nov, 14:05");
        assert_eq!(time_of_day(1_795_496_709), "14:05:09");
        assert_eq!((minutes(102), minutes(9)), ("1:42".to_owned(), "0:09".to_owned()));
    }
}
