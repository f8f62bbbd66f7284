//! The unsigned JSON of the device API: what stands around the signed messages. Unknown members are ignored.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::details::Locale;
use crate::enrollment::{DeviceDescription, are_templates};
use crate::ids::NumericDate;
use crate::text;

/// Header that carries an `inkan-request+jwt`.
pub const REQUEST_HEADER: &str = "inkan-request";
/// Scheme of the read-only session in `Authorization`.
pub const SESSION_SCHEME: &str = "Inkan-Session";
/// Media type of a compact JWS as body.
pub const JOSE: &str = "application/jose";

/// Answer of `POST /d/v1/enroll`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// `inkan-enrollment+jwt`.
    pub enrollment: String,
    /// `inkan-keys+jwt`, to be verified first.
    pub keys: String,
}

/// Answer of `POST /d/v1/start` and `GET /d/v1/challenges/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneChallenge {
    /// `inkan-challenge+jwt` for this device.
    pub challenge: String,
    /// Where it stands: news, not authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ChallengeState>,
}

/// Answer of `GET /d/v1/challenges`: what is pending for this device, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingChallenges {
    /// `inkan-challenge+jwt` each.
    pub challenges: Vec<String>,
}

/// Answer of `POST /d/v1/answer`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// `inkan-receipt+jwt`.
    pub receipt: String,
    /// Beside the receipt of a report: no prompt in mode `number` until then. Information, not authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<NumericDate>,
}

/// Answer of `GET /d/v1/keys`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// `inkan-keys+jwt`.
    pub keys: String,
}

/// Answer of `GET /d/v1/push`: what a phone needs to know of the server to register a doorbell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushServer {
    /// The server's public key of Web Push (RFC 8292 section 3.2, "VAPID"): a P-256 point, uncompressed, base64url. Absent
    /// where the server rings nobody by Web Push.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub web_push_key: Option<String>,
}

/// Answer of `GET /d/v1/device`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceStatus {
    /// Where the device stands.
    pub state: DeviceState,
    /// `inkan-device+jwt`, from `active` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// Until then it may not approve everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricted_until: Option<NumericDate>,
    /// Version of the newest key set.
    pub keys_version: u64,
    /// Whether the customer's approvals are stopped.
    #[serde(default)]
    pub frozen: bool,
    /// After a report: no prompt in mode `number` until then. Information, not authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<NumericDate>,
    /// Where the relying party can be called, see [`is_phone_number`]. Information, not authority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_phone: Option<String>,
    /// When the push provider last took a push for this device. It says nothing of its arrival.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_accepted_at: Option<NumericDate>,
    /// When this device last said that a push had arrived (`?push=`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push_opened_at: Option<NumericDate>,
}

/// Whether a text can be shown and dialled as a telephone number: 3 to 32 characters, digits in groups, a `+` in front
/// at most. Anything else is not shown.
pub fn is_phone_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (3..=32).contains(&text.len())
        && digits.bytes().filter(u8::is_ascii_digit).count() >= 3
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b"-() ".contains(&byte))
        && text.trim() == text
}

/// Where a device stands, as its own key's holder is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceState {
    /// The six digits have not been typed yet.
    Claimed,
    /// May answer.
    Active,
    /// The enrollment came to nothing.
    Failed,
    /// A counter was seen again: enroll again.
    Suspended,
}

/// Answer of `POST /d/v1/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// 256 bits, sent as `Authorization: Inkan-Session …`.
    pub session: String,
    /// When it ends.
    pub expires_at: NumericDate,
}

/// Body of `POST /d/v1/typed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typed {
    /// The twelve characters, as typed.
    pub code: String,
}

/// Answer of `POST /d/v1/typed`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedUri {
    /// The enrollment URI.
    pub uri: String,
}

/// Body of `PATCH /d/v1/device`: what has changed of what the phone says of itself. At least one member. The signed
/// record of the device quotes none of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceChange {
    /// The name that the customer gave it, 1–64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Operating system and version, 1–64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// The app's version, 1–64 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_version: Option<String>,
    /// The language it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// The newest version of each template that it can show: all of them, in place of those known before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templates: Option<BTreeMap<String, u32>>,
}

