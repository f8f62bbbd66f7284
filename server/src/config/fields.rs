//! Every field of the configuration: name, shape, default, meaning. The reader, the environment, the check for unknown
//! names and the file that `inkan init` writes all go by this table; a test holds it against [`super::Config`].

/// How a field's value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A whole number.
    Number,
    /// `true` or `false`.
    Flag,
    /// An array of strings; in the environment and in flags separated by commas.
    List,
}

/// One field.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name in the file, with dots for tables.
    pub name: &'static str,
    /// How its value is written.
    pub shape: Shape,
    /// What holds where it is not given.
    pub default: &'static str,
    /// What it means, in which unit, within which bounds.
    pub about: &'static str,
}

impl Field {
    /// The variable of the environment that sets it.
    pub fn variable(&self) -> String {
        format!("INKAN_{}", self.name.to_uppercase().replace('.', "_"))
    }
}

/// The field of that name.
pub fn find(name: &str) -> Option<&'static Field> {
    FIELDS.iter().find(|field| field.name == name)
}

/// The known name that is nearest to `name`, where one is near.
pub fn nearest(name: &str) -> Option<&'static str> {
    FIELDS
        .iter()
        .map(|field| (distance(name, field.name).min(distance(name, last_part(field.name)) + 1), field.name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, known)| *distance <= known.len().min(name.len()).div_ceil(3))
        .map(|(_, known)| known)
}

