//! How this server calls others: HTTPS by reqwest and rustls (ring), no redirect followed, no proxy of the environment.
//!
//! - [`Outbound::to_configured`]: parties that the operator named (push providers, an identity server), wherever they are.
//! - [`Outbound::to_registered`]: addresses that came over the API (webhooks). The address that is connected to is
//!   checked, each time, after the name was resolved: a name that leads elsewhere the second time gains nothing.

use std::error::Error;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use crate::policy::reach::may_reach;

/// For name, connection and handshake.
const CONNECTING: Duration = Duration::from_secs(5);
/// For a whole exchange, where a caller states nothing shorter.
const WHOLE: Duration = Duration::from_secs(15);
/// A connection that is silent for so long is asked whether it still stands.
const ASK_AFTER: Duration = Duration::from_secs(30);
/// And has to say so within this: below the time of a try, so that one that was cut silently costs one try.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const USER_AGENT: &str = concat!("inkan/", env!("CARGO_PKG_VERSION"));

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// A root certificate of the operator's.
    #[error("a root certificate cannot be used: {0}")]
    Root(rustls::Error),
    /// TLS or the client itself.
    #[error("no client can be made: {0}")]
    Client(String),
}

/// Why an address that came over the API is not called.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreachable {
    /// Not an `https` address with a host, or one with a user in it.
    #[error("not an https URL of a host, without user and fragment")]
    Form,
    /// Loopback, link-local, private, or otherwise not the public internet.
    #[error("{0} is not a public address, and the operator does not allow its network")]
    Forbidden(IpAddr),
}

/// What a name leads to.
#[async_trait]
pub trait Names: Send + Sync {
    /// Its addresses.
    async fn addresses(&self, host: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, host: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((host, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Makes clients.
#[derive(Clone)]
pub struct Outbound {
    roots: Arc<RootCertStore>,
    allowed: Arc<[IpNet]>,
    names: Arc<dyn Names>,
}

impl Outbound {
    /// Trusts the public roots and, beside them, `extra_roots`; calls registered addresses that are public or lie in one
    /// of the networks `allowed`.
    pub fn new(
        extra_roots: &[CertificateDer<'_>],
        allowed: Vec<IpNet>,
        names: Arc<dyn Names>,
    ) -> Result<Self, OutboundError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        for root in extra_roots {
            roots.add(root.clone().into_owned()).map_err(OutboundError::Root)?;
        }
        Ok(Self { roots: Arc::new(roots), allowed: allowed.into(), names })
    }

    /// A client for parties that the operator named.
    pub fn to_configured(&self) -> Result<reqwest::Client, OutboundError> {
        finish(self.builder()?)
    }

    /// A client for addresses that came over the API. Each of them has to pass [`Outbound::check_registered`] first: an
    /// address that is written out in a URL meets no resolver.
    pub fn to_registered(&self) -> Result<reqwest::Client, OutboundError> {
        let guard = Guard { allowed: Arc::clone(&self.allowed), names: Arc::clone(&self.names) };
        finish(self.builder()?.https_only(true).dns_resolver(Arc::new(guard)))
    }

    /// What can be known of a registered address without asking for its name.
    pub fn check_registered(&self, url: &Url) -> Result<(), Unreachable> {
        let plain = url.scheme() == "https"
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none();
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) if plain => return Ok(()),
            _ => return Err(Unreachable::Form),
        };
        if !plain {
            Err(Unreachable::Form)
        } else if may_reach(address, &self.allowed) {
            Ok(())
        } else {
            Err(Unreachable::Forbidden(address))
        }
    }

    fn builder(&self) -> Result<reqwest::ClientBuilder, OutboundError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|error| OutboundError::Client(error.to_string()))?
            .with_root_certificates(Arc::clone(&self.roots))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(reqwest::Client::builder()
            .tls_backend_preconfigured(config)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECTING)
            .timeout(WHOLE)
            .http2_keep_alive_interval(ASK_AFTER)
            .http2_keep_alive_timeout(ANSWER_WITHIN))
    }
}

fn finish(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, OutboundError> {
    builder.build().map_err(|error| OutboundError::Client(describe(error)))
}

/// An error with its causes, without the address: it may hold a token.
pub fn describe(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        // a String takes everything
        let _ = write!(text, ": {error}");
        cause = error.source();
    }
    text
}

/// Whether an error says that the address was refused by the guard, and which one.
pub fn forbidden(error: &reqwest::Error) -> Option<Unreachable> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Unreachable>() {
            return Some(refused.clone());
        }
        cause = error.source();
    }
    None
}

/// Resolves names, and hands on only addresses that may be reached. Those are what the connection is made to.
struct Guard {
    allowed: Arc<[IpNet]>,
    names: Arc<dyn Names>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (allowed, names) = (Arc::clone(&self.allowed), Arc::clone(&self.names));
        Box::pin(async move {
            let mut addresses = names.addresses(name.as_str()).await?;
            let first = addresses.first().copied();
            addresses.retain(|address| may_reach(*address, &allowed));
            if let (true, Some(address)) = (addresses.is_empty(), first) {
                return Err(Unreachable::Forbidden(address).into());
            }
            let found: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(found)
        })
    }
}

#[cfg(test)]
mod tests;
