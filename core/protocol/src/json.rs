//! What JSON must be before anything is read from it.
//!
//! `serde_json` keeps the last of two equal members and does not say so; two readers of one message could then see
//! different things. The reader here refuses that at every depth, before the typed parse. Signed payloads hold less
//! still: no null (an optional member is absent), no number but an integer from 0 to 2⁵³ − 1, and nothing that the type
//! would not write itself. That last rule is checked as such: what was read is turned into JSON again and must equal
//! what came. So no derive has to be trusted to refuse an unknown member, or an array where an object belongs.

use std::fmt;

use serde::Serialize;
use serde::de::{self, DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// Largest integer that every JSON reader keeps exactly: 2⁵³ − 1.
pub const MAX_INTEGER: u64 = (1 << 53) - 1;
/// Nesting allowed in any message.
const MAX_DEPTH: u8 = 16;

/// JSON that is not taken.
#[derive(Debug, thiserror::Error)]
#[error("malformed JSON: {0}")]
pub struct MalformedJson(#[from] serde_json::Error);

/// Reads the JSON of a signed payload or header: no duplicate member, no null, only integers below 2⁵³, and exactly the
/// members that the type has, at every depth.
pub fn from_signed<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, MalformedJson> {
    let said = read(bytes, true)?;
    let typed = T::deserialize(&said)?;
    if serde_json::to_value(&typed)? == said {
        Ok(typed)
    } else {
        Err(MalformedJson(de::Error::custom("members that do not belong to this kind of message")))
    }
}

/// Writes the JSON of a signed payload or header, and refuses what [`from_signed`] would not read.
pub fn to_signed<T: Serialize>(typed: &T) -> Result<Vec<u8>, MalformedJson> {
    let bytes = serde_json::to_vec(typed)?;
    read(&bytes, true)?;
    Ok(bytes)
}

/// Checks an unsigned body: well-formed, and no member twice in one object at any depth.
pub fn check_unsigned(bytes: &[u8]) -> Result<(), MalformedJson> {
    read(bytes, false).map(drop)
}

/// Reads an unsigned body, which is an object. Members that the type does not know are ignored, duplicates are not.
pub fn from_unsigned<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, MalformedJson> {
    let said = read(bytes, false)?;
    if !said.is_object() {
        return Err(MalformedJson(de::Error::custom("not an object")));
    }
    Ok(T::deserialize(&said)?)
}

fn read(bytes: &[u8], signed: bool) -> Result<Value, MalformedJson> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let said = Strict { signed, depth: 0 }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(said)
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
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON without duplicate members")
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        if self.signed && value > MAX_INTEGER {
            return Err(E::custom("an integer of 2^53 or more"));
        }
        Ok(value.into())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        if self.signed { Err(E::custom("a negative number")) } else { Ok(value.into()) }
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        if self.signed { Err(E::custom("a number that is no integer")) } else { Ok(value.into()) }
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E: de::Error>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        if self.signed { Err(E::custom("null instead of an absent member")) } else { Ok(Value::Null) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(inner)?;
            if object.insert(name, value).is_some() {
                return Err(de::Error::custom("a member twice in one object"));
            }
        }
        Ok(object.into())
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
            assert!(read(wrong.as_bytes(), true).is_err(), "{wrong}");
        }
        assert!(read(br#"{"a":[9007199254740991,0,"x",true]}"#, true).is_ok());
        assert!(check_unsigned(br#"{"a":null,"b":-1.5}"#).is_ok());
    }

    #[derive(Debug, PartialEq, Serialize, serde::Deserialize)]
    struct Loose {
        a: u64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        b: Option<Box<Loose>>,
    }

    #[test]
    fn a_type_that_would_ignore_members_does_not_in_signed_json() {
        let inner = Loose { a: 2, b: None };
        let fine = br#"{ "b": {"a": 2}, "a": 1 }"#;
        assert_eq!(from_signed::<Loose>(fine).unwrap(), Loose { a: 1, b: Some(Box::new(inner)) });
        for wrong in [r#"{"a":1,"c":1}"#, r#"{"a":1,"b":{"a":2,"c":3}}"#, r#"{"a":1,"b":[2]}"#, "[1]"] {
            // Control: the derive alone lets these through.
            assert!(serde_json::from_str::<Loose>(wrong).is_ok(), "{wrong}");
            assert!(from_signed::<Loose>(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_could_not_be_read_is_not_written() {
        assert!(to_signed(&Loose { a: MAX_INTEGER, b: None }).is_ok());
        assert!(to_signed(&Loose { a: MAX_INTEGER + 1, b: None }).is_err());
        assert!(to_signed(&Some(())).is_err());
    }

    #[test]
    fn an_unsigned_body_is_an_object() {
        assert_eq!(from_unsigned::<Loose>(br#"{"a":1,"c":null}"#).unwrap(), Loose { a: 1, b: None });
        assert!(from_unsigned::<Loose>(b"[1]").is_err());
    }

    #[test]
    fn depth_is_bounded() {
        let deep = format!("{}{}", "[".repeat(17), "]".repeat(17));
        assert!(check_unsigned(deep.as_bytes()).is_err());
        let fine = format!("{}{}", "[".repeat(16), "]".repeat(16));
        assert!(check_unsigned(fine.as_bytes()).is_ok());
    }
}
