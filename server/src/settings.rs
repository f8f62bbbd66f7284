//! What the API needs to know of the configuration: plain values, checked before they get here.

use std::collections::BTreeMap;

use inkan_protocol::challenge::Tier;
use inkan_protocol::details::{Locale, Operation};
use inkan_protocol::enrollment::RelyingParty;
use inkan_protocol::ids::ServerName;

use crate::config::{Association, Keycloak, RateLimits};
use crate::policy::authentication::{EnrollmentRules, Profile};

/// Settings of the API.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The device host: `iss` of all that this server signs.
    pub server: ServerName,
    /// Who asks. One relying party a server.
    pub relying_party: RelyingParty,
    /// Where its customers can call, as phones show it.
    pub support_phone: Option<String>,
    /// IANA zone in which phones show times.
    pub zone: String,
    /// The language of challenges that state none.
    pub locale: Locale,
    /// Registered return addresses, compared in scheme, host, port and path.
    pub return_urls: Vec<String>,
    /// Digits of a number, 2 to 8; six unless the operator deviates.
    pub number_digits: u8,
    /// Life of a challenge that states none, in seconds.
    pub challenge_seconds: u64,
    /// How long an approval can be redeemed, in seconds.
    pub redeem_seconds: u64,
    /// The least tier of each operation; `number` where none stands.
    pub tier_floors: BTreeMap<Operation, Tier>,
    /// Who may enroll.
    pub enrollment: EnrollmentRules,
    /// Life of an enrollment's QR code, in seconds.
    pub enrollment_seconds: u64,
    /// Devices that a customer may have.
    pub max_devices: usize,
    /// Whether a waiting device may not approve orders either.
    pub restrict_orders: bool,
    /// Whether test keys are taken.
    pub test_mode: bool,
    /// Most seconds to answer that a request may state.
    pub max_challenge_seconds: u64,
    /// The origin under which backends and pages reach the API.
    pub api_origin: ServerName,
    /// How much is too much.
    pub rate_limits: RateLimits,
    /// Which apps open this host's links.
    pub association: Association,
    /// The Keycloak realms that may ask.
    pub keycloak: Keycloak,
    /// TLS pins that enrollment URIs carry, for a server behind a private root.
    pub pins: Vec<inkan_protocol::ids::Digest>,
}

impl Settings {
    /// Settings for trying out and for tests: profile `dev`, everything else by default.
    pub fn dev(server: ServerName) -> Self {
        Self {
            api_origin: server.clone(),
            server,
            relying_party: RelyingParty { id: "mirai".into(), name: "みらい証券（デモ）".into() },
            support_phone: None,
            zone: "Asia/Tokyo".into(),
            locale: Locale::Ja,
            return_urls: vec!["https://localhost:9443/return".into()],
            number_digits: 6,
            challenge_seconds: 120,
            redeem_seconds: 300,
            tier_floors: BTreeMap::new(),
            enrollment: EnrollmentRules {
                profile: Profile::Dev,
                first_device_by_passwords: false,
                restricted_seconds: 24 * 3600,
            },
            enrollment_seconds: 300,
            max_devices: 5,
            restrict_orders: false,
            test_mode: true,
            max_challenge_seconds: 300,
            rate_limits: RateLimits {
                device_requests_per_minute: 1_000_000,
                api_requests_per_minute: 100_000_000,
                ..RateLimits::default()
            },
            association: Association::default(),
            keycloak: Keycloak::default(),
            pins: Vec::new(),
        }
    }
}
