//! The screen of everything that has ended, one way or the other: heading, what did not happen, next step, facts.

use askama::Template;
use inkan_protocol::{details::Locale, device_api::ChallengeState};

use super::{
    desk::{Desk, Seal, seal},
    enrolling,
};
use crate::{
    failure::Failure,
    serve::facts::{Facts, Row},
    view::{
        AccountView, AnswerView, Decided, EndedView, Ending, EnrollmentState, EnrollmentView, HistoryView,
        ReturnView,
    },
    words::{Words, fill, moment},
};

/// How long a report mutes requests, in seconds (docs/protocol.md, limits).
const MUTED: u64 = 20 * 60;

/// Heading, what did not happen, next step, facts: every ending, and every failure that ends in a page of its own.
#[derive(Template)]
#[template(path = "result.html")]
pub(in crate::serve) struct ResultScreen {
    desk: Desk,
    broker: String,
    heading: String,
    lead: String,
    seal: String,
    next: String,
    done: Vec<String>,
    rows: Vec<Row>,
    returned: Option<ReturnView>,
    /// Where the person's own browser goes back to.
    back: Option<String>,
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
            back: None,
            freeze: None,
            note: String::new(),
            receipt: None,
            enroll: false,
            close: "/requests",
            report: None,
        }
    }

    /// A request that has ended.
    pub(in crate::serve) fn ended(desk: Desk, ended: &EndedView) -> Self {
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

    /// Approved on this page, in tier `returned`: the browser that shows it goes back to the broker's.
    pub(in crate::serve) fn going_back(desk: Desk, ended: &EndedView, address: &str) -> Self {
        let lead = desk.w.approved_returning.to_owned();
        Self { lead, back: Some(address.to_owned()), ..Self::approved(desk, ended) }
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
    pub(in crate::serve) fn past(desk: Desk, entry: &HistoryView) -> Self {
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
    pub(in crate::serve) fn enrolled(desk: Desk, enrollment: &EnrollmentView) -> Self {
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
    pub(in crate::serve) fn frozen(desk: Desk, account: &AccountView) -> Self {
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
    pub(in crate::serve) fn failed(desk: Desk, failure: &Failure) -> Self {
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
    pub(in crate::serve) fn nowhere(desk: Desk) -> Self {
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