impl DeviceChange {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The description afterwards; or the member to blame, and why. `""`: the whole.
    pub fn apply(self, before: DeviceDescription) -> Result<DeviceDescription, (&'static str, String)> {
        if self.is_empty() {
            return Err(("", "says nothing".to_owned()));
        }
        for (member, value) in [("name", &self.name), ("os", &self.os), ("app_version", &self.app_version)] {
            if let Some(value) = value {
                text::check(value, 64).map_err(|error| (member, error.to_string()))?;
            }
        }
        if self.templates.as_ref().is_some_and(|templates| !are_templates(templates)) {
            return Err(("templates", "at most 32 names of 1 to 64 characters, versions from 1".to_owned()));
        }
        Ok(DeviceDescription {
            name: self.name.unwrap_or(before.name),
            os: self.os.unwrap_or(before.os),
            app_version: self.app_version.unwrap_or(before.app_version),
            locale: self.locale.unwrap_or(before.locale),
            templates: self.templates.unwrap_or(before.templates),
            model: before.model,
            version: before.version,
        })
    }
}

/// Where a challenge stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChallengeState {
    /// Waits for an answer.
    Pending,
    /// Approved; a redeem permits.
    Approved,
    /// Denied.
    Denied,
    /// "This was not me."
    Reported,
    /// A wrong number was typed.
    Failed,
    /// Nobody answered in time.
    Expired,
    /// The relying party, or a freeze, took it back.
    Cancelled,
    /// A newer one took its place.
    Superseded,
}

impl ChallengeState {
    /// The state as it travels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Reported => "reported",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Superseded => "superseded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description() -> DeviceDescription {
        DeviceDescription {
            name: "a".into(),
            model: "b".into(),
            os: "c".into(),
            app_version: "d".into(),
            locale: Locale::Ja,
            version: 1,
            templates: BTreeMap::from([("login".into(), 1)]),
        }
    }

    #[test]
    fn what_is_said_changes_and_nothing_else() {
        let change: DeviceChange =
            serde_json::from_str(r#"{"app_version":"2.0","templates":{"order":2},"of_tomorrow":1}"#).unwrap();
        let after = change.apply(description()).unwrap();
        let expected = DeviceDescription {
            app_version: "2.0".into(),
            templates: BTreeMap::from([("order".into(), 2)]),
            ..description()
        };
        assert_eq!(after, expected);
        let all = DeviceChange {
            name: Some("1".into()),
            os: Some("2".into()),
            app_version: Some("3".into()),
            locale: Some(Locale::En),
            templates: Some(BTreeMap::new()),
        };
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(text, r#"{"name":"1","os":"2","app_version":"3","locale":"en","templates":{}}"#);
        let after = all.apply(description()).unwrap();
        assert_eq!((after.model.as_str(), after.version, after.locale), ("b", 1, Locale::En));
    }

    #[test]
    fn the_member_to_blame_is_named() {
        let blamed = |change: DeviceChange| change.apply(description()).unwrap_err().0;
        assert_eq!(blamed(DeviceChange::default()), "");
        assert_eq!(blamed(DeviceChange { name: Some(String::new()), ..DeviceChange::default() }), "name");
        assert_eq!(blamed(DeviceChange { os: Some("<b>".into()), ..DeviceChange::default() }), "os");
        let long = Some("1".repeat(65));
        assert_eq!(blamed(DeviceChange { app_version: long, ..DeviceChange::default() }), "app_version");
        let many = (0..33).map(|number| (format!("t{number}"), 1)).collect();
        for templates in [BTreeMap::from([("login".into(), 0)]), BTreeMap::from([(String::new(), 1)]), many] {
            let change = DeviceChange { templates: Some(templates), ..DeviceChange::default() };
            assert_eq!(blamed(change), "templates");
        }
    }

    #[test]
    fn a_telephone_number_can_be_dialled() {
        for right in ["0120-123-456", "+81 3-1234-5678", "(03) 1234 5678", "110"] {
            assert!(is_phone_number(right), "{right}");
        }
        for wrong in [
            "",
            "12",
            "---",
            "0120-123-456 ",
            "0120;ext=1",
            "０１２０",
            "03+1",
            "++81 3",
            "call us",
            &"1".repeat(33),
        ] {
            assert!(!is_phone_number(wrong), "{wrong}");
        }
    }
}
