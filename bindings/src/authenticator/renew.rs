//! `core/src/authenticator/renew.rs` across the border.

use inkan_core::{
    account::AccountId,
    protocol::enrollment::{Push, PushProvider},
};

use super::Authenticator;
use crate::call::calls;

#[uniffi::remote(Enum)]
pub enum PushProvider {
    Apns,
    Fcm,
    Webpush,
}

#[uniffi::remote(Record)]
pub struct Push {
    pub provider: PushProvider,
    pub token: String,
    pub p256dh: Option<String>,
    pub auth: Option<String>,
}

calls! {
    /// Tells the server where the doorbell is; none: there is none any more.
    set_push(account: AccountId, push: Option<Push>) -> (): |core| core.set_push(account, push).await;
    /// Another name for this phone, 1–64 characters.
    rename(account: AccountId, name: String) -> (): |core| core.rename(account, &name).await;
    /// Reads the newest key set.
    refresh_keys(account: AccountId) -> (): |core| core.refresh_keys(account).await;
    /// New keys for this device, brought by the old approval key. Asks for the user's verification, twice on some phones.
    rotate_keys(account: AccountId) -> (): |core| core.rotate_keys(account).await;
    /// Stops the customer's approvals; only an identity check starts them again.
    freeze(account: AccountId) -> (): |core| core.freeze(account).await;
    /// Takes this device out at the server, then forgets the account.
    leave(account: AccountId) -> (): |core| core.leave(account).await;
    /// Deletes the account's keys and records on this phone, whatever the server knows.
    forget(account: AccountId) -> (): |core| core.forget(account).await;
}
