//! What a configuration may say and had better not: `inkan config check` prints it, and the server logs it at its start.

use inkan_protocol::challenge::Tier;
use inkan_protocol::ids::ServerName;

use super::Config;
use super::reader::{MAY_BE_UNTIED, RELAY_RESISTANT};
use crate::policy::authentication::Profile;

pub(super) fn find(config: &Config) -> Vec<String> {
    let mut found = Vec::new();
    if config.profile == Profile::Dev {
        found.push(
            "profile: dev enrolls phones without asking how the customer was authenticated; never for customers"
                .to_owned(),
        );
    }
    for operation in MAY_BE_UNTIED {
        if config.tier_floors.get(&operation) == Some(&Tier::None) {
            found.push(format!(
                "tier_floors.{}: none lets a customer approve what they only compare, which SP 800-63B-4 §3.1.3 no longer takes; record why you deviate",
                operation.as_str(),
            ));
        }
    }
    for operation in RELAY_RESISTANT {
        let floor = config.tier_floors.get(&operation).copied().unwrap_or(Tier::Number);
        if floor < Tier::Returned {
            found.push(format!(
                "tier_floors.{}: a live relay passes {}; profile jsda-2025 demands returned here",
                operation.as_str(),
                name(floor),
            ));
        }
    }
    if config.number_digits < 6 {
        found.push(format!(
            "number_digits: {} is under the six of SP 800-63B-4 §3.1.3.2; record why you deviate",
            config.number_digits
        ));
    }
    if config.enrollment.first_device_by_passwords && config.profile != Profile::Dev {
        found.push(
            "enrollment.first_device_by_passwords: whoever phished both passwords can enroll a first phone and must only wait"
                .to_owned(),
        );
    }
    if config.test_mode && config.profile == Profile::Jsda2025 {
        found.push(
            "test_mode: test keys work on a server of profile jsda-2025; turn it off if you do not need them"
                .to_owned(),
        );
    }
    if config.audit.publish_heads_to.is_none() && config.profile != Profile::Dev {
        found.push(
            "audit.publish_heads_to: without published heads, evidence of before the loss of a signing key cannot be told from forged evidence"
                .to_owned(),
        );
    }
    for network in config.outbound.allowed_networks.iter().filter(|network| network.prefix_len() == 0) {
        found.push(format!(
            "outbound.allowed_networks: {network} lets whoever registers a webhook reach every address of your network"
        ));
    }
    if config.profile != Profile::Dev && is_local(&config.server_name) {
        found.push(format!("server_name: phones cannot reach {}", config.server_name));
    }
    if config.profile != Profile::Dev
        && config.association.android_package.is_none()
        && config.association.apple_app_ids.is_empty()
    {
        found.push(
            "association: no app is named, so a phone opens this host's links in its browser".to_owned(),
        );
    }
    if config.metrics_listen.is_some_and(|address| !address.ip().is_loopback()) {
        found.push(
            "metrics_listen: /metrics has neither TLS nor a password; let only your monitoring reach it"
                .to_owned(),
        );
    }
    found
}

fn name(tier: Tier) -> &'static str {
    match tier {
        Tier::None => "none",
        Tier::Number => "number",
        Tier::Scan => "scan",
        Tier::Link => "link",
        Tier::Returned => "returned",
    }
}

fn is_local(server: &ServerName) -> bool {
    let host = server.authority();
    ["localhost", "127.", "[::1]"].iter().any(|local| host.starts_with(local))
}
