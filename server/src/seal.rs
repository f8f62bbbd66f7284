//! What is stored but must not be readable in a copy of the store: enrollment secrets, replies that hold them.
//!
//! ```text
//! sealed = version (1) · key id (1) · salt (16) · nonce (12) · ciphertext and tag
//! message key = HMAC-SHA256(sealing key, "inkan-seal-v1" · salt)      AES-256-GCM, AAD = version · key id · context
//! ```
//!
//! Salt and nonce are random. A key of its own for each message lifts the bound of 2³² messages that random nonces
//! have under one AES-GCM key (SP 800-38D §8.3). The context says what was sealed and for whom
//! (`enrollment/<id>/secret`): a value moved to another row does not open there.

use std::sync::Arc;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use zeroize::{Zeroize as _, ZeroizeOnDrop, Zeroizing};

use crate::random::{Random, RandomError, make_bytes};

mod files;

const VERSION: u8 = 1;
const SALT_LEN: usize = 16;

/// 32 bytes that seal, with the number by which sealed values name them. Never shown, wiped on drop.
#[derive(ZeroizeOnDrop)]
pub struct SealingKey {
    #[zeroize(skip)]
    id: u8,
    bytes: [u8; 32],
}

impl SealingKey {
    /// Takes a key under its number. A number is never given to a second key.
    pub fn new(id: u8, bytes: [u8; 32]) -> Self {
        Self { id, bytes }
    }

    /// A new random key.
    pub fn make(id: u8, random: &dyn Random) -> Result<Self, RandomError> {
        Ok(Self::new(id, make_bytes(random)?))
    }

    /// The key that seals one message.
    fn derive_message_key(&self, salt: &[u8; SALT_LEN]) -> Result<LessSafeKey, SealError> {
        let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &self.bytes));
        context.update(b"inkan-seal-v1");
        context.update(salt);
        let key = context.sign();
        UnboundKey::new(&AES_256_GCM, key.as_ref()).map(LessSafeKey::new).map_err(|_| SealError::Refused)
    }
}

/// Why nothing was sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// No random bytes for salt and nonce.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// Not a sealed value, or of a version that this program does not know.
    #[error("not a sealed value of a known version")]
    Malformed,
    /// Sealed by a key that is not among those given.
    #[error("sealed by key {0}, which is not here")]
    UnknownKey(u8),
    /// Sealed for another context, changed, or not by this key.
    #[error("the sealed value does not open")]
    Refused,
    /// The key's file cannot be read or written.
    #[error(transparent)]
    File(#[from] crate::private_file::FileError),
    /// A key's file does not hold a key, or there is none at all.
    #[error("{0}")]
    KeyFile(String),
}

/// Seals with the newest key, opens with any that it was given.
pub struct Sealer {
    key: SealingKey,
    old: Vec<SealingKey>,
    random: Arc<dyn Random>,
}

impl Sealer {
    /// Seals and opens with `key`.
    pub fn new(key: SealingKey, random: Arc<dyn Random>) -> Self {
        Self { key, old: Vec::new(), random }
    }

    /// Opens, but does not seal, with `old` too.
    pub fn with_old_key(mut self, old: SealingKey) -> Self {
        self.old.push(old);
        self
    }

    /// Seals `plain`, which opens under the same `context` alone.
    pub fn seal(&self, context: &str, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let salt: [u8; SALT_LEN] = make_bytes(self.random.as_ref())?;
        let nonce: [u8; NONCE_LEN] = make_bytes(self.random.as_ref())?;
        let mut body = Zeroizing::new(plain.to_vec());
        let tag = self
            .key
            .derive_message_key(&salt)?
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated(self.key.id, context)),
                &mut body,
            )
            .map_err(|_| SealError::Refused)?;
        Ok([&[VERSION, self.key.id][..], &salt, &nonce, &body, tag.as_ref()].concat())
    }

    /// Opens what was sealed under `context`.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&[version, id], rest) = sealed.split_first_chunk().ok_or(SealError::Malformed)?;
        if version != VERSION {
            return Err(SealError::Malformed);
        }
        let (salt, rest) = rest.split_first_chunk().ok_or(SealError::Malformed)?;
        let (nonce, body) = rest.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Malformed)?;
        let key = std::iter::once(&self.key)
            .chain(&self.old)
            .find(|key| key.id == id)
            .ok_or(SealError::UnknownKey(id))?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key
            .derive_message_key(salt)?
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(associated(id, context)),
                &mut body,
            )
            .map_err(|_| SealError::Refused)?
            .len();
        if let Some(tag) = body.get_mut(length..) {
            tag.zeroize();
        }
        body.truncate(length);
        Ok(body)
    }
}

fn associated(id: u8, context: &str) -> Vec<u8> {
    [&[VERSION, id][..], context.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn sealer(id: u8, byte: u8) -> Sealer {
        Sealer::new(SealingKey::new(id, [byte; 32]), Arc::new(SeededRandom::new(1)))
    }

    #[test]
    fn what_was_sealed_opens_under_its_context_alone() {
        let key = sealer(1, 7);
        let sealed = key.seal("enrollment/1/secret", b"a secret").unwrap();
        assert_eq!(key.open("enrollment/1/secret", &sealed).unwrap().as_slice(), b"a secret");
        assert!(matches!(key.open("enrollment/2/secret", &sealed), Err(SealError::Refused)));
        assert!(!sealed.windows(8).any(|window| window == b"a secret"));
    }

    #[test]
    fn a_changed_byte_anywhere_refuses() {
        let key = sealer(1, 7);
        let sealed = key.seal("c", b"plain").unwrap();
        for place in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[place] ^= 1;
            assert!(key.open("c", &changed).is_err(), "{place}");
            assert!(key.open("c", &sealed[..place]).is_err(), "{place}");
        }
    }

    #[test]
    fn the_same_text_is_sealed_differently_each_time() {
        let key = sealer(1, 7);
        assert_ne!(key.seal("c", b"plain").unwrap(), key.seal("c", b"plain").unwrap());
    }

    #[test]
    fn an_old_key_opens_and_the_new_one_seals() {
        let sealed = sealer(1, 7).seal("c", b"plain").unwrap();
        let rotated = sealer(2, 8).with_old_key(SealingKey::new(1, [7; 32]));
        assert_eq!(rotated.open("c", &sealed).unwrap().as_slice(), b"plain");
        let sealed = rotated.seal("c", b"plain").unwrap();
        assert!(matches!(sealer(1, 7).open("c", &sealed), Err(SealError::UnknownKey(2))));
        assert!(matches!(sealer(2, 7).open("c", &sealed), Err(SealError::Refused)));
    }
}
