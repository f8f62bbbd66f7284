//! The screens: what each needs, and its template. Pure: a screen is made from views and words, so that every state can
//! be rendered in a test.

use askama::Template;
use inkan_core::account::AccountState;
use inkan_protocol::{answer::Decision, challenge::Start, details::Locale, device_api::ChallengeState};

use super::facts::{Facts, Row};
use crate::{
    action::StateView,
    failure::Failure,
    phone::{Biometrics, Theme},
    view::{
        AccountView, AnswerView, ApprovalView, Decided, EndedView, Ending, EnrollmentState, EnrollmentView,
        HistoryView, RequestView, ReturnView,
    },
    words::{Words, fill, minutes, moment, time_of_day},
};

/// How long a report mutes requests, in seconds (docs/protocol.md, limits).
const MUTED: u64 = 20 * 60;

/// A choice of a switch.
pub(super) struct Choice {
    pub(super) value: &'static str,
    pub(super) word: &'static str,
    pub(super) chosen: bool,
}

/// Everything around the phone's own screen.
pub(super) struct Desk {
    pub(super) w: &'static Words,
    pub(super) locale: Locale,
    pub(super) lang: &'static str,
    pub(super) theme: &'static str,
    pub(super) name: String,
    pub(super) enrolled: Vec<String>,
    pub(super) offset: String,
    pub(super) auto: Option<&'static str>,
    pub(super) network: Vec<Choice>,
    pub(super) biometrics: Vec<Choice>,
    pub(super) languages: Vec<Choice>,
    pub(super) themes: Vec<Choice>,
    pub(super) trace: Vec<(String, String)>,
    pub(super) waiting: usize,
    /// Where the switches come back to.
    pub(super) back: String,
    /// Names what is on the phone's screen: another key, another screen.
    pub(super) key: String,
    /// Whether the page follows the news.
    pub(super) follow: bool,
}

impl Desk {
    /// The desk around a screen at `back`.
    pub(super) fn new(
        state: &StateView,
        trace: &[(u64, String)],
        auto: Option<Decision>,
        back: &str,
    ) -> Self {
        let w = Words::of(state.locale);
        let choice = |value, word, chosen| Choice { value, word, chosen };
        let biometrics = |value, word, is| choice(value, word, state.biometrics == is);
        let theme = |value, word, is| choice(value, word, state.theme == is);
        let offset =
            state.inbox.requests.iter().find_map(|request| request.clock_differs).unwrap_or_default();
        Self {
            w,
            locale: state.locale,
            lang: match state.locale {
                Locale::Ja => "ja",
                Locale::En => "en",
            },
            theme: match state.theme {
                Theme::Auto => "auto",
                Theme::Light => "light",
                Theme::Dark => "dark",
            },
            name: state.name.clone(),
            enrolled: state
                .accounts
                .iter()
                .map(|account| format!("{} {}", account.relying_party, account.display_name))
                .collect(),
            offset: fill(w.seconds, &[("n", &offset.to_string())]),
            auto: auto.map(|decision| match decision {
                Decision::Approve => w.auto_approve,
                Decision::Deny => w.auto_deny,
                Decision::Report => w.auto_report,
            }),
            network: vec![
                choice("on", w.network_on, state.network),
                choice("off", w.network_off, !state.network),
            ],
            biometrics: vec![
                biometrics("ok", w.biometrics_ok, Biometrics::Ok),
                biometrics("passcode", w.biometrics_passcode, Biometrics::Passcode),
                biometrics("fails", w.biometrics_fails, Biometrics::Fails),
                biometrics("cancelled", w.biometrics_cancelled, Biometrics::Cancelled),
                biometrics("invalidated", w.biometrics_invalidated, Biometrics::Invalidated),
            ],
            languages: vec![
                choice("ja", "日本語", state.locale == Locale::Ja),
                choice("en", "English", state.locale == Locale::En),
            ],
            themes: vec![
                theme("auto", w.theme_auto, Theme::Auto),
                theme("light", w.theme_light, Theme::Light),
                theme("dark", w.theme_dark, Theme::Dark),
            ],
            trace: trace.iter().rev().map(|(at, what)| (time_of_day(*at), what.clone())).collect(),
            waiting: state.inbox.requests.len(),
            back: back.to_owned(),
            key: back.to_owned(),
            follow: true,
        }
    }

