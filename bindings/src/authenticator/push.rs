//! `core/src/authenticator/push.rs` across the border: the doorbell.

use inkan_core::{
    account::AccountId,
    protocol::{ids::MessageId, push_hint::PushHint},
    push::{PushPayload, WebPushKeys},
};

use super::Authenticator;
use crate::call::calls;

#[uniffi::remote(Record)]
pub struct WebPushKeys {
    pub p256dh: String,
    pub auth: String,
}

#[uniffi::remote(Enum)]
pub enum PushPayload {
    WebPush(Vec<u8>),
    Plain(Vec<u8>),
}

#[uniffi::remote(Record)]
pub struct PushHint {
    pub v: u8,
    pub id: MessageId,
    pub collapse: MessageId,
}

calls! {
    /// What this installation receives Web Push with: made at the first call, the same ever after.
    web_push_keys() -> WebPushKeys: |core| core.web_push_keys();
    /// The public key by which this account's server names itself to push services (VAPID), for the registration with a
    /// distributor; none where it rings nobody by Web Push. Where it has changed, register anew.
    web_push_server_key(account: AccountId) -> Option<String>: |core| core.web_push_server_key(account).await;
    /// Reads a push and keeps its id, so that the server is told of it whatever happens next. `account`: whose
    /// registration it came to, where the platform says. What cannot be read is worth a look into the inbox nevertheless.
    push_received(account: Option<AccountId>, payload: PushPayload) -> PushHint: |core| {
        core.push_received(account, &payload)
    };
    /// Tells every server that the doorbell of that id arrived, and brings the accounts up to date.
    push_arrived(push: MessageId) -> (): |core| core.push_arrived(push).await;
}
