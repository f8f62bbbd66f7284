//! The public keys of the realms: `{iss}/protocol/openid-connect/certs`, fetched when one is needed, and again once for a
//! key that is not among them.

use std::collections::HashMap;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::app::App;
use crate::jose::{self, VerifyingKey};
use crate::outbound;

/// Keys older than this are fetched again, in milliseconds: a key that the realm has withdrawn is not trusted longer.
pub(super) const FRESH_MILLIS: u64 = 10 * 60 * 1000;
/// Between two fetches from one realm, in milliseconds: whoever sends made-up keys moves nobody to ask more often.
pub(super) const PAUSE_MILLIS: u64 = 5 * 1000;
/// For one fetch. Keycloak waits five seconds for its answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// Largest answer, in bytes.
const MOST: usize = 128 * 1024;

/// The keys of a realm cannot be had. Nothing is taken then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys of its realm cannot be fetched")]
pub(crate) struct CertsError;

/// The keys of all configured realms, as last fetched. One realm does not wait for another.
pub struct RealmKeys(HashMap<String, Mutex<Fetched>>);

#[derive(Default)]
struct Fetched {
    keys: HashMap<String, VerifyingKey>,
    /// When, in milliseconds since 1970; `None`: never.
    at: Option<u64>,
    /// When it was last tried.
    tried_at: Option<u64>,
}

impl RealmKeys {
    /// Nothing is fetched yet.
    pub fn new(issuers: &[String]) -> Self {
        Self(issuers.iter().map(|issuer| (issuer.clone(), Mutex::default())).collect())
    }

    /// The key of this name; `None` where the realm has none.
    pub(crate) async fn key(
        &self,
        app: &App,
        issuer: &str,
        kid: &str,
    ) -> Result<Option<VerifyingKey>, CertsError> {
        let Some(realm) = self.0.get(issuer) else { return Ok(None) };
        let mut realm = realm.lock().await;
        let now = app.clock.now_millis();
        let is_fresh = realm.at.is_some_and(|at| now.saturating_sub(at) < FRESH_MILLIS);
        if let Some(key) = realm.keys.get(kid).filter(|_| is_fresh) {
            return Ok(Some(key.clone()));
        }
        if realm.tried_at.is_some_and(|at| now.saturating_sub(at) < PAUSE_MILLIS) {
            return if is_fresh { Ok(None) } else { Err(CertsError) };
        }
        realm.tried_at = Some(now);
        match fetch(app, issuer).await {
            Ok(keys) => {
                realm.keys = keys;
                realm.at = Some(now);
                Ok(realm.keys.get(kid).cloned())
            }
            Err(why) => {
                tracing::error!(issuer, why, "the keys of a Keycloak realm cannot be fetched");
                Err(CertsError)
            }
        }
    }
}

async fn fetch(app: &App, issuer: &str) -> Result<HashMap<String, VerifyingKey>, String> {
    let client = app.outbound.to_configured().map_err(|error| error.to_string())?;
    let request = client.get(format!("{issuer}/protocol/openid-connect/certs")).timeout(PATIENCE);
    let mut response = request.send().await.map_err(outbound::describe)?;
    if !response.status().is_success() {
        return Err(format!("it answered {}", response.status().as_u16()));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(outbound::describe)? {
        body.extend_from_slice(&part);
        if body.len() > MOST {
            return Err("its answer is too large".to_owned());
        }
    }
    // a realm has other keys beside those that sign
    let keys = jose::read_published_keys(&body).map_err(|error| error.to_string())?;
    Ok(keys.into_iter().filter_map(|key| Some((key.kid()?.to_owned(), key))).collect())
}
