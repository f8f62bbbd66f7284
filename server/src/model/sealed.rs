//! Bytes that only the sealing key opens. What needs a secret later keeps it like this while it lives, and drops it when
//! it is spent or void.

use inkan_protocol::encoding::{decode, encode};
use serde::{Deserialize, Serialize};

/// Sealed bytes, base64url where they are stored as JSON.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SealedBytes(pub Vec<u8>);

impl std::fmt::Debug for SealedBytes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("SealedBytes")
    }
}

impl From<SealedBytes> for String {
    fn from(sealed: SealedBytes) -> Self {
        encode(sealed.0)
    }
}

impl TryFrom<String> for SealedBytes {
    type Error = inkan_protocol::encoding::EncodingError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        decode(&text).map(Self)
    }
}
