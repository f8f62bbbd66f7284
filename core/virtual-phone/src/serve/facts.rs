//! How the lines of a request are laid out: heading, large amount, form rows, origin, reasons. Not one line is left out,
//! reworded or put in another order within its group.

use inkan_protocol::display::{Line, Role};

/// One row of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) label: String,
    pub(super) value: String,
    /// The class of the badge that the value is; empty: plain.
    pub(super) framed: &'static str,
    /// A badge after the value.
    pub(super) badge: Option<String>,
}

impl Row {
    pub(super) fn plain(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), framed: "", badge: None }
    }
}

/// The lines in their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) heading: String,
    pub(super) account: Option<String>,
    pub(super) amount: Option<String>,
    pub(super) rows: Vec<Row>,
    pub(super) origin: Vec<Row>,
    pub(super) reasons: Vec<String>,
}

impl Facts {
    pub(super) fn of(lines: &[Line]) -> Self {
        let mut facts = Self::default();
        for line in lines {
            let row = Row::plain(&line.label, &line.value);
            match line.role {
                // in the bar
                Role::RelyingParty => {}
                Role::Account => facts.account = Some(format!("{} {}", line.label, line.value)),
                Role::Operation => facts.heading.clone_from(&line.value),
                Role::Amount if facts.amount.is_none() => facts.amount = Some(line.value.clone()),
                Role::Buy => facts.rows.push(Row { framed: "buy", ..row }),
                Role::Sell => facts.rows.push(Row { framed: "sell", ..row }),
                Role::NewPayee => match facts.rows.last_mut() {
                    Some(payee) if payee.badge.is_none() => payee.badge = Some(line.value.clone()),
                    _ => facts.rows.push(row),
                },
                Role::Amount | Role::Payee | Role::Fact => facts.rows.push(row),
                Role::Origin => facts.origin.push(row),
                Role::Reason => facts.reasons.push(line.value.clone()),
            }
        }
        facts
    }

    /// For a list of what has ended: the amount is a row of its own.
    pub(super) fn summary(lines: &[Line]) -> Vec<Row> {
        lines
            .iter()
            .filter(|line| {
                !matches!(line.role, Role::RelyingParty | Role::Origin | Role::Reason | Role::NewPayee)
            })
            .map(|line| Row::plain(&line.label, &line.value))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_place() {
        let roles = [
            Role::RelyingParty,
            Role::Account,
            Role::Operation,
            Role::Amount,
            Role::Payee,
            Role::NewPayee,
            Role::Fact,
            Role::Origin,
            Role::Reason,
        ];
        let lines: Vec<Line> = roles
            .into_iter()
            .map(|role| Line { role, label: format!("l-{role:?}"), value: format!("v-{role:?}") })
            .collect();
        let facts = Facts::of(&lines);
        let shown = format!("{facts:?}");
        for line in lines.iter().filter(|line| line.role != Role::RelyingParty) {
            assert!(shown.contains(&line.value), "{:?}", line.role);
        }
        assert_eq!(facts.rows.first().unwrap().badge.as_deref(), Some("v-NewPayee"));
    }
}
