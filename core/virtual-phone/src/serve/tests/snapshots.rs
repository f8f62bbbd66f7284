//! Every screen and state, in Japanese and English: what a reader sees of it stands in `snapshots/`, and no page holds
//! an inline style or script, an unfilled place or a hole.
//!
//! `INKAN_SNAPSHOTS=write cargo test -p inkan-virtual-phone` writes them anew.

use std::fs;

use askama::Template;
use inkan_core::account::AccountState;
use inkan_protocol::{
    answer::Decision,
    challenge::Start,
    details::{Detail, Locale, Operation, Origin, Price, Reason, Side},
    device_api::ChallengeState,
    display::{Shown, Template as DisplayTemplate, render},
    ids::Digest,
    receipt::LogReference,
};
use url::Url;

use super::{super::screens::*, snapshot_folder};
use crate::{
    action::{InboxView, StateView},
    browser::Page,
    failure::{Failure, Fault, Task},
    phone::{Biometrics, Theme},
    view::*,
};

/// 2026-11-24 14:05:09 in Tokyo.
const NOW: u64 = 1_795_496_709;
const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn details(operation: Operation) -> Vec<Detail> {
    let reference = Detail::Reference { value: "A1B2-C3".into() };
    match operation {
        Operation::Login => vec![],
        Operation::Order => vec![
            Detail::Side { value: Side::Sell },
            Detail::Security {
                code: "7203".into(), name: "見本自動車".into(), market: Some("東証".into())
            },
            Detail::Quantity { value: "100".into() },
            Detail::Price(Price::Limit { value: "2850".into(), currency: "JPY".into() }),
        ],
        _ => vec![
            Detail::Amount { value: "1250000".into(), currency: "JPY".into() },
            Detail::BankAccount {
                bank: "見本銀行".into(),
                branch: Some("中央支店".into()),
                kind: "普通".into(),
                masked: "***4567".into(),
                new: Some(true),
                id: "b1".into(),
            },
            reference,
        ],
    }
}

fn request(locale: Locale, operation: Operation, approval: ApprovalView) -> RequestView {
    let details = details(operation);
    let origin = Origin {
        client: "Windows / Chrome".into(),
        place: Some("東京都付近".into()),
        ip: Some("203.0.113.24".into()),
    };
    let shown = Shown {
        relying_party: "みらい証券",
        account: "***0123",
        operation,
        details: &details,
        origin: &origin,
        reasons: &[Reason::UnusualPlace],
        issued_at: NOW - 18,
        zone: "Asia/Tokyo",
        template: &DisplayTemplate::newest(operation),
    };
    RequestView {
        challenge: ID.into(),
        account: ID.into(),
        relying_party: "みらい証券".into(),
        operation,
        lines: render(&shown, locale).unwrap().lines,
        state: ChallengeState::Pending,
        issued_at: NOW - 18,
        expires_at: NOW + 102,
        remaining: 102,
        start: Start::Number { digits: 6 },
        returns: false,
        approval,
        several_pending: None,
        clock_differs: None,
        kept: None,
    }
}

fn account() -> AccountView {
    AccountView {
        account: ID.into(),
        server: "https://auth.example.jp".into(),
        relying_party: "みらい証券".into(),
        display_name: "***0123".into(),
        device_name: "仮想端末1".into(),
        device: ID.into(),
        state: AccountState::Active,
        frozen: false,
        restricted_until: None,
        enrolled_at: NOW - 86_400,
    }
}

fn enrollment(state: EnrollmentState) -> EnrollmentView {
    EnrollmentView {
        enrollment: ID.into(),
        state,
        code: (state == EnrollmentState::Claimed).then(|| "731048".into()),
        account: EnrollingAccount {
            server: "https://auth.example.jp".into(),
            relying_party: "みらい証券".into(),
            display_name: "***0123".into(),
        },
    }
}

fn answer(outcome: Decided) -> AnswerView {
    AnswerView {
        outcome,
        challenge: ID.into(),
        account: ID.into(),
        decided_at: NOW,
        receipt: "eyJhbGciOiJFUzI1NiJ9.e30.c2ln".into(),
        log: LogReference { row: 42, hash: Digest([7; 32]) },
        returned: None,
    }
}

fn state(locale: Locale) -> StateView {
    StateView {
        name: "仮想端末1".into(),
        locale,
        theme: Theme::Auto,
        network: true,
        biometrics: Biometrics::Ok,
        accounts: vec![account()],
        enrollments: vec![],
        inbox: InboxView::default(),
        ended: vec![],
        version: 1,
    }
}

