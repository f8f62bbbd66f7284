//! A private key in software (ring), and the only file that hands ring its random source.
//!
//! ring takes no random source but its own for the nonce of an ECDSA signature, so signatures differ from run to run
//! even where everything else is seeded. Nothing may depend on their bytes.

use inkan_protocol::jwk::{PublicKey, Signature};
use inkan_protocol::jws::{Draft, KeyReference, Message};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use zeroize::Zeroizing;

use super::KeysError;

/// A P-256 key that signs. It has no Debug and no way out.
pub(super) struct Signer {
    pair: EcdsaKeyPair,
    public: PublicKey,
    random: SystemRandom,
}

impl Signer {
    /// Makes a new key and answers it with its PKCS#8 document.
    pub(super) fn make() -> Result<(Self, Zeroizing<Vec<u8>>), KeysError> {
        let document = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &system_random())
            .map_err(|_| KeysError::Unavailable)?;
        let document = Zeroizing::new(document.as_ref().to_vec());
        Ok((Self::from_pkcs8(&document)?, document))
    }

    /// Takes a PKCS#8 document in DER.
    pub(super) fn from_pkcs8(document: &[u8]) -> Result<Self, KeysError> {
        let random = system_random();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &random)
            .map_err(|_| KeysError::NotAKey)?;
        let public =
            PublicKey::from_uncompressed(pair.public_key().as_ref()).map_err(|_| KeysError::NotAKey)?;
        Ok(Self { pair, public, random })
    }

    pub(super) fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs with the thumbprint in the header (`kid`).
    pub(super) fn sign<M: Message>(&self, message: &M) -> Result<String, KeysError> {
        self.finish(Draft::new(KeyReference::Kid(self.public.thumbprint()), message)?)
    }

    /// Signs with the key itself in the header (`jwk`).
    pub(super) fn introduce<M: Message>(&self, message: &M) -> Result<String, KeysError> {
        self.finish(Draft::new(KeyReference::Jwk(self.public), message)?)
    }

    fn finish(&self, draft: Draft) -> Result<String, KeysError> {
        let signature =
            self.pair.sign(&self.random, draft.signing_input()).map_err(|_| KeysError::Unavailable)?;
        let signature = Signature::from_fixed(signature.as_ref()).map_err(|_| KeysError::Unavailable)?;
        Ok(draft.finish(&signature))
    }
}

#[expect(clippy::disallowed_methods, reason = "ring's signatures take no other source than ring's own")]
fn system_random() -> SystemRandom {
    SystemRandom::new()
}
