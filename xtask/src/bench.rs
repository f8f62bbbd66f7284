//! Benchmarks. They are programs of the package `inkan-tests`, built with optimisation.

use clap::Subcommand;

use crate::process::{ProcessError, Workspace, stream};

/// What can be measured.
#[derive(Subcommand)]
pub(crate) enum Benchmark {
    /// create → fetch → answer → verdict over loopback, beside the measured floor
    Cycle {
        /// Handed on to the benchmark; `--help` lists them
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// push → lines, tap → answer, opening with a long history: the phone's part alone, beside the measured floor
    Phone {
        /// Handed on to the benchmark
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

pub(crate) fn run(workspace: &Workspace, benchmark: &Benchmark) -> Result<(), ProcessError> {
    let (program, arguments) = match benchmark {
        Benchmark::Cycle { arguments } => ("bench-cycle", arguments),
        Benchmark::Phone { arguments } => ("bench-phone", arguments),
    };
    stream(workspace.cargo(["run", "--release", "--locked", "--bin", program, "--"]).args(arguments))
}
