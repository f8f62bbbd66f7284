//! From values that were given to values that hold: types, bounds, and what fits together. All problems are found, not
//! only the first.

mod push;

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Locale, Operation};
use inkan_protocol::device_api::is_phone_number;
use inkan_protocol::text;
use serde::de::DeserializeOwned;
use url::{Host, Url};

use super::sources::{Given, Sources, expected};
use super::{
    Association, Audit, Challenge, Config, ConfigError, Enrollment, Keycloak, Log, LogFormat, LogLevel,
    Outbound, Problem, RateLimits, RelyingParty, Tls, fields,
};
use crate::policy::authentication::Profile;

/// Operations whose default floor in profile `jsda-2025` resists a relay.
pub(super) const RELAY_RESISTANT: [Operation; 3] =
    [Operation::Login, Operation::Withdrawal, Operation::PayoutAccountChange];

/// Where the operator may let a customer approve what they merely compare.
pub(super) const MAY_BE_UNTIED: [Operation; 2] = [Operation::Login, Operation::Other];

pub(super) fn read(sources: &Sources) -> Result<Config, ConfigError> {
    let (given, problems) = sources.gather();
    let mut reader = Reader { given, problems, base: sources.base() };
    let config = reader.config();
    match config {
        Some(config) if reader.problems.is_empty() => Ok(config),
        _ => Err(ConfigError(reader.problems)),
    }
}

struct Reader {
    given: BTreeMap<&'static str, Given>,
    problems: Vec<Problem>,
    base: PathBuf,
}

impl Reader {
    fn config(&mut self) -> Option<Config> {
        let profile = self.or("profile", Profile::Standard, "dev, standard or jsda-2025");
        let server_name =
            self.needed("server_name", "https://host[:port] in lower case, without a path or a slash");
        let api_origin =
            self.take("api_origin", "https://host[:port] in lower case, without a path or a slash");
        let tls = (self.path("tls.certificate", None), self.path("tls.key", None));
        let pins = self.or("tls.pins", Vec::new(), "base64url of 32 bytes each");
        let data_dir = self.path("data_dir", Some("data"));
        let relying_party = (self.relying_party_id(), self.relying_party_name());
        let support_phone = self.support_phone();
        let return_urls = self.return_urls();
        let max_seconds = self.bounded(
            "challenge.max_seconds",
            300,
            30..=300,
            "a request is answered within 300 s at most (RTS Art. 4)",
        );
        let challenge = Challenge {
            default_seconds: self.bounded(
                "challenge.default_seconds",
                max_seconds.min(120),
                30..=max_seconds,
                "it lies between 30 s and challenge.max_seconds",
            ),
            max_seconds,
        };
        let config = Config {
            profile,
            data_dir: data_dir?,
            listen: self.or("listen", ([127, 0, 0, 1], 8443).into(), "an address and a port, 0.0.0.0:8443"),
            metrics_listen: self.take("metrics_listen", "an address and a port, 127.0.0.1:9464"),
            zone: self.zone(),
            locale: self.or("locale", Locale::Ja, "ja or en"),
            number_digits: self.bounded(
                "number_digits",
                6,
                2..=8,
                "a number has two digits at least, and eight fit on the phone's screen",
            ),
            challenge,
            redeem_seconds: self.bounded(
                "redeem_seconds",
                300,
                30..=300,
                "an approval is used within 300 s at most (RTS Art. 4)",
            ),
            tier_floors: self.tier_floors(profile, !return_urls.is_empty()),
            return_urls,
            enrollment: self.enrollment(),
            test_mode: self.or("test_mode", profile == Profile::Dev, "true or false"),
            rate_limits: self.rate_limits(),
            association: self.association(),
            audit: Audit { publish_heads_to: self.optional_path("audit.publish_heads_to") },
            outbound: Outbound {
                allowed_networks: self.or(
                    "outbound.allowed_networks",
                    Vec::new(),
                    "networks as 10.20.0.0/16 or fd12::/32",
                ),
                roots: self.optional_path("outbound.roots"),
            },
            push: self.push(),
            keycloak: self.keycloak(),
            log: Log {
                format: self.or("log.format", LogFormat::Json, "json or text"),
                level: self.or("log.level", LogLevel::Info, "error, warn, info, debug or trace"),
            },
            api_origin: api_origin.or_else(|| server_name.clone())?,
            server_name: server_name?,
            tls: Tls { certificate: tls.0?, key: tls.1?, pins },
            relying_party: RelyingParty { id: relying_party.0?, name: relying_party.1?, support_phone },
        };
        Some(config)
    }

