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
use crate::{
    call::run,
    error::{CallError, InkanError},
};

/// A decision of the past, as this phone made it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct HistoryEntry {
    /// The decision and its receipt. Without a return address.
    pub outcome: Outcome,
    /// The relying party's name.
    pub relying_party: String,
    /// What was asked for.
    pub operation: Operation,
    /// When it was asked (seconds, server's clock).
    pub issued_at: NumericDate,
    /// The language in which it was shown.
    pub locale: Locale,
    /// What was shown.
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

#[uniffi::export]
impl Authenticator {
    /// What this phone has decided in an account, the newest first.
    pub async fn history(&self, account: AccountId) -> Result<Vec<HistoryEntry>, CallError> {
        let core = self.core.clone();
        let work = async move { Ok(core.history(account)?.into_iter().map(HistoryEntry::from).collect()) };
        run::<_, InkanError>("history", None, work).await
    }
}
