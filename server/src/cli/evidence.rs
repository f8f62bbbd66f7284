//! `inkan evidence verify`: offline, and in plain sentences.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use inkan_protocol::answer::Decision;
use inkan_protocol::evidence::{self, Evidence, EvidenceReport, PublishedHead};
use inkan_protocol::ids::Thumbprint;
use serde::de::DeserializeOwned;

use super::keys::parse_thumbprint;
use super::{Failure, at};

#[derive(Subcommand)]
pub(super) enum EvidenceCommand {
    /// Checks a bundle against a named identity; exit code 1 if it proves nothing
    Verify(Verify),
}

/// What is checked, and against what.
#[derive(Args)]
pub(super) struct Verify {
    /// The bundle, as `GET /v1/challenges/{id}/evidence` answers it; - reads standard input
    file: PathBuf,
    /// The identity to trust, as `inkan identity` prints it. Take it from a source that you trust
    #[arg(long, value_parser = parse_thumbprint, allow_hyphen_values = true)]
    identity: Thumbprint,
    /// A published head of the log with its rows, from `inkan audit export`; may be repeated
    #[arg(long, value_name = "FILE")]
    head: Vec<PathBuf>,
    /// Prints what was proved as JSON
    #[arg(long)]
    json: bool,
}

impl EvidenceCommand {
    pub(super) fn run(&self) -> Result<(), Failure> {
        let Self::Verify(verify) = self;
        let bundle: Evidence = read(&verify.file, "an evidence bundle")?;
        let heads: Vec<PublishedHead> =
            verify.head.iter().map(|file| read(file, "a published head")).collect::<Result<_, _>>()?;
        let report = evidence::verify(&bundle, verify.identity, &heads)
            .map_err(|error| Failure::Failed(format!("the evidence does not hold: {error}")))?;
        if verify.json {
            println!("{}", serde_json::to_string_pretty(&report).map_err(Failure::failed)?);
        } else {
            print(&report);
        }
        Ok(())
    }
}

fn read<T: DeserializeOwned>(file: &Path, what: &str) -> Result<T, Failure> {
    let text = if file == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| Failure::Input(format!("cannot read {}: {error}", file.display())))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::Input(format!("{} is not {what}: {error}", file.display())))
}

fn print(report: &EvidenceReport) {
    let decided = match report.decision {
        Decision::Approve => "approved",
        Decision::Deny => "denied",
        Decision::Report => "reported",
    };
    println!("The evidence holds.");
    println!("  Identity {} vouches for {}.", report.identity, report.server);
    println!(
        "  {} asked customer {} (account shown as {}) at {}:",
        report.relying_party,
        report.user,
        report.account,
        at(report.created_at)
    );
    for line in &report.lines {
        println!("    {}: {}", line.label, line.value);
    }
    println!("  The customer's phone {decided} exactly these lines at {}.", at(report.decided_at));
    println!(
        "  Device {}, active since {}, signed with key {}.",
        report.device,
        at(report.enrolled_at),
        report.answered_by
    );
    match (report.redeemed_at, &report.reference) {
        (Some(when), Some(reference)) => {
            println!("  The approval was used once, at {}, for reference {reference}.", at(when));
        }
        (Some(when), None) => println!("  The approval was used once, at {}.", at(when)),
        (None, _) => println!("  The bundle holds no verdict: it does not show that an approval was used."),
    }
    println!("  Log row {} with hash {}.", report.log.row, report.log.hash);
    if let Some(when) = report.published_at {
        println!("  It stands under a head of the log published at {}.", at(when));
    }
    for when in &report.reported_at {
        println!("  The customer reported it afterwards, at {}.", at(*when));
    }
    println!("  Not proved by this: that the key was the customer's. That rests on its attestation, on how");
    println!("  the customer was authenticated at enrollment, and on the phone's own copy of the record.");
}
