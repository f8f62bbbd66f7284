//! The enrollment URI that a QR code carries, and the typed code that buys the same.

use std::fmt;
use std::str::FromStr;

use super::EnrollmentSecret;
use crate::ids::{Digest, ServerName, Thumbprint, Ticket};

/// `https://<server>/e#v=1&t=<ticket>&s=<secret>&k=<identity thumbprint>&n=<key-set version>[&p=<pin>,<pin>]`.
///
/// All of it stands behind the `#`, so no server ever sees the secret in a request line.
#[derive(Clone)]
pub struct EnrollmentUri {
    /// The device host.
    pub server: ServerName,
    /// Names the enrollment.
    pub ticket: Ticket,
    /// Proves who scanned.
    pub secret: EnrollmentSecret,
    /// Thumbprint of the server's identity key, pinned from here on.
    pub identity: Thumbprint,
    /// The oldest key-set version that the phone may take.
    pub key_set_version: u64,
    /// SHA-256 of SubjectPublicKeyInfo, in force until the first key set has been read; may be empty.
    pub pins: Vec<Digest>,
}

/// A link that is no enrollment or challenge link of this version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// Not one of our links.
    #[error("not a link of this kind")]
    NotOurs,
    /// One of our links, of another protocol version.
    #[error("a link of another version")]
    OtherVersion,
}

impl FromStr for EnrollmentUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        let (server, fragment) = text.split_once("/e#").ok_or(UriError::NotOurs)?;
        let server: ServerName = server.parse().map_err(|_| UriError::NotOurs)?;
        let [ticket, secret, identity, version, pins] = fields(fragment, ["t", "s", "k", "n"], "p")?;
        let take = |value: Option<&str>| value.map(ToOwned::to_owned).ok_or(UriError::NotOurs);
        Ok(Self {
            server,
            ticket: take(ticket)?.parse().map_err(|_| UriError::NotOurs)?,
            secret: EnrollmentSecret::parse(&take(secret)?).ok_or(UriError::NotOurs)?,
            identity: take(identity)?.parse().map_err(|_| UriError::NotOurs)?,
            key_set_version: decimal(&take(version)?).ok_or(UriError::NotOurs)?,
            pins: match pins {
                None => Vec::new(),
                Some(list) => list
                    .split(',')
                    .map(str::parse)
                    .collect::<Result<_, _>>()
                    .map_err(|_| UriError::NotOurs)?,
            },
        })
    }
}

impl EnrollmentUri {
    /// The URI's text. It holds the secret: show it to the customer and nobody else.
    pub fn expose_text(&self) -> String {
        let mut text = format!(
            "{}/e#v=1&t={}&s={}&k={}&n={}",
            self.server,
            self.ticket,
            self.secret.expose_text(),
            self.identity,
            self.key_set_version
        );
        for (place, pin) in self.pins.iter().enumerate() {
            text.push_str(if place == 0 { "&p=" } else { "," });
            text.push_str(&pin.to_string());
        }
        text
    }
}

/// Splits `v=1&a=…&b=…` into the values of the four names given and the optional fifth. Each at most once; a name that
/// this version does not know is refused, as an unknown member would be.
pub(crate) fn fields<'a>(
    fragment: &'a str,
    names: [&str; 4],
    optional: &str,
) -> Result<[Option<&'a str>; 5], UriError> {
    let mut values = [None; 5];
    let mut version = None;
    for pair in fragment.split('&') {
        let (name, value) = pair.split_once('=').ok_or(UriError::NotOurs)?;
        let slot = if name == "v" {
            &mut version
        } else if name == optional {
            values.last_mut().ok_or(UriError::NotOurs)?
        } else {
            let place = names.iter().position(|known| *known == name && !known.is_empty());
            match place.and_then(|place| values.get_mut(place)) {
                Some(slot) => slot,
                // A later version may know it; the version is looked at first.
                None if version.is_some_and(|version| version != "1") => return Err(UriError::OtherVersion),
                None => return Err(UriError::NotOurs),
            }
        };
        if slot.replace(value).is_some() {
            return Err(UriError::NotOurs);
        }
    }
    match version {
        Some("1") => Ok(values),
        Some(_) => Err(UriError::OtherVersion),
        None => Err(UriError::NotOurs),
    }
}

