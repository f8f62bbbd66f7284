//! Key sets: which keys the server signs with, said by its identity key (`inkan-keys+jwt`).
//!
//! The enrollment URI carries the thumbprint of the identity key; the phone pins it. Signing keys come and go in sets of
//! rising version, each signed once and served as stored. Another identity key is taken over only by a set that the old
//! identity has endorsed.

use serde::{Deserialize, Serialize};

use crate::ids::{NumericDate, ServerName, Thumbprint};
use crate::jwk::PublicKey;
use crate::jws::{JwsError, Message, Unverified, Verified};

/// Longest life of a signing key: 90 days.
pub const MAX_KEY_LIFE: u64 = 90 * 24 * 3600;
/// How long before its first use a signing key is listed, but the first: 24 hours.
pub const LISTED_AHEAD: u64 = 24 * 3600;

/// `inkan-keys+jwt`, signed by the identity key, which the header introduces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySet {
    /// The server's name.
    pub iss: ServerName,
    /// The server's name again: a key set is for whoever knows it.
    pub aud: ServerName,
    /// When it was signed.
    pub iat: NumericDate,
    /// Rises with each set.
    pub version: u64,
    /// The keys that sign enrollments, challenges, receipts and verdicts.
    pub keys: Vec<SigningKey>,
    /// TLS pins; may be empty.
    pub pins: Vec<Pin>,
    /// Keys whose signatures count only where a published log head vouches for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<RevokedKey>,
    /// `inkan-identity+jwt` by the old identity, where this set is by a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endorsement: Option<String>,
}

/// One signing key and when it may sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// Its thumbprint.
    pub kid: Thumbprint,
    /// The key.
    pub jwk: PublicKey,
    /// First second in which a message may be issued under it.
    pub not_before: NumericDate,
    /// First second in which none may any more.
    pub not_after: NumericDate,
}

/// A TLS pin: SHA-256 of a certificate's SubjectPublicKeyInfo, and until when it is in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// SHA-256 of the DER of the SubjectPublicKeyInfo.
    pub spki: crate::ids::Digest,
    /// From then on the pin is as if absent.
    pub not_after: NumericDate,
}

/// A signing key that was lost to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevokedKey {
    /// Its thumbprint.
    pub kid: Thumbprint,
    /// From when on its signatures are in doubt.
    pub at: NumericDate,
}

impl Message for KeySet {
    const TYP: &'static str = "inkan-keys+jwt";

    fn check(&self) -> Result<(), JwsError> {
        let wrong = |why: &str| Err(JwsError::Payload(why.to_owned()));
        if self.iss != self.aud {
            return wrong("aud is not the server");
        }
        if self.version == 0 || self.keys.is_empty() || self.keys.len() > 32 || self.pins.len() > 16 {
            return wrong("version or counts");
        }
        if self.revoked.len() > 64 {
            return wrong("too many revoked keys");
        }
        let twins = |place: usize, kid| self.keys.iter().skip(place + 1).any(|other| other.kid == kid);
        if self.keys.iter().enumerate().any(|(place, key)| twins(place, key.kid)) {
            return wrong("a key twice");
        }
        for key in &self.keys {
            if key.kid != key.jwk.thumbprint() {
                return wrong("a kid that is not its key's thumbprint");
            }
            if key.not_after <= key.not_before || key.not_after - key.not_before > MAX_KEY_LIFE {
                return wrong("a key's times");
            }
        }
        Ok(())
    }
}

impl KeySet {
    /// The key of that thumbprint, if it may have signed a message issued at `iat` and was not revoked.
    pub fn key_at(&self, kid: Thumbprint, iat: NumericDate) -> Option<&PublicKey> {
        if self.revoked.iter().any(|revoked| revoked.kid == kid) {
            return None;
        }
        self.listed_key_at(kid, iat)
    }

