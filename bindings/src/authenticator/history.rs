//! `core/src/authenticator/history.rs` across the border.

use inkan_core::{
    account::AccountId,
    authenticator::{self as core, Outcome},
    protocol::{
        details::{Locale, Operation},
        display::Line,
        ids::NumericDate,
    },
};

use super::Authenticator;
use crate::{call::calls, error::InkanError};

/// A decision of the past, as this phone made it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HistoryEntry {
    pub outcome: Outcome,
    pub relying_party: String,
    pub operation: Operation,
    pub issued_at: NumericDate,
    pub locale: Locale,
    pub lines: Vec<Line>,
}

impl From<core::HistoryEntry> for HistoryEntry {
    fn from(entry: core::HistoryEntry) -> Self {
        let core::HistoryEntry { outcome, asked, locale, lines } = entry;
        Self {
            outcome,
            relying_party: asked.relying_party,
            operation: asked.operation,
            issued_at: asked.iat,
            locale,
            lines,
        }
    }
}

calls! {
    /// What this phone has decided in an account, the newest first.
    history(account: AccountId) -> Vec<HistoryEntry>: |core| {
        Ok::<_, InkanError>(core.history(account)?.into_iter().map(HistoryEntry::from).collect())
    };
}