    fn enrollment(&mut self) -> Enrollment {
        Enrollment {
            seconds: self.bounded(
                "enrollment.seconds",
                300,
                60..=300,
                "an enrollment is open for five minutes at most (SP 800-63B-4 §4.1.2)",
            ),
            max_devices: self.bounded("enrollment.max_devices", 5, 1..=5, "five devices at most"),
            first_device_by_passwords: self.or(
                "enrollment.first_device_by_passwords",
                false,
                "true or false",
            ),
            restricted_hours: self.bounded(
                "enrollment.restricted_hours",
                24,
                24..=72,
                "a new device waits for 24 h at least, so that its owner hears of it in time, and 72 h at most",
            ),
            restrict_orders: self.or("enrollment.restrict_orders", false, "true or false"),
        }
    }

    fn rate_limits(&mut self) -> RateLimits {
        let default = RateLimits::default();
        RateLimits {
            typed_codes_per_minute: self.bounded(
                "rate_limits.typed_codes_per_minute",
                default.typed_codes_per_minute,
                1..=10,
                "ten tries a minute and address at most (SP 800-63B-4 §4.1.2)",
            ),
            device_requests_per_minute: self.bounded(
                "rate_limits.device_requests_per_minute",
                default.device_requests_per_minute,
                60..=1_000_000,
                "many phones share an address of a mobile network",
            ),
            api_requests_per_minute: self.bounded(
                "rate_limits.api_requests_per_minute",
                default.api_requests_per_minute,
                60..=100_000_000,
                "a backend polls once a second at least",
            ),
            watchers_per_address: self.bounded(
                "rate_limits.watchers_per_address",
                default.watchers_per_address,
                16..=100_000,
                "many pages share an address of a mobile network, and none may take all places",
            ),
        }
    }

    fn relying_party_id(&mut self) -> Option<String> {
        let id: String = self.needed("relying_party.id", "a string")?;
        let fits = (1..=64).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        if !fits {
            self.problem("relying_party.id", &format!("{id:?} is not 1 to 64 of A-Z a-z 0-9 . _ -"));
        }
        Some(id)
    }

    fn relying_party_name(&mut self) -> Option<String> {
        let name: String = self.needed("relying_party.name", "a string")?;
        if let Err(error) = text::check(&name, 64) {
            self.problem("relying_party.name", &format!("{name:?} cannot be shown: it {error}"));
        }
        Some(name)
    }

    fn support_phone(&mut self) -> Option<String> {
        let number: String = self.take("relying_party.support_phone", "a string")?;
        if !is_phone_number(&number) {
            self.problem(
                "relying_party.support_phone",
                &format!("{number:?} is no telephone number; 0120-123-456 and +81 3-1234-5678 look like one"),
            );
        }
        Some(number)
    }

    fn zone(&mut self) -> String {
        let zone = self.or("zone", "Asia/Tokyo".to_owned(), "an IANA name");
        if jiff::tz::TimeZone::get(&zone).is_err() {
            self.problem("zone", &format!("{zone:?} is not an IANA time zone; Asia/Tokyo is one"));
        }
        zone
    }

    fn return_urls(&mut self) -> Vec<Url> {
        let texts: Vec<String> = self.or("return_urls", Vec::new(), "an array of strings");
        let mut urls = Vec::new();
        for text in texts {
            match Url::parse(&text) {
                Ok(url)
                    if url.scheme() == "https"
                        && url.host_str().is_some()
                        && url.username().is_empty()
                        && url.password().is_none()
                        && url.query().is_none()
                        && url.fragment().is_none() =>
                {
                    urls.push(url);
                }
                _ => self.problem(
                    "return_urls",
                    &format!(
                        "{text:?} is not https://host[:port]/path; no user, query or fragment, they are not compared"
                    ),
                ),
            }
        }
        urls
    }

    fn tier_floors(&mut self, profile: Profile, can_return: bool) -> BTreeMap<Operation, Tier> {
        let mut floors = BTreeMap::new();
        for operation in Operation::ALL {
            let name = format!("tier_floors.{}", operation.as_str());
            let Some(field) = fields::find(&name) else { continue };
            let needed = if profile == Profile::Jsda2025 && RELAY_RESISTANT.contains(&operation) {
                Tier::Returned
            } else {
                Tier::Number
            };
            let untied = profile != Profile::Jsda2025 && MAY_BE_UNTIED.contains(&operation);
            let tiers = if untied {
                "none, number, scan, link or returned"
            } else {
                "number, scan, link or returned"
            };
            let tier = self.or(field.name, needed, tiers);
            if tier == Tier::None && !untied {
                self.problem(
                    field.name,
                    "none would let a customer approve without anything typed, scanned or opened (SP 800-63B-4 §3.1.3)",
                );
            } else if tier < needed && tier != Tier::None {
                self.problem(
                    field.name,
                    "profile jsda-2025 asks for a tier that resists a relay here: returned; take another profile if you cannot",
                );
            }
            if tier == Tier::Returned && !can_return {
                self.problem(
                    field.name,
                    "returned needs a return address, and return_urls has none: every such request would be refused",
                );
            }
            floors.insert(operation, tier);
        }
        floors
    }

