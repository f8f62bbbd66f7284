//! The running server: listeners, signals, what is looked after now and then, and an orderly end.
//!
//! ```text
//! bind ─▶ ready ─▶ ─┬─ SIGHUP, or every minute ─▶ certificate and keys read again
//!                   ├─ every hour ─▶ warnings, the log's head for publishing
//!                   └─ SIGTERM, SIGINT ─▶ accept nothing more ─▶ long polls end ─▶ at most 10 s
//!                                      ─▶ couriers end their tries ─▶ store closed
//! ```

use std::io::Write as _;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::RustlsAcceptor;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinError;

use crate::app::Shared;
use crate::audit::{self, AuditError};
use crate::config::Config;
use crate::metrics::Metrics;
use crate::outbound::OutboundError;
use crate::tls::{Certificate, TlsError};
use crate::{couriers, expiry, routes};

/// For a TLS handshake, for a request's header, and for a connection's first request.
const PATIENCE: Duration = Duration::from_secs(10);
/// For requests that are still running when the server is told to end.
const FAREWELL: Duration = Duration::from_secs(10);
/// How often files are read again.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// How many looks lie between two warnings, and between two published heads.
const HOURLY: u32 = 60;
/// Streams that one HTTP/2 connection may have open.
const STREAMS: u32 = 256;

/// Why the server ended, or never began.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; is another server running there? Change {field}, or stop it"
    )]
    Bind {
        /// The address.
        address: SocketAddr,
        /// The field that names it.
        field: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// The certificate.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A listener failed.
    #[error("the listener failed: {0}")]
    Listener(#[from] std::io::Error),
    /// A listener's task was lost.
    #[error("the listener ended unexpectedly")]
    Lost,
    /// Nobody can be called.
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// Serves until a signal ends it. `ready` is called once, when connections are taken.
pub async fn run(app: Shared, config: &Config, ready: impl FnOnce()) -> Result<(), ServeError> {
    let mut certificate = Certificate::open(&config.tls)?;
    app.note_certificate(certificate.validity());
    let mut signals = Signals::listen()?;
    let metrics = Metrics::new(app.clone());
    let handle = Handle::new();
    let metrics_handle = Handle::new();
    let mut metrics_listener = match config.metrics_listen {
        Some(address) => {
            let server =
                axum_server::from_tcp(bind(address, "metrics_listen")?)?.handle(metrics_handle.clone());
            Some(tokio::spawn(server.serve(metrics.router().into_make_service())))
        }
        None => None,
    };

    let mut server = axum_server::from_tcp(bind(config.listen, "listen")?)?
        .acceptor(RustlsAcceptor::new(certificate.config()).handshake_timeout(PATIENCE))
        .handle(handle.clone())
        .first_request_timeout(PATIENCE);
    server.http_builder().http1().header_read_timeout(PATIENCE);
    server.http_builder().http2().max_concurrent_streams(STREAMS).keep_alive_interval(LOOK_EVERY);
    let router = metrics.measure(routes::router(&app));
    if let Err(refused) = expiry::forget_running(&app).await {
        tracing::error!(code = refused.code, "what ran before the start could not be forgotten");
    }
    let mut couriers = couriers::start(&app)?;
    let mut listener = tokio::spawn(server.serve(router.into_make_service_with_connect_info::<SocketAddr>()));

    if handle.listening().await.is_some() {
        tracing::info!(listen = %config.listen, server_name = %config.server_name, "ready");
        ready();
    }
    let expiry = tokio::spawn(expiry::run(app.clone()));
    let mut care = Care { published: 0, looks: 0 };
    care.look(&app, config, &mut certificate).await;
    let outcome = loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Told::End => break Ok(()),
                Told::Reload => care.look(&app, config, &mut certificate).await,
            },
            () = app.clock.sleep(LOOK_EVERY) => care.look(&app, config, &mut certificate).await,
            ended = &mut listener => break settle(ended),
        }
    };

    tracing::info!("ending");
    // first: whatever is answered from here on says that its connection closes
    app.drain();
    handle.graceful_shutdown(Some(FAREWELL));
    metrics_handle.graceful_shutdown(Some(FAREWELL));
    let outcome = if listener.is_finished() { outcome } else { outcome.and(settle(listener.await)) };
    if let Some(metrics_listener) = metrics_listener.take() {
        // its failure loses nothing any more
        drop(metrics_listener.await);
    }
    // it ends with the drain; were it lost, what is overdue would still read as expired
    drop(expiry.await);
    // so do these; a try that is lost is made again
    while couriers.join_next().await.is_some() {}
    app.storage.close().await;
    tracing::info!("ended");
    outcome
}

