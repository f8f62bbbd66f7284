//! The record that an enrollment ends with: whose keys these are, and how that came to be known.

use serde::{Deserialize, Serialize};

use crate::ids::{DeviceId, Digest, NumericDate, ServerName, Subject, UserId};
use crate::jwk::PublicKey;
use crate::jws::{JwsError, Message};
use crate::text;

/// How the customer was authenticated before the enrollment began, as the relying party states it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// All that was used, each once, at most 8; empty in profile `dev` alone.
    pub methods: Vec<AuthenticationMethod>,
    /// When.
    pub at: NumericDate,
}

impl Authentication {
    /// At most eight methods, each once. None at all is for trials: only profile `dev` takes it.
    pub fn check(&self) -> Result<(), JwsError> {
        let twins = self
            .methods
            .iter()
            .enumerate()
            .any(|(place, method)| self.methods.iter().skip(place + 1).any(|other| other == method));
        if self.methods.len() > 8 || twins {
            return Err(JwsError::Payload("authentication".into()));
        }
        Ok(())
    }
}

/// Ways in which a relying party may have authenticated a customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthenticationMethod {
    /// The sign-in password.
    Password,
    /// The separate trading and withdrawal password.
    TradingPassword,
    /// A passkey with user verification.
    Passkey,
    /// Public personal authentication or an equal proof of identity.
    IdentityProof,
    /// A letter to the registered address.
    Letter,
    /// At a branch, in person.
    Branch,
    /// An approval by a device that is enrolled already.
    OlderDevice,
    /// A code by mail; it counts for nothing.
    EmailCode,
}

/// `inkan-device+jwt`: the record of an active device, kept by the phone and part of the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceRecord {
    /// The server's name.
    pub iss: ServerName,
    /// The device.
    pub aud: DeviceId,
    /// When it became active, or was renewed.
    pub iat: NumericDate,
    /// The device again.
    pub device: DeviceId,
    /// The customer's pseudonym, as challenges carry it.
    pub sub: Subject,
    /// The customer, as the relying party names them.
    pub user: UserId,
    /// The account as shown, masked.
    pub account: String,
    /// The possession key.
    pub possession_key: PublicKey,
    /// The approval key.
    pub approval_key: PublicKey,
    /// What the attestation of the keys amounted to.
    pub attestation: AttestationResult,
    /// How the customer was authenticated.
    pub authentication: Authentication,
    /// SHA-256 of `inkan-enroll+jwt` (after a renewal: of `inkan-renew+jwt`).
    pub enroll_hash: Digest,
    /// SHA-256 of `inkan-enrollment+jwt`.
    pub enrollment_hash: Digest,
}

impl Message for DeviceRecord {
    const TYP: &'static str = "inkan-device+jwt";

    fn check(&self) -> Result<(), JwsError> {
        let wrong = |why: &str| Err(JwsError::Payload(why.to_owned()));
        text::check(&self.account, 64).map_err(|error| JwsError::Payload(error.to_string()))?;
        if self.aud != self.device {
            return wrong("aud is not the device");
        }
        if self.possession_key == self.approval_key {
            return wrong("one key for both purposes");
        }
        self.authentication.check()
    }
}

/// What the server made of an attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttestationResult {
    /// None was sent.
    None,
    /// One was sent in a format that this server does not judge: recorded, worth nothing.
    Unverified,
    /// Verified: the keys live in a trusted execution environment.
    Tee,
    /// Verified: the keys live in a StrongBox.
    Strongbox,
    /// Verified: the keys live in a Secure Enclave.
    SecureEnclave,
}