    fn association(&mut self) -> Association {
        let association = Association {
            android_package: self.take("association.android_package", "a string"),
            android_fingerprints: self.or(
                "association.android_fingerprints",
                Vec::new(),
                "an array of strings",
            ),
            apple_app_ids: self.or("association.apple_app_ids", Vec::new(), "an array of strings"),
        };
        for fingerprint in &association.android_fingerprints {
            let parts: Vec<&str> = fingerprint.split(':').collect();
            let is_byte = |part: &&str| {
                part.len() == 2 && part.bytes().all(|c| c.is_ascii_digit() || (b'A'..=b'F').contains(&c))
            };
            if parts.len() != 32 || !parts.iter().all(is_byte) {
                self.problem(
                    "association.android_fingerprints",
                    &format!("{fingerprint:?} is not 32 bytes as AA:BB:…, as `keytool -list -v` prints them"),
                );
            }
        }
        if association.android_package.is_some() == association.android_fingerprints.is_empty() {
            self.problem(
                "association.android_package",
                "package and android_fingerprints are given together or not at all",
            );
        }
        association
    }

    fn keycloak(&mut self) -> Keycloak {
        let keycloak = Keycloak {
            issuers: self.or("keycloak.issuers", Vec::new(), "an array of strings"),
            clients: self.or("keycloak.clients", Vec::new(), "an array of strings"),
        };
        for issuer in &keycloak.issuers {
            if !is_issuer(issuer) {
                self.problem(
                    "keycloak.issuers",
                    &format!(
                        "{issuer:?} is not https://host/realms/name without a slash at its end (http on loopback alone)"
                    ),
                );
            }
        }
        if keycloak.clients.iter().any(String::is_empty) {
            self.problem("keycloak.clients", "a client id is empty");
        }
        if keycloak.issuers.is_empty() != keycloak.clients.is_empty() {
            self.problem("keycloak.issuers", "issuers and clients are given together or not at all");
        }
        keycloak
    }

    fn path(&mut self, name: &'static str, default: Option<&str>) -> Option<PathBuf> {
        let path = match default {
            Some(default) => self.or(name, PathBuf::from(default), "a path"),
            None => self.needed(name, "a path")?,
        };
        Some(self.base.join(path))
    }

    fn optional_path(&mut self, name: &'static str) -> Option<PathBuf> {
        self.take::<PathBuf>(name, "a path").map(|path| self.base.join(path))
    }

    fn bounded<T: DeserializeOwned + PartialOrd + Display + Copy>(
        &mut self,
        name: &'static str,
        default: T,
        bounds: RangeInclusive<T>,
        why: &str,
    ) -> T {
        let value = self.or(name, default, "a whole number within its bounds");
        if !bounds.contains(&value) {
            let (low, high) = bounds.into_inner();
            self.problem(name, &format!("{value} is not within {low} to {high}: {why}"));
        }
        value
    }

    fn or<T: DeserializeOwned>(&mut self, name: &'static str, default: T, is: &str) -> T {
        self.take(name, is).unwrap_or(default)
    }

    fn needed<T: DeserializeOwned>(&mut self, name: &'static str, is: &str) -> Option<T> {
        if !self.given.contains_key(name) {
            let text = format!("it is needed and has no default: {is}");
            self.problems.push(Problem { field: Some(name.to_owned()), text });
        }
        self.take(name, is)
    }

    fn take<T: DeserializeOwned>(&mut self, name: &'static str, is: &str) -> Option<T> {
        let given = self.given.get(name)?;
        if let Ok(value) = given.value.clone().try_into() {
            return Some(value);
        }
        let shape = fields::find(name).map_or("a value", |field| expected(field.shape));
        let is = if is == shape { String::new() } else { format!(": {is}") };
        self.problem(name, &format!("{} is not {shape}{is}", given.value));
        None
    }

    fn problem(&mut self, name: &'static str, text: &str) {
        let from = self.given.get(name).map(|given| format!("{}: ", given.from)).unwrap_or_default();
        self.problems.push(Problem { field: Some(name.to_owned()), text: format!("{from}{text}") });
    }
}

/// What a token's `iss` may be: nothing in it is rewritten before it is compared.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let loopback = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => return false,
    };
    let path = url.path();
    url.as_str() == text
        && (url.scheme() == "https" || url.scheme() == "http" && loopback)
        && (url.username().is_empty() && url.password().is_none())
        && (url.query().is_none() && url.fragment().is_none())
        && path.contains("/realms/")
        && !path.ends_with('/')
}
