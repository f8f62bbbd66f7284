//! Replies as a person reads them in a terminal.

use inkan_protocol::display::Role;

use crate::{
    action::Reply,
    browser::Page,
    view::{AnswerView, ApprovalView, Decided, EnrollmentState, EnrollmentView, HistoryView, RequestView},
    words::{Words, fill, minutes, time_of_day},
};

/// A reply in words.
pub(super) fn of(reply: &Reply, w: &'static Words) -> String {
    match reply {
        Reply::Enrollment(view) => enrollment(view, w),
        Reply::Inbox(inbox) => {
            let mut parts: Vec<String> = inbox.requests.iter().map(|request| one(request, w)).collect();
            parts.extend(inbox.problems.iter().map(ToString::to_string));
            if parts.is_empty() { w.inbox_none.to_owned() } else { parts.join("\n\n") }
        }
        Reply::Request(request) => one(request, w),
        Reply::Answer(answer) => decided(answer, w),
        Reply::History { entries } if entries.is_empty() => w.history_none.to_owned(),
        Reply::History { entries } => join(entries.iter().map(|entry| past(entry, w))),
        Reply::Accounts { accounts } if accounts.is_empty() => w.no_accounts.to_owned(),
        Reply::Accounts { accounts } => join(accounts.iter().map(|account| {
            format!(
                "{}\n  {} {}\n  {}\n  {}",
                account.account,
                account.relying_party,
                account.display_name,
                account.server,
                account.device_name
            )
        })),
        Reply::Page(page) => browsed(page),
        Reply::State(state) => serde_json::to_string_pretty(state).unwrap_or_default(),
        Reply::Done {} => "OK".to_owned(),
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("\n\n")
}

fn enrollment(view: &EnrollmentView, w: &'static Words) -> String {
    match view.state {
        EnrollmentState::Begun | EnrollmentState::Claimed => match &view.code {
            Some(code) => format!("{}\n\n  {code}\n\n{}", w.enroll_code, w.enroll_code_waiting),
            None => format!("{}\n  {}", w.enroll_yours, view.account.display_name),
        },
        EnrollmentState::Active => {
            format!("{}\n  {} {}", w.enroll_done, view.account.relying_party, view.account.display_name)
        }
        EnrollmentState::Ended => format!("{}\n{}", w.enroll_failed_ended, w.nothing_enrolled),
        EnrollmentState::ForeignRecord => format!("{}\n{}", w.enroll_failed_foreign, w.nothing_enrolled),
    }
}

fn one(request: &RequestView, w: &'static Words) -> String {
    let mut lines = vec![request.challenge.clone()];
    lines.extend(request.lines.iter().map(|line| match line.role {
        Role::Reason | Role::NewPayee => format!("  ! {}", line.value),
        _ => format!("  {}: {}", line.label, line.value),
    }));
    lines.push(format!("  {}: {}", w.left, minutes(request.remaining)));
    lines.push(match request.approval {
        ApprovalView::Confirmation => String::new(),
        ApprovalView::Number { digits } => {
            format!("  {}", fill(w.number_label, &[("n", &digits.to_string())]))
        }
        ApprovalView::Scan => format!("  {}", w.scan_missing),
        ApprovalView::Link => format!("  {}", w.link_missing),
        ApprovalView::Blocked { .. } => {
            request.approval.why_blocked(w.locale).map_or_else(String::new, |why| format!("  {why}"))
        }
    });
    if let Some(count) = request.several_pending {
        lines.push(format!("  {}", fill(w.several_pending, &[("n", &count.to_string())])));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn decided(answer: &AnswerView, w: &'static Words) -> String {
    let heading = match answer.outcome {
        Decided::Approved => w.approved,
        Decided::Denied => w.denied,
        Decided::Reported => w.reported,
    };
    let mut lines = vec![
        heading.to_owned(),
        format!("  {}: {}", w.decided_at, time_of_day(answer.decided_at)),
        format!("  {}: {}", w.log_row, answer.log.row),
    ];
    match &answer.returned {
        Some(page) if page.status == 0 => {
            lines.push(w.approved_return_failed.to_owned());
            lines.push(format!("  {}", page.text));
        }
        Some(page) => {
            lines.push(format!("{}\n{} {}\n{}", w.approved_returned, page.status, page.title, page.text));
        }
        None if answer.outcome == Decided::Approved => lines.push(w.approved_next.to_owned()),
        None => {}
    }
    lines.join("\n")
}

fn past(entry: &HistoryView, w: &'static Words) -> String {
    let shown = entry.lines.iter().map(|line| format!("  {}: {}", line.label, line.value));
    format!(
        "{}\n{}\n{}",
        entry.answer.challenge,
        decided(&entry.answer, w),
        shown.collect::<Vec<_>>().join("\n")
    )
}

fn browsed(page: &Page) -> String {
    let forms = page.forms.iter().map(|form| {
        let names: Vec<&str> = form.fields.iter().map(|(name, _)| name.as_str()).collect();
        format!("[form \"{}\": {}]", form.id, names.join(", "))
    });
    let mut parts = vec![format!("{} {}", page.status, page.url), page.title.clone(), page.text.clone()];
    parts.extend(forms);
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}
