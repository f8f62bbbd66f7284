//! What this phone has decided, with the receipts that prove it.

use inkan_protocol::{
    challenge::Challenge,
    details::Locale,
    display::{self, Line},
};

use super::{
    Authenticator, Inner, Outcome, ReturnAddress,
    records::{DecidedAnswer, put},
    taken::USEFUL_AFTER_END,
};
use crate::{
    account::{AccountId, AccountRecord},
    error::Error,
};

/// A decision of the past, as this phone made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The decision and its receipt. Without a return address.
    pub outcome: Outcome,
    /// What was asked.
    pub asked: Challenge,
    /// The language in which it was shown.
    pub locale: Locale,
    /// What was shown.
    pub lines: Vec<Line>,
}

impl Authenticator {
    /// What this phone has decided in an account, the newest first.
    pub fn history(&self, account: AccountId) -> Result<Vec<HistoryEntry>, Error> {
        self.inner.account(account)?;
        let past = self.inner.list::<DecidedAnswer>()?.into_iter();
        let mut entries: Vec<_> =
            past.filter(|past| past.answer.account == account).map(DecidedAnswer::entry).collect();
        entries.sort_by_key(|entry| std::cmp::Reverse((entry.outcome.decided_at, entry.outcome.log.row)));
        Ok(entries)
    }
}

impl Inner {
    /// Tokens for the browser that nobody can redeem any more are wiped from the history.
    pub(super) fn wipe_tokens(&self, account: &AccountRecord) -> Result<(), Error> {
        let now = self.server_time(&account.server);
        let _writing = self.writing();
        let spent = self.list::<DecidedAnswer>()?.into_iter().filter(|past| {
            past.answer.account == account.id
                && past.answer.token.is_some()
                && now > past.decided_at.saturating_add(USEFUL_AFTER_END)
        });
        let writes = spent
            .map(|mut past| {
                past.answer.token = None;
                put(&past)
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(self.store.commit(writes)?)
    }
}

impl DecidedAnswer {
    pub(super) fn outcome(&self) -> Outcome {
        let return_to = match (&self.answer.asked.return_url, &self.answer.token) {
            (Some(url), Some(token)) => {
                Some(ReturnAddress(format!("{url}#c={}&r={}", self.answer.asked.jti, token.expose())))
            }
            _ => None,
        };
        Outcome {
            account: self.answer.account,
            challenge: self.answer.asked.jti,
            decision: self.answer.decision,
            decided_at: self.decided_at,
            log: self.log,
            receipt: self.receipt.clone(),
            muted_until: self.muted_until,
            return_to,
        }
    }

    fn entry(self) -> HistoryEntry {
        let lines = display::render(&self.answer.asked.shown(), self.answer.locale)
            .map(|rendered| rendered.lines)
            .unwrap_or_default();
        HistoryEntry {
            outcome: Outcome { return_to: None, ..self.outcome() },
            locale: self.answer.locale,
            asked: self.answer.asked,
            lines,
        }
    }
}
