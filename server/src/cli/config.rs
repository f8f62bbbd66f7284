//! `inkan config check` and `inkan config print`.

use clap::Subcommand;
use inkan_protocol::challenge::Tier;
use inkan_server::config::Config;
use inkan_server::policy::authentication::Profile;
use inkan_server::private_file;
use inkan_server::tls::Certificate;

use super::{ConfigArgs, Failure};

#[derive(Subcommand)]
pub(super) enum ConfigCommand {
    /// Says what is wrong (exit code 2) and what is weak
    Check(ConfigArgs),
    /// Prints the values in force, from all sources
    Print(ConfigArgs),
}

impl ConfigCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        match self {
            Self::Check(args) => check(&args.load()?),
            Self::Print(args) => {
                print!("{}", args.load()?.to_toml().map_err(Failure::failed)?);
                Ok(())
            }
        }
    }
}

fn check(config: &Config) -> Result<(), Failure> {
    Certificate::open(&config.tls).map_err(|error| Failure::Input(format!("tls: {error}")))?;
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
    let weaknesses = config.weaknesses();
    if !weaknesses.is_empty() {
        println!("Weak:");
        for weakness in weaknesses {
            println!("  {weakness}");
        }
    }
    Ok(())
}
