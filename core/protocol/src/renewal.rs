//! Renewal: the old approval key brings a new pair of keys for the same device.

use serde::{Deserialize, Serialize};

use crate::enrollment::{Attestation, KeyStatement};
use crate::ids::{DeviceId, MessageId, NumericDate, ServerName};
use crate::jwk::PublicKey;
use crate::jws::{JwsError, Message, Unverified};

/// `inkan-renew+jwt`, by the old approval key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renew {
    /// The device.
    pub iss: DeviceId,
    /// The server's name.
    pub aud: ServerName,
    /// The phone's clock, corrected; within 60 s of the server's.
    pub iat: NumericDate,
    /// The renewal.
    pub jti: MessageId,
    /// The new possession key.
    pub possession_key: PublicKey,
    /// `inkan-approval-key+jwt` by the new possession key.
    pub possession_signature: String,
    /// The new approval key.
    pub approval_key: PublicKey,
    /// `inkan-approval-key+jwt` by the new approval key.
    pub approval_signature: String,
    /// Attestation statements of the new keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

impl Message for Renew {
    const TYP: &'static str = "inkan-renew+jwt";

    fn check(&self) -> Result<(), JwsError> {
        self.attestation.as_ref().map_or(Ok(()), Attestation::check)
    }
}

impl Renew {
    /// Verifies that both new keys say that they belong to this pair, this device and this renewal.
    pub fn verify_statements(&self) -> Result<(), JwsError> {
        let (possession, approval) = (self.possession_key.thumbprint(), self.approval_key.thumbprint());
        if possession == approval {
            return Err(JwsError::Payload("one key for both purposes".into()));
        }
        let expected = KeyStatement::of_renewal(&self.aud, self.iss, self.jti, possession, approval);
        for (statement, key) in [
            (&self.possession_signature, &self.possession_key),
            (&self.approval_signature, &self.approval_key),
        ] {
            let said = Unverified::<KeyStatement>::parse(statement)?.verify_introduced_as(key)?;
            if said.payload() != &expected {
                return Err(JwsError::Payload("a key's statement about something else".into()));
            }
        }
        Ok(())
    }
}