    /// The same without looking at revocation: for evidence, which a published log head may save.
    pub fn listed_key_at(&self, kid: Thumbprint, iat: NumericDate) -> Option<&PublicKey> {
        self.keys
            .iter()
            .find(|key| key.kid == kid && (key.not_before..key.not_after).contains(&iat))
            .map(|key| &key.jwk)
    }
}

/// `inkan-identity+jwt`: the old identity key says which key follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityChange {
    /// The server's name.
    pub iss: ServerName,
    /// The server's name again.
    pub aud: ServerName,
    /// When it was signed.
    pub iat: NumericDate,
    /// Thumbprint of the identity that signs this.
    pub from: Thumbprint,
    /// Thumbprint of the identity that follows.
    pub to: Thumbprint,
}

impl Message for IdentityChange {
    const TYP: &'static str = "inkan-identity+jwt";
}

/// Verifies a key set for a verifier that trusts the identity `trusted` of `server`.
///
/// A set by another identity is taken only with an endorsement by `trusted`. The caller compares versions, and keeps
/// [`Verified::signer`] as the identity it trusts from then on.
pub fn verify_key_set(
    compact: &str,
    server: &ServerName,
    trusted: Thumbprint,
) -> Result<Verified<KeySet>, JwsError> {
    let set = Unverified::<KeySet>::parse(compact)?.verify_introduced()?;
    if &set.payload().iss != server {
        return Err(JwsError::Payload("a key set of another server".into()));
    }
    if set.signer() == trusted {
        return Ok(set);
    }
    let endorsement = set.payload().endorsement.as_deref().ok_or(JwsError::WrongSignature)?;
    let change = Unverified::<IdentityChange>::parse(endorsement)?.verify_introduced()?;
    let said = change.payload();
    if change.signer() == trusted
        && said.from == trusted
        && said.to == set.signer()
        && &said.iss == server
        && &said.aud == server
    {
        Ok(set)
    } else {
        Err(JwsError::WrongSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Key, server};

    fn set(key: &Key, version: u64, endorsement: Option<String>) -> String {
        let signing = Key::number(50).public();
        key.introduce(&KeySet {
            iss: server(),
            aud: server(),
            iat: 1000,
            version,
            keys: vec![SigningKey {
                kid: signing.thumbprint(),
                jwk: signing,
                not_before: 1000,
                not_after: 2000,
            }],
            pins: vec![],
            revoked: vec![],
            endorsement,
        })
    }

    #[test]
    fn a_set_is_taken_from_the_trusted_identity_alone() {
        let (old, new) = (Key::number(1), Key::number(2));
        let trusted = old.public().thumbprint();
        assert!(verify_key_set(&set(&old, 1, None), &server(), trusted).is_ok());
        assert!(verify_key_set(&set(&new, 2, None), &server(), trusted).is_err());
        let said = |from: &Key, to: &Key| {
            from.introduce(&IdentityChange {
                iss: server(),
                aud: server(),
                iat: 1000,
                from: from.public().thumbprint(),
                to: to.public().thumbprint(),
            })
        };
        assert!(verify_key_set(&set(&new, 2, Some(said(&old, &new))), &server(), trusted).is_ok());
        assert!(verify_key_set(&set(&new, 2, Some(said(&new, &new))), &server(), trusted).is_err());
        assert!(verify_key_set(&set(&new, 2, Some(said(&old, &old))), &server(), trusted).is_err());
    }

    #[test]
    fn a_key_signs_within_its_times() {
        let set =
            verify_key_set(&set(&Key::number(1), 1, None), &server(), Key::number(1).public().thumbprint())
                .unwrap();
        let kid = Key::number(50).public().thumbprint();
        for (iat, fits) in [(999, false), (1000, true), (1999, true), (2000, false)] {
            assert_eq!(set.payload().key_at(kid, iat).is_some(), fits, "{iat}");
        }
        let mut revoked = set.into_payload();
        revoked.revoked = vec![RevokedKey { kid, at: 1500 }];
        assert!(revoked.key_at(kid, 1200).is_none());
        assert!(revoked.listed_key_at(kid, 1200).is_some());
    }
}