fn desk(locale: Locale) -> Desk {
    Desk::new(&state(locale), &[(NOW, "…".to_owned())], None, "/requests")
}

fn html(screen: &impl Template) -> String {
    screen.render().unwrap()
}

fn failure(fault: &Fault, locale: Locale) -> Failure {
    Failure::of(fault, Task::Answer(Decision::Approve, Operation::Withdrawal), locale)
}

fn ended(locale: Locale, ending: Ending, answer: Option<AnswerView>) -> String {
    let request = request(locale, Operation::Withdrawal, ApprovalView::Confirmation);
    html(&ResultScreen::ended(desk(locale), &EndedView { request, ending, at: NOW, answer }))
}

fn asked(locale: Locale, change: impl FnOnce(&mut RequestView)) -> String {
    let mut view = request(locale, Operation::Withdrawal, ApprovalView::Number { digits: 6 });
    change(&mut view);
    html(&RequestScreen::new(desk(locale), &view, None, false))
}

fn inbox(locale: Locale, change: impl FnOnce(&mut InboxView)) -> String {
    let mut state = state(locale);
    change(&mut state.inbox);
    html(&InboxScreen::new(desk(locale), &state, None, String::new()))
}

fn settings(locale: Locale, change: impl FnOnce(&mut AccountView)) -> String {
    let mut account = account();
    change(&mut account);
    html(&SettingsScreen::new(desk(locale), &[account], None, None))
}

/// Every screen and state.
fn screens(locale: Locale) -> Vec<(&'static str, String)> {
    let mut screens = enrolling(locale);
    screens.extend(waiting(locale));
    screens.extend(endings(locale));
    screens.extend(places(locale));
    screens
}

fn enrolling(locale: Locale) -> Vec<(&'static str, String)> {
    let begun = enrollment(EnrollmentState::Begun);
    let enroll = |failure| EnrollScreen {
        desk: desk(locale),
        failure,
        uri: String::new(),
        code: String::new(),
        host: String::new(),
    };
    let wrong = Fault::Core(inkan_core::error::Error::Link(inkan_protocol::enrollment::UriError::NotOurs));
    vec![
        ("enroll", html(&enroll(None))),
        ("enroll-wrong", html(&enroll(Some(Failure::of(&wrong, Task::Enroll, locale))))),
        ("enroll-yours", html(&YoursScreen::new(desk(locale), begun, None))),
        ("enroll-code", html(&CodeScreen::new(desk(locale), enrollment(EnrollmentState::Claimed)))),
        ("enroll-done", html(&ResultScreen::enrolled(desk(locale), &enrollment(EnrollmentState::Active)))),
        ("enroll-ended", html(&ResultScreen::enrolled(desk(locale), &enrollment(EnrollmentState::Ended)))),
        (
            "enroll-foreign",
            html(&ResultScreen::enrolled(desk(locale), &enrollment(EnrollmentState::ForeignRecord))),
        ),
    ]
}

