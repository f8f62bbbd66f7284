//! What an enrolled phone changes of itself: push, name, keys, key set, freeze, leave.

use inkan_protocol::enrollment::Push;

use super::Authenticator;
use crate::{account::AccountId, error::Error};

impl Authenticator {
    /// Tells the server where the doorbell is; `None`: there is none any more.
    pub async fn set_push(&self, account: AccountId, push: Option<Push>) -> Result<(), Error> {
        let _ = (account, push);
        Err(Error::Internal("not yet"))
    }

    /// Another name for this phone, 1–64 characters.
    pub async fn rename(&self, account: AccountId, name: &str) -> Result<(), Error> {
        let _ = (account, name);
        Err(Error::Internal("not yet"))
    }

    /// Reads the newest key set. An older one, or another of the same version, is refused.
    pub async fn refresh_keys(&self, account: AccountId) -> Result<(), Error> {
        let _ = account;
        Err(Error::Internal("not yet"))
    }

    /// New keys for this device, brought by the old approval key. Asks for the user's verification.
    pub async fn rotate_keys(&self, account: AccountId) -> Result<(), Error> {
        let _ = account;
        Err(Error::Internal("not yet"))
    }

    /// Stops the customer's approvals; only an identity check starts them again.
    pub async fn freeze(&self, account: AccountId) -> Result<(), Error> {
        let _ = account;
        Err(Error::Internal("not yet"))
    }

    /// Takes this device out at the server, then forgets the account.
    pub async fn leave(&self, account: AccountId) -> Result<(), Error> {
        let _ = account;
        Err(Error::Internal("not yet"))
    }

    /// Deletes the account's keys and records on this phone, whatever the server knows.
    pub async fn forget(&self, account: AccountId) -> Result<(), Error> {
        let _ = account;
        Err(Error::Internal("not yet"))
    }
}
