//! `inkan qr`.

use std::io::Read as _;

use clap::Args;
use inkan_server::qr;

use super::Failure;

/// What `qr` is told.
#[derive(Args)]
pub(super) struct Qr {
    /// What the code holds, for instance the `uri` of an enrollment; absent: standard input
    text: Option<String>,
}

impl Qr {
    pub(super) fn run(self) -> Result<(), Failure> {
        let text = if let Some(text) = self.text {
            text
        } else {
            let mut text = String::new();
            // A code holds less than 3 KiB; more is not read.
            std::io::stdin().take(4096).read_to_string(&mut text).map_err(Failure::input)?;
            text
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(Failure::input("there is nothing to draw; give the text, or pipe it in"));
        }
        print!("{}", qr::terminal(text).map_err(Failure::input)?);
        Ok(())
    }
}
