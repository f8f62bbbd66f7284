//! The server's configuration: one typed value, from a TOML file, then the environment (`INKAN_…`), then flags.
//!
//! [`fields::FIELDS`] names every field with its default and meaning. Whatever does not hold is refused with the field,
//! the place that gave it, and what to do; limits of the security bar can be made stricter only. There is no field that
//! holds a secret: keys are files.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Locale, Operation};
use inkan_protocol::ids::{Digest, ServerName};
use ipnet::IpNet;
use serde::{Deserialize, Serialize, Serializer};
use url::Url;

pub use self::sources::Sources;
pub use self::template::template;
use crate::policy::authentication::{EnrollmentRules, Profile};
use crate::settings::Settings;

pub mod fields;
pub mod push;
mod reader;
mod sources;
mod template;
mod weak;

/// What the server is to do. The meaning of each field stands in [`fields::FIELDS`] and `docs/operate.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Config {
    /// How customers must have been authenticated before enrolling, and the default tier floors.
    pub profile: Profile,
    /// Folder of the store and the keys.
    pub data_dir: PathBuf,
    /// Where TLS is served.
    pub listen: SocketAddr,
    /// Where `/metrics` is served, if it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics_listen: Option<SocketAddr>,
    /// Origin of the device host: `aud` of what phones sign, `iss` of what the server signs.
    pub server_name: ServerName,
    /// Origin of the API.
    pub api_origin: ServerName,
    /// Certificate and key.
    pub tls: Tls,
    /// The one relying party.
    pub relying_party: RelyingParty,
    /// IANA zone of the times shown.
    pub zone: String,
    /// Language of requests that state none.
    pub locale: Locale,
    /// Addresses that the app may return to.
    #[serde(serialize_with = "as_texts")]
    pub return_urls: Vec<Url>,
    /// Digits of the number that is typed.
    pub number_digits: u8,
    /// How long a request can be answered.
    pub challenge: Challenge,
    /// Seconds after an approval in which it can be redeemed.
    pub redeem_seconds: u64,
    /// Lowest tier of each operation (`device_add` has none: the server asks it itself).
    pub tier_floors: BTreeMap<Operation, Tier>,
    /// How phones are enrolled.
    pub enrollment: Enrollment,
    /// Whether test keys work.
    pub test_mode: bool,
    /// How much is too much.
    pub rate_limits: RateLimits,
    /// Which apps open this host's links.
    pub association: Association,
    /// The log's heads.
    pub audit: Audit,
    /// How others are called.
    pub outbound: Outbound,
    /// Who rings phones.
    pub push: push::Push,
    /// Which Keycloak may ask.
    pub keycloak: Keycloak,
    /// What is logged, and how.
    pub log: Log,
}

/// PEM files of the listener.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tls {
    /// The certificate chain, the server's own first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// SHA-256 of public keys that enrollment codes carry.
    pub pins: Vec<Digest>,
}

/// The broker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RelyingParty {
    /// `aud` of verdicts.
    pub id: String,
    /// As customers read it.
    pub name: String,
    /// Where customers can call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub support_phone: Option<String>,
}

/// How long a request can be answered, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Challenge {
    /// Where the request states none.
    pub default_seconds: u64,
    /// Most that it may state.
    pub max_seconds: u64,
}

/// How phones are enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Enrollment {
    /// Seconds to claim, and again to confirm.
    pub seconds: u64,
    /// Devices a customer may have.
    pub max_devices: usize,
    /// Whether both passwords are enough for a first device, which then waits.
    pub first_device_by_passwords: bool,
    /// Hours in which a new device is restricted.
    pub restricted_hours: u64,
    /// Whether orders are restricted too.
    pub restrict_orders: bool,
}

/// Requests a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct RateLimits {
    /// Tries of typed codes, per address.
    pub typed_codes_per_minute: u32,
    /// Requests of phones and of `/watch` and `/scan`, per address.
    pub device_requests_per_minute: u32,
    /// Requests of backends, per API key; of OpenID clients and Keycloak, per address.
    pub api_requests_per_minute: u32,
    /// Streams of `/watch` that are open at once, per address.
    pub watchers_per_address: usize,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            typed_codes_per_minute: 10,
            device_requests_per_minute: 60_000,
            api_requests_per_minute: 600_000,
            watchers_per_address: 1_000,
        }
    }
}

/// Which apps open this host's links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Association {
    /// The Android app's package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub android_package: Option<String>,
    /// SHA-256 of its signing certificates, `AA:BB:…`.
    pub android_fingerprints: Vec<String>,
    /// `TEAMID.bundle.id` of the iOS app.
    pub apple_app_ids: Vec<String>,
}

