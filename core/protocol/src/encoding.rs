//! How bytes become text: base64url without padding, SHA-256, and the joined lines that protocol hashes are made of.
//!
//! Every hash or MAC over several values is taken over their texts joined by one LF (`[a, b]` in the protocol
//! document). The values come from types that cannot hold an LF, so the joining is injective.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::{digest, hmac};

/// Text that is not canonical base64url, or holds another number of bytes than asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// Not base64url without padding, or with non-zero bits after the last byte.
    #[error("not canonical base64url")]
    NotBase64Url,
    /// Decoded to another length than the field has.
    #[error("wrong length")]
    WrongLength,
}

/// Encodes bytes as base64url without padding (RFC 4648 §5).
pub fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes canonical base64url: padding, other alphabets and stray trailing bits are refused.
pub fn decode(text: &str) -> Result<Vec<u8>, EncodingError> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| EncodingError::NotBase64Url)
}

/// Decodes canonical base64url of exactly `N` bytes.
pub fn decode_array<const N: usize>(text: &str) -> Result<[u8; N], EncodingError> {
    decode(text)?.try_into().map_err(|_| EncodingError::WrongLength)
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    out
}

/// SHA-256 of the values joined by LF: the protocol's `SHA-256[a, b, …]`.
pub fn hash_lines(values: &[&str]) -> [u8; 32] {
    sha256(values.join("\n").as_bytes())
}

/// HMAC-SHA-256 of the values joined by LF: the protocol's `HMAC(key, [a, b, …])`.
pub fn mac_lines(key: &[u8], values: &[&str]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(
        hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), values.join("\n").as_bytes()).as_ref(),
    );
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_the_canonical_text_is_taken() {
        assert_eq!(decode("AQ").unwrap(), [1]);
        for wrong in ["AR", "AQ==", "A+", "A/", "A", " AQ", "AQ\n"] {
            assert_eq!(decode(wrong), Err(EncodingError::NotBase64Url), "{wrong:?}");
        }
        assert_eq!(decode_array::<2>("AQ"), Err(EncodingError::WrongLength));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decode(&encode(&bytes)).unwrap(), bytes);
        }
    }
}
