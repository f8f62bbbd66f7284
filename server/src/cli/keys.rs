//! `inkan keys`: the server's own keys. A running server takes a change over within a minute, or at once on SIGHUP.

use clap::{Args, Subcommand};
use inkan_protocol::ids::Thumbprint;
use inkan_server::clock::{Clock as _, SystemClock};
use inkan_server::config::Config;
use inkan_server::keys::{KeyFolder, KeysError, ServerKeys};
use inkan_server::random::SystemRandom;
use inkan_server::seal::Sealer;
use inkan_server::start;

use super::{ConfigArgs, Failure, at};

#[derive(Subcommand)]
pub(super) enum Keys {
    /// Makes identity, signing and sealing keys of a new server; what is there is left alone
    Make(ConfigArgs),
    /// Lists the signing keys of the newest key set
    List(OfMode),
    /// Adds the next signing key; phones see it 24 hours before it signs
    Rotate(OfMode),
    /// Says that a signing key was stolen or lost; a new one stands in at once if no other is in force
    Revoke(Revoke),
    /// Publishes the pins of `tls.pins` in a new key set for 90 days; with none, takes them back
    Pin(OfMode),
    /// Adds the next sealing key, used from the next start on; older ones still open
    RotateSealing(ConfigArgs),
}

/// Which keys.
#[derive(Args)]
pub(super) struct OfMode {
    #[command(flatten)]
    config: ConfigArgs,
    /// Those of test mode
    #[arg(long)]
    test: bool,
}

impl OfMode {
    fn open(&self) -> Result<ServerKeys, Failure> {
        let config = self.config.load()?;
        ServerKeys::open(folder(&config, self.test), &config.server_name).map_err(Failure::input)
    }
}

/// Which key is revoked.
#[derive(Args)]
pub(super) struct Revoke {
    #[command(flatten)]
    mode: OfMode,
    /// The key's thumbprint, as `inkan keys list` prints it
    #[arg(value_parser = parse_thumbprint, allow_hyphen_values = true)]
    kid: Thumbprint,
}

/// Thumbprints may begin with a dash only after `--`, so the message says what one looks like.
pub(super) fn parse_thumbprint(text: &str) -> Result<Thumbprint, String> {
    text.parse().map_err(|_| "a thumbprint has 43 characters of A-Z a-z 0-9 - _".to_owned())
}

impl Keys {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let now = SystemClock.now();
        match self {
            Self::Make(args) => {
                let config = args.load()?;
                start::make(&config, &SystemClock, &SystemRandom)?;
                println!("The keys are in {}. Back them up now.", config.sealing_folder().display());
            }
            Self::List(mode) => list(&mode.open()?, now),
            Self::Rotate(mode) => {
                let key = mode.open()?.rotate(now).map_err(refused)?;
                println!("{} signs from {} to {}.", key.kid, at(key.not_before), at(key.not_after));
            }
            Self::Revoke(revoke) => {
                let new = revoke.mode.open()?.revoke(revoke.kid, now).map_err(refused)?;
                println!("{} is revoked from {} on.", revoke.kid, at(now));
                if let Some(key) = new {
                    println!("{} signs from now to {}.", key.kid, at(key.not_after));
                }
            }
            Self::Pin(mode) => {
                let pins = mode.config.load()?.tls.pins;
                let keys = mode.open()?;
                keys.pin(&pins, now).map_err(refused)?;
                println!("Key set {} carries {} pins.", keys.newest_set().0, pins.len());
            }
            Self::RotateSealing(args) => {
                let config = args.load()?;
                let number =
                    Sealer::make_key(&config.sealing_folder(), &SystemRandom).map_err(Failure::input)?;
                println!("Sealing key {number} seals from the next start on.");
            }
        }
        Ok(())
    }
}

fn list(keys: &ServerKeys, now: u64) {
    println!("key set {}, identity {}", keys.newest_set().0, keys.identity());
    for listed in keys.listed() {
        let key = &listed.key;
        let state = match listed.revoked_at {
            Some(when) => format!("revoked {}", at(when)),
            None if now < key.not_before => "waits".to_owned(),
            None if now >= key.not_after => "ended".to_owned(),
            None => "in force".to_owned(),
        };
        let held = if listed.held { "" } else { ", its private key is not here" };
        println!("{}  {} to {}  {state}{held}", key.kid, at(key.not_before), at(key.not_after));
    }
    if let Some(warning) = keys.warning(now) {
        println!("{warning}");
    }
}

/// The keys of a mode.
pub(super) fn folder(config: &Config, test: bool) -> KeyFolder {
    if test { KeyFolder::test(&config.data_dir) } else { KeyFolder::live(&config.data_dir) }
}

fn refused(error: KeysError) -> Failure {
    match error {
        KeysError::AlreadyRotated { kid, from } => Failure::Input(format!(
            "the next signing key {kid} is already listed and takes over at {}; there is nothing to do before",
            at(from)
        )),
        KeysError::Unavailable | KeysError::Message(_) => Failure::failed(error),
        other => Failure::input(other),
    }
}
