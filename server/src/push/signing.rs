//! What the push providers need of ring: signatures of tokens, and one key per message of Web Push. The only file here
//! that hands ring its random source; ring takes no other for either.

use inkan_protocol::encoding::encode;
use ring::agreement::{self, ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::Value;
use zeroize::Zeroizing;

/// An uncompressed point of P-256.
pub(super) const POINT: usize = 65;

/// ring gave nothing: its random source, or a key that it took before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be signed")]
pub struct SigningError;

/// The PKCS#8 document of a PEM text; `None` where it holds none.
pub(super) fn pkcs8_of_pem(pem: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem).ok()?;
    Some(Zeroizing::new(key.secret_pkcs8_der().to_vec()))
}

/// A P-256 key that signs tokens. It has no Debug and no way out.
pub(super) struct Es256 {
    pair: EcdsaKeyPair,
    random: SystemRandom,
}

impl Es256 {
    /// A new key's PKCS#8 document.
    pub(super) fn make() -> Result<Zeroizing<Vec<u8>>, SigningError> {
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &system_random())
            .map(|document| Zeroizing::new(document.as_ref().to_vec()))
            .map_err(|_| SigningError)
    }

    /// `None` where it is no P-256 key.
    pub(super) fn from_pkcs8(document: &[u8]) -> Option<Self> {
        let random = system_random();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document, &random).ok()?;
        Some(Self { pair, random })
    }

    /// The public key, an uncompressed point.
    pub(super) fn public(&self) -> &[u8] {
        self.pair.public_key().as_ref()
    }

    /// A compact JWS (RFC 7515) of these claims.
    pub(super) fn token(&self, header: &Value, claims: &Value) -> Result<String, SigningError> {
        let input = signing_input(header, claims);
        let signature = self.pair.sign(&self.random, input.as_bytes()).map_err(|_| SigningError)?;
        Ok(format!("{input}.{}", encode(signature)))
    }
}

/// An RSA key that signs tokens. It has no Debug and no way out.
pub(super) struct Rs256 {
    pair: RsaKeyPair,
    random: SystemRandom,
}

impl Rs256 {
    /// `None` where it is no RSA key of 2048 bits or more.
    pub(super) fn from_pkcs8(document: &[u8]) -> Option<Self> {
        Some(Self { pair: RsaKeyPair::from_pkcs8(document).ok()?, random: system_random() })
    }

    /// A compact JWS (RFC 7515) of these claims.
    pub(super) fn token(&self, header: &Value, claims: &Value) -> Result<String, SigningError> {
        let input = signing_input(header, claims);
        let mut signature = vec![0; self.pair.public().modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &self.random, input.as_bytes(), &mut signature)
            .map_err(|_| SigningError)?;
        Ok(format!("{input}.{}", encode(signature)))
    }
}

fn signing_input(header: &Value, claims: &Value) -> String {
    format!("{}.{}", encode(header.to_string()), encode(claims.to_string()))
}

/// A P-256 key for one agreement.
pub(super) struct Ephemeral {
    key: EphemeralPrivateKey,
    public: agreement::PublicKey,
}

impl Ephemeral {
    pub(super) fn make() -> Result<Self, SigningError> {
        let key = EphemeralPrivateKey::generate(&ECDH_P256, &system_random()).map_err(|_| SigningError)?;
        let public = key.compute_public_key().map_err(|_| SigningError)?;
        Ok(Self { key, public })
    }

    /// The public key, an uncompressed point.
    pub(super) fn public(&self) -> [u8; POINT] {
        let mut point = [0; POINT];
        for (to, from) in point.iter_mut().zip(self.public.as_ref()) {
            *to = *from;
        }
        point
    }

    /// What both sides can derive; `None` where theirs is no point of the curve.
    pub(super) fn agree(self, theirs: &[u8; POINT]) -> Option<Zeroizing<Vec<u8>>> {
        let theirs = UnparsedPublicKey::new(&ECDH_P256, theirs.as_slice());
        agreement::agree_ephemeral(self.key, &theirs, |secret| Zeroizing::new(secret.to_vec())).ok()
    }
}

#[expect(clippy::disallowed_methods, reason = "ring's keys take no other source than ring's own")]
fn system_random() -> SystemRandom {
    SystemRandom::new()
}