/// The log's heads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// File to which signed heads are appended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_heads_to: Option<PathBuf>,
}

/// How others are called: webhooks, push providers, an identity server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outbound {
    /// Networks that webhooks may reach although they are not public.
    pub allowed_networks: Vec<IpNet>,
    /// PEM file of roots that are trusted beside the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roots: Option<PathBuf>,
}

/// Which Keycloak may ask: realms and clients. Without any there is no such endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Keycloak {
    /// Issuers: `https://host/realms/name`, byte for byte as the realm's tokens say it.
    pub issuers: Vec<String>,
    /// Client ids whose sign-ins are taken.
    pub clients: Vec<String>,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Log {
    /// One JSON object a line, or text for people.
    pub format: LogFormat,
    /// From which level on.
    pub level: LogLevel,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Text for people.
    Text,
}

/// From which level on lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what needs a look.
    Warn,
    /// And what happened.
    Info,
    /// And how.
    Debug,
    /// And every step.
    Trace,
}

impl Config {
    /// Reads all sources; every problem is found, not only the first.
    pub fn from_sources(sources: &Sources) -> Result<Self, ConfigError> {
        reader::read(sources)
    }

    /// Profile `dev` with every default, for tests and demos: relying party `mirai`, TLS files beside the data folder.
    pub fn dev(server_name: &ServerName, data_dir: PathBuf) -> Result<Self, ConfigError> {
        let flags = [
            ("profile", "dev"),
            ("server_name", server_name.as_str()),
            ("relying_party.id", "mirai"),
            ("relying_party.name", "みらい証券（デモ）"),
            ("return_urls", "https://localhost:9443/return"),
            ("tls.certificate", "tls.pem"),
            ("tls.key", "tls.key"),
        ];
        let flags = flags.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let config = Self::from_sources(&Sources { flags, ..Sources::default() })?;
        Ok(Self { data_dir, ..config })
    }

    /// What policy asks about enrollments.
    pub fn enrollment_rules(&self) -> EnrollmentRules {
        EnrollmentRules {
            profile: self.profile,
            first_device_by_passwords: self.enrollment.first_device_by_passwords,
            restricted_seconds: self.enrollment.restricted_hours * 3600,
        }
    }

    /// What the API needs to know.
    pub fn settings(&self) -> Settings {
        Settings {
            server: self.server_name.clone(),
            relying_party: inkan_protocol::enrollment::RelyingParty {
                id: self.relying_party.id.clone(),
                name: self.relying_party.name.clone(),
            },
            support_phone: self.relying_party.support_phone.clone(),
            zone: self.zone.clone(),
            locale: self.locale,
            return_urls: self.return_urls.iter().map(Url::to_string).collect(),
            number_digits: self.number_digits,
            challenge_seconds: self.challenge.default_seconds,
            redeem_seconds: self.redeem_seconds,
            tier_floors: self.tier_floors.clone(),
            enrollment: self.enrollment_rules(),
            enrollment_seconds: self.enrollment.seconds,
            max_devices: self.enrollment.max_devices,
            restrict_orders: self.enrollment.restrict_orders,
            test_mode: self.test_mode,
            max_challenge_seconds: self.challenge.max_seconds,
            api_origin: self.api_origin.clone(),
            rate_limits: self.rate_limits,
            association: self.association.clone(),
            keycloak: self.keycloak.clone(),
            pins: self.tls.pins.clone(),
        }
    }

    /// The store's file.
    pub fn store_file(&self) -> PathBuf {
        self.data_dir.join("inkan.sqlite")
    }

    /// The folder of the sealing keys.
    pub fn sealing_folder(&self) -> PathBuf {
        self.data_dir.join("keys")
    }

    /// What holds but is weaker than the bar, a sentence each.
    pub fn weaknesses(&self) -> Vec<String> {
        weak::find(self)
    }

    /// The values in force, as TOML. There is no secret among them.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        toml::Table::try_from(self).map(|table| table.to_string())
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field, where one is to blame.
    pub field: Option<String>,
    /// Who gave it, what is wrong, what to do.
    pub text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(formatter, "{field}: {}", self.text),
            None => formatter.write_str(&self.text),
        }
    }
}

/// Everything that is wrong, a line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(pub Vec<Problem>);

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.0.iter().enumerate() {
            if place > 0 {
                formatter.write_str("\n")?;
            }
            problem.fmt(formatter)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

fn as_texts<S: Serializer>(urls: &[Url], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(urls.iter().map(Url::as_str))
}

#[cfg(test)]
mod tests;