fn bind(address: SocketAddr, field: &'static str) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).map_err(|source| ServeError::Bind { address, field, source })
}

fn settle(ended: Result<std::io::Result<()>, JoinError>) -> Result<(), ServeError> {
    ended.map_err(|_| ServeError::Lost)?.map_err(ServeError::Listener)
}

/// What the system tells the server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

enum Told {
    End,
    Reload,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            hang_up: signal(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Told {
        tokio::select! {
            _ = self.terminate.recv() => Told::End,
            _ = self.interrupt.recv() => Told::End,
            _ = self.hang_up.recv() => Told::Reload,
        }
    }
}

/// What is looked after while the server runs. Nothing of it may end the server: what fails is logged and tried again.
struct Care {
    looks: u32,
    published: u64,
}

impl Care {
    async fn look(&mut self, app: &Shared, config: &Config, certificate: &mut Certificate) {
        match certificate.reload() {
            Ok(true) => {
                app.note_certificate(certificate.validity());
                tracing::info!("the certificate has changed and is in use");
            }
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the certificate cannot be read again; the old one stays"),
        }
        for (mode, keys) in [("live", &app.live_keys), ("test", &app.test_keys)] {
            let before = keys.newest_set().0;
            if let Err(error) = keys.reload() {
                tracing::error!(mode, %error, "the keys cannot be read again; those in use stay");
            }
            let version = keys.newest_set().0;
            if version != before {
                tracing::info!(mode, version, "a new key set is in use");
            }
        }
        if self.looks.is_multiple_of(HOURLY) {
            self.look_hourly(app, config).await;
        }
        self.looks = self.looks.wrapping_add(1);
    }

    async fn look_hourly(&mut self, app: &Shared, config: &Config) {
        for weakness in config.weaknesses() {
            if self.looks == 0 {
                tracing::warn!(weakness, "the configuration is weaker than it could be");
            }
        }
        for (mode, keys) in [("live", &app.live_keys), ("test", &app.test_keys)] {
            if let Some(warning) = keys.warning(app.clock.now()) {
                tracing::warn!(mode, warning, "the signing keys need a look");
            }
        }
        if let Some(warning) = app.certificate().and_then(|validity| validity.warning(app.clock.now())) {
            tracing::warn!(warning, "the certificate needs a look");
        }
        if let Some(file) = &config.audit.publish_heads_to
            && let Err(error) = self.publish(app, file).await
        {
            tracing::error!(%error, "the log's head cannot be published");
        }
    }

    /// Appends the log's head to a file, if rows have come since.
    async fn publish(&mut self, app: &Shared, file: &Path) -> Result<(), AuditError> {
        let Some(head) = audit::head(&app.storage).await? else { return Ok(()) };
        if head.row > self.published {
            let mut line = audit::sign_head(&app.live_keys, app.clock.now(), &head)?;
            line.push('\n');
            let mut file = std::fs::OpenOptions::new().append(true).create(true).mode(0o644).open(file)?;
            file.write_all(line.as_bytes())?;
            file.sync_all()?;
            self.published = head.row;
        }
        Ok(())
    }
}
