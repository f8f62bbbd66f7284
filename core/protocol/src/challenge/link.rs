//! What a page hands to a phone: the changing code (`scan`) or the one-time link (`link`).
//!
//! `<server>/c#v=1&c=<id>&n=<step>&m=<MAC>` and `<server>/c#v=1&c=<id>&t=<token>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::encoding::{decode_array, encode, mac_lines};
use crate::enrollment::UriError;
use crate::enrollment::uri_fields::{decimal, fields};
use crate::ids::{ChallengeId, Digest, InvalidName, NumericDate, ServerName};

/// The page's code changes with each step of the server's clock.
pub const SCAN_STEP_SECONDS: u64 = 5;

macro_rules! bearer {
    ($(#[$doc:meta])* $name:ident, $length:literal) => {
        $(#[$doc])*
        #[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name([u8; $length]);

        impl $name {
            /// Wraps bytes.
            pub fn new(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            /// The text that travels.
            pub fn expose_text(&self) -> String {
                encode(self.0)
            }

            /// SHA-256 of the bytes, for keeping.
            pub fn digest(&self) -> Digest {
                Digest::of(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.ct_eq(&other.0).into()
            }
        }

        impl Eq for $name {}

        impl FromStr for $name {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<Self, InvalidName> {
                decode_array(text).map(Self).map_err(|_| InvalidName(stringify!($name)))
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.expose_text()
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

bearer!(
    /// The MAC in a page's code: 16 bytes.
    ScanMac, 16
);
bearer!(
    /// The one-time token of a link: 32 random bytes.
    LinkToken, 32
);

/// The server's secret behind the changing code of one challenge.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct ScanSecret([u8; 32]);

impl ScanSecret {
    /// Wraps random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for sealing them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The MAC of a step: HMAC-SHA256(secret, [`inkan-scan-v1`, challenge, step]), first 16 bytes.
    pub fn derive_mac(&self, challenge: ChallengeId, step: u64) -> ScanMac {
        let full = mac_lines(&self.0, &["inkan-scan-v1", &challenge.to_string(), &step.to_string()]);
        let mut short = [0; 16];
        short.iter_mut().zip(full).for_each(|(to, from)| *to = from);
        ScanMac(short)
    }

    /// Whether a phone shows the code of the present step or the one before.
    pub fn verify(&self, challenge: ChallengeId, step: u64, mac: &ScanMac, now: NumericDate) -> bool {
        let present = now / SCAN_STEP_SECONDS;
        (step == present || step + 1 == present) && self.derive_mac(challenge, step) == *mac
    }
}

/// A link that opens a challenge on this phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChallengeLink {
    /// Scanned from the page.
    Scan {
        /// The device host.
        server: ServerName,
        /// Which challenge.
        challenge: ChallengeId,
        /// Which step.
        step: u64,
        /// Its MAC.
        mac: ScanMac,
    },
    /// Opened by the page on the same phone.
    Open {
        /// The device host.
        server: ServerName,
        /// Which challenge.
        challenge: ChallengeId,
        /// Its token.
        token: LinkToken,
    },
}

impl ChallengeLink {
    /// The link's text; it holds a bearer secret for a short time.
    pub fn expose_text(&self) -> String {
        match self {
            Self::Scan { server, challenge, step, mac } => {
                format!("{server}/c#v=1&c={challenge}&n={step}&m={}", mac.expose_text())
            }
            Self::Open { server, challenge, token } => {
                format!("{server}/c#v=1&c={challenge}&t={}", token.expose_text())
            }
        }
    }
}

impl FromStr for ChallengeLink {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        let (server, fragment) = text.split_once("/c#").ok_or(UriError::NotOurs)?;
        let server: ServerName = server.parse().map_err(|_| UriError::NotOurs)?;
        let [challenge, step, mac, _, token] = fields(fragment, ["c", "n", "m", ""], "t")?;
        let challenge = challenge.and_then(|text| text.parse().ok()).ok_or(UriError::NotOurs)?;
        match (step, mac, token) {
            (Some(step), Some(mac), None) => Ok(Self::Scan {
                server,
                challenge,
                step: decimal(step).ok_or(UriError::NotOurs)?,
                mac: mac.parse().map_err(|_| UriError::NotOurs)?,
            }),
            (None, None, Some(token)) => {
                Ok(Self::Open { server, challenge, token: token.parse().map_err(|_| UriError::NotOurs)? })
            }
            _ => Err(UriError::NotOurs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::server;

    fn challenge() -> ChallengeId {
        "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()
    }

    #[test]
    fn links_are_read_back() {
        let scan = ChallengeLink::Scan {
            server: server(),
            challenge: challenge(),
            step: 12,
            mac: ScanSecret::new([1; 32]).derive_mac(challenge(), 12),
        };
        let open =
            ChallengeLink::Open { server: server(), challenge: challenge(), token: LinkToken::new([2; 32]) };
        for link in [scan, open] {
            assert_eq!(link.expose_text().parse::<ChallengeLink>().unwrap(), link);
        }
    }

    #[test]
    fn half_links_and_double_links_are_refused() {
        let token = LinkToken::new([2; 32]).expose_text();
        let id = challenge();
        for wrong in [
            format!("https://auth.example.jp/c#v=1&c={id}"),
            format!("https://auth.example.jp/c#v=1&c={id}&n=1"),
            format!("https://auth.example.jp/c#v=1&c={id}&n=1&m=AAAAAAAAAAAAAAAAAAAAAA&t={token}"),
            format!("https://auth.example.jp/c#v=1&t={token}"),
            format!("https://auth.example.jp/c#v=1&c={id}&=x&t={token}"),
        ] {
            assert_eq!(wrong.parse::<ChallengeLink>().err(), Some(UriError::NotOurs), "{wrong}");
        }
        let newer = format!("https://auth.example.jp/c#v=2&c={id}&t={token}");
        assert_eq!(newer.parse::<ChallengeLink>().err(), Some(UriError::OtherVersion));
    }

    #[test]
    fn a_code_is_good_for_its_step_and_the_next() {
        let secret = ScanSecret::new([1; 32]);
        let mac = secret.derive_mac(challenge(), 200);
        for (now, fits) in
            [(999, false), (1000, true), (1004, true), (1005, true), (1009, true), (1010, false)]
        {
            assert_eq!(secret.verify(challenge(), 200, &mac, now), fits, "at {now}");
        }
        assert!(!secret.verify(challenge(), 201, &mac, 1005));
        assert!(!ScanSecret::new([2; 32]).verify(challenge(), 200, &mac, 1000));
    }
}