fn waiting(locale: Locale) -> Vec<(&'static str, String)> {
    let blocked =
        |why| move |view: &mut RequestView| view.approval = ApprovalView::Blocked { why, until: None };
    let early = request(locale, Operation::Withdrawal, ApprovalView::Number { digits: 6 });
    let cancelled = failure(
        &Fault::Core(inkan_core::error::Error::Vault(inkan_core::ports::VaultError::UserCancelled)),
        locale,
    );
    vec![
        ("request-number", asked(locale, |_| {})),
        ("request-number-missing", html(&RequestScreen::new(desk(locale), &early, None, true))),
        ("request-not-verified", html(&RequestScreen::new(desk(locale), &early, Some(cancelled), false))),
        (
            "request-scan",
            asked(locale, |view| (view.start, view.approval) = (Start::Scan {}, ApprovalView::Scan)),
        ),
        (
            "request-scanned",
            asked(locale, |view| (view.start, view.approval) = (Start::Scan {}, ApprovalView::Confirmation)),
        ),
        (
            "request-link",
            asked(locale, |view| (view.start, view.approval) = (Start::Link {}, ApprovalView::Link)),
        ),
        (
            "request-opened",
            asked(locale, |view| (view.start, view.approval) = (Start::Link {}, ApprovalView::Confirmation)),
        ),
        ("request-login", asked(locale, |view| *view = request(locale, Operation::Login, view.approval))),
        ("request-order", asked(locale, |view| *view = request(locale, Operation::Order, view.approval))),
        ("request-several", asked(locale, |view| view.several_pending = Some(2))),
        ("request-clock", asked(locale, |view| view.clock_differs = Some(-90))),
        ("request-kept-approve", asked(locale, |view| view.kept = Some(Decision::Approve))),
        ("request-kept-deny", asked(locale, |view| view.kept = Some(Decision::Deny))),
        ("request-kept-report", asked(locale, |view| view.kept = Some(Decision::Report))),
        ("request-update-needed", {
            asked(locale, |view| {
                view.lines.clear();
                blocked(BlockedView::UpdateNeeded)(view);
            })
        }),
        ("request-key-invalid", asked(locale, blocked(BlockedView::KeyInvalid))),
        ("request-expired", asked(locale, blocked(BlockedView::Expired))),
        ("request-ended", asked(locale, blocked(BlockedView::Ended))),
        ("request-locked", asked(locale, blocked(BlockedView::Frozen))),
        ("request-suspended", asked(locale, blocked(BlockedView::Suspended))),
        ("request-waiting", {
            asked(locale, |view| {
                view.approval =
                    ApprovalView::Blocked { why: BlockedView::Waiting, until: Some(NOW + 86_400) };
            })
        }),
        ("deny", html(&DenyScreen::new(desk(locale), &early))),
        ("inbox-empty", inbox(locale, |_| {})),
        ("inbox-one", inbox(locale, |inbox| inbox.requests.push(early.clone()))),
        (
            "inbox-two",
            inbox(locale, |inbox| {
                inbox.requests = vec![request(locale, Operation::Login, early.approval), early.clone()];
            }),
        ),
        (
            "inbox-offline",
            inbox(locale, |inbox| {
                let offline = inkan_core::error::Error::Transport(inkan_core::ports::TransportError::Offline);
                inbox.problems.push(Failure::of(&Fault::Core(offline), Task::Look, locale));
            }),
        ),
        (
            "inbox-untrusted",
            inbox(locale, |inbox| {
                let untrusted =
                    inkan_core::error::Error::Untrusted(inkan_core::error::TrustError::SigningKey);
                inbox.problems.push(Failure::of(&Fault::Core(untrusted), Task::Look, locale));
            }),
        ),
    ]
}

fn endings(locale: Locale) -> Vec<(&'static str, String)> {
    let here = |decided| ended(locale, Ending::Here(decided), Some(answer(decided)));
    let elsewhere = |state| ended(locale, Ending::Elsewhere(state), None);
    let returned = |status, text: &str| {
        let page = ReturnView { status, url: String::new(), title: String::new(), text: text.to_owned() };
        let answer = AnswerView { returned: Some(page), ..answer(Decided::Approved) };
        ended(locale, Ending::Here(Decided::Approved), Some(answer))
    };
    vec![
        ("ended-approved", here(Decided::Approved)),
        ("ended-returned", returned(200, "ご出金を受け付けました")),
        ("ended-return-failed", returned(0, "no connection to the server")),
        ("ended-going-back", {
            let (ending, answer) = (Ending::Here(Decided::Approved), Some(answer(Decided::Approved)));
            let request = request(locale, Operation::Withdrawal, ApprovalView::Confirmation);
            let ended = EndedView { request, ending, at: NOW, answer };
            html(&ResultScreen::going_back(desk(locale), &ended, "https://broker.example/return#c=1&r=2"))
        }),
        ("ended-denied", here(Decided::Denied)),
        ("ended-reported", here(Decided::Reported)),
        ("ended-number-wrong", ended(locale, Ending::NumberWrong, None)),
        ("ended-expired", ended(locale, Ending::Expired, None)),
        ("ended-superseded", ended(locale, Ending::Superseded, None)),
        ("ended-cancelled", ended(locale, Ending::Cancelled, None)),
        ("ended-elsewhere-approved", elsewhere(ChallengeState::Approved)),
        ("ended-elsewhere-denied", elsewhere(ChallengeState::Denied)),
        ("ended-elsewhere-reported", elsewhere(ChallengeState::Reported)),
        ("ended-elsewhere-failed", elsewhere(ChallengeState::Failed)),
        ("ended-gone", ended(locale, Ending::Gone, None)),
        ("nowhere", html(&ResultScreen::nowhere(desk(locale)))),
        ("frozen", html(&ResultScreen::frozen(desk(locale), &account()))),
        ("failed", {
            let fault = Fault::Core(inkan_core::error::Error::NotRecognised);
            html(&ResultScreen::failed(desk(locale), &failure(&fault, locale)))
        }),
    ]
}

