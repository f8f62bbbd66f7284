//! What is believed of a server, and what of its messages follows from that.
//!
//! ```text
//! link: identity k, version n ──▶ first key set (≥ n, by k) ──▶ newer sets (by k, or endorsed by k)
//!                                        └──▶ signing keys ──▶ every other message of the server
//! ```

use inkan_protocol::{
    challenge::Challenge,
    enrollment::{DeviceRecord, EnrollmentAnswer},
    ids::{DeviceId, Digest, NumericDate, ServerName, Thumbprint},
    jws::{Message, Unverified, Verified},
    keys::{KeySet, verify_key_set},
    receipt::Receipt,
};
use serde::{Deserialize, Serialize};

use crate::{account::KeyPair, error::TrustError, ports::Pin};

/// A server's identity, and the newest key set that it signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trust {
    identity: Thumbprint,
    /// `inkan-keys+jwt`, verified before it is kept.
    keys: String,
}

impl Trust {
    /// The identity that is trusted.
    pub(crate) fn identity(&self) -> Thumbprint {
        self.identity
    }

    /// The first key set after a link: by the link's identity, and not older than the link says.
    pub(crate) fn first(
        compact: &str,
        server: &ServerName,
        identity: Thumbprint,
        at_least: u64,
    ) -> Result<Self, TrustError> {
        let set = verify_key_set(compact, server, identity)?;
        if set.payload().version < at_least {
            return Err(TrustError::OlderKeySet);
        }
        Ok(Self { identity: set.signer(), keys: compact.to_owned() })
    }

    /// The newest of this and `compact`. A lower version, and another set of the same version, are refused.
    pub(crate) fn follow(&self, compact: &str, server: &ServerName) -> Result<Self, TrustError> {
        if compact == self.keys {
            return Ok(self.clone());
        }
        let known = self.set(server)?.payload().version;
        let set = verify_key_set(compact, server, self.identity)?;
        match set.payload().version {
            version if version < known => Err(TrustError::OlderKeySet),
            version if version == known => Err(TrustError::OtherKeySet),
            _ => Ok(Self { identity: set.signer(), keys: compact.to_owned() }),
        }
    }

    /// The version of the key set.
    pub(crate) fn version(&self, server: &ServerName) -> Result<u64, TrustError> {
        Ok(self.set(server)?.payload().version)
    }

    /// The pins of the key set, with their ends.
    pub(crate) fn pins(&self, server: &ServerName) -> Result<Vec<Pin>, TrustError> {
        let set = self.set(server)?;
        Ok(set
            .payload()
            .pins
            .iter()
            .map(|pin| Pin { sha256: pin.spki.0, not_after: Some(pin.not_after) })
            .collect())
    }

    /// Verifies a message of the server: signed by a key that the set lists for the time of the message and has not
    /// revoked, and issued by this server. [`TrustError::SigningKey`] may mean that a newer set is needed.
    pub(crate) fn verify<M: Issued>(
        &self,
        compact: &str,
        server: &ServerName,
    ) -> Result<Verified<M>, TrustError> {
        let set = self.set(server)?;
        let set = set.payload();
        let unverified = Unverified::<M>::parse(compact)?;
        let kid = unverified.kid().ok_or(TrustError::SigningKey)?;
        let key = set.keys.iter().find(|key| key.kid == kid).ok_or(TrustError::SigningKey)?;
        let message = unverified.verify(&key.jwk)?;
        let (issuer, issued_at) = message.payload().issued();
        set.key_at(kid, issued_at).ok_or(TrustError::SigningKey)?;
        if issuer == server { Ok(message) } else { Err(TrustError::Parties) }
    }

    fn set(&self, server: &ServerName) -> Result<Verified<KeySet>, TrustError> {
        Ok(verify_key_set(&self.keys, server, self.identity)?)
    }
}

/// The record of a device is kept only if both keys and both hashes are this phone's own.
pub(crate) fn check_own(
    record: &DeviceRecord,
    device: DeviceId,
    keys: &KeyPair,
    enroll_hash: Digest,
    enrollment_hash: Digest,
) -> Result<(), TrustError> {
    let own = record.aud == device
        && record.device == device
        && record.possession_key == keys.possession.public
        && record.approval_key == keys.approval.public
        && record.enroll_hash == enroll_hash
        && record.enrollment_hash == enrollment_hash;
    if own { Ok(()) } else { Err(TrustError::ForeignRecord) }
}

/// A message that the server signs with one of its signing keys.
pub(crate) trait Issued: Message {
    /// `iss` and `iat`.
    fn issued(&self) -> (&ServerName, NumericDate);
}

impl Issued for EnrollmentAnswer {
    fn issued(&self) -> (&ServerName, NumericDate) {
        (&self.iss, self.iat)
    }
}

impl Issued for DeviceRecord {
    fn issued(&self) -> (&ServerName, NumericDate) {
        (&self.iss, self.iat)
    }
}

impl Issued for Challenge {
    fn issued(&self) -> (&ServerName, NumericDate) {
        (&self.iss, self.iat)
    }
}

impl Issued for Receipt {
    fn issued(&self) -> (&ServerName, NumericDate) {
        (&self.iss, self.iat)
    }
}
