//! `inkan identity`.

use clap::Args;
use inkan_server::keys::ServerKeys;

use super::keys::folder;
use super::{ConfigArgs, Failure};

/// What `identity` is told.
#[derive(Args)]
pub(super) struct Identity {
    #[command(flatten)]
    config: ConfigArgs,
    /// That of test mode
    #[arg(long)]
    test: bool,
}

impl Identity {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let config = self.config.load()?;
        let keys =
            ServerKeys::open(folder(&config, self.test), &config.server_name).map_err(Failure::input)?;
        println!("{}", keys.identity());
        Ok(())
    }
}
