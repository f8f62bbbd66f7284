//! `inkan-demo-broker`: the demo's broker, and the demo's walk through it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to the person at the terminal"
)]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use axum_server::tls_rustls::RustlsConfig;
use clap::{Parser, Subcommand};
use inkan_demo_broker::Places;
use inkan_demo_broker::api::{Api, client};
use inkan_demo_broker::pages::{Broker, router};
use inkan_demo_broker::session::Sessions;
use inkan_demo_broker::walk::Walk;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// A broker for the demo, plainly invented.
#[derive(Parser)]
#[command(name = "inkan-demo-broker", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the broker's pages
    Serve(Serve),
    /// Enroll, sign in and withdraw through the pages and the virtual phone
    Walk {
        /// Origin of the broker's pages over TLS
        #[arg(long)]
        broker: String,
        /// Origin of the virtual phone
        #[arg(long)]
        phone: String,
        /// Certificates to trust (PEM)
        #[arg(long)]
        trust: PathBuf,
        /// Where to write the evidence
        #[arg(long)]
        evidence: PathBuf,
    },
}

#[derive(clap::Args)]
struct Serve {
    /// Address of the pages that a person opens
    #[arg(long, default_value = "127.0.0.1:9080")]
    listen: SocketAddr,
    /// Address of the same pages over TLS
    #[arg(long, default_value = "127.0.0.1:9443")]
    tls_listen: SocketAddr,
    /// Certificate chain for TLS (PEM)
    #[arg(long)]
    tls_certificate: PathBuf,
    /// Its private key (PEM)
    #[arg(long)]
    tls_key: PathBuf,
    /// Origin of the relying party's API
    #[arg(long)]
    api: String,
    /// Certificates to trust there (PEM)
    #[arg(long)]
    trust: PathBuf,
    /// File with the API key
    #[arg(long)]
    key_file: PathBuf,
    /// Origin of the virtual phone
    #[arg(long)]
    phone: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(serve) => self::serve(serve).await,
        Command::Walk { broker, phone, trust, evidence } => walk(&broker, &phone, &trust, &evidence).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

async fn walk(
    broker: &str,
    phone: &str,
    trust: &std::path::Path,
    evidence: &std::path::Path,
) -> Result<(), Failed> {
    let client = client(trust)?;
    let say = |line: &str| println!("{line}");
    Walk { client, broker, phone, say: &say }.run(evidence).await?;
    Ok(())
}

async fn serve(serve: Serve) -> Result<(), Failed> {
    let key = std::fs::read_to_string(&serve.key_file)
        .map_err(|error| format!("{}: {error}; `inkan key create` makes a key", serve.key_file.display()))?;
    let broker = Broker {
        api: Api::new(&serve.api, &serve.trust, &key)?,
        sessions: Sessions::default(),
        places: Places {
            pages: format!("http://localhost:{}", serve.listen.port()),
            secure_pages: format!("https://localhost:{}", serve.tls_listen.port()),
            phone: serve.phone,
        },
    };
    let chain = CertificateDer::pem_file_iter(&serve.tls_certificate)?.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(&serve.tls_key)?;
    let config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
    let pages = router(broker);
    let listener = tokio::net::TcpListener::bind(serve.listen).await?;
    let secure = std::net::TcpListener::bind(serve.tls_listen)?;
    secure.set_nonblocking(true)?;
    println!("ready http://localhost:{}", serve.listen.port());
    let secure = axum_server::from_tcp_rustls(secure, RustlsConfig::from_config(Arc::new(config)))?
        .serve(pages.clone().into_make_service());
    tokio::select! {
        ended = axum::serve(listener, pages) => ended?,
        ended = secure => ended?,
        ended = tokio::signal::ctrl_c() => ended?,
    }
    Ok(())
}
