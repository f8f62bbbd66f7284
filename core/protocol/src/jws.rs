//! JWS, compact form, ES256 (RFC 7515, RFC 7518 §3.4), and nothing else of JOSE.
//!
//! ```text
//! compact text ── Unverified::parse ──▶ Unverified<M> ── verify(key) ──▶ Verified<M>
//!                 shape, header, typ                      signature, payload, M::check
//! ```
//!
//! `Verified<M>` is made here and nowhere else: whoever holds one knows that the bytes that travelled were signed by the
//! key it names and are a well-formed message of exactly one kind. What key that ought to be, and whether time, audience
//! and state fit, is the caller's next question.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::encoding::{decode, decode_array, encode};
use crate::ids::{Digest, Thumbprint};
use crate::json;
use crate::jwk::{PublicKey, Signature};

/// Largest message taken, in bytes of its compact form.
pub const MAX_MESSAGE: usize = 64 * 1024;

/// One kind of message. `TYP` is the header's `typ`, byte for byte.
pub trait Message: Serialize + DeserializeOwned {
    /// The message kind as `typ` spells it.
    const TYP: &'static str;
    /// Most bytes that a message of this kind may have in compact form.
    const MAX_SIZE: usize = MAX_MESSAGE;

    /// What the types of the members cannot say. Called before a message is signed and after it has verified.
    fn check(&self) -> Result<(), JwsError> {
        Ok(())
    }

    /// What only whoever makes the message has to see to, beyond [`Message::check`]. Called before it is signed.
    fn check_draft(&self) -> Result<(), JwsError> {
        Ok(())
    }
}

/// Why a message is not taken. A server tells a device none of this: all of it is one 401.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsError {
    /// Longer than its kind may be.
    #[error("the message is too large")]
    TooLarge,
    /// Not three parts of canonical base64url, or a header that is not exactly `alg`, `typ` and `kid` or `jwk`.
    #[error("not a compact JWS of this protocol")]
    Malformed,
    /// Another kind of message than the one expected.
    #[error("typ is not {0}")]
    WrongType(&'static str),
    /// The signature does not verify under the key given.
    #[error("the signature does not verify")]
    WrongSignature,
    /// Signed, but its payload is not what its kind holds.
    #[error("not a payload of this kind: {0}")]
    Payload(String),
}

/// Who signed, as the header says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyReference {
    /// The thumbprint of a key that the verifier knows.
    Kid(Thumbprint),
    /// The key itself, where a message introduces it.
    Jwk(PublicKey),
}

