//! Names of things: ids, thumbprints, digests, and the name of a server.
//!
//! Ids are UUIDv7 and no secrets. Thumbprints and digests are 32 bytes, base64url in JSON. Each is a type of its own,
//! so that a challenge's hash cannot be compared with an answer's.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::encoding::{decode_array, encode, sha256};

/// Seconds since 1970-01-01T00:00:00Z by the server's clock (RFC 7519 NumericDate, whole seconds).
pub type NumericDate = u64;

/// A name that is not what its type asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct InvalidName(pub &'static str);

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(#[serde(with = "hyphenated")] pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(formatter)
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                parse_uuid(text).map(Self).ok_or(InvalidName(stringify!($name)))
            }
        }
    };
}

/// Takes the hyphenated lower-case form alone: one id has one spelling.
fn parse_uuid(text: &str) -> Option<Uuid> {
    let id = Uuid::try_parse(text).ok()?;
    (id.hyphenated().to_string() == text).then_some(id)
}

mod hyphenated {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use uuid::Uuid;

    pub(super) fn serialize<S: Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&id.hyphenated())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::parse_uuid(&text).ok_or_else(|| D::Error::custom("not a UUID in lower case"))
    }
}

uuid_id!(
    /// A device, named at its enrollment.
    DeviceId
);
uuid_id!(
    /// A challenge: one question, one decision.
    ChallengeId
);
uuid_id!(
    /// An enrollment, from the QR code to the active device.
    EnrollmentId
);
uuid_id!(
    /// The id of one message (`jti`): used once.
    MessageId
);
uuid_id!(
    /// The pseudonym of a user towards phones (`sub`).
    Subject
);

macro_rules! bytes32 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!(stringify!($name), "({})"), encode(self.0))
            }
        }

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                decode_array(text).map(Self).map_err(|_| InvalidName(stringify!($name)))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                encode(value.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                text.parse()
            }
        }
    };
}

bytes32!(
    /// RFC 7638 SHA-256 thumbprint of a P-256 public key.
    Thumbprint
);
bytes32!(
    /// SHA-256 of `reveal`: names an enrollment in its URI and fixes the server's half of the six-digit code.
    Ticket
);
bytes32!(
    /// SHA-256 of something named by the field that holds it.
    Digest
);
bytes32!(
    /// The 256 random bits that the server commits to in the ticket and shows after the phone has spoken.
    Reveal
);
bytes32!(
    /// 256 random bits that make two challenges with the same content different.
    Nonce
);

impl Digest {
    /// SHA-256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha256(bytes))
    }
}

impl Reveal {
    /// The ticket that commits to this value: SHA-256 of its 32 bytes.
    pub fn ticket(&self) -> Ticket {
        Ticket(sha256(&self.0))
    }
}

/// The server's name: the origin of the enrollment URI. It is `aud` of all that a phone signs and `iss` of all that a
/// server signs. `https://host[:port]`, lower case, no default port, no slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ServerName(String);

impl ServerName {
    /// The name as it travels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Host and port without the scheme.
    pub fn authority(&self) -> &str {
        self.0.strip_prefix("https://").unwrap_or(&self.0)
    }
}

impl FromStr for ServerName {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let wrong = InvalidName("server name");
        let url = url::Url::parse(text).map_err(|_| wrong)?;
        if url.scheme() != "https" || url.host_str().is_none_or(str::is_empty) {
            return Err(wrong);
        }
        // The parser's own serialization of the origin is the one spelling: lower case, no default port, no slash.
        if url.origin().ascii_serialization() == text { Ok(Self(text.to_owned())) } else { Err(wrong) }
    }
}

impl fmt::Display for ServerName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<ServerName> for String {
    fn from(name: ServerName) -> Self {
        name.0
    }
}

impl TryFrom<String> for ServerName {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

/// The relying party's opaque id of a customer: 1–64 of `A-Za-z0-9._-`, never a name or an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct UserId(String);

impl UserId {
    /// The id as the relying party wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for UserId {
    type Err = InvalidName;

    fn from_str(text: &str) -> Result<Self, InvalidName> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if fits { Ok(Self(text.to_owned())) } else { Err(InvalidName("user")) }
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl From<UserId> for String {
    fn from(user: UserId) -> Self {
        user.0
    }
}

impl TryFrom<String> for UserId {
    type Error = InvalidName;

    fn try_from(text: String) -> Result<Self, InvalidName> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_has_one_spelling() {
        for right in ["https://auth.example.jp", "https://localhost:8443", "https://[::1]:8443"] {
            assert_eq!(right.parse::<ServerName>().unwrap().as_str(), right);
        }
        for wrong in [
            "http://auth.example.jp",
            "https://auth.example.jp/",
            "https://AUTH.example.jp",
            "https://auth.example.jp:443",
            "https://user@auth.example.jp",
            "https://auth.example.jp/e",
            "auth.example.jp",
            "https://",
        ] {
            assert!(wrong.parse::<ServerName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_id_has_one_spelling() {
        let text = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(text.parse::<DeviceId>().unwrap().to_string(), text);
        for wrong in
            [text.to_uppercase(), text.replace('-', ""), format!("{{{text}}}"), format!("urn:uuid:{text}")]
        {
            assert!(wrong.parse::<DeviceId>().is_err(), "{wrong}");
            assert!(serde_json::from_value::<DeviceId>(wrong.into()).is_err());
        }
    }

    #[test]
    fn a_user_is_opaque() {
        assert!("c-0123_a.b".parse::<UserId>().is_ok());
        for wrong in ["", "a@example.jp", "山田", "a b", &"x".repeat(65)] {
            assert!(wrong.parse::<UserId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_ticket_is_the_hash_of_the_decoded_reveal() {
        assert_eq!(Reveal([0; 32]).ticket().to_string(), "Zmh6rfhivXdsj8GLjp-OIAiXFIVu4jOzkCpZHQ1fKSU");
    }
}
