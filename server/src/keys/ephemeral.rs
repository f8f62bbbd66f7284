//! A key that lives for one message: what a test user's phone would sign with.

use inkan_protocol::jws::{Message, Unverified, Verified};

use super::KeysError;
use super::signer::Signer;

/// A key that is never written anywhere.
pub struct EphemeralKey(Signer);

impl EphemeralKey {
    /// A new one.
    pub fn make() -> Result<Self, KeysError> {
        Signer::make().map(|(signer, _)| Self(signer))
    }

    /// Signs and verifies, so that what comes out has gone through what every message goes through.
    pub fn sign_and_verify<M: Message>(&self, message: &M) -> Result<Verified<M>, KeysError> {
        let compact = self.0.sign(message)?;
        Ok(Unverified::parse(&compact)?.verify(self.0.public())?)
    }
}
