//! P-256 public keys as JWK, their thumbprints, and the one strict way from a hardware signature to a JWS signature.

use p256::ecdsa::Signature as EcdsaSignature;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde::{Deserialize, Serialize};

use crate::encoding::{decode_array, encode, sha256};
use crate::ids::Thumbprint;

/// Half of the order of P-256, big-endian: a signature whose S is above it is refused (its mirror is as valid).
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde,
    0x73, 0x7d, 0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// A key or signature that is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not a point of P-256, or the point at infinity.
    #[error("not a P-256 public key")]
    NotAPoint,
    /// Not a signature in strict DER, or of another length, or with a scalar out of range.
    #[error("not an ECDSA signature of P-256")]
    NotASignature,
    /// The signature does not verify, or its S is high.
    #[error("the signature does not verify")]
    DoesNotVerify,
}

/// A public key on P-256, as an uncompressed point.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "Jwk", try_from = "Jwk")]
pub struct PublicKey([u8; 65]);

impl PublicKey {
    /// Takes an uncompressed point (`04 || x || y`); refuses what is not on the curve.
    pub fn from_uncompressed(point: &[u8]) -> Result<Self, KeyError> {
        let bytes: [u8; 65] = point.try_into().map_err(|_| KeyError::NotAPoint)?;
        if bytes.first() != Some(&4) {
            return Err(KeyError::NotAPoint);
        }
        p256::PublicKey::from_sec1_bytes(&bytes).map_err(|_| KeyError::NotAPoint)?;
        Ok(Self(bytes))
    }

    /// The uncompressed point, 65 bytes.
    pub fn as_uncompressed(&self) -> &[u8; 65] {
        &self.0
    }

    /// RFC 7638 thumbprint: SHA-256 of the JWK's required members in order of their names.
    pub fn thumbprint(&self) -> Thumbprint {
        let Jwk { crv, kty, x, y } = Jwk::from(*self);
        Thumbprint(sha256(format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#).as_bytes()))
    }

    /// Verifies `R || S` over `message` (ECDSA with SHA-256). A high S is refused.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        if !signature.is_low() {
            return Err(KeyError::DoesNotVerify);
        }
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &self.0)
            .verify(message, &signature.0)
            .map_err(|_| KeyError::DoesNotVerify)
    }

    fn coordinates(&self) -> (&[u8], &[u8]) {
        self.0.get(1..).map_or((&[], &[]), |rest| rest.split_at(32))
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "PublicKey({})", self.thumbprint())
    }
}

/// The four members of a P-256 public JWK, and no other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Jwk {
    crv: String,
    kty: String,
    x: String,
    y: String,
}

impl From<PublicKey> for Jwk {
    fn from(key: PublicKey) -> Self {
        let (x, y) = key.coordinates();
        Self { crv: "P-256".into(), kty: "EC".into(), x: encode(x), y: encode(y) }
    }
}

impl TryFrom<Jwk> for PublicKey {
    type Error = KeyError;

    fn try_from(jwk: Jwk) -> Result<Self, KeyError> {
        if jwk.crv != "P-256" || jwk.kty != "EC" {
            return Err(KeyError::NotAPoint);
        }
        let x: [u8; 32] = decode_array(&jwk.x).map_err(|_| KeyError::NotAPoint)?;
        let y: [u8; 32] = decode_array(&jwk.y).map_err(|_| KeyError::NotAPoint)?;
        Self::from_uncompressed(&[&[4][..], &x, &y].concat())
    }
}

/// A signature as JWS carries it: `R || S`, 64 bytes big-endian (RFC 7518 §3.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// The strict converter for what key hardware gives: ASN.1 DER (X9.62) to `R || S` with a low S.
    pub fn from_der(der: &[u8]) -> Result<Self, KeyError> {
        let signature = EcdsaSignature::from_der(der).map_err(|_| KeyError::NotASignature)?;
        Ok(Self::normalised(&signature))
    }

    /// Takes `R || S` from a signer and makes S low.
    pub fn from_fixed(fixed: &[u8]) -> Result<Self, KeyError> {
        let signature = EcdsaSignature::from_slice(fixed).map_err(|_| KeyError::NotASignature)?;
        Ok(Self::normalised(&signature))
    }

    /// Whether S is at most half of the order.
    pub fn is_low(&self) -> bool {
        self.0.get(32..).is_some_and(|s| s <= &HALF_ORDER[..])
    }

    fn normalised(signature: &EcdsaSignature) -> Self {
        Self(signature.normalize_s().to_bytes().into())
    }
}

#[cfg(test)]
mod tests;