fn last_part(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

/// Levenshtein: how many characters must be changed, added or removed.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (line, a) in from.chars().enumerate() {
        let mut next = vec![line + 1];
        for ((b, replaced), removed) in to.chars().zip(&row).zip(row.iter().skip(1)) {
            let added = next.last().copied().unwrap_or(line) + 1;
            next.push((replaced + usize::from(a != b)).min(removed + 1).min(added));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

const fn field(name: &'static str, shape: Shape, default: &'static str, about: &'static str) -> Field {
    Field { name, shape, default, about }
}

/// All fields, in the order in which an operator meets them.
pub const FIELDS: &[Field] = {
    use Shape::{Flag, List, Number, Text};
    &[
        field(
            "profile",
            Text,
            "standard",
            "dev, standard or jsda-2025: how a customer must have been authenticated before a phone is enrolled, and the default tier floors. dev takes enrollments that state nothing and is for trying out alone",
        ),
        field("data_dir", Text, "data", "folder of the store and the keys, relative to the file; mode 0700"),
        field("listen", Text, "127.0.0.1:8443", "address and port that are listened on, with TLS"),
        field("metrics_listen", Text, "none", "address and port of /metrics, without TLS; off where absent"),
        field(
            "server_name",
            Text,
            "needed",
            "origin of the device host, https://host[:port]: what phones pin and sign to. It cannot be changed later without enrolling every phone again",
        ),
        field(
            "api_origin",
            Text,
            "server_name",
            "origin under which backends and pages reach the API, https://host[:port]",
        ),
        field("tls.certificate", Text, "needed", "PEM file of the certificate chain, the server's own first"),
        field("tls.key", Text, "needed", "PEM file of its private key; mode 0600"),
        field(
            "tls.pins",
            List,
            "none",
            "base64url SHA-256 of public keys (SPKI) that enrollment codes carry and a phone demands on top of its own check; a spare among them. A pinned key cannot be replaced while such a code is open",
        ),
        field("relying_party.id", Text, "needed", "your id in verdicts: 1 to 64 of A-Z a-z 0-9 . _ -"),
        field("relying_party.name", Text, "needed", "your name as customers read it, 1 to 64 characters"),
        field(
            "relying_party.support_phone",
            Text,
            "none",
            "telephone number that phones show beside a report or a stop: 3 to 32 of digits, `-`, space and parentheses, a `+` in front at most",
        ),
        field("zone", Text, "Asia/Tokyo", "IANA name of the zone in which times are shown"),
        field("locale", Text, "ja", "ja or en: the language of requests that state none"),
        field(
            "return_urls",
            List,
            "none",
            "https addresses that the app may return to (tier returned), compared whole in scheme, host, port and path",
        ),
        field(
            "number_digits",
            Number,
            "6",
            "digits of the number that is typed, 2 to 8; under six is a deviation that you record",
        ),
        field("challenge.default_seconds", Number, "120", "seconds to answer where the request states none"),
        field(
            "challenge.max_seconds",
            Number,
            "300",
            "most seconds to answer that a request may state, 30 to 300",
        ),
        field(
            "redeem_seconds",
            Number,
            "300",
            "seconds after an approval in which it can be redeemed, 30 to 300",
        ),
        field(
            "tier_floors.login",
            Text,
            "number",
            "lowest tier of this operation; jsda-2025: returned; none is a deviation that you record",
        ),
        field("tier_floors.order", Text, "number", "lowest tier of this operation"),
        field("tier_floors.withdrawal", Text, "number", "lowest tier of this operation; jsda-2025: returned"),
        field(
            "tier_floors.payout_account_change",
            Text,
            "number",
            "lowest tier of this operation; jsda-2025: returned",
        ),
        field("tier_floors.contact_change", Text, "number", "lowest tier of this operation"),
        field("tier_floors.settings_change", Text, "number", "lowest tier of this operation"),
        field(
            "tier_floors.other",
            Text,
            "number",
            "lowest tier of this operation; none is a deviation that you record",
        ),
        field(
            "enrollment.seconds",
            Number,
            "300",
            "seconds in which an enrollment must be claimed, and then confirmed, 60 to 300",
        ),
        field("enrollment.max_devices", Number, "5", "devices a customer may have, 1 to 5"),
        field(
            "enrollment.first_device_by_passwords",
            Flag,
            "false",
            "whether both passwords are enough for a first device, which then waits",
        ),
        field(
            "enrollment.restricted_hours",
            Number,
            "24",
            "hours in which a new device may not approve withdrawals and changes, 24 to 72",
        ),
        field(
            "enrollment.restrict_orders",
            Flag,
            "false",
            "whether a waiting device may not approve orders either",
        ),
        field("test_mode", Flag, "false", "whether test keys work; true where the profile is dev"),
        field(
            "rate_limits.typed_codes_per_minute",
            Number,
            "10",
            "tries of typed codes a minute and address, 1 to 10",
        ),
        field(
            "rate_limits.device_requests_per_minute",
            Number,
            "60000",
            "requests of phones and of pages that wait, a minute and address, from 60; behind a load balancer that hides addresses all share one",
        ),
        field(
            "rate_limits.api_requests_per_minute",
            Number,
            "600000",
            "requests a minute and API key, of OpenID clients and Keycloak a minute and address, from 60",
        ),
        field(
            "rate_limits.watchers_per_address",
            Number,
            "1000",
            "streams of /watch that are open at once, per address (one of IPv4, a /64 of IPv6), 16 to 100,000",
        ),
        field(
            "association.android_package",
            Text,
            "none",
            "package of your Android app, for assetlinks.json",
        ),
        field(
            "association.android_fingerprints",
            List,
            "none",
            "SHA-256 fingerprints of its signing certificates, AA:BB:… (32 bytes)",
        ),
        field(
            "association.apple_app_ids",
            List,
            "none",
            "TEAMID.bundle.id of your iOS app, for apple-app-site-association",
        ),
        field(
            "audit.publish_heads_to",
            Text,
            "none",
            "file to which the signed head of the log is appended, for you to publish; off where absent",
        ),
        field(
            "outbound.allowed_networks",
            List,
            "none",
            "networks that webhooks may reach although they are not public, 10.20.0.0/16 or fd12::/32; loopback, private and metadata addresses are refused without",
        ),
        field(
            "outbound.roots",
            Text,
            "none",
            "PEM file of root certificates that are trusted beside the public ones when others are called (webhooks, push providers, Keycloak)",
        ),
        field(
            "push.apns.key",
            Text,
            "none",
            "the .p8 file of an APNs key of Apple's developer account; mode 0600; iPhones are not rung without",
        ),
        field("push.apns.key_id", Text, "none", "its key id, ten of A-Z 0-9"),
        field("push.apns.team_id", Text, "none", "the team whose key it is, ten of A-Z 0-9"),
        field("push.apns.topic", Text, "none", "bundle id of your iOS app"),
        field(
            "push.apns.environment",
            Text,
            "production",
            "production, or sandbox for an app that Xcode installed",
        ),
        field(
            "push.apns.endpoint",
            Text,
            "none",
            "origin to push to instead of Apple's, https://host[:port], for tests and relays",
        ),
        field(
            "push.fcm.service_account",
            Text,
            "none",
            "JSON key file of a service account of your Firebase project; mode 0600; phones registered with Google are not rung without",
        ),
        field(
            "push.fcm.endpoint",
            Text,
            "none",
            "origin to push to instead of Google's, https://host[:port], for tests and relays",
        ),
        field(
            "push.web.contact",
            Text,
            "none",
            "mailto: or https: address where push services reach you; phones that use UnifiedPush are not rung without",
        ),
        field(
            "keycloak.issuers",
            List,
            "none",
            "issuers of the Keycloak realms that may ask (docs/keycloak.md), https://host/realms/name, byte for byte as their tokens say it; http on loopback alone",
        ),
        field(
            "keycloak.clients",
            List,
            "none",
            "client ids whose sign-ins are taken from them; given with keycloak.issuers",
        ),
        field("log.format", Text, "json", "json or text, on standard error"),
        field("log.level", Text, "info", "error, warn, info, debug or trace"),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant() {
        for (slip, meant) in [
            ("relying_party.nme", Some("relying_party.name")),
            ("challenge.default_second", Some("challenge.default_seconds")),
            ("lisen", Some("listen")),
            ("max_devices", Some("enrollment.max_devices")),
            ("colour_of_the_sky", None),
            ("x", None),
        ] {
            assert_eq!(nearest(slip), meant, "{slip}");
        }
    }

    #[test]
    fn no_two_fields_share_a_variable() {
        let variables: std::collections::BTreeSet<String> = FIELDS.iter().map(Field::variable).collect();
        assert_eq!(variables.len(), FIELDS.len());
        assert_eq!(find("tls.key").unwrap().variable(), "INKAN_TLS_KEY");
    }
}
