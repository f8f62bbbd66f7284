//! How a record looks on the disk: without the data key, neither its name nor its content can be read, and a record
//! that was changed, or moved to another name, does not open.
//!
//! ```text
//! data key (random, wrapped by the key vault)
//!   | HKDF-SHA-256, salt "inkan-store-vN"
//!   +-- "names"    HMAC-SHA-256     record key   = kind (1 byte) || HMAC(name) (32 bytes)
//!   +-- "records"  AES-256-GCM      sealed value = nonce (12 bytes) || AEAD(name length || name || value)
//!   |                               associated data = "inkan-store" || format (u32) || record key
//!   |
//!   | HKDF-SHA-256, salt "inkan-store"
//!   +-- "check"    HMAC-SHA-256     tells a wrong data key from damaged records, in every format
//! ```
//!
//! Numbers are big-endian. The number N of the format is part of every derived key, so that nothing sealed in one
//! format opens as another.

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf, hmac,
};
use zeroize::Zeroizing;

use super::{RecordId, RecordKind, StoreError};
use crate::ports::{DataKey, Random, make_bytes};

/// The kind of records that the store keeps for itself. No [`RecordKind`] has this code.
const OWN_KIND: u8 = 0;
/// The length of a record key.
pub(super) const RECORD_KEY_LEN: usize = 33;

/// The formats that this software reads. It writes the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One value per record, no count of commits.
    V1,
    /// Values in parts, and a count of commits.
    V2,
}

impl Format {
    pub(super) const NEWEST: Self = Self::V2;

    pub(super) fn number(self) -> u32 {
        match self {
            Self::V1 => 1,
            Self::V2 => 2,
        }
    }

    pub(super) fn from_number(number: u32) -> Option<Self> {
        [Self::V1, Self::V2].into_iter().find(|format| format.number() == number)
    }

    fn salt(self) -> &'static [u8] {
        match self {
            Self::V1 => b"inkan-store-v1",
            Self::V2 => b"inkan-store-v2",
        }
    }
}

/// Where a record lies, as the disk knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RecordKey([u8; RECORD_KEY_LEN]);

impl RecordKey {
    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The record key at the front of a key on the disk, and what follows it.
    pub(super) fn split(bytes: &[u8]) -> Option<(Self, &[u8])> {
        bytes.split_first_chunk().map(|(key, rest)| (Self(*key), rest))
    }
}

/// The first byte of the record keys of a kind.
pub(super) fn kind_code(kind: RecordKind) -> u8 {
    match kind {
        RecordKind::Meta => 1,
        RecordKind::Account => 2,
        RecordKind::Enrollment => 3,
        RecordKind::Outgoing => 4,
        RecordKind::History => 5,
        RecordKind::Device => 6,
        RecordKind::Challenge => 7,
    }
}

/// Seals and opens the records of one format. Its keys are in ring's hands, which does not wipe them; they live as
/// long as the open store.
pub(super) struct Sealer {
    format: Format,
    names: hmac::Key,
    records: LessSafeKey,
}

impl Sealer {
    /// Derives the keys.
    pub(super) fn new(key: &DataKey, format: Format) -> Result<Self, StoreError> {
        let root = hkdf::Salt::new(hkdf::HKDF_SHA256, format.salt()).extract(key.expose());
        let names = root.expand(&[b"names"], hmac::HMAC_SHA256).map_err(|_| no_key())?;
        let records = root.expand(&[b"records"], &AES_256_GCM).map_err(|_| no_key())?;
        Ok(Self {
            format,
            names: hmac::Key::from(names),
            records: LessSafeKey::new(UnboundKey::from(records)),
        })
    }

    /// Where a record lies.
    pub(super) fn record_key(&self, id: &RecordId) -> RecordKey {
        self.key(kind_code(id.kind), &id.name)
    }

    /// Where a record of the store itself lies.
    pub(super) fn own_key(&self, name: &str) -> RecordKey {
        self.key(OWN_KIND, name)
    }

    /// Where a record of the kind of `other` lies.
    pub(super) fn key_like(&self, other: &RecordKey, name: &str) -> RecordKey {
        let [kind, ..] = other.0;
        self.key(kind, name)
    }

    fn key(&self, kind: u8, name: &str) -> RecordKey {
        let mut key = [kind; RECORD_KEY_LEN];
        let (_, hashed) = key.split_at_mut(1);
        hashed.copy_from_slice(hmac::sign(&self.names, name.as_bytes()).as_ref());
        RecordKey(key)
    }

