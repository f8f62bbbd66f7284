//! `inkan`: the server and everything an operator does to it. One file a command in `cli`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command speaks to whoever called it")]

use std::process::ExitCode;

use clap::Parser as _;

mod cli;

fn main() -> ExitCode {
    match cli::Cli::parse().run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("inkan: {failure}");
            failure.exit_code()
        }
    }
}
