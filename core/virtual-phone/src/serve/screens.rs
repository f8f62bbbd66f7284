//! The screens: what each needs, and its template. Pure: a screen is made from views and words, so that every state can
//! be rendered in a test.

mod desk;
mod result;

use askama::Template;
use inkan_core::account::AccountState;
use inkan_protocol::{answer::Decision, challenge::Start, details::Locale};

use self::desk::{Left, Seal, seal};
pub(super) use self::{desk::Desk, result::ResultScreen};
use super::facts::{Facts, Row};
use crate::{
    action::StateView,
    failure::Failure,
    view::{AccountView, ApprovalView, Decided, EnrollmentView, HistoryView, RequestView},
    words::{Words, fill, moment},
};

/// The bar of a request.
pub(super) struct Bar {
    broker: String,
    left: Option<Left>,
}

#[derive(Template)]
#[template(path = "enroll.html")]
pub(super) struct EnrollScreen {
    pub(super) desk: Desk,
    pub(super) failure: Option<Failure>,
    pub(super) uri: String,
    pub(super) code: String,
    pub(super) host: String,
}

#[derive(Template)]
#[template(path = "yours.html")]
pub(super) struct YoursScreen {
    desk: Desk,
    failure: Option<Failure>,
    enrollment: EnrollmentView,
    rows: Vec<Row>,
}

impl YoursScreen {
    pub(super) fn new(desk: Desk, enrollment: EnrollmentView, failure: Option<Failure>) -> Self {
        let mut rows = enrolling(&desk, &enrollment);
        rows.push(Row::plain(desk.w.server, &enrollment.account.server));
        Self { desk: desk.keyed("begun"), failure, enrollment, rows }
    }
}

pub(super) fn enrolling(desk: &Desk, enrollment: &EnrollmentView) -> Vec<Row> {
    vec![
        Row::plain(desk.w.broker, &enrollment.account.relying_party),
        Row::plain(desk.w.account, &enrollment.account.display_name),
    ]
}

#[derive(Template)]
#[template(path = "code.html")]
pub(super) struct CodeScreen {
    desk: Desk,
    enrollment: EnrollmentView,
    rows: Vec<Row>,
    first: String,
    second: String,
    spelled: String,
}

impl CodeScreen {
    pub(super) fn new(desk: Desk, enrollment: EnrollmentView) -> Self {
        let digits: Vec<String> =
            enrollment.code.iter().flat_map(|code| code.chars()).map(String::from).collect();
        let rows = enrolling(&desk, &enrollment);
        Self {
            desk: desk.keyed("claimed"),
            enrollment,
            rows,
            first: digits.iter().take(3).cloned().collect(),
            second: digits.iter().skip(3).cloned().collect(),
            spelled: digits.join(" "),
        }
    }
}

struct InboxRow {
    challenge: String,
    seal: String,
    heading: String,
    left: Left,
    amount: Option<String>,
    broker: String,
    origin: Vec<String>,
    reasons: Vec<String>,
}

#[derive(Template)]
#[template(path = "inbox.html")]
pub(super) struct InboxScreen {
    desk: Desk,
    heading: String,
    rows: Vec<InboxRow>,
    deny_all: Option<String>,
    problems: Vec<Failure>,
    failure: Option<Failure>,
    link: String,
}

impl InboxScreen {
    pub(super) fn new(desk: Desk, state: &StateView, failure: Option<Failure>, link: String) -> Self {
        let rows: Vec<InboxRow> =
            state.inbox.requests.iter().map(|request| inbox_row(request, desk.w)).collect();
        let heading = match rows.len() {
            1 => desk.w.inbox_one.to_owned(),
            count => fill(desk.w.inbox_several, &[("n", &count.to_string())]),
        };
        let deny_all =
            (rows.len() > 1).then(|| fill(desk.w.inbox_deny_all, &[("n", &rows.len().to_string())]));
        let ids: Vec<&str> = rows.iter().map(|row| row.challenge.as_str()).collect();
        let troubles: Vec<&str> = state.inbox.problems.iter().map(|problem| problem.code.as_str()).collect();
        let key = format!("{} {}", ids.join(" "), troubles.join(" "));
        Self {
            desk: desk.keyed(&key),
            deny_all,
            heading,
            rows,
            problems: state.inbox.problems.clone(),
            failure,
            link,
        }
    }
}

