//! A customer, as far as this server knows one: a pseudonym, a freeze, and what the limits remember.

use std::fmt;

use inkan_protocol::ids::{NumericDate, Subject, UserId};
use serde::{Deserialize, Serialize};

use crate::policy::numbers::WrongNumbers;
use crate::policy::prompts::PromptLog;

/// Names a customer within one mode: test data is its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct UserKey {
    /// Live, or test mode.
    pub live: bool,
    /// The relying party's opaque id.
    pub user: UserId,
}

impl fmt::Display for UserKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", if self.live { "live" } else { "test" }, self.user)
    }
}

/// A customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Who.
    pub key: UserKey,
    /// The pseudonym towards phones.
    pub sub: Subject,
    /// When this server first heard of the customer.
    pub created_at: NumericDate,
    /// All approvals are stopped.
    pub frozen: Option<Freeze>,
    /// No prompt in mode `number` until then: a report was made.
    pub muted_until: Option<NumericDate>,
    /// Prompts in mode `number` that were not approved.
    pub prompts: PromptLog,
    /// Wrong numbers, by the network that asked.
    pub wrong_numbers: WrongNumbers,
}

/// Why and since when a customer's approvals are stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// Since when.
    pub at: NumericDate,
    /// In the words of whoever froze.
    pub reason: String,
    /// Who froze.
    pub by: FrozenBy,
}

/// Who stopped a customer's approvals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrozenBy {
    /// The relying party, by its API.
    RelyingParty,
    /// The customer, on a phone.
    Device,
}

impl User {
    /// A customer that nothing is known of yet.
    pub fn new(key: UserKey, sub: Subject, now: NumericDate) -> Self {
        Self {
            key,
            sub,
            created_at: now,
            frozen: None,
            muted_until: None,
            prompts: PromptLog::default(),
            wrong_numbers: WrongNumbers::default(),
        }
    }

    /// Stops all approvals. A second freeze keeps the first one's time and reason.
    pub fn freeze(mut self, at: NumericDate, reason: String, by: FrozenBy) -> Self {
        self.frozen.get_or_insert(Freeze { at, reason, by });
        self
    }

    /// Lets approvals go on.
    pub fn unfreeze(mut self) -> Self {
        self.frozen = None;
        self
    }

    /// Whether prompts in mode `number` are held back because of a report; until when.
    pub fn is_muted(&self, now: NumericDate) -> Option<NumericDate> {
        self.muted_until.filter(|until| now < *until)
    }
}
