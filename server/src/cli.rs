//! The commands, what they share, and how each ends: 0 done, 1 a check or the work failed, 2 the input must change.

use std::fmt;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use inkan_server::config::{Config, ConfigError, Sources};
use inkan_server::start::StartError;

mod audit;
mod certificate;
mod client;
mod config;
mod evidence;
mod identity;
mod init;
mod key;
mod keys;
mod listen;
mod qr;
mod serve;

/// The Inkan server: asks a customer's phone for an approval and gives a verdict that can be proved.
#[derive(Parser)]
#[command(name = "inkan", version, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server. Prints `ready https://…` when it listens; logs go to standard error.
    Serve(ConfigArgs),
    /// Writes a configuration to fill in, or with --demo everything a server on this machine needs.
    Init(init::Init),
    /// Checks or shows the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Prints the identity thumbprint that phones pin and evidence is checked against.
    Identity(identity::Identity),
    /// The server's own keys: identity, signing and sealing keys.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// API keys for the relying party's backends.
    #[command(subcommand)]
    Key(key::Key),
    /// Software that asks by OpenID CIBA.
    #[command(subcommand)]
    Client(client::Client),
    /// The hash-chained log.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Evidence of an approval.
    #[command(subcommand)]
    Evidence(evidence::EvidenceCommand),
    /// Draws a QR code in the terminal, for instance of an enrollment's `uri`. Whoever sees it can enroll.
    Qr(qr::Qr),
    /// Forwards a server's events to an address on this machine, signed as webhooks are. For development.
    Listen(listen::Listen),
    /// Prints the OpenAPI 3.1 document of the API.
    Openapi,
}

/// Where the configuration comes from.
#[derive(Args)]
pub(crate) struct ConfigArgs {
    /// The configuration file
    #[arg(long, env = "INKAN_CONFIG", default_value = "inkan.toml", value_name = "FILE")]
    config: PathBuf,
    /// Sets a field for this run, over file and environment
    #[arg(long = "set", value_name = "FIELD=VALUE", value_parser = parse_setting)]
    settings: Vec<(String, String)>,
}

impl ConfigArgs {
    fn load(&self) -> Result<Config, Failure> {
        let sources = Sources::read(&self.config, self.settings.clone())?;
        Ok(Config::from_sources(&sources)?)
    }
}

fn parse_setting(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .ok_or_else(|| "write it as FIELD=VALUE, for instance redeem_seconds=120".to_owned())
}

impl Cli {
    /// Does what was asked for.
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self.command {
            Command::Serve(args) => serve::run(&args),
            Command::Init(init) => init.run(),
            Command::Config(command) => command.run(),
            Command::Identity(identity) => identity.run(),
            Command::Keys(keys) => keys.run(),
            Command::Key(key) => key.run(),
            Command::Client(client) => client.run(),
            Command::Audit(audit) => audit.run(),
            Command::Evidence(command) => command.run(),
            Command::Qr(qr) => qr.run(),
            Command::Listen(listen) => listen.run(),
            Command::Openapi => {
                print!("{}", inkan_server::routes::openapi().map_err(Failure::failed)?);
                Ok(())
            }
        }
    }
}

/// Why a command did not do it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// What was given must change: exit code 2.
    Input(String),
    /// A check or the work failed: exit code 1.
    Failed(String),
}

impl Failure {
    fn input(error: impl fmt::Display) -> Self {
        Self::Input(error.to_string())
    }

    fn failed(error: impl fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// The process ends with this.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Input(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Input(text) | Self::Failed(text) => formatter.write_str(text),
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::Input(format!("the configuration does not hold:\n{error}"))
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Storage(_) => Self::failed(error),
            _ => Self::input(error),
        }
    }
}

/// A runtime for commands that wait for something.
fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::failed)
}

/// Seconds since 1970 as RFC 3339 in UTC.
fn at(seconds: u64) -> String {
    i64::try_from(seconds)
        .ok()
        .and_then(|seconds| jiff::Timestamp::from_second(seconds).ok())
        .map_or_else(|| seconds.to_string(), |time| time.to_string())
}
