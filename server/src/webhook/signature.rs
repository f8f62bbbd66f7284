//! The headers of a webhook: `webhook-id`, `webhook-timestamp`, `webhook-signature`, by the Standard Webhooks
//! specification 1.0.0.
//!
//! ```text
//! signed:  {id}.{timestamp}.{body}
//! header:  v1,<HMAC-SHA256 by the newest secret> [v1,<by the one before>] v1a,<Ed25519>
//! ```
//!
//! The Ed25519 key is a webhook's own, not the server's: what is signed does not say whom it is meant for, so with one
//! key for all a receiver could hand on what it got to another, where it would hold. It stays when the secret is
//! rotated: its private half never leaves the server, and nothing that a receiver loses calls for another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use inkan_protocol::ids::NumericDate;
use ring::hmac;
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

/// What a secret begins with where it is shown.
pub const SECRET_PREFIX: &str = "whsec_";
/// What a public key begins with where it is shown.
pub const PUBLIC_KEY_PREFIX: &str = "whpk_";

/// A key is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a key of a webhook")]
pub struct SignerError;

/// All that signs for one webhook.
pub struct Signer {
    secrets: Vec<hmac::Key>,
    pair: Ed25519KeyPair,
}

impl Signer {
    /// Signs by each of the secrets, newest first, and by the key of this seed.
    pub fn new(secrets: &[Zeroizing<Vec<u8>>], seed: &[u8; 32]) -> Result<Self, SignerError> {
        let secrets = secrets.iter().map(|secret| hmac::Key::new(hmac::HMAC_SHA256, secret)).collect();
        Ok(Self { secrets, pair: pair(seed)? })
    }

    /// The three headers of a try at this time.
    pub fn headers(&self, id: &str, at: NumericDate, body: &str) -> [(&'static str, String); 3] {
        let signed = format!("{id}.{at}.{body}");
        let mut signatures: Vec<String> = self
            .secrets
            .iter()
            .map(|secret| format!("v1,{}", STANDARD.encode(hmac::sign(secret, signed.as_bytes()))))
            .collect();
        signatures.push(format!("v1a,{}", STANDARD.encode(self.pair.sign(signed.as_bytes()))));
        [
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", at.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ]
    }
}

fn pair(seed: &[u8; 32]) -> Result<Ed25519KeyPair, SignerError> {
    // a seed of 32 random bytes is a whole key; there is nothing to check it against
    Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| SignerError)
}

/// The public half of a seed's key.
pub fn public_key(seed: &[u8; 32]) -> Result<[u8; 32], SignerError> {
    pair(seed)?.public_key().as_ref().try_into().map_err(|_| SignerError)
}

/// A secret as receivers take it.
pub fn show_secret(secret: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(format!("{SECRET_PREFIX}{}", Zeroizing::new(STANDARD.encode(secret)).as_str()))
}

/// A secret from its text: 24 to 64 bytes, as the specification has them.
pub fn read_secret(text: &str) -> Result<Zeroizing<Vec<u8>>, SignerError> {
    let text = text.strip_prefix(SECRET_PREFIX).ok_or(SignerError)?;
    let secret = Zeroizing::new(STANDARD.decode(text).map_err(|_| SignerError)?);
    if (24..=64).contains(&secret.len()) { Ok(secret) } else { Err(SignerError) }
}

/// A public key as receivers take it.
pub fn show_public_key(key: &[u8; 32]) -> String {
    format!("{PUBLIC_KEY_PREFIX}{}", STANDARD.encode(key))
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    #[test]
    fn the_specifications_own_example_is_signed_as_it_says() {
        // from the test of the specification's libraries
        let secret = read_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signer = Signer::new(&[secret], &[7; 32]).unwrap();
        let [id, at, signature] =
            signer.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!((id.1.as_str(), at.1.as_str()), ("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330"));
        let first = signature.1.split(' ').next().unwrap();
        assert_eq!(first, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn two_secrets_sign_newest_first_and_the_key_after_them() {
        let secrets = [[1; 32], [2; 32]];
        let signer = |which: &[[u8; 32]]| {
            let secrets: Vec<_> = which.iter().map(|secret| Zeroizing::new(secret.to_vec())).collect();
            Signer::new(&secrets, &[7; 32]).unwrap().headers("id", 1000, "body")[2].1.clone()
        };
        let (both, newest, older) = (signer(&secrets), signer(&secrets[..1]), signer(&secrets[1..]));
        let both: Vec<&str> = both.split(' ').collect();
        assert_eq!(both[0], newest.split(' ').next().unwrap());
        assert_eq!(both[1], older.split(' ').next().unwrap());
        let signature = STANDARD.decode(both[2].strip_prefix("v1a,").unwrap()).unwrap();
        let key = UnparsedPublicKey::new(&ED25519, public_key(&[7; 32]).unwrap());
        assert!(key.verify(b"id.1000.body", &signature).is_ok());
        assert!(key.verify(b"id.1001.body", &signature).is_err());
    }

    #[test]
    fn a_secret_reads_as_it_was_shown_and_others_do_not() {
        let shown = show_secret(&[9; 32]);
        assert_eq!(read_secret(&shown).unwrap().as_slice(), [9; 32]);
        for other in [
            "",
            "whsec_",
            "whsec_AAAA",
            shown.strip_prefix("whsec_").unwrap(),
            "whsec_not base64 not base64 not base64",
        ] {
            assert!(read_secret(other).is_err(), "{other}");
        }
    }
}
