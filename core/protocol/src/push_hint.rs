//! The doorbell: all that a push carries. Nothing personal, nothing that could be approved.
//!
//! Nobody signs it, and it permits nothing: a forged one makes a phone look, and that is all.

use serde::{Deserialize, Serialize};

use crate::{
    ids::MessageId,
    json::{self, MalformedJson},
};

/// The payload of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PushHint {
    /// Version of this form: 1.
    pub v: u8,
    /// Names the push, for the question whether it arrived. Not a challenge's id.
    pub id: MessageId,
    /// Pushes with one key replace each other on the phone.
    pub collapse: MessageId,
}

/// A payload that is no doorbell of this version. A phone looks nevertheless: somebody rang.
#[derive(Debug, thiserror::Error)]
pub enum PushHintError {
    /// More than any push service carries.
    #[error("larger than a push")]
    TooLarge,
    /// Not the JSON of a doorbell.
    #[error("not a doorbell: {0}")]
    Malformed(#[from] MalformedJson),
    /// Of another version of this form.
    #[error("a doorbell of another version")]
    OtherVersion,
}

/// The version, as a number or, for FCM's data holds texts alone, as a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Version {
    Number(u64),
    Text(String),
}

#[derive(Deserialize)]
struct Versioned {
    v: Version,
}

#[derive(Deserialize)]
struct Ids {
    id: MessageId,
    collapse: MessageId,
}

impl PushHint {
    /// The largest payload in bytes: that of APNs, FCM and Web Push.
    pub const MAX_SIZE: usize = 4096;

    /// Reads `{"v": 1, "id": …, "collapse": …}`. Other members are ignored: APNs has its own beside them. `v` may be a
    /// text.
    pub fn parse(bytes: &[u8]) -> Result<Self, PushHintError> {
        if bytes.len() > Self::MAX_SIZE {
            return Err(PushHintError::TooLarge);
        }
        // the version first: another one may have other members
        let ours = match json::from_unsigned::<Versioned>(bytes)?.v {
            Version::Number(number) => number == 1,
            Version::Text(text) => text == "1",
        };
        if !ours {
            return Err(PushHintError::OtherVersion);
        }
        let Ids { id, collapse } = json::from_unsigned(bytes)?;
        Ok(Self { v: 1, id, collapse })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    const COLLAPSE: &str = "01890a5d-ac96-774b-bcce-b302099a8058";

    fn hint() -> PushHint {
        PushHint { v: 1, id: ID.parse().unwrap(), collapse: COLLAPSE.parse().unwrap() }
    }

    #[test]
    fn it_is_read_in_each_providers_form() {
        let web = serde_json::to_string(&hint()).unwrap();
        assert_eq!(web, format!(r#"{{"v":1,"id":"{ID}","collapse":"{COLLAPSE}"}}"#));
        let fcm = format!(r#"{{"collapse":"{COLLAPSE}","id":"{ID}","v":"1"}}"#);
        let apns = format!(
            r#"{{"aps":{{"alert":{{"loc-key":"push"}}}},"v":1,"id":"{ID}","collapse":"{COLLAPSE}"}}"#
        );
        for text in [web, fcm, apns] {
            assert_eq!(PushHint::parse(text.as_bytes()).unwrap(), hint(), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused_for_its_reason() {
        let good = serde_json::to_string(&hint()).unwrap();
        for other in [good.replace(":1,", ":2,"), r#"{"v":"9","x":[]}"#.into(), r#"{"v":0}"#.into()] {
            let refused = PushHint::parse(other.as_bytes());
            assert!(matches!(refused, Err(PushHintError::OtherVersion)), "{other}");
        }
        for wrong in [
            String::new(),
            "null".into(),
            "[1]".into(),
            "{}".into(),
            r#"{"v":1}"#.into(),
            r#"{"v":-1}"#.into(),
            r#"{"v":null}"#.into(),
            good.replace(ID, &ID.to_uppercase()),
            good.replace(ID, ""),
            good.replace(r#""v":1"#, r#""v":1,"v":1"#),
            format!("{good}{good}"),
        ] {
            let refused = PushHint::parse(wrong.as_bytes());
            assert!(matches!(refused, Err(PushHintError::Malformed(_))), "{wrong}");
        }
        let padded = |length: usize| format!("{good}{}", " ".repeat(length - good.len()));
        assert_eq!(PushHint::parse(padded(PushHint::MAX_SIZE).as_bytes()).unwrap(), hint());
        let refused = PushHint::parse(padded(PushHint::MAX_SIZE + 1).as_bytes());
        assert!(matches!(refused, Err(PushHintError::TooLarge)));
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_answer(bytes in proptest::collection::vec(any::<u8>(), 0..300), text in r#"\{("(v|id|collapse)":("?[0-9a-f-]{0,40}"?|null|\{\}),?){0,4}\}"#) {
            drop(PushHint::parse(&bytes));
            drop(PushHint::parse(text.as_bytes()));
        }
    }
}