    /// Another key than the address alone: whatever changes the screen.
    pub(super) fn keyed(mut self, more: &str) -> Self {
        self.key = format!("{} {more}", self.back);
        self
    }

    /// A page that answers a form stays until the person goes on.
    pub(super) fn still(mut self) -> Self {
        self.follow = false;
        self
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    fn mark(&self) -> String {
        seal(Seal::Approved, "")
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    fn elsewhere(&self) -> String {
        seal(Seal::Elsewhere, "")
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    fn warning(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3.5 22 20.5H2ZM12 10v5M12 16.8v1.7"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    fn check(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m4 12.5 5.5 5.5L20.5 6.5"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    fn note(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><circle cx="12" cy="12" r="9.5"/><path d="M12 11v6.5M12 6.7v1.8"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    fn stop(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="M12.4 4v16M12.4 11H18M7.5 9v11M4 20h16"/></svg>"#
    }

    #[expect(clippy::unused_self, reason = "templates call what stands on the desk")]
    fn chevron(&self) -> &'static str {
        r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="m9 5 7 7-7 7"/></svg>"#
    }
}

/// One circle, six states: the rim is time, the seal is the answer.
#[derive(Clone, Copy)]
pub(super) enum Seal {
    Waiting(Left),
    Approved,
    Declined,
    Stopped,
    Expired,
    Elsewhere,
}

const IN: &str = "M30 16 18 20V47M18 30H29.5M18 41H29.5M35.5 51V19H46.5V41.5H40.5";
const STOP: &str = "M33.5 16V46M33.5 30H45.5M22 26.5V46M15 46H49";

fn seal(seal: Seal, class: &str) -> String {
    let inside = match seal {
        Seal::Waiting(left) => format!(
            r#"<circle class="track" cx="32" cy="32" r="29"/><circle class="rim" cx="32" cy="32" r="29" pathLength="100" stroke-dasharray="{} 100" transform="rotate(-90 32 32)" data-remaining="{}" data-whole="{}"/><path class="ghost" d="{IN}"/>"#,
            left.share(),
            left.remaining,
            left.whole
        ),
        Seal::Approved => {
            format!(r#"<circle class="disc" cx="32" cy="32" r="31"/><path class="cut" d="{IN}"/>"#)
        }
        Seal::Declined => {
            r#"<circle class="dull" cx="32" cy="32" r="29"/><path class="inked" d="M12 28H52M12 36H52"/>"#
                .to_owned()
        }
        Seal::Stopped => {
            format!(r#"<circle class="stop" cx="32" cy="32" r="31"/><path class="cut" d="{STOP}"/>"#)
        }
        Seal::Expired => {
            r#"<circle class="dull thin" cx="32" cy="32" r="29" pathLength="120" stroke-dasharray="3 3"/>"#
                .to_owned()
        }
        Seal::Elsewhere => {
            format!(r#"<circle class="dull" cx="32" cy="32" r="29"/><path class="dull" d="{IN}"/>"#)
        }
    };
    let gap = if class.is_empty() { "" } else { " " };
    format!(r#"<svg class="seal{gap}{class}" viewBox="0 0 64 64" aria-hidden="true">{inside}</svg>"#)
}

/// Time left, in seconds.
#[derive(Clone, Copy)]
pub(super) struct Left {
    pub(super) remaining: u64,
    pub(super) whole: u64,
}

impl Left {
    fn of(request: &RequestView) -> Self {
        let whole = request.expires_at.saturating_sub(request.issued_at);
        Self { remaining: request.remaining.min(whole), whole }
    }

    fn text(&self) -> String {
        minutes(self.remaining)
    }

    fn share(self) -> u64 {
        (self.remaining * 100).checked_div(self.whole).unwrap_or(0)
    }
}

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

fn enrolling(desk: &Desk, enrollment: &EnrollmentView) -> Vec<Row> {
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
        let ids: Vec<&str> = rows.iter().map(|row| row.challenge.as_str()).collect();
        let troubles: Vec<&str> = state.inbox.problems.iter().map(|problem| problem.code.as_str()).collect();
        let key = format!("{} {}", ids.join(" "), troubles.join(" "));
        Self { desk: desk.keyed(&key), heading, rows, problems: state.inbox.problems.clone(), failure, link }
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

/// Heading, what did not happen, next step, facts: every ending, and every failure that ends in a page of its own.
#[derive(Template)]
#[template(path = "result.html")]
pub(super) struct ResultScreen {
    desk: Desk,
    broker: String,
    heading: String,
    lead: String,
    seal: String,
    next: String,
    done: Vec<String>,
    rows: Vec<Row>,
    returned: Option<ReturnView>,
    /// The account that may be stopped.
    freeze: Option<String>,
    note: String,
    receipt: Option<String>,
    enroll: bool,
    close: &'static str,
    /// The challenge that may be reported.
    report: Option<String>,
}

impl ResultScreen {
    fn plain(desk: Desk, heading: &str, mark: Seal) -> Self {
        Self {
            desk,
            broker: "Inkan".to_owned(),
            heading: heading.to_owned(),
            lead: String::new(),
            seal: seal(mark, ""),
            next: String::new(),
            done: Vec::new(),
            rows: Vec::new(),
            returned: None,
            freeze: None,
            note: String::new(),
            receipt: None,
            enroll: false,
            close: "/requests",
            report: None,
        }
    }

    /// A request that has ended.
    pub(super) fn ended(desk: Desk, ended: &EndedView) -> Self {
        let (w, locale) = (desk.w, desk.locale);
        let nothing = w.nothing(ended.request.operation);
        let (heading, lead, next, mark) = match ended.ending {
            Ending::Here(Decided::Approved) => return Self::approved(desk, ended),
            Ending::Here(Decided::Reported) => return Self::reported(desk, ended),
            Ending::Here(Decided::Denied) => (w.denied, nothing, "", Seal::Declined),
            Ending::Expired => (w.expired, nothing, w.again_next, Seal::Expired),
            Ending::Superseded => (w.superseded, nothing, w.superseded_next, Seal::Expired),
            Ending::Cancelled => (w.cancelled, nothing, w.again_next, Seal::Expired),
            Ending::Elsewhere(ChallengeState::Approved) => {
                (w.elsewhere, w.elsewhere_approved, "", Seal::Elsewhere)
            }
            Ending::Elsewhere(ChallengeState::Reported) => {
                (w.elsewhere, w.elsewhere_reported, nothing, Seal::Elsewhere)
            }
            Ending::Elsewhere(ChallengeState::Denied) => {
                (w.elsewhere, w.elsewhere_denied, nothing, Seal::Elsewhere)
            }
            Ending::NumberWrong | Ending::Elsewhere(_) => {
                (w.failed_number, nothing, w.failed_number_next, Seal::Expired)
            }
            Ending::Gone => (w.unknown_request, "", w.unknown_request_next, Seal::Elsewhere),
        };
        let mut rows = Facts::summary(&ended.request.lines);
        rows.push(match (&ended.answer, ended.ending) {
            (Some(answer), _) => Row::plain(w.decided_at, moment(answer.decided_at, locale)),
            (None, Ending::Expired) => Row::plain(w.deadline, moment(ended.request.expires_at, locale)),
            (None, _) => Row::plain(w.decided_at, moment(ended.at, locale)),
        });
        Self {
            broker: ended.request.relying_party.clone(),
            lead: lead.to_owned(),
            next: next.to_owned(),
            rows,
            receipt: ended.answer.as_ref().map(|answer| answer.receipt.clone()),
            report: Some(ended.request.challenge.clone()),
            ..Self::plain(desk.keyed(&format!("{:?}", ended.ending)), heading, mark)
        }
    }

    fn approved(desk: Desk, ended: &EndedView) -> Self {
        let (w, locale) = (desk.w, desk.locale);
        let returned = ended.answer.as_ref().and_then(|answer| answer.returned.clone());
        let lead = match &returned {
            None => w.approved_next,
            Some(page) if page.status == 0 => w.approved_return_failed,
            Some(_) => w.approved_returned,
        };
        let mut rows = Facts::summary(&ended.request.lines);
        rows.extend(ended.answer.iter().flat_map(|answer| answer_rows(answer, w, locale)));
        Self {
            broker: ended.request.relying_party.clone(),
            lead: lead.to_owned(),
            seal: seal(Seal::Approved, "big stamped"),
            rows,
            returned,
            note: w.approved_note.to_owned(),
            receipt: ended.answer.as_ref().map(|answer| answer.receipt.clone()),
            report: Some(ended.request.challenge.clone()),
            ..Self::plain(desk.keyed("approved"), w.approved, Seal::Approved)
        }
    }

    /// What a report did, and the offer to stop the account.
    fn reported(desk: Desk, ended: &EndedView) -> Self {
        let (w, locale) = (desk.w, desk.locale);
        let broker = ended.request.relying_party.clone();
        let until = ended.answer.as_ref().map_or(ended.at, |answer| answer.decided_at).saturating_add(MUTED);
        Self {
            lead: String::new(),
            done: vec![
                w.reported_closed.to_owned(),
                fill(w.reported_muted, &[("until", &moment(until, locale))]),
                fill(w.reported_told, &[("broker", &broker)]),
            ],
            broker,
            receipt: ended.answer.as_ref().map(|answer| answer.receipt.clone()),
            freeze: Some(ended.request.account.clone()),
            ..Self::plain(desk.keyed("reported"), w.reported, Seal::Stopped)
        }
    }

    /// A decision of the past.
    pub(super) fn past(desk: Desk, entry: &HistoryView) -> Self {
        let (w, locale) = (desk.w, desk.locale);
        let (heading, mark) = match entry.answer.outcome {
            Decided::Approved => (w.approved, Seal::Approved),
            Decided::Denied => (w.denied, Seal::Declined),
            Decided::Reported => (w.reported, Seal::Stopped),
        };
        let mut rows = Facts::summary(&entry.lines);
        rows.extend(answer_rows(&entry.answer, w, locale));
        let reported = entry.answer.outcome == Decided::Reported;
        Self {
            broker: entry.relying_party.clone(),
            rows,
            receipt: Some(entry.answer.receipt.clone()),
            close: "/history",
            report: (!reported).then(|| entry.answer.challenge.clone()),
            ..Self::plain(desk, heading, mark)
        }
    }

    /// An enrollment that has ended, one way or the other.
    pub(super) fn enrolled(desk: Desk, enrollment: &EnrollmentView) -> Self {
        let w = desk.w;
        let rows = enrolling(&desk, enrollment);
        let key = format!("{:?}", enrollment.state);
        let broker = enrollment.account.relying_party.clone();
        if enrollment.state == EnrollmentState::Active {
            let plain = Self::plain(desk.keyed(&key), w.enroll_done, Seal::Approved);
            let seal = seal(Seal::Approved, "big stamped");
            return Self { broker, lead: w.enroll_done_next.to_owned(), rows, seal, ..plain };
        }
        let lead = match enrollment.state {
            EnrollmentState::ForeignRecord => w.enroll_failed_foreign,
            _ => w.enroll_failed_ended,
        };
        Self {
            broker,
            lead: lead.to_owned(),
            next: w.enroll_failed_next.to_owned(),
            rows,
            enroll: true,
            ..Self::plain(desk.keyed(&key), w.enroll_failed, Seal::Expired)
        }
    }

    /// The account is stopped.
    pub(super) fn frozen(desk: Desk, account: &AccountView) -> Self {
        let w = desk.w;
        Self {
            broker: account.relying_party.clone(),
            lead: w.frozen_lead.to_owned(),
            next: w.frozen_next.to_owned(),
            rows: vec![Row::plain(w.account, &account.display_name)],
            ..Self::plain(desk.keyed("frozen"), w.frozen, Seal::Stopped)
        }
    }

    /// Something was not done, and there is no screen to say it on.
    pub(super) fn failed(desk: Desk, failure: &Failure) -> Self {
        let mark = if failure.code == "user_locked" { Seal::Stopped } else { Seal::Expired };
        let enroll = matches!(failure.code.as_str(), "key_invalid" | "not_recognised" | "no_accounts");
        Self {
            lead: failure.not_happened.clone(),
            next: failure.next.clone(),
            enroll,
            ..Self::plain(desk.still(), failure.happened.trim_end_matches(['。', '.']), mark)
        }
    }

    /// Nothing stands under this address.
    pub(super) fn nowhere(desk: Desk) -> Self {
        let w = desk.w;
        Self {
            lead: w.unknown_request_next.to_owned(),
            ..Self::plain(desk.keyed("nowhere"), w.unknown_request, Seal::Elsewhere)
        }
    }
}

fn answer_rows(answer: &AnswerView, w: &'static Words, locale: Locale) -> [Row; 2] {
    [
        Row::plain(w.decided_at, moment(answer.decided_at, locale)),
        Row::plain(w.log_row, answer.log.row.to_string()),
    ]
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