    /// The bytes to keep under `key`.
    pub(super) fn seal(
        &self,
        key: &RecordKey,
        name: &str,
        value: &[u8],
        random: &dyn Random,
    ) -> Result<Vec<u8>, StoreError> {
        let nonce: [u8; NONCE_LEN] = make_bytes(random)?;
        let name_length = u32::try_from(name.len()).map_err(|_| StoreError::TooLarge)?;
        let mut body = Vec::with_capacity(4 + name.len() + value.len() + AES_256_GCM.tag_len());
        body.extend_from_slice(&name_length.to_be_bytes());
        body.extend_from_slice(name.as_bytes());
        body.extend_from_slice(value);
        // sealed where it stands: no copy of the plain bytes is left behind
        self.records
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(self.bind(key)),
                &mut body,
            )
            .map_err(|_| StoreError::TooLarge)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// The name and the value; `None` if this is not what was sealed for `key`.
    pub(super) fn open(&self, key: &RecordKey, sealed: &[u8]) -> Option<(String, Zeroizing<Vec<u8>>)> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut body = Zeroizing::new(body.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let plain = self.records.open_in_place(nonce, Aad::from(self.bind(key)), &mut body).ok()?;
        let (length, rest) = plain.split_first_chunk::<4>()?;
        let (name, value) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        Some((String::from_utf8(name.to_vec()).ok()?, Zeroizing::new(value.to_vec())))
    }

    fn bind(&self, key: &RecordKey) -> Vec<u8> {
        let mut bound = b"inkan-store".to_vec();
        bound.extend_from_slice(&self.format.number().to_be_bytes());
        bound.extend_from_slice(key.as_bytes());
        bound
    }
}

/// 16 bytes by which a data key is recognised. They are the same in every format and tell nothing about the key.
pub(super) fn key_check(key: &DataKey) -> Result<[u8; 16], StoreError> {
    let root = hkdf::Salt::new(hkdf::HKDF_SHA256, b"inkan-store").extract(key.expose());
    let check = hmac::Key::from(root.expand(&[b"check"], hmac::HMAC_SHA256).map_err(|_| no_key())?);
    let tag = hmac::sign(&check, b"inkan-store");
    tag.as_ref().first_chunk().copied().ok_or_else(no_key)
}

/// HKDF refuses only lengths that do not occur here.
fn no_key() -> StoreError {
    StoreError::Damaged { what: "key derivation".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{BrokenRandom, SeededRandom};

    fn keys(key: u8, format: Format) -> Sealer {
        Sealer::new(&DataKey::new([key; 32]), format).unwrap()
    }

    fn account(name: &str) -> RecordId {
        RecordId::new(RecordKind::Account, name)
    }

    #[test]
    fn what_is_sealed_opens_and_shows_neither_name_nor_value() {
        let ours = keys(1, Format::V2);
        let key = ours.record_key(&account("broker.example/1"));
        let sealed = ours.seal(&key, "broker.example/1", b"counter 7", &SeededRandom::new(1)).unwrap();
        let (name, value) = ours.open(&key, &sealed).unwrap();
        assert_eq!((name.as_str(), value.as_slice()), ("broker.example/1", b"counter 7".as_slice()));
        for bytes in [key.as_bytes(), &sealed] {
            assert!(!bytes.windows(6).any(|window| window == b"broker" || window == b"counte"));
        }
    }

    #[test]
    fn a_changed_moved_or_foreign_record_does_not_open() {
        let ours = keys(1, Format::V2);
        let key = ours.record_key(&account("a"));
        let sealed = ours.seal(&key, "a", b"value", &SeededRandom::new(1)).unwrap();
        for position in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[position] ^= 1;
            assert!(ours.open(&key, &changed).is_none(), "byte {position}");
        }
        for length in 0..sealed.len() {
            assert!(ours.open(&key, &sealed[..length]).is_none(), "length {length}");
        }
        assert!(ours.open(&ours.record_key(&account("b")), &sealed).is_none(), "another name");
        let history = ours.record_key(&RecordId::new(RecordKind::History, "a"));
        assert!(ours.open(&history, &sealed).is_none(), "another kind");
        assert!(keys(2, Format::V2).open(&key, &sealed).is_none(), "another data key");
        assert!(keys(1, Format::V1).open(&key, &sealed).is_none(), "another format");
        assert!(ours.open(&key, &sealed).is_some(), "the control");
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let ours = keys(1, Format::V2);
        let key = ours.record_key(&account("a"));
        let random = SeededRandom::new(1);
        let seal = || ours.seal(&key, "a", b"value", &random).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn without_randomness_nothing_is_sealed() {
        let ours = keys(1, Format::V2);
        let key = ours.record_key(&account("a"));
        let refused = ours.seal(&key, "a", b"value", &BrokenRandom).unwrap_err();
        assert!(matches!(refused, StoreError::Random(_)));
    }

    #[test]
    fn every_kind_has_a_code_of_its_own() {
        let mut codes: Vec<_> = RecordKind::ALL.into_iter().map(kind_code).chain([OWN_KIND]).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), RecordKind::ALL.len() + 1);
    }

    #[test]
    fn a_data_key_is_recognised() {
        let check = |key: u8| key_check(&DataKey::new([key; 32])).unwrap();
        assert_eq!(check(1), check(1));
        assert_ne!(check(1), check(2));
    }
}
