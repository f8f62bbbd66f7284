//! The relying party's API as a broker's backend calls it: begin and confirm an enrollment, ask, wait, redeem.

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde::Deserialize;
use serde_json::{Value, json};

/// Why a call gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The server refused; `code` is stable.
    #[error("{code}: {detail}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// What a program decides on.
        code: String,
        /// What a person reads.
        detail: String,
        /// The whole problem.
        problem: Value,
    },
    /// No answer.
    #[error("the server cannot be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// A file for the connection cannot be used.
    #[error("{0}")]
    File(String),
}

/// A client of the API.
#[derive(Clone)]
pub struct Api {
    client: Client,
    origin: String,
    key: String,
}

/// An enrollment that has begun.
#[derive(Clone, Debug, Deserialize)]
pub struct Enrollment {
    /// Its id.
    pub id: String,
    /// What the QR code holds.
    pub uri: String,
    /// For typing where nothing can be scanned.
    pub typed_code: String,
    /// The QR code.
    pub qr_svg: String,
    /// When it ends (RFC 3339).
    pub expires_at: String,
}

/// A challenge that was created.
#[derive(Clone, Debug, Deserialize)]
pub struct Asked {
    /// Its id.
    pub id: String,
    /// `start: number`: what the page shows.
    #[serde(default)]
    pub number: Option<String>,
    /// `start: link`: what opens the app.
    #[serde(default)]
    pub link: Option<String>,
    /// `start: scan`: the code of the moment.
    #[serde(default)]
    pub scan_url: Option<String>,
    /// When it ends (RFC 3339).
    pub expires_at: String,
}

/// What a redeem takes.
#[derive(Clone, Debug, Default)]
pub struct Redeem<'a> {
    /// The broker's own reference.
    pub reference: Option<&'a str>,
    /// The customer.
    pub user: &'a str,
    /// The web session, from the cookie of the very request that redeems.
    pub session: &'a str,
    /// What the browser brought back, in tier `returned`.
    pub return_token: Option<&'a str>,
}

impl Api {
    /// A client for the server at `origin`, trusting the certificates in `trust` and no other.
    pub fn new(origin: &str, trust: &Path, key: &str) -> Result<Self, ApiError> {
        Ok(Self {
            client: client(trust)?,
            origin: origin.trim_end_matches('/').to_owned(),
            key: key.trim().to_owned(),
        })
    }

    /// Begins an enrollment. The demo states an identity proof, as after a check of the customer's identity card.
    pub async fn begin_enrollment(
        &self,
        user: &str,
        display_name: &str,
        now: &str,
    ) -> Result<Enrollment, ApiError> {
        let body = json!({
            "user": user,
            "display_name": display_name,
            "authentication": {"methods": ["identity_proof"], "at": now},
        });
        self.call(Method::POST, "/v1/enrollments", Some(body)).await
    }

    /// Where an enrollment stands; waits up to `wait` seconds for another state than `known`.
    pub async fn enrollment(&self, id: &str, wait: u8, known: &str) -> Result<Value, ApiError> {
        self.call(Method::GET, &format!("/v1/enrollments/{id}?wait={wait}&known={known}"), None).await
    }

    /// The six digits that the phone shows, typed by the customer.
    pub async fn confirm(&self, id: &str, code: &str) -> Result<Value, ApiError> {
        self.call(Method::POST, &format!("/v1/enrollments/{id}/confirm"), Some(json!({"code": code}))).await
    }

    /// Asks for an approval.
    pub async fn ask(&self, challenge: &Value) -> Result<Asked, ApiError> {
        self.call(Method::POST, "/v1/challenges", Some(challenge.clone())).await
    }

    /// The state of a challenge; waits up to `wait` seconds for news. It is news and permits nothing.
    pub async fn state(&self, id: &str, wait: u8) -> Result<String, ApiError> {
        let news: Value = self.call(Method::GET, &format!("/v1/challenges/{id}?wait={wait}"), None).await?;
        Ok(news.get("state").and_then(Value::as_str).unwrap_or("unknown").to_owned())
    }

    /// Uses an approval, once. Only this permits: the broker executes what the verdict says.
    pub async fn redeem(&self, id: &str, redeem: &Redeem<'_>) -> Result<Value, ApiError> {
        let mut body = json!({"user": redeem.user, "session": redeem.session});
        if let Some(members) = body.as_object_mut() {
            if let Some(reference) = redeem.reference {
                members.insert("reference".into(), reference.into());
            }
            if let Some(token) = redeem.return_token {
                members.insert("return_token".into(), token.into());
            }
        }
        self.call(Method::POST, &format!("/v1/challenges/{id}/redeem"), Some(body)).await
    }

    /// Everything that proves the approval.
    pub async fn evidence(&self, id: &str) -> Result<Value, ApiError> {
        self.call(Method::GET, &format!("/v1/challenges/{id}/evidence"), None).await
    }

    /// Takes a question back.
    pub async fn cancel(&self, id: &str) -> Result<(), ApiError> {
        self.send(Method::DELETE, &format!("/v1/challenges/{id}"), None).await.map(drop)
    }

    /// The customer's devices.
    pub async fn devices(&self, user: &str) -> Result<Vec<Value>, ApiError> {
        let list: Value = self.call(Method::GET, &format!("/v1/users/{user}/devices"), None).await?;
        Ok(list.get("data").and_then(Value::as_array).cloned().unwrap_or_default())
    }

    /// The API's description.
    pub async fn openapi(&self) -> Result<Value, ApiError> {
        self.call(Method::GET, "/openapi.json", None).await
    }

    /// The QR code of the moment of a `scan` challenge.
    pub async fn scan_code(&self, scan_url: &str) -> Result<String, ApiError> {
        Ok(self.client.get(scan_url).send().await?.error_for_status()?.text().await?)
    }

    async fn call<T: serde::de::DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<T, ApiError> {
        Ok(self.send(method, path, body).await?.json().await?)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<reqwest::Response, ApiError> {
        let mut request =
            self.client.request(method, format!("{}{path}", self.origin)).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let status = response.status();
        let problem: Value = response.json().await.unwrap_or_default();
        Err(refused(status, problem))
    }
}

fn refused(status: StatusCode, problem: Value) -> ApiError {
    let member =
        |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or("no answer of this API").to_owned();
    ApiError::Refused { status: status.as_u16(), code: member("code"), detail: member("detail"), problem }
}

/// An HTTP client that trusts the certificates of a file.
pub fn client(trust: &Path) -> Result<Client, ApiError> {
    let wrong = |error: &dyn std::fmt::Display| ApiError::File(format!("{}: {error}", trust.display()));
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(trust).map_err(|error| wrong(&error))? {
        roots.add(certificate.map_err(|error| wrong(&error))?).map_err(|error| wrong(&error))?;
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    // Longer than the longest long poll.
    Ok(Client::builder().tls_backend_preconfigured(config).timeout(Duration::from_secs(40)).build()?)
}
