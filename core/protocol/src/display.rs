//! The one renderer: what the customer is shown, made on the phone and again on the server from the same signed fields.
//!
//! ```text
//! relying party, account      who asks, whose account
//! operation                   the heading
//! details                     in the order given; bank account and change take more than one line
//! client, place, time, IP     where and when the request was made
//! reasons                     a line each
//! ```
//!
//! A line is a label and a value. Every detail has a label of its own, so the lines say which fields they came from, and
//! two challenges that differ in a shown member differ in their lines. `docs/display.md` lists every label and pattern;
//! the words are in `texts`, the patterns in `values`.

mod texts;
mod values;

use serde::{Deserialize, Serialize};

use self::texts::Label;
use crate::details::{Detail, Locale, Operation, Origin, Reason, Side};
use crate::ids::{Digest, NumericDate};

pub use self::texts::{operation_heading, reason_text};

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
        Digest::of(self.text().as_bytes())
    }

    /// What is hashed: every line as `label TAB value LF`, in UTF-8.
    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line.label.as_str(), "\t", line.value.as_str(), "\n"]).collect()
    }

    /// The operation in words, for instance 「出金の確認」.
    pub fn heading(&self) -> &str {
        self.value_of(Role::Operation).unwrap_or_default()
    }

    /// The lines of one role, in order.
    pub fn lines_of(&self, role: Role) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(move |line| line.role == role)
    }

    /// The value of the first line of a role, if there is one.
    pub fn value_of(&self, role: Role) -> Option<&str> {
        self.lines_of(role).next().map(|line| line.value.as_str())
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

/// Renders in one language. The strings are expected to have passed [`crate::text::check`], as those of a verified
/// challenge have: none holds a TAB, an LF or a no-break space.
pub fn render(shown: &Shown<'_>, locale: Locale) -> Result<Rendered, DisplayError> {
    if *shown.template != Template::newest(shown.operation) {
        return Err(DisplayError::UnknownTemplate(shown.template.template.clone(), shown.template.version));
    }
    let zone = values::zone(shown.zone)?;
    let mut lines = Lines { locale, lines: Vec::with_capacity(16) };
    lines.push(Role::RelyingParty, Label::RelyingParty, shown.relying_party);
    lines.push(Role::Account, Label::Account, shown.account);
    lines.push(Role::Operation, Label::Operation, operation_heading(shown.operation, locale));
    for detail in shown.details {
        lines.push_detail(detail, shown.operation, &zone)?;
    }
    lines.push(Role::Origin, Label::Client, &shown.origin.client);
    if let Some(place) = &shown.origin.place {
        lines.push(Role::Origin, Label::Place, values::estimated(place, locale));
    }
    lines.push(Role::Origin, Label::IssuedAt, values::time(shown.issued_at, &zone)?);
    if let Some(ip) = &shown.origin.ip {
        lines.push(Role::Origin, Label::Ip, ip);
    }
    for reason in shown.reasons {
        lines.push(Role::Reason, Label::Reason, reason_text(*reason, locale));
    }
    Ok(Rendered { locale, lines: lines.lines })
}

/// Whether a label is one that the templates use, in any language: free text may not pose as ours. Width, case, white
/// space and punctuation make no difference.
pub fn is_own_label(label: &str) -> bool {
    let folded = values::folded(label);
    Label::ALL
        .iter()
        .any(|own| [Locale::Ja, Locale::En].iter().any(|locale| values::folded(own.text(*locale)) == folded))
}

/// Whether a NumericDate can be shown in every zone: before 9999-12-30T22:00:00Z.
pub fn is_showable_time(time: NumericDate) -> bool {
    time < 253_402_207_200
}

/// Whether times can be shown in a zone: an IANA name as the tables spell it.
pub fn is_known_zone(zone: &str) -> bool {
    values::zone(zone).is_ok()
}

struct Lines {
    locale: Locale,
    lines: Vec<Line>,
}

impl Lines {
    fn push(&mut self, role: Role, label: Label, value: impl Into<String>) {
        self.lines.push(Line { role, label: label.text(self.locale).into(), value: value.into() });
    }

    fn fact(&mut self, label: Label, value: impl Into<String>) {
        self.push(Role::Fact, label, value);
    }

    fn push_detail(
        &mut self,
        detail: &Detail,
        operation: Operation,
        zone: &jiff::tz::TimeZone,
    ) -> Result<(), DisplayError> {
        match detail {
            Detail::Amount { value, currency } => {
                self.push(Role::Amount, Label::Amount, values::money(value, currency));
            }
            Detail::Security { code, name, market } => {
                self.fact(Label::Security, values::joined(&[Some(code), Some(name), market.as_ref()]));
            }
            Detail::Quantity { value } => self.fact(Label::Quantity, values::grouped(value)),
            Detail::Price(price) => self.fact(Label::Price, values::price(price, self.locale)),
            Detail::Side { value } => {
                let role = match value {
                    Side::Buy => Role::Buy,
                    Side::Sell => Role::Sell,
                };
                self.push(role, Label::Side, texts::side(*value, self.locale));
            }
            Detail::Account { label, masked } => {
                self.fact(Label::OwnAccount, values::joined(&[Some(label), Some(masked)]));
            }
            Detail::BankAccount { bank, branch, kind, masked, new, id: _ } => {
                let parts = [Some(bank), branch.as_ref(), Some(kind), Some(masked)];
                let label = match operation {
                    Operation::PayoutAccountChange => Label::PayoutAccount,
                    _ => Label::Payee,
                };
                self.push(Role::Payee, label, values::joined(&parts));
                if *new == Some(true) {
                    self.push(Role::NewPayee, Label::NewPayee, texts::new_payee(self.locale));
                }
            }
            Detail::Change { what, from_masked, to_masked } => {
                self.fact(Label::Changed, what);
                self.fact(Label::Before, from_masked);
                self.fact(Label::After, to_masked);
            }
            Detail::DateTime { value } => self.fact(Label::DateTime, values::time(*value, zone)?),
            Detail::Reference { value } => self.fact(Label::Reference, value),
            // The relying party's own label: it is none of ours, see [`is_own_label`].
            Detail::Text { label, value } => {
                self.lines.push(Line { role: Role::Fact, label: label.clone(), value: value.clone() });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
