//! HTTPS by reqwest and rustls (ring), with the pins of a request and repetition only where it is safe.
//!
//! ```text
//! send -- deadline of the whole --+
//!                                 v
//!   attempt -> answer, or error that may not be repeated -------------------> returned
//!      ^   \-> no connection, 502, 503, 504, and the request is safe to repeat, and a try and time are left
//!      +------ growing pause with jitter, or what Retry-After asks for --+
//! ```
//!
//! What a server or a network between could abuse is off: redirects, proxies from the environment, cookies,
//! compression. There is no switch that turns a check of the certificate off; a private authority is named when this
//! is made.

mod failure;
mod pinning;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use rustls::{ClientConfig, RootCertStore, crypto::CryptoProvider, pki_types::CertificateDer};

use self::{
    failure::{Failure, describe},
    pinning::{PinnedKeys, PinningVerifier, PortClock},
};
use crate::ports::{
    Clock, Method, Random, Request, Response, Transport, TransportError, deadline::within, make_bytes,
};

/// One attempt and two repetitions.
const ATTEMPTS: u32 = 3;
/// The pause before the first repetition; each further one is twice as long. Half of a pause is random.
const FIRST_PAUSE: Duration = Duration::from_millis(400);
/// For name, connection and handshake. The wait for the answer is limited by the request alone.
const CONNECTING: Duration = Duration::from_secs(10);
/// Clients kept, one for each set of pins: more than a phone has servers, and their next key sets.
const CLIENTS: usize = 16;
const USER_AGENT: &str = concat!("inkan/", env!("CARGO_PKG_VERSION"));

/// The real transport.
pub struct Https {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    clients: Mutex<BTreeMap<PinnedKeys, reqwest::Client>>,
}

impl Https {
    /// A transport that trusts the public roots and, beside them, the authorities in `extra_roots` (certificates in
    /// DER: an operator's own authority, or that of a test). Needs a tokio runtime with I/O and time when it is used.
    ///
    /// # Errors
    /// [`TransportError::Tls`] if one of the certificates cannot be read.
    pub fn new(
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        extra_roots: &[Vec<u8>],
    ) -> Result<Self, TransportError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for root in extra_roots {
            roots.add(CertificateDer::from(root.as_slice())).map_err(tls)?;
        }
        Ok(Self {
            clock,
            random,
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            roots: Arc::new(roots),
            clients: Mutex::default(),
        })
    }

    async fn attempts(&self, request: &Request) -> Result<Response, TransportError> {
        let deadline = self.clock.now().plus(request.timeout);
        let client = self.client(&request.pins)?;
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            let outcome = attempt(&client, request).await;
            let Some(wanted) = repetition(request, &outcome) else {
                return outcome.map_err(Failure::into_error);
            };
            let wait = self.jitter(pause)?.max(wanted);
            if self.clock.now().plus(wait) >= deadline {
                return outcome.map_err(Failure::into_error);
            }
            self.clock.sleep(wait).await;
            pause = pause.saturating_mul(2);
        }
        attempt(&client, request).await.map_err(Failure::into_error)
    }

    /// Between half of `pause` and all of it, so that phones that lost their server together do not return together.
    fn jitter(&self, pause: Duration) -> Result<Duration, TransportError> {
        let [byte] =
            make_bytes(self.random.as_ref()).map_err(|error| TransportError::Other(error.to_string()))?;
        Ok((pause + pause * u32::from(byte) / 255) / 2)
    }

    /// The client whose connections have been held against the pins that are in date now.
    fn client(&self, pins: &[crate::ports::Pin]) -> Result<reqwest::Client, TransportError> {
        let keys = PinnedKeys::in_date(pins, self.clock.now());
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&keys) {
            return Ok(client.clone());
        }
        if clients.len() >= CLIENTS {
            // rare, and the cost is a handshake
            clients.clear();
        }
        let client = self.make_client(keys.clone())?;
        clients.insert(keys, client.clone());
        Ok(client)
    }

    fn make_client(&self, keys: PinnedKeys) -> Result<reqwest::Client, TransportError> {
        let verifier =
            PinningVerifier::new(Arc::clone(&self.roots), Arc::clone(&self.provider), keys).map_err(tls)?;
        let mut config = ClientConfig::builder_with_details(
            Arc::clone(&self.provider),
            Arc::new(PortClock::new(Arc::clone(&self.clock))),
        )
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(tls)?
        // rustls calls every verifier but its own dangerous; this one adds to rustls' own
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECTING)
            .build()
            .map_err(|error| TransportError::Other(describe(&error)))
    }
}

#[async_trait]
impl Transport for Https {
    async fn send(&self, request: Request) -> Result<Response, TransportError> {
        within(self.clock.as_ref(), request.timeout, self.attempts(&request))
            .await
            .unwrap_or(Err(TransportError::TimedOut))
    }
}

/// How long to wait at least before the next attempt; `None`: this outcome stands.
fn repetition(request: &Request, outcome: &Result<Response, Failure>) -> Option<Duration> {
    if !request.safe_to_repeat {
        return None;
    }
    match outcome {
        Err(Failure::NoAnswer(_)) => Some(Duration::ZERO),
        Ok(response) if matches!(response.status, 502..=504) => {
            // RFC 9110 section 10.2.3 also knows a date; our servers send seconds
            let seconds = response.header(RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
            Some(Duration::from_secs(seconds.unwrap_or(0)))
        }
        Ok(_) | Err(Failure::Final(_)) => None,
    }
}

async fn attempt(client: &reqwest::Client, request: &Request) -> Result<Response, Failure> {
    let url = reqwest::Url::parse(&request.url).map_err(|_| unsendable("not a URL"))?;
    if url.scheme() != "https" {
        return Err(unsendable("not an https URL"));
    }
    let mut builder = client.request(method(request.method), url).headers(headers(request)?);
    if !request.body.is_empty() {
        builder = builder.body(request.body.clone());
    }
    let answer = builder.send().await.map_err(|error| Failure::from_reqwest(&error))?;
    take(answer, request.answer_limit).await
}

/// Reads an answer, and stops reading when it is larger than the limit.
async fn take(mut answer: reqwest::Response, limit: usize) -> Result<Response, Failure> {
    let too_large = || Failure::Final(TransportError::TooLarge);
    let announced = answer.content_length().unwrap_or(0);
    if usize::try_from(announced).map_or(true, |announced| announced > limit) {
        return Err(too_large());
    }
    let status = answer.status().as_u16();
    let headers = answer
        .headers()
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| Failure::from_reqwest(&error))? {
        if chunk.len() > limit.saturating_sub(body.len()) {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Response { status, headers, body })
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

fn headers(request: &Request) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    for (name, value) in &request.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| unsendable("not a header name"))?;
        let mut value = HeaderValue::from_str(value).map_err(|_| unsendable("not a header value"))?;
        // a session or a proof may stand in any of them
        value.set_sensitive(true);
        headers.append(name, value);
    }
    Ok(headers)
}

fn unsendable(what: &str) -> Failure {
    Failure::Final(TransportError::Other(what.to_owned()))
}

fn tls(error: impl std::error::Error) -> TransportError {
    TransportError::Tls(error.to_string())
}

#[cfg(test)]
mod tests;
