//! Keys and names for this crate's own tests and for the vectors: deterministic, never used outside them.

use p256::ecdsa::{Signature as EcdsaSignature, SigningKey, signature::Signer as _};

use crate::ids::ServerName;
use crate::jwk::{PublicKey, Signature};
use crate::jws::{Draft, KeyReference, Message};

/// A key made from a number.
pub(crate) struct Key(SigningKey);

impl Key {
    pub(crate) fn number(number: u8) -> Self {
        Self(SigningKey::from_slice(&[number; 32]).unwrap())
    }

    pub(crate) fn public(&self) -> PublicKey {
        PublicKey::from_uncompressed(self.0.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> Signature {
        let signature: EcdsaSignature = self.0.sign(bytes);
        Signature::from_fixed(&signature.to_bytes()).unwrap()
    }

    pub(crate) fn introduce<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Jwk(self.public()), message)
    }

    pub(crate) fn name<M: Message>(&self, message: &M) -> String {
        self.finish(KeyReference::Kid(self.public().thumbprint()), message)
    }

    fn finish<M: Message>(&self, reference: KeyReference, message: &M) -> String {
        let draft = Draft::new(reference, message).unwrap();
        let signature = self.sign(draft.signing_input());
        draft.finish(&signature)
    }
}

pub(crate) fn server() -> ServerName {
    "https://auth.example.jp".parse().unwrap()
}
