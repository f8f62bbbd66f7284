//! What is shown: `docs/vectors/display.json`.

use inkan_protocol::{
    details::{Detail, Locale, Operation, Origin, Reason},
    display::{self, Shown, Template},
    text,
};
use serde::Deserialize;

use crate::{ProbeError, refused};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ShownLine {
    /// Its role, as the vectors write it.
    pub role: String,
    /// Its label.
    pub label: String,
    /// Its value.
    pub value: String,
}

/// A challenge as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ShownText {
    /// Every line, in order.
    pub lines: Vec<ShownLine>,
    /// What is hashed.
    pub hashed_text: String,
    /// The hash, base64url.
    pub display_hash: String,
}

/// The members of a challenge that are shown.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    relying_party: String,
    account: String,
    operation: Operation,
    details: Vec<Detail>,
    origin: Origin,
    reasons: Vec<Reason>,
    iat: u64,
    zone: String,
    display: Template,
}

/// Renders the shown members of a challenge (JSON) in the language `ja` or `en`.
///
/// # Errors
/// Refused: it cannot be shown.
#[uniffi::export]
pub fn render(challenge: String, language: String) -> Result<ShownText, ProbeError> {
    let content: Content = serde_json::from_str(&challenge).map_err(refused)?;
    let locale = match language.as_str() {
        "ja" => Locale::Ja,
        "en" => Locale::En,
        other => return Err(refused(format!("an unknown language: {other}"))),
    };
    let shown = Shown {
        relying_party: &content.relying_party,
        account: &content.account,
        operation: content.operation,
        details: &content.details,
        origin: &content.origin,
        reasons: &content.reasons,
        issued_at: content.iat,
        zone: &content.zone,
        template: &content.display,
    };
    let rendered = display::render(&shown, locale).map_err(refused)?;
    let (hashed_text, display_hash) = (rendered.text(), rendered.hash().to_string());
    let lines = rendered.lines.into_iter().map(line_of).collect::<Result<_, _>>()?;
    Ok(ShownText { lines, hashed_text, display_hash })
}

fn line_of(line: display::Line) -> Result<ShownLine, ProbeError> {
    let role = serde_json::to_value(line.role).map_err(refused)?;
    let role = role.as_str().ok_or_else(|| refused("a role that is no text"))?.to_owned();
    Ok(ShownLine { role, label: line.label, value: line.value })
}

/// Whether a label is one of the renderer's own, so that no relying party may use it.
///
/// # Errors
/// None.
#[uniffi::export]
pub fn is_own_label(label: String) -> Result<bool, ProbeError> {
    Ok(display::is_own_label(&label))
}

/// A text of at most `most` characters that may be shown, back again.
///
/// # Errors
/// Refused: it may not be shown.
#[uniffi::export]
pub fn shown_text(value: String, most: u32) -> Result<String, ProbeError> {
    text::check(&value, usize::try_from(most).map_err(refused)?).map_err(refused)?;
    Ok(value)
}