fn inbox_row(request: &RequestView, words: &'static Words) -> InboxRow {
    let facts = Facts::of(&request.lines);
    let left = Left::of(request);
    InboxRow {
        challenge: request.challenge.clone(),
        seal: seal(Seal::Waiting(left), "mini"),
        heading: if facts.heading.is_empty() { words.nav_inbox.to_owned() } else { facts.heading },
        left,
        amount: facts.amount,
        broker: request.relying_party.clone(),
        // where from: the client, and the place if there is one
        origin: facts.origin.into_iter().take(2).map(|row| row.value).collect(),
        reasons: facts.reasons,
    }
}

#[derive(Template)]
#[template(path = "request.html")]
pub(super) struct RequestScreen {
    desk: Desk,
    screen: Bar,
    challenge: String,
    facts: Facts,
    seal: String,
    warnings: Vec<String>,
    fits: Option<&'static str>,
    number: Option<String>,
    number_missing: Option<String>,
    scan: bool,
    approvable: bool,
    kept: bool,
    resend: &'static str,
    failure: Option<Failure>,
}

impl RequestScreen {
    /// A request that waits. `pressed_early`: approve was pressed before what it takes was there.
    pub(super) fn new(
        desk: Desk,
        request: &RequestView,
        failure: Option<Failure>,
        pressed_early: bool,
    ) -> Self {
        let w = desk.w;
        let left = Left::of(request);
        let mut facts = Facts::of(&request.lines);
        if facts.heading.is_empty() {
            w.nav_inbox.clone_into(&mut facts.heading);
        }
        let mut warnings = request_warnings(request, w, desk.locale);
        let (mut number, mut number_missing, mut scan) = (None, None, false);
        match request.approval {
            // what is kept is signed: there is nothing to type any more
            ApprovalView::Number { .. } if request.kept.is_some() => {}
            ApprovalView::Number { digits } => {
                let digits = digits.to_string();
                number = Some(fill(w.number_label, &[("n", &digits)]));
                number_missing = pressed_early.then(|| fill(w.number_missing, &[("n", &digits)]));
            }
            ApprovalView::Scan => {
                scan = true;
                if pressed_early {
                    warnings.push(w.scan_missing.to_owned());
                }
            }
            ApprovalView::Link => warnings.push(w.link_missing.to_owned()),
            ApprovalView::Confirmation | ApprovalView::Blocked { .. } => {}
        }
        let ready = request.approval == ApprovalView::Confirmation;
        let fits = match request.start {
            Start::Scan {} if ready => Some(w.scan_done),
            Start::Link {} if ready => Some(w.link_done),
            _ => None,
        };
        let key = format!("{:?} {:?} {:?}", request.approval, request.kept, request.several_pending);
        Self {
            desk: desk.keyed(&key),
            screen: Bar { broker: request.relying_party.clone(), left: Some(left) },
            challenge: request.challenge.clone(),
            facts,
            seal: seal(Seal::Waiting(left), ""),
            warnings,
            fits,
            number,
            number_missing,
            scan,
            approvable: !matches!(request.approval, ApprovalView::Blocked { .. }),
            kept: request.kept.is_some(),
            resend: match request.kept {
                Some(Decision::Deny) => "deny",
                Some(Decision::Report) => "report",
                Some(Decision::Approve) | None => "approve",
            },
            failure,
        }
    }
}