fn places(locale: Locale) -> Vec<(&'static str, String)> {
    let entry = |outcome| HistoryView {
        answer: answer(outcome),
        relying_party: "みらい証券".into(),
        operation: Operation::Withdrawal,
        lines: request(locale, Operation::Withdrawal, ApprovalView::Confirmation).lines,
    };
    let entries = [entry(Decided::Approved), entry(Decided::Denied), entry(Decided::Reported)];
    let [approved, ..] = &entries;
    vec![
        ("history-empty", html(&HistoryScreen::new(desk(locale), &[]))),
        ("history", html(&HistoryScreen::new(desk(locale), &entries))),
        ("history-one", html(&ResultScreen::past(desk(locale), approved))),
        ("settings", settings(locale, |_| {})),
        ("settings-not-recognised", settings(locale, |account| account.state = AccountState::NotRecognised)),
        ("settings-suspended", settings(locale, |account| account.state = AccountState::Suspended)),
        ("settings-key-invalid", settings(locale, |account| account.state = AccountState::KeyInvalid)),
        ("settings-frozen", settings(locale, |account| account.frozen = true)),
        ("settings-waiting", settings(locale, |account| account.restricted_until = Some(NOW + 86_400))),
    ]
}

/// The phone's own screen, as text.
fn seen(html: &str) -> String {
    let phone =
        html.split_once("<section class=\"frame\"").unwrap().1.split_once("<div class=\"side").unwrap().0;
    let page = Page::read(200, &Url::parse("https://phone.example/").unwrap(), phone.as_bytes());
    let (_, text) = page.text.split_once('>').unwrap_or(("", &page.text));
    text.trim().to_owned() + "\n"
}

#[test]
fn every_state_reads_as_it_should() {
    let write = std::env::var_os("INKAN_SNAPSHOTS").is_some_and(|said| said == "write");
    let mut wrong = Vec::new();
    for (locale, lang) in [(Locale::Ja, "ja"), (Locale::En, "en")] {
        for (name, html) in screens(locale) {
            let file = snapshot_folder().join(format!("{name}.{lang}.txt"));
            let text = seen(&html);
            if write {
                fs::create_dir_all(snapshot_folder()).unwrap();
                fs::write(&file, text).unwrap();
            } else if fs::read_to_string(&file).unwrap_or_default() != text {
                wrong.push(format!("{}:\n{text}", file.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_page_has_holes_or_anything_inline() {
    for locale in [Locale::Ja, Locale::En] {
        for (name, html) in screens(locale) {
            for inline in
                [" style=", "<style", "javascript:", " onclick", " onsubmit", "{{", "{%", "{n}", "{until}"]
            {
                let allowed =
                    inline == "{n}" && html.matches(inline).count() == html.matches("data-announce=").count();
                assert!(allowed || !html.contains(inline), "{name}: {inline}");
            }
            assert_eq!(html.matches("<script").count(), 1, "{name}");
            for empty in [
                "<p></p>",
                "<h2 class=\"title\"></h2>",
                "<dd></dd>",
                "<dt></dt>",
                "></button>",
                "></a>",
                "<b></b>",
            ] {
                assert!(!html.contains(empty), "{name}: {empty}");
            }
            // each id once, each label has its field
            for id in html.split(" for=\"").skip(1).filter_map(|rest| rest.split_once('"')).map(|(id, _)| id)
            {
                assert_eq!(html.matches(&format!(" id=\"{id}\"")).count(), 1, "{name}: {id}");
            }
        }
    }
}

#[test]
fn a_request_can_always_be_declined_and_reported() {
    for locale in [Locale::Ja, Locale::En] {
        for (name, html) in waiting(locale).into_iter().filter(|(name, _)| name.starts_with("request-")) {
            if name.starts_with("request-kept") {
                continue;
            }
            assert!(html.contains(&format!("/requests/{ID}/deny")), "{name}");
            assert!(html.contains(&format!("/requests/{ID}/report")), "{name}");
            let blocked =
                ["update-needed", "key-invalid", "expired", "ended", "locked", "suspended", "waiting"];
            let is_blocked = blocked.iter().any(|why| name.ends_with(why));
            assert_eq!(html.contains("id=\"approve\""), !is_blocked, "{name}");
        }
    }
}