impl KeyReference {
    /// The thumbprint of the key referred to.
    pub fn thumbprint(&self) -> Thumbprint {
        match self {
            Self::Kid(kid) => *kid,
            Self::Jwk(key) => key.thumbprint(),
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    typ: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<Thumbprint>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwk: Option<PublicKey>,
}

/// A message that has the shape of kind `M`, its signature not looked at. It gives no access to its payload.
pub struct Unverified<M> {
    compact: String,
    signing_length: usize,
    payload_start: usize,
    signer: KeyReference,
    signature: Signature,
    kind: PhantomData<fn() -> M>,
}

impl<M: Message> Unverified<M> {
    /// Takes a compact JWS apart and checks its header. Nothing of the payload is read.
    pub fn parse(compact: &str) -> Result<Self, JwsError> {
        if compact.len() > M::MAX_SIZE {
            return Err(JwsError::TooLarge);
        }
        let (signing_input, signature) = compact.rsplit_once('.').ok_or(JwsError::Malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or(JwsError::Malformed)?;
        if payload.contains('.') {
            return Err(JwsError::Malformed);
        }
        let header = decode(header).map_err(|_| JwsError::Malformed)?;
        let header: Header = json::from_signed(&header).map_err(|_| JwsError::Malformed)?;
        if header.alg != "ES256" {
            return Err(JwsError::Malformed);
        }
        if header.typ != M::TYP {
            return Err(JwsError::WrongType(M::TYP));
        }
        let signer = match (header.kid, header.jwk) {
            (Some(kid), None) => KeyReference::Kid(kid),
            (None, Some(key)) => KeyReference::Jwk(key),
            _ => return Err(JwsError::Malformed),
        };
        let signature = Signature(decode_array(signature).map_err(|_| JwsError::Malformed)?);
        Ok(Self {
            payload_start: signing_input.len() - payload.len(),
            signing_length: signing_input.len(),
            compact: compact.to_owned(),
            signer,
            signature,
            kind: PhantomData,
        })
    }

    /// Who the header says has signed.
    pub fn signer(&self) -> &KeyReference {
        &self.signer
    }

    /// The thumbprint that the header names, where it names one.
    pub fn kid(&self) -> Option<Thumbprint> {
        match self.signer {
            KeyReference::Kid(kid) => Some(kid),
            KeyReference::Jwk(_) => None,
        }
    }

    /// SHA-256 of the part before the last dot: equal for "the same bytes", whatever signature stands behind them.
    pub fn signing_hash(&self) -> Digest {
        Digest::of(self.signing_input().as_bytes())
    }

    /// Verifies under `key`, which must be the key that the header names, then reads the payload.
    pub fn verify(self, key: &PublicKey) -> Result<Verified<M>, JwsError> {
        if self.signer.thumbprint() != key.thumbprint() {
            return Err(JwsError::WrongSignature);
        }
        key.verify(self.signing_input().as_bytes(), &self.signature).map_err(|_| JwsError::WrongSignature)?;
        let payload = self.compact.get(self.payload_start..self.signing_length).ok_or(JwsError::Malformed)?;
        let payload = decode(payload).map_err(|_| JwsError::Malformed)?;
        let payload: M = json::from_signed(&payload).map_err(|error| JwsError::Payload(error.to_string()))?;
        payload.check()?;
        Ok(Verified {
            signing_hash: self.signing_hash(),
            signer: self.signer,
            compact: self.compact,
            payload,
        })
    }

    /// Verifies under the key that the header itself introduces (`jwk`). That the key is the right one is for the
    /// caller to establish.
    pub fn verify_introduced(self) -> Result<Verified<M>, JwsError> {
        match self.signer {
            KeyReference::Jwk(key) => self.verify(&key),
            KeyReference::Kid(_) => Err(JwsError::Malformed),
        }
    }

    /// The same where the caller expects one key: the header must introduce exactly that key.
    pub fn verify_introduced_as(self, key: &PublicKey) -> Result<Verified<M>, JwsError> {
        match &self.signer {
            KeyReference::Jwk(_) => self.verify(key),
            KeyReference::Kid(_) => Err(JwsError::Malformed),
        }
    }

    fn signing_input(&self) -> &str {
        self.compact.get(..self.signing_length).unwrap_or_default()
    }
}

/// A message whose signature has verified. Made by [`Unverified::verify`] alone.
#[derive(Clone, Debug)]
pub struct Verified<M> {
    payload: M,
    signer: KeyReference,
    signing_hash: Digest,
    compact: String,
}

impl<M> Verified<M> {
    /// What was signed.
    pub fn payload(&self) -> &M {
        &self.payload
    }

    /// What was signed, by value.
    pub fn into_payload(self) -> M {
        self.payload
    }

    /// The thumbprint of the key that signed.
    pub fn signer(&self) -> Thumbprint {
        self.signer.thumbprint()
    }

    /// The key that the message introduced, where it did.
    pub fn introduced_key(&self) -> Option<&PublicKey> {
        match &self.signer {
            KeyReference::Jwk(key) => Some(key),
            KeyReference::Kid(_) => None,
        }
    }

    /// The exact bytes that travelled.
    pub fn compact(&self) -> &str {
        &self.compact
    }

    /// SHA-256 of the exact bytes that travelled.
    pub fn hash(&self) -> Digest {
        Digest::of(self.compact.as_bytes())
    }

    /// SHA-256 of the part before the last dot.
    pub fn signing_hash(&self) -> Digest {
        self.signing_hash
    }
}

/// A message on its way to its signer.
#[derive(Clone, Debug)]
pub struct Draft {
    signing_input: String,
}

impl Draft {
    /// Prepares `message` for a signature by the key that `signer` names.
    pub fn new<M: Message>(signer: KeyReference, message: &M) -> Result<Self, JwsError> {
        message.check()?;
        message.check_draft()?;
        let (kid, jwk) = match signer {
            KeyReference::Kid(kid) => (Some(kid), None),
            KeyReference::Jwk(key) => (None, Some(key)),
        };
        let header = Header { alg: "ES256".into(), typ: M::TYP.into(), kid, jwk };
        let header = json::to_signed(&header).map_err(|error| JwsError::Payload(error.to_string()))?;
        let payload = json::to_signed(message).map_err(|error| JwsError::Payload(error.to_string()))?;
        let signing_input = format!("{}.{}", encode(header), encode(payload));
        // 64 bytes of signature are 86 characters, and the dot.
        if signing_input.len() + 87 > M::MAX_SIZE {
            return Err(JwsError::TooLarge);
        }
        Ok(Self { signing_input })
    }

    /// The bytes to sign.
    pub fn signing_input(&self) -> &[u8] {
        self.signing_input.as_bytes()
    }

    /// The compact form with its signature.
    pub fn finish(self, signature: &Signature) -> String {
        format!("{}.{}", self.signing_input, encode(signature.0))
    }
}

#[cfg(test)]
mod tests;