fn request_warnings(request: &RequestView, w: &'static Words, locale: Locale) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(kept) = request.kept {
        warnings.push(match kept {
            Decision::Approve => w.kept_approve.to_owned(),
            Decision::Deny => w.kept_deny.to_owned(),
            Decision::Report => w.kept_report.to_owned(),
        });
    }
    if let Some(count) = request.several_pending {
        warnings.push(fill(w.several_pending, &[("n", &count.to_string())]));
    }
    if let Some(seconds) = request.clock_differs {
        warnings.push(fill(w.clock_differs, &[("n", &seconds.unsigned_abs().to_string())]));
    }
    warnings.extend(request.approval.why_blocked(locale));
    warnings
}

#[derive(Template)]
#[template(path = "deny.html")]
pub(super) struct DenyScreen {
    desk: Desk,
    screen: Bar,
    challenge: String,
    rows: Vec<Row>,
}

impl DenyScreen {
    pub(super) fn new(desk: Desk, request: &RequestView) -> Self {
        Self {
            desk,
            screen: Bar { broker: request.relying_party.clone(), left: Some(Left::of(request)) },
            challenge: request.challenge.clone(),
            rows: Facts::summary(&request.lines),
        }
    }
}

struct PastRow {
    challenge: String,
    seal: String,
    heading: String,
    decision: &'static str,
    amount: Option<String>,
    broker: String,
    when: String,
}

#[derive(Template)]
#[template(path = "history.html")]
pub(super) struct HistoryScreen {
    desk: Desk,
    rows: Vec<PastRow>,
}

impl HistoryScreen {
    pub(super) fn new(desk: Desk, entries: &[HistoryView]) -> Self {
        let (w, locale) = (desk.w, desk.locale);
        let rows = entries.iter().map(|entry| {
            let facts = Facts::of(&entry.lines);
            let (mark, decision) = match entry.answer.outcome {
                Decided::Approved => (Seal::Approved, w.decision_approve),
                Decided::Denied => (Seal::Declined, w.decision_deny),
                Decided::Reported => (Seal::Stopped, w.decision_report),
            };
            PastRow {
                challenge: entry.answer.challenge.clone(),
                seal: seal(mark, "mini"),
                heading: facts.heading,
                decision,
                amount: facts.amount,
                broker: entry.relying_party.clone(),
                when: moment(entry.answer.decided_at, locale),
            }
        });
        let rows: Vec<PastRow> = rows.collect();
        let key = rows.len().to_string();
        Self { desk: desk.keyed(&key), rows }
    }
}

struct AccountCard {
    id: String,
    relying_party: String,
    device_name: String,
    rows: Vec<Row>,
}

#[derive(Template)]
#[template(path = "settings.html")]
pub(super) struct SettingsScreen {
    desk: Desk,
    accounts: Vec<AccountCard>,
    done: Option<&'static str>,
    failure: Option<Failure>,
}

impl SettingsScreen {
    pub(super) fn new(
        desk: Desk,
        accounts: &[AccountView],
        done: Option<&'static str>,
        failure: Option<Failure>,
    ) -> Self {
        let (w, locale) = (desk.w, desk.locale);
        let cards = accounts.iter().map(|account| {
            let state = match account.state {
                AccountState::NotRecognised => w.state_not_recognised.to_owned(),
                AccountState::Suspended => w.state_suspended.to_owned(),
                AccountState::KeyInvalid => w.state_key_invalid.to_owned(),
                AccountState::Active if account.frozen => w.state_frozen.to_owned(),
                AccountState::Active => match account.restricted_until {
                    Some(until) => fill(w.state_waiting, &[("until", &moment(until, locale))]),
                    None => w.state_active.to_owned(),
                },
            };
            AccountCard {
                id: account.account.clone(),
                relying_party: account.relying_party.clone(),
                device_name: account.device_name.clone(),
                rows: vec![
                    Row::plain(w.account, &account.display_name),
                    Row::plain(w.server, &account.server),
                    Row::plain(w.state, state),
                    Row::plain(w.enrolled_since, moment(account.enrolled_at, locale)),
                ],
            }
        });
        Self { accounts: cards.collect(), desk, done, failure }
    }
}