/// A decimal number without sign or leading zeros, below 2⁵³.
pub(crate) fn decimal(text: &str) -> Option<u64> {
    let plain = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    plain.then(|| text.parse().ok()).flatten().filter(|value| *value <= crate::json::MAX_INTEGER)
}

/// The twelve characters that buy the enrollment URI once: Crockford's base 32, 60 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct TypedCode(String);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl TypedCode {
    /// Makes a code of the low 60 bits.
    pub fn from_bits(bits: u64) -> Self {
        let digit = |shift: u32| {
            let index = usize::try_from((bits >> shift) & 31).unwrap_or_default();
            char::from(CROCKFORD.get(index).copied().unwrap_or(b'0'))
        };
        Self((0..12).rev().map(|place| digit(place * 5)).collect())
    }

    /// As shown: three groups of four.
    pub fn expose_grouped(&self) -> String {
        let groups: Vec<String> =
            self.0.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned()).collect();
        groups.join("-")
    }

    /// The twelve characters, for hashing or sending.
    pub fn expose_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TypedCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TypedCode")
    }
}

impl FromStr for TypedCode {
    type Err = UriError;

    /// Forgives what people do: lower case, `-` and spaces, O for 0, I and L for 1.
    fn from_str(text: &str) -> Result<Self, UriError> {
        let code: String = text
            .chars()
            .filter(|character| !matches!(character, '-' | ' '))
            .map(|character| match character.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            })
            .collect();
        let fits = code.len() == 12 && code.bytes().all(|byte| CROCKFORD.contains(&byte));
        if fits { Ok(Self(code)) } else { Err(UriError::NotOurs) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Reveal;
    use crate::testing::{Key, server};
    use proptest::prelude::*;

    fn uri() -> EnrollmentUri {
        EnrollmentUri {
            server: server(),
            ticket: Reveal([1; 32]).ticket(),
            secret: EnrollmentSecret::new([2; 32]),
            identity: Key::number(1).public().thumbprint(),
            key_set_version: 7,
            pins: vec![Digest([3; 32]), Digest([4; 32])],
        }
    }

    #[test]
    fn a_uri_is_read_back() {
        for pins in [vec![], vec![Digest([3; 32])], uri().pins] {
            let text = EnrollmentUri { pins, ..uri() }.expose_text();
            assert_eq!(text.parse::<EnrollmentUri>().unwrap().expose_text(), text);
        }
    }

    #[test]
    fn other_links_are_told_apart() {
        let good = uri().expose_text();
        let refused = |text: String| text.parse::<EnrollmentUri>().err();
        assert_eq!(refused(good.replace("v=1", "v=2")), Some(UriError::OtherVersion));
        assert_eq!(refused(good.replace("v=1", "v=2") + "&q=1"), Some(UriError::OtherVersion));
        for wrong in [
            good.replace("https", "http"),
            good.replace("/e#", "/c#"),
            good.replace("/e#", "/e?"),
            good.replace("&n=7", ""),
            good.replace("&n=7", "&n=07"),
            good.replace("&n=7", "&n=7&n=8"),
            good.replace("&n=7", "&n=7&q=1"),
            good.replace("v=1&", ""),
            "inkan://e#v=1".to_owned(),
            String::new(),
        ] {
            assert_eq!(refused(wrong.clone()), Some(UriError::NotOurs), "{wrong}");
        }
    }

    #[test]
    fn what_people_type_is_forgiven() {
        let code = TypedCode::from_bits(0x0123_4567_89AB_CDEF);
        assert_eq!(code.expose_text().len(), 12);
        let typed = format!(" {} ", code.expose_grouped().to_lowercase().replace('0', "o").replace('1', "l"));
        assert_eq!(typed.parse::<TypedCode>().unwrap(), code);
        for wrong in ["", "ABCD-EFGH-JKM", "ABCD-EFGH-JKMNP", "ABCD-EFGH-JKMU", "ABCD-EFGH-JKM–"] {
            assert!(wrong.parse::<TypedCode>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_sixty_bits_are_a_code(bits in 0_u64..(1 << 60)) {
            let code = TypedCode::from_bits(bits);
            prop_assert_eq!(code.expose_grouped().parse::<TypedCode>().unwrap(), code);
        }
    }
}
