//! From a configuration to the providers. One that cannot be used is left out with its reason, and the server runs: its
//! phones still ask.

use std::sync::Arc;

use inkan_protocol::enrollment::PushProvider;

use super::apns::{Apns, ApnsIdentity};
use super::fcm::{Fcm, ServiceAccount};
use super::web_push::{VapidKey, VapidKeyError, WebPush};
use super::{PushPort, Pushes, Unusable};
use crate::clock::Clock;
use crate::config::Config;
use crate::config::push::{self, ApnsEnvironment};
use crate::outbound::Outbound;
use crate::private_file::{self, FileError};
use crate::random::Random;

/// What providers share.
#[derive(Clone, Copy)]
struct Means<'a> {
    outbound: &'a Outbound,
    clock: &'a Arc<dyn Clock>,
    random: &'a Arc<dyn Random>,
}

/// Opens the key files of those that are configured.
pub fn open(
    config: &Config,
    outbound: &Outbound,
    clock: &Arc<dyn Clock>,
    random: &Arc<dyn Random>,
) -> Pushes {
    let means = Means { outbound, clock, random };
    let mut unusable = Vec::new();
    let mut usable = |provider, opened: Option<Result<Arc<dyn PushPort>, String>>| match opened? {
        Ok(port) => Some(port),
        Err(why) => {
            unusable.push(Unusable { provider, why });
            None
        }
    };
    let apns = config.push.apns.as_ref().map(|apns| open_apns(apns, means));
    let fcm = config.push.fcm.as_ref().map(|fcm| open_fcm(fcm, means));
    let mut web_push_key = None;
    let web = config.push.web.as_ref().map(|web| {
        let (port, key) = open_web(config, web, means)?;
        web_push_key = Some(key);
        Ok(port)
    });
    Pushes {
        apns: usable(PushProvider::Apns, apns),
        fcm: usable(PushProvider::Fcm, fcm),
        web_push: usable(PushProvider::Webpush, web),
        unusable,
        web_push_key,
        ..Pushes::default()
    }
}

/// Makes the key of Web Push where there is none.
pub fn make_missing_key(config: &Config) -> Result<bool, VapidKeyError> {
    match VapidKey::create(&config.sealing_folder()) {
        Ok(()) => Ok(true),
        Err(VapidKeyError::File(FileError::Exists(_))) => Ok(false),
        Err(error) => Err(error),
    }
}

fn open_apns(apns: &push::Apns, means: Means<'_>) -> Result<Arc<dyn PushPort>, String> {
    let file = private_file::read(&apns.key).map_err(|error| {
        unreadable(
            "push.apns.key",
            &error,
            "put the AuthKey_….p8 there; Apple gives each only once, so make a new key if it is lost",
        )
    })?;
    let identity =
        ApnsIdentity::new(&file, apns.key_id.clone(), apns.team_id.clone(), apns.topic.clone()).ok_or_else(|| {
            format!(
                "push.apns.key: {} is no P-256 private key in PEM; it is the AuthKey_….p8 of Apple's developer account, as it was downloaded",
                apns.key.display()
            )
        })?;
    let endpoint = match (&apns.endpoint, apns.environment) {
        (Some(endpoint), _) => endpoint.as_str(),
        (None, ApnsEnvironment::Production) => Apns::PRODUCTION,
        (None, ApnsEnvironment::Sandbox) => Apns::SANDBOX,
    };
    Apns::new(means.outbound, endpoint.to_owned(), identity, Arc::clone(means.clock))
        .map(|port| -> Arc<dyn PushPort> { Arc::new(port) })
        .map_err(|error| format!("push.apns: {error}"))
}

fn open_fcm(fcm: &push::Fcm, means: Means<'_>) -> Result<Arc<dyn PushPort>, String> {
    const FIELD: &str = "push.fcm.service_account";
    let file = private_file::read(&fcm.service_account).map_err(|error| {
        unreadable(
            FIELD,
            &error,
            "in the Firebase console: project settings, service accounts, generate new private key",
        )
    })?;
    let account = ServiceAccount::parse(&file)
        .map_err(|error| format!("{FIELD}: {}: {error}", fcm.service_account.display()))?;
    let endpoint = fcm.endpoint.as_ref().map_or(Fcm::PRODUCTION, |endpoint| endpoint.as_str());
    Fcm::new(means.outbound, endpoint.to_owned(), account, Arc::clone(means.clock))
        .map(|port| -> Arc<dyn PushPort> { Arc::new(port) })
        .map_err(|error| format!("push.fcm: {error}"))
}

/// With its public key.
fn open_web(
    config: &Config,
    web: &push::Web,
    means: Means<'_>,
) -> Result<(Arc<dyn PushPort>, String), String> {
    let key = VapidKey::open(&config.sealing_folder()).map_err(|error| match error {
        VapidKeyError::File(error) => {
            unreadable("push.web", &error, "put back the one from your backup, or run `inkan keys make`")
        }
        other => format!("push.web: {other}"),
    })?;
    let (clock, random, public) = (Arc::clone(means.clock), Arc::clone(means.random), key.public());
    WebPush::new(means.outbound.clone(), key, web.contact.clone(), clock, random)
        .map(|port| -> (Arc<dyn PushPort>, String) { (Arc::new(port), public) })
        .map_err(|error| format!("push.web: {error}"))
}

/// What is wrong with a file, and what to do where it is missing; else the error says it.
fn unreadable(field: &str, error: &FileError, where_missing: &str) -> String {
    if error.is_missing() {
        format!("{field}: {error}; {where_missing}")
    } else {
        format!("{field}: {error}")
    }
}

#[cfg(test)]
mod tests;
