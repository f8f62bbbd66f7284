//! An account: one customer at one relying party, as this phone knows it.
//!
//! ```text
//! enrollment ──▶ Active ──▶ NotRecognised   several 401 in a row; goes back by itself when the server answers again
//!                      ├──▶ Suspended       the server saw a counter twice: enroll again
//!                      └──▶ KeyInvalid      the approval key is gone, for instance after a new fingerprint
//! ```
//!
//! No state deletes anything: only leaving and forgetting do.

use std::{collections::BTreeMap, fmt, str::FromStr};

use inkan_protocol::{
    details::Locale,
    device_api::DeviceChange,
    enrollment::DeviceDescription,
    ids::{DeviceId, Digest, MessageId, NumericDate, ServerName, Subject},
    jwk::PublicKey,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{error::InputError, ports::KeyLabel, trust::Trust};

/// Names an account on this phone, and the enrollment it came from. Made here; no server knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub(crate) Uuid);

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.hyphenated().fmt(formatter)
    }
}

impl FromStr for AccountId {
    type Err = InputError;

    fn from_str(text: &str) -> Result<Self, InputError> {
        Uuid::try_parse(text).map(Self).map_err(|_| InputError::UnknownAccount)
    }
}

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    /// May answer.
    Active,
    /// The server has refused this device several times in a row: offer to enroll again, delete nothing.
    NotRecognised,
    /// The server has suspended this device: enroll again.
    Suspended,
    /// A key is gone: enroll again. If it is the approval key, deny and report still work.
    KeyInvalid,
}

/// An account as a screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id on this phone.
    pub id: AccountId,
    /// The device host.
    pub server: ServerName,
    /// The relying party's name.
    pub relying_party: String,
    /// Whose account it is, masked.
    pub display_name: String,
    /// This phone's name there.
    pub device_name: String,
    /// This phone's id there.
    pub device: DeviceId,
    /// Where it stands.
    pub state: AccountState,
    /// Whether the customer's approvals are stopped.
    pub frozen: bool,
    /// Until then a new device may not approve everything (seconds, server's clock).
    pub restricted_until: Option<NumericDate>,
    /// When the device became active (seconds, server's clock).
    pub enrolled_at: NumericDate,
    /// After a report: no prompt in mode `number` until then (seconds, server's clock), as the server last said. Not
    /// signed: information alone.
    pub muted_until: Option<NumericDate>,
    /// Where the relying party can be called, fit to be shown and dialled. Not signed: information alone.
    pub support_phone: Option<String>,
}

/// What of a phone's description changes by itself: with an update of app or system, or another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Described {
    os: String,
    app_version: String,
    locale: Locale,
    templates: BTreeMap<String, u32>,
}

impl Described {
    pub(crate) fn of(description: &DeviceDescription) -> Self {
        Self {
            os: description.os.clone(),
            app_version: description.app_version.clone(),
            locale: description.locale,
            templates: description.templates.clone(),
        }
    }

    /// What is to be said to somebody who knows `told`.
    pub(crate) fn since(&self, told: Option<&Self>) -> DeviceChange {
        DeviceChange {
            name: None,
            os: changed(&self.os, told.map(|told| &told.os)),
            app_version: changed(&self.app_version, told.map(|told| &told.app_version)),
            locale: changed(&self.locale, told.map(|told| &told.locale)),
            templates: changed(&self.templates, told.map(|told| &told.templates)),
        }
    }
}

fn changed<T: Clone + PartialEq>(now: &T, told: Option<&T>) -> Option<T> {
    (told != Some(now)).then(|| now.clone())
}

/// A key in the vault, with its public half.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HeldKey {
    pub(crate) label: KeyLabel,
    pub(crate) public: PublicKey,
}

/// The two keys of a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeyPair {
    pub(crate) possession: HeldKey,
    pub(crate) approval: HeldKey,
}

/// A renewal that has begun and whose end is not known yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PendingRenewal {
    pub(crate) id: MessageId,
    pub(crate) possession: KeyLabel,
    pub(crate) approval: KeyLabel,
    /// The new keys and `inkan-renew+jwt`, once signed.
    pub(crate) signed: Option<SignedRenewal>,
}

/// The message of a renewal, and the keys that it brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SignedRenewal {
    pub(crate) keys: KeyPair,
    pub(crate) message: String,
}

/// An account as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRecord {
    pub(crate) id: AccountId,
    pub(crate) server: ServerName,
    pub(crate) relying_party: String,
    pub(crate) display_name: String,
    pub(crate) device_name: String,
    pub(crate) device: DeviceId,
    pub(crate) subject: Subject,
    pub(crate) keys: KeyPair,
    pub(crate) trust: Trust,
    /// `inkan-device+jwt`.
    pub(crate) record: String,
    /// SHA-256 of `inkan-enrollment+jwt`; the record quotes it after a renewal too.
    pub(crate) enrollment_hash: Digest,
    /// The last counter that was given to an answer. 0: none yet.
    pub(crate) counter: u64,
    pub(crate) state: AccountState,
    pub(crate) frozen: bool,
    pub(crate) restricted_until: Option<NumericDate>,
    pub(crate) enrolled_at: NumericDate,
    /// 401s in a row.
    pub(crate) refusals: u32,
    pub(crate) renewal: Option<PendingRenewal>,
    /// Keys that are no longer used and may still be in the vault.
    pub(crate) retired: Vec<KeyLabel>,
    /// The customer has asked to leave; whether the server knows is not certain.
    pub(crate) leaving: bool,
    #[serde(default)]
    pub(crate) muted_until: Option<NumericDate>,
    #[serde(default)]
    pub(crate) support_phone: Option<String>,
    /// What the server knows of the phone's description, as far as this phone knows.
    #[serde(default)]
    pub(crate) told: Option<Described>,
}

impl AccountRecord {
    /// Every label that may be in the vault because of this account.
    pub(crate) fn labels(&self) -> Vec<KeyLabel> {
        let renewal =
            self.renewal.iter().flat_map(|renewal| [renewal.possession.clone(), renewal.approval.clone()]);
        [self.keys.possession.label.clone(), self.keys.approval.label.clone()]
            .into_iter()
            .chain(renewal)
            .chain(self.retired.iter().cloned())
            .collect()
    }

    /// What a screen shows of it.
    pub(crate) fn shown(&self) -> Account {
        Account {
            id: self.id,
            server: self.server.clone(),
            relying_party: self.relying_party.clone(),
            display_name: self.display_name.clone(),
            device_name: self.device_name.clone(),
            device: self.device,
            state: self.state,
            frozen: self.frozen,
            restricted_until: self.restricted_until,
            enrolled_at: self.enrolled_at,
            muted_until: self.muted_until,
            support_phone: self.support_phone.clone(),
        }
    }
}
