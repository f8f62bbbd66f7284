//! Which details an operation needs, and what each of them may hold.

use crate::details::{Currency, Detail, MAX_DETAILS, Operation, Price, decimal_error};
use crate::{display, text};

/// A challenge whose details cannot be shown, with the place of what is to blame.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailsError {
    /// More than [`MAX_DETAILS`].
    #[error("at most 20 details")]
    TooMany,
    /// The operation needs a detail that is not there.
    #[error("{operation} needs {missing}")]
    Missing {
        /// The operation.
        operation: &'static str,
        /// What it needs.
        missing: &'static str,
    },
    /// A type of detail stands twice.
    #[error("details[{place}] repeats a type")]
    Repeated {
        /// Index of the later one.
        place: usize,
    },
    /// A member of a detail is not what it must be.
    #[error("details[{place}].{member} {why}")]
    Member {
        /// Index of the detail.
        place: usize,
        /// The member's name.
        member: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

/// Checks the details of a challenge: counts, needs, lengths, decimals, characters.
pub fn check(operation: Operation, details: &[Detail]) -> Result<(), DetailsError> {
    if details.len() > MAX_DETAILS {
        return Err(DetailsError::TooMany);
    }
    for (place, detail) in details.iter().enumerate() {
        if details.iter().take(place).any(|earlier| earlier.kind() == detail.kind()) {
            return Err(DetailsError::Repeated { place });
        }
        check_one(detail).map_err(|(member, why)| DetailsError::Member { place, member, why })?;
    }
    match missing(operation, details) {
        None => Ok(()),
        Some(missing) => Err(DetailsError::Missing { operation: operation.as_str(), missing }),
    }
}

fn missing(operation: Operation, details: &[Detail]) -> Option<&'static str> {
    let has = |kind: &str| details.iter().any(|detail| detail.kind() == kind);
    let first_missing = |kinds: &[&'static str]| kinds.iter().copied().find(|kind| !has(kind));
    match operation {
        Operation::Login | Operation::DeviceAdd => None,
        Operation::Order => first_missing(&["side", "security"]).or_else(|| {
            let priced = has("quantity") && has("price");
            if priced || has("amount") { None } else { Some("quantity and price, or amount") }
        }),
        Operation::Withdrawal => first_missing(&["amount", "bank_account"]),
        Operation::PayoutAccountChange => first_missing(&["bank_account"]),
        Operation::ContactChange | Operation::SettingsChange => first_missing(&["change"]),
        Operation::Other => first_missing(&["text"]),
    }
}

type Wrong = (&'static str, String);

fn check_one(detail: &Detail) -> Result<(), Wrong> {
    match detail {
        Detail::Amount { value, currency } => {
            let known = known(currency)?;
            decimal("value", value, known.decimals)
        }
        Detail::Security { code, name, market } => {
            line("code", code)?;
            line("name", name)?;
            market.as_ref().map_or(Ok(()), |market| line("market", market))
        }
        Detail::Quantity { value } => decimal("value", value, 8),
        Detail::Price(Price::Limit { value, currency }) => {
            known(currency)?;
            decimal("value", value, 4)
        }
        Detail::Price(Price::Market {}) | Detail::Side { .. } => Ok(()),
        Detail::Account { label, masked } => {
            line("label", label)?;
            line("masked", masked)
        }
        Detail::BankAccount { bank, branch, kind, masked, new: _, id } => {
            line("bank", bank)?;
            branch.as_ref().map_or(Ok(()), |branch| line("branch", branch))?;
            line("kind", kind)?;
            line("masked", masked)?;
            line("id", id)
        }
        Detail::Change { what, from_masked, to_masked } => {
            line("what", what)?;
            line("from_masked", from_masked)?;
            line("to_masked", to_masked)
        }
        Detail::DateTime { value } => {
            if display::is_showable_time(*value) {
                Ok(())
            } else {
                Err(("value", "is no time that can be shown".into()))
            }
        }
        Detail::Reference { value } => line("value", value),
        Detail::Text { label, value } => {
            line("label", label)?;
            if display::is_own_label(label) {
                return Err(("label", "is a label that this product uses itself".into()));
            }
            text::check(value, 140).map_err(|error| ("value", error.to_string()))
        }
    }
}

fn line(member: &'static str, value: &str) -> Result<(), Wrong> {
    text::check(value, 64).map_err(|error| (member, error.to_string()))
}

fn known(currency: &str) -> Result<Currency, Wrong> {
    Currency::of(currency).ok_or_else(|| ("currency", "is not a currency that can be shown".into()))
}

fn decimal(member: &'static str, value: &str, decimals: usize) -> Result<(), Wrong> {
    match decimal_error(value, decimals) {
        None => Ok(()),
        Some(why) => Err((member, why.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::details::Side;

    fn amount(value: &str, currency: &str) -> Detail {
        Detail::Amount { value: value.into(), currency: currency.into() }
    }

    fn bank_account() -> Detail {
        Detail::BankAccount {
            bank: "みほん銀行".into(),
            branch: None,
            kind: "普通".into(),
            masked: "***4567".into(),
            new: None,
            id: "b-1".into(),
        }
    }

    #[test]
    fn an_operation_has_what_it_needs() {
        assert!(check(Operation::Login, &[]).is_ok());
        assert!(check(Operation::Withdrawal, &[amount("1250000", "JPY"), bank_account()]).is_ok());
        assert_eq!(
            check(Operation::Withdrawal, &[amount("1", "JPY")]),
            Err(DetailsError::Missing { operation: "withdrawal", missing: "bank_account" })
        );
        let order = |rest: &[Detail]| {
            let mut details = vec![
                Detail::Side { value: Side::Buy },
                Detail::Security { code: "7203".into(), name: "みほん自動車".into(), market: None },
            ];
            details.extend_from_slice(rest);
            check(Operation::Order, &details)
        };
        assert!(order(&[amount("5000", "JPY")]).is_ok());
        assert!(order(&[Detail::Quantity { value: "100".into() }, Detail::Price(Price::Market {})]).is_ok());
        assert!(order(&[Detail::Quantity { value: "100".into() }]).is_err());
        for operation in Operation::ALL {
            let free = matches!(operation, Operation::Login | Operation::DeviceAdd);
            assert_eq!(check(operation, &[]).is_ok(), free, "{operation:?}");
        }
    }

    #[test]
    fn the_member_to_blame_is_named() {
        for (detail, member) in [
            (amount("1.5", "JPY"), "value"),
            (amount("1", "XXX"), "currency"),
            (Detail::Quantity { value: "1.123456789".into() }, "value"),
            (Detail::Reference { value: "a\u{202e}b".into() }, "value"),
            (Detail::Text { label: "出金先".into(), value: "x".into() }, "label"),
            (Detail::Text { label: "Memo".into(), value: "x".repeat(141) }, "value"),
            (Detail::DateTime { value: crate::json::MAX_INTEGER }, "value"),
        ] {
            match check(Operation::Login, std::slice::from_ref(&detail)) {
                Err(DetailsError::Member { place: 0, member: found, .. }) => {
                    assert_eq!(found, member, "{detail:?}");
                }
                other => panic!("{detail:?}: {other:?}"),
            }
        }
        let twice = [amount("1", "JPY"), amount("2", "JPY")];
        assert_eq!(check(Operation::Login, &twice), Err(DetailsError::Repeated { place: 1 }));
    }
}
