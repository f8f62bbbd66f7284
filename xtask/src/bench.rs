//! Benchmarks. In Rust they are programs of the package `inkan-tests`, built with optimisation.

use clap::{Subcommand, ValueEnum};

use crate::{
    phones::{PhoneError, speed},
    process::{Workspace, stream},
};

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum Benchmark {
    /// create → fetch → answer → verdict over loopback, beside the measured floor
    Cycle {
        /// Handed on to the benchmark; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// push → lines, tap → answer, opening with a long history: the phone's part alone, beside the measured floor; and the
    /// size of the library
    Phone {
        /// Which of these; without a word all that this machine has the programs for
        parts: Vec<Part>,
        /// How many decisions; at 1, 100 and 1000 the store is opened anew
        #[arg(long, default_value_t = 1_000)]
        decisions: u32,
    },
    /// `POST /v1/challenges` while a push provider hangs, beside the same without pushes; fails where p99 is more than
    /// `--factor` times as long
    Outage {
        /// Handed on to the benchmark: `--seconds 60 --factor 2`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// pages that watch challenges: memory each, time from a decision to the last of them
    Watch {
        /// Handed on to the benchmark: `--watchers 10000`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

/// Where the phone's part is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The core by itself
    Rust,
    /// The façade for Kotlin over the library that ships (JDK, Maven)
    Jvm,
    /// The library that ships, stripped, of this machine
    Size,
    /// The static libraries of Android and iOS as they ship, built without NDK and Xcode (a Debian root)
    Archives,
}

pub(crate) fn run(workspace: &Workspace, benchmark: &Benchmark) -> Result<(), PhoneError> {
    match benchmark {
        Benchmark::Cycle { arguments } => program(workspace, "bench-cycle", arguments),
        Benchmark::Outage { arguments } => program(workspace, "bench-outage", arguments),
        Benchmark::Watch { arguments } => watch(workspace, arguments),
        Benchmark::Phone { parts, decisions } => phone(workspace, parts, &decisions.to_string()),
    }
}

fn phone(workspace: &Workspace, parts: &[Part], decisions: &str) -> Result<(), PhoneError> {
    let wanted = |part| parts.is_empty() || parts.contains(&part);
    if wanted(Part::Rust) {
        program(workspace, "bench-phone", &["--decisions".to_owned(), decisions.to_owned()])?;
    }
    if wanted(Part::Size) {
        speed::size(workspace)?;
    }
    if wanted(Part::Archives) {
        speed::archives(workspace, parts.contains(&Part::Archives))?;
    }
    if wanted(Part::Jvm) {
        speed::jvm(workspace, decisions, parts.contains(&Part::Jvm))?;
    }
    Ok(())
}

/// Each watcher is an open file on both sides: with as many as the system allows, and a server that lets one address have
/// them all.
fn watch(workspace: &Workspace, arguments: &[String]) -> Result<(), PhoneError> {
    stream(&mut workspace.cargo(["build", "--release", "--locked", "--bin", "bench-watch"]))?;
    let mut raised = workspace.program("sh");
    raised.args(["-c", r#"ulimit -n "$(ulimit -H -n)" && exec "$@""#, "sh"]);
    raised.arg(workspace.target.join("release").join("bench-watch")).args(arguments);
    Ok(stream(raised.env("INKAN_RATE_LIMITS_WATCHERS_PER_ADDRESS", "100000"))?)
}

fn program(workspace: &Workspace, name: &str, arguments: &[String]) -> Result<(), PhoneError> {
    Ok(stream(workspace.cargo(["run", "--release", "--locked", "--bin", name, "--"]).args(arguments))?)
}
