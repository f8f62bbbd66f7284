//! What happened on the phone, for the list beside it.

use inkan_protocol::details::Locale;

use crate::words::{Words, fill};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// An enrollment was begun.
    Begun,
    /// Its six digits were shown.
    Code,
    /// It is done.
    Active,
    /// A request came.
    Arrived,
    /// A code or link was proved to the server.
    Opened,
    /// Approved.
    Approved,
    /// Denied.
    Denied,
    /// Reported.
    Reported,
    /// The browser is back on its page.
    Returned,
    /// A request ended without this phone.
    Ended,
    /// There is no connection.
    Offline,
    /// The store was found damaged: what could be read is there, the rest was put aside.
    StoreDamaged,
    /// Something was not done, in words.
    Refused(String),
}

impl Event {
    /// In a language.
    pub(crate) fn text(&self, locale: Locale) -> String {
        let words = Words::of(locale);
        match self {
            Self::Begun => words.trace_begun,
            Self::Code => words.trace_code,
            Self::Active => words.trace_active,
            Self::Arrived => words.trace_arrived,
            Self::Opened => words.trace_opened,
            Self::Approved => words.trace_approved,
            Self::Denied => words.trace_denied,
            Self::Reported => words.trace_reported,
            Self::Returned => words.trace_returned,
            Self::Ended => words.trace_ended,
            Self::Offline => words.trace_offline,
            Self::StoreDamaged => words.trace_store,
            Self::Refused(what) => return fill(words.trace_refused, &[("what", what)]),
        }
        .to_owned()
    }
}
