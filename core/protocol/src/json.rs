//! What JSON must be before anything is read from it.
//!
//! `serde_json` keeps the last of two equal members and does not say so; two readers of one message could then see
//! different things. One pass over the bytes refuses that at every depth, before the typed parse. Signed payloads
//! hold less still: no null (an optional member is absent), and no number but an integer from 0 to 2⁵³ − 1.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// Largest integer that every JSON reader keeps exactly: 2⁵³ − 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
/// Nesting allowed in any message.
const MAX_DEPTH: u8 = 16;

/// JSON that is not taken.
#[derive(Debug, thiserror::Error)]
#[error("malformed JSON: {0}")]
pub struct MalformedJson(#[from] serde_json::Error);

/// Reads the JSON of a signed payload or header: no duplicate member, no null, only integers below 2⁵³.
pub fn from_signed<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, MalformedJson> {
    check(bytes, true)?;
    Ok(serde_json::from_slice(bytes)?)
}

/// Checks an unsigned body: well-formed, and no member twice in one object at any depth.
pub fn check_unsigned(bytes: &[u8]) -> Result<(), MalformedJson> {
    check(bytes, false)
}

/// Reads an unsigned body. Members that the type does not know are ignored, duplicates are not.
pub fn from_unsigned<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, MalformedJson> {
    check(bytes, false)?;
    Ok(serde_json::from_slice(bytes)?)
}

fn check(bytes: &[u8], signed: bool) -> Result<(), MalformedJson> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    Strict { signed, depth: 0 }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(())
}

#[derive(Clone, Copy)]
struct Strict {
    signed: bool,
    depth: u8,
}

impl Strict {
    fn deeper<E: de::Error>(self) -> Result<Self, E> {
        if self.depth >= MAX_DEPTH {
            return Err(E::custom("nested too deeply"));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without duplicate members")
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        if self.signed && value > MAX_INTEGER {
            return Err(E::custom("an integer of 2^53 or more"));
        }
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        if self.signed { Err(E::custom("a negative number")) } else { Ok(()) }
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        if self.signed { Err(E::custom("a number that is no integer")) } else { Ok(()) }
    }

    fn visit_str<E: de::Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        if self.signed { Err(E::custom("null instead of an absent member")) } else { Ok(()) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        while items.next_element_seed(inner)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let inner = self.deeper()?;
        let mut seen = HashSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if !seen.insert(name) {
                return Err(de::Error::custom("a member twice in one object"));
            }
            members.next_value_seed(inner)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_twice_is_refused_at_every_depth() {
        for twice in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#] {
            assert!(check_unsigned(twice.as_bytes()).is_err(), "{twice}");
        }
        assert!(check_unsigned(br#"{"a":{"a":1},"b":[{"a":2},{"a":3}]}"#).is_ok());
    }

    #[test]
    fn signed_json_holds_no_null_and_only_small_integers() {
        for wrong in [r#"{"a":null}"#, "[-1]", "[1.5]", "[1e3]", "[9007199254740992]", "[1]x", "[1,]", "{"] {
            assert!(check(wrong.as_bytes(), true).is_err(), "{wrong}");
        }
        assert!(check(br#"{"a":[9007199254740991,0,"x",true]}"#, true).is_ok());
        assert!(check_unsigned(br#"{"a":null,"b":-1.5}"#).is_ok());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
        assert!(check_unsigned(deep.as_bytes()).is_err());
        let fine = format!("{}{}", "[".repeat(16), "]".repeat(16));
        assert!(check_unsigned(fine.as_bytes()).is_ok());
    }
}
