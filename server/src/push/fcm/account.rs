//! The service account: Google's JSON file, and the access tokens that it is exchanged for (OAuth 2.0, RFC 7523: a JWT
//! signed with RS256 for a bearer token).

use std::sync::Arc;
use std::time::Duration;

use inkan_protocol::ids::NumericDate;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use crate::clock::Clock;
use crate::push::Outcome;
use crate::push::exchange::{self, Answer, word};
use crate::push::signing::{Rs256, pkcs8_of_pem};

/// What the access token is for, and no more.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// The longest that Google lets a JWT live.
const ASSERTION_LIFE: u64 = 3600;
/// An access token is not used in its last five minutes: a push under way must not meet its end.
const RENEW_BEFORE: u64 = 300;
/// Where Google does not say for how long.
const PAUSE: Duration = Duration::from_mins(1);

/// Why a file is no service account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// Not the JSON that Google's console gives.
    #[error(
        "not the JSON of a service account ({0}); in the Firebase console: project settings, service accounts, generate new private key"
    )]
    Form(String),
    /// A JSON of another kind.
    #[error("it says type {0:?} where a key of a service account says \"service_account\"")]
    Kind(String),
    /// The key in it.
    #[error("its private_key is no RSA key of 2048 bits or more (PKCS#8 in PEM)")]
    Key,
    /// Where tokens come from.
    #[error("its token_uri is not an https URL")]
    TokenUri,
    /// The project.
    #[error("its project_id is no id of a project")]
    Project,
}

/// A service account. It has no Debug: its key has no way out.
pub struct ServiceAccount {
    project: String,
    email: String,
    key_id: String,
    key: Rs256,
    token_uri: Url,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(default, rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Document {
    project_id: String,
    private_key_id: String,
    private_key: String,
    client_email: String,
    token_uri: String,
}

impl ServiceAccount {
    /// Reads the file's text.
    pub fn parse(text: &[u8]) -> Result<Self, AccountError> {
        // what serde says of a text may quote it, and a key is in it
        let place = |error: serde_json::Error| {
            AccountError::Form(format!("line {}, column {}", error.line(), error.column()))
        };
        let Kind { kind } = serde_json::from_slice(text).map_err(place)?;
        if kind != "service_account" {
            return Err(AccountError::Kind(word(&kind)));
        }
        let document: Document = serde_json::from_slice(text).map_err(place)?;
        let private_key = Zeroizing::new(document.private_key);
        let key = pkcs8_of_pem(private_key.as_bytes())
            .and_then(|document| Rs256::from_pkcs8(&document))
            .ok_or(AccountError::Key)?;
        let token_uri = Url::parse(&document.token_uri)
            .ok()
            .filter(|url| url.scheme() == "https" && url.host_str().is_some())
            .ok_or(AccountError::TokenUri)?;
        // it becomes a part of the path; old projects have a domain in front: `example.com:name`
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
        if document.project_id.is_empty() || !document.project_id.bytes().all(fits) {
            return Err(AccountError::Project);
        }
        Ok(Self {
            project: document.project_id,
            email: document.client_email,
            key_id: document.private_key_id,
            key,
            token_uri,
        })
    }

    pub(super) fn project(&self) -> &str {
        &self.project
    }

    pub(super) fn token_uri(&self) -> &str {
        self.token_uri.as_str()
    }

    /// Exchanges a JWT for an access token.
    pub(super) async fn fetch(
        &self,
        client: &reqwest::Client,
        clock: &Arc<dyn Clock>,
    ) -> Result<Bearer, Outcome> {
        let now = clock.now();
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": self.key_id });
        let claims = json!({
            "iss": self.email,
            "scope": SCOPE,
            "aud": self.token_uri.as_str(),
            "iat": now,
            "exp": now.saturating_add(ASSERTION_LIFE),
        });
        let assertion = self.key.token(&header, &claims).map_err(|_| Outcome::ProviderDown)?;
        let request = client
            .post(self.token_uri.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            // a JWT has no character that a form writes otherwise
            .body(format!(
                "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion={assertion}"
            ));
        let answer = exchange::send("fcm", clock, request).await?;
        match answer.status {
            200 => Bearer::read(&answer.body, now).ok_or_else(|| Outcome::Misconfigured {
                why: "what the service account's token_uri answers is no access token".to_owned(),
            }),
            429 => Err(answer.throttled(PAUSE)),
            500.. => Err(answer.down()),
            status => Err(Outcome::Misconfigured { why: refused(status, &answer) }),
        }
    }
}

fn refused(status: u16, answer: &Answer) -> String {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Words {
        error: String,
    }
    let Words { error } = serde_json::from_slice(&answer.body).unwrap_or_default();
    let advice = match error.as_str() {
        "invalid_grant" => "was its key deleted, or is this machine's clock wrong?",
        "invalid_client" => "the account is unknown; was it deleted?",
        "unauthorized_client" | "access_denied" | "invalid_scope" => {
            "it may not use Firebase Cloud Messaging"
        }
        _ => "look at the account in the Google Cloud console",
    };
    format!("the service account is refused ({status} {}): {advice}", word(&error))
}

/// An access token. It has no Debug.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Bearer {
    text: Zeroizing<String>,
    until: NumericDate,
}

impl Bearer {
    fn read(body: &[u8], now: NumericDate) -> Option<Self> {
        #[derive(Deserialize)]
        struct Words {
            access_token: String,
            expires_in: u64,
        }
        let Words { access_token, expires_in } = serde_json::from_slice(body).ok()?;
        let access_token = Zeroizing::new(access_token);
        let fits = !access_token.is_empty() && access_token.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self { text: access_token, until: now.saturating_add(expires_in) })
    }

    pub(super) fn is_fresh(&self, now: NumericDate) -> bool {
        now.saturating_add(RENEW_BEFORE) < self.until
    }

    pub(super) fn authorization(&self) -> String {
        format!("Bearer {}", self.text.as_str())
    }
}
