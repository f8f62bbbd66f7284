//! `core/src/account.rs` across the border, and the ids of both. An id is its text.

use inkan_core::{
    account::{Account, AccountId, AccountState},
    protocol::ids::{ChallengeId, DeviceId, Digest, MessageId, NumericDate, ServerName},
};

use crate::error::{CallError, InkanError};

macro_rules! as_text {
    ($($id:ident),*) => { $(
        uniffi::custom_type!($id, String, {
            remote,
            lower: |id| id.to_string(),
            try_lift: |text| {
                // an error of the functions that take ids: it comes back as such, not as a defect
                text.parse().map_err(|_| CallError::from(InkanError::argument(stringify!($id))).into())
            },
        });
    )* };
}

as_text!(AccountId, ChallengeId, DeviceId, MessageId, Digest, ServerName);

#[uniffi::remote(Record)]
pub struct Account {
    pub id: AccountId,
    pub server: ServerName,
    pub relying_party: String,
    pub display_name: String,
    pub device_name: String,
    pub device: DeviceId,
    pub state: AccountState,
    pub frozen: bool,
    pub restricted_until: Option<NumericDate>,
    pub enrolled_at: NumericDate,
    pub muted_until: Option<NumericDate>,
    pub support_phone: Option<String>,
}

#[uniffi::remote(Enum)]
pub enum AccountState {
    Active,
    NotRecognised,
    Suspended,
    KeyInvalid,
}
