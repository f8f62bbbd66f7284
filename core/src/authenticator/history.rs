//! What this phone has decided, with the receipts that prove it.

use inkan_protocol::{
    challenge::Challenge,
    details::Locale,
    display::{self, Line},
    ids::NumericDate,
};
use serde::{Deserialize, Serialize};

use super::{
    Authenticator, Inner, Outcome, ReturnAddress,
    records::{DecidedAnswer, Kept, SignedAnswer, delete, put},
    taken::USEFUL_AFTER_END,
};
use crate::{
    account::{AccountId, AccountRecord},
    error::Error,
    store::{RecordKind, Write},
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

/// Which past decisions still hold a token for the browser: the history may be long, and every look asks.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct HeldTokens {
    held: Vec<HeldToken>,
}

#[derive(Serialize, Deserialize)]
struct HeldToken {
    account: AccountId,
    decided_at: NumericDate,
    /// The decision's name in the history.
    name: String,
}

impl Kept for HeldTokens {
    const KIND: RecordKind = RecordKind::Meta;

    fn name(&self) -> String {
        Self::NAME.to_owned()
    }
}

impl HeldTokens {
    const NAME: &str = "tokens";

    fn write(&self) -> Result<Write, Error> {
        if self.held.is_empty() { Ok(delete::<Self>(Self::NAME)) } else { put(self) }
    }
}

impl Inner {
    /// What a decision writes when it goes into the history. The caller holds the lock for writing.
    pub(super) fn history_writes(&self, decided: &DecidedAnswer) -> Result<Vec<Write>, Error> {
        let mut writes = vec![put(decided)?, delete::<SignedAnswer>(decided.name())];
        if decided.answer.token.is_some() {
            let mut tokens = self.load::<HeldTokens>(HeldTokens::NAME)?.unwrap_or_default();
            let (account, decided_at) = (decided.answer.account, decided.decided_at);
            tokens.held.push(HeldToken { account, decided_at, name: decided.name() });
            writes.push(tokens.write()?);
        }
        Ok(writes)
    }

    /// Tokens for the browser that nobody can redeem any more are wiped from the history.
    pub(super) fn wipe_tokens(&self, account: &AccountRecord) -> Result<(), Error> {
        let now = self.server_time(&account.server);
        let _writing = self.writing();
        let Some(tokens) = self.load::<HeldTokens>(HeldTokens::NAME)? else { return Ok(()) };
        let is_spent = |token: &HeldToken| {
            token.account == account.id && now > token.decided_at.saturating_add(USEFUL_AFTER_END)
        };
        let (spent, held): (Vec<_>, Vec<_>) = tokens.held.into_iter().partition(is_spent);
        if spent.is_empty() {
            return Ok(());
        }
        let mut writes = vec![HeldTokens { held }.write()?];
        for token in spent {
            // gone with its account, where it is gone
            if let Some(mut past) = self.load::<DecidedAnswer>(&token.name)? {
                past.answer.token = None;
                writes.push(put(&past)?);
            }
        }
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
