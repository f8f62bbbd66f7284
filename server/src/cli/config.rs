//! `inkan config check` and `inkan config print`.

use std::path::Path;
use std::sync::Arc;

use clap::{Args, Subcommand};
use inkan_protocol::challenge::Tier;
use inkan_server::clock::{Clock, SystemClock};
use inkan_server::config::Config;
use inkan_server::keys::{KeyFolder, ServerKeys};
use inkan_server::policy::authentication::Profile;
use inkan_server::push::web_push::VapidKey;
use inkan_server::push::{PROVIDERS, configured};
use inkan_server::random::{Random, SystemRandom};
use inkan_server::tls::{Certificate, Standing};
use inkan_server::{private_file, start};

use super::{ConfigArgs, Failure, runtime};

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Says what is wrong (exit code 2) and what is weak
    Check(Check),
    /// Prints the values in force, from all sources
    Print(ConfigArgs),
}

/// What is checked.
#[derive(Args)]
pub(super) struct Check {
    #[command(flatten)]
    config: ConfigArgs,
    /// Ask no push provider whether it takes what is configured
    #[arg(long)]
    offline: bool,
}

impl ConfigCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Check(args) => {
                let config = args.config.load()?;
                check(&config)?;
                check_keys(&config);
                check_pushes(&config, args.offline)
            }
            Self::Print(args) => {
                print!("{}", args.load()?.to_toml().map_err(Failure::failed)?);
                Ok(())
            }
        }
    }
}

fn check(config: &Config) -> Result<(), Failure> {
    let certificate =
        Certificate::open(&config.tls).map_err(|error| Failure::Input(format!("tls: {error}")))?;
    let now = SystemClock.now();
    let warning = certificate.validity().and_then(|validity| validity.warning(now));
    if certificate.validity().is_some_and(|validity| validity.standing(now) == Standing::Ended) {
        return Err(Failure::Input(warning.unwrap_or_default()));
    }
    if let Some(pinned) = config.audit.publish_heads_to.as_ref().and_then(|file| file.parent())
        && !pinned.as_os_str().is_empty()
        && !pinned.is_dir()
    {
        return Err(Failure::Input(format!(
            "audit.publish_heads_to: there is no folder {}; make it first",
            pinned.display()
        )));
    }
    println!("The configuration holds.");
    println!("  {} on {} for {}", config.server_name, config.listen, config.relying_party.name);
    let demanding: Vec<&str> = config
        .tier_floors
        .iter()
        .filter(|(_, floor)| **floor == Tier::Returned)
        .map(|(operation, _)| operation.as_str())
        .collect();
    let resisting = if demanding.is_empty() { "no operation".to_owned() } else { demanding.join(", ") };
    let profile = match config.profile {
        Profile::Dev => "dev",
        Profile::Standard => "standard",
        Profile::Jsda2025 => "jsda-2025",
    };
    println!("  Profile {profile}: a tier that resists a relay is demanded at {resisting}.");
    if private_file::numbers(&config.sealing_folder(), "sealing-", ".key").is_ok_and(|keys| keys.is_empty()) {
        println!("  There are no keys yet in {}; run `inkan keys make`.", config.data_dir.display());
    }
    match (certificate.validity(), warning) {
        (_, Some(warning)) => println!("  {warning}"),
        (None, _) => println!("  tls.certificate: until when it can be used cannot be read."),
        (Some(_), None) => {}
    }
    let weaknesses = config.weaknesses();
    if !weaknesses.is_empty() {
        println!("Weak:");
        for weakness in weaknesses {
            println!("  {weakness}");
        }
    }
    Ok(())
}

/// Signing keys that end soon. A server that has none yet is not warned.
fn check_keys(config: &Config) {
    for (mode, folder) in
        [("live", KeyFolder::live(&config.data_dir)), ("test", KeyFolder::test(&config.data_dir))]
    {
        if Path::new(folder.path()).is_dir() {
            match ServerKeys::open(folder, &config.server_name) {
                Ok(keys) => {
                    if let Some(warning) = keys.warning(SystemClock.now()) {
                        println!("  Keys of {mode} mode: {warning}");
                    }
                }
                Err(error) => println!("  Keys of {mode} mode: {error}"),
            }
        }
    }
}

/// Who rings phones: the files (exit code 2), then the providers themselves (exit code 1). Everything is said, not only
/// the first. Nothing of it keeps a server from starting.
fn check_pushes(config: &Config, offline: bool) -> Result<(), Failure> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let random: Arc<dyn Random> = Arc::new(SystemRandom);
    let outbound = start::make_outbound(config)?;
    let mut pushes = configured::open(config, &outbound, &clock, &random);
    if config.push.web.is_some() {
        match VapidKey::open(&config.sealing_folder()) {
            Ok(key) => println!("  Push webpush: the public key for apps is {}", key.public()),
            Err(error) if error.is_missing() => {
                println!("  Push webpush: its key is made by `inkan keys make`, or at the first start.");
                pushes.unusable.retain(|one| !one.why.starts_with("push.web:"));
            }
            Err(_) => {}
        }
    }
    let files: Vec<&str> = pushes.unusable.iter().map(|one| one.why.as_str()).collect();
    let mut refused = Vec::new();
    for (provider, name) in PROVIDERS {
        let Some(port) = pushes.of(provider).filter(|_| !offline) else { continue };
        match runtime()?.block_on(port.check()) {
            Ok(()) => println!("  Push {name}: usable."),
            Err(why) => refused.push(format!("{name}: {why}")),
        }
    }
    if !files.is_empty() {
        let all: Vec<String> = files.iter().map(|why| (*why).to_owned()).chain(refused).collect();
        return Err(Failure::Input(all.join("\n")));
    }
    if refused.is_empty() { Ok(()) } else { Err(Failure::Failed(refused.join("\n"))) }
}
