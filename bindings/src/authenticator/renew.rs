//! `core/src/authenticator/renew.rs` across the border.

use std::sync::Arc;

use inkan_core::{
    account::AccountId,
    protocol::enrollment::{Push, PushProvider},
};

use super::Authenticator;
use crate::{
    call::{Cancellation, run},
    error::CallError,
};

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

#[uniffi::export]
impl Authenticator {
    /// Tells the server where the doorbell is; none: there is none any more.
    pub async fn set_push(
        &self,
        account: AccountId,
        push: Option<Push>,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("set_push", cancellation, async move { core.set_push(account, push).await }).await
    }

    /// Another name for this phone, 1–64 characters.
    pub async fn rename(
        &self,
        account: AccountId,
        name: String,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("rename", cancellation, async move { core.rename(account, &name).await }).await
    }

    /// Reads the newest key set.
    pub async fn refresh_keys(
        &self,
        account: AccountId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("refresh_keys", cancellation, async move { core.refresh_keys(account).await }).await
    }

    /// New keys for this device, brought by the old approval key. Asks for the user's verification, twice on some phones.
    pub async fn rotate_keys(
        &self,
        account: AccountId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("rotate_keys", cancellation, async move { core.rotate_keys(account).await }).await
    }

    /// Stops the customer's approvals; only an identity check starts them again.
    pub async fn freeze(
        &self,
        account: AccountId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("freeze", cancellation, async move { core.freeze(account).await }).await
    }

    /// Takes this device out at the server, then forgets the account.
    pub async fn leave(
        &self,
        account: AccountId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("leave", cancellation, async move { core.leave(account).await }).await
    }

    /// Deletes the account's keys and records on this phone, whatever the server knows.
    pub async fn forget(
        &self,
        account: AccountId,
        cancellation: Option<Arc<Cancellation>>,
    ) -> Result<(), CallError> {
        let core = self.core.clone();
        run("forget", cancellation, async move { core.forget(account).await }).await
    }
}
