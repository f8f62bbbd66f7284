//! The project's own commands, behind `cargo xtask`: `test` (what CI runs), `walls`, `demo`, `vectors`, `openapi`,
//! `licences`, `push`, `webhooks`, `openid`, `keycloak`, `bench`, and for the phones `kotlin`, `swift`, `android`, `targets`.
//!
//! This program must build where nothing but Rust and a linker is installed, because it is the one that says what is
//! missing. So none of its dependencies compiles C; the wall `xtask` keeps that.
//!
//! Start reading at `suite.rs` (the steps of `test`), `walls.rs` (what may touch what) or `demo.rs`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the programs of this crate talk to the person at the terminal"
)]

mod bench;
mod clock;
mod demo;
mod deny;
mod generated;
mod keycloak;
mod licences;
mod machine;
mod openid;
mod phones;
mod process;
mod push;
mod suite;
mod tree;
mod walls;
mod webhooks;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::process::Workspace;

/// The project's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check everything: what a pipeline runs
    #[command(visible_alias = "ci")]
    Test(suite::Options),
    /// Check what may touch what
    Walls,
    /// Build and start server, demo broker and virtual phone, and walk through one approval
    Demo(demo::Options),
    /// Write the JSON vectors again
    Vectors,
    /// Write docs/openapi.json again
    Openapi,
    /// Write again what the apps say of whose work they carry
    Licences,
    /// Build, test and package the core for Kotlin
    Kotlin,
    /// Test and lint everything about iOS that needs no Mac (Linux, as root)
    Swift,
    /// Build and test the Android app
    Android,
    /// Type-check core and bindings for Android and iOS (Linux, as root)
    Targets,
    /// Push through a real distributor and have another library read what arrives (Debian)
    Push,
    /// Check what webhooks carry by the official verifiers
    Webhooks,
    /// Walk with a real Keycloak (JDK, Maven)
    Keycloak,
    /// Ask by OpenID CIBA with a client that is not ours
    Openid,
    /// Run a benchmark
    #[command(subcommand)]
    Bench(bench::Benchmark),
}

/// What a command ends with.
#[derive(Debug, thiserror::Error)]
enum XtaskError {
    #[error(transparent)]
    Process(#[from] process::ProcessError),
    #[error(transparent)]
    Walls(#[from] walls::WallsError),
    #[error(transparent)]
    Demo(#[from] demo::DemoError),
    #[error(transparent)]
    Generated(#[from] generated::GeneratedError),
    #[error(transparent)]
    Licences(#[from] licences::LicencesError),
    #[error(transparent)]
    Phone(#[from] phones::PhoneError),
    #[error(transparent)]
    Webhooks(#[from] webhooks::WebhooksError),
    #[error(transparent)]
    Openid(#[from] openid::OpenidError),
    #[error(transparent)]
    Push(#[from] push::PushError),
    #[error(transparent)]
    Suite(#[from] suite::SuiteError),
}

impl XtaskError {
    /// 2: the person at the terminal can put it right before trying again; 1: something failed.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Demo(error) if error.is_about_the_machine() => ExitCode::from(2),
            _ => ExitCode::FAILURE,
        }
    }
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\n{error}");
            error.exit_code()
        }
    }
}

fn run(command: Command) -> Result<(), XtaskError> {
    let workspace = Workspace::locate()?;
    match command {
        Command::Test(options) => suite::run(&workspace, &options)?,
        Command::Walls => walls::run(&workspace)?,
        Command::Demo(options) => demo::run(&workspace, &options)?,
        Command::Vectors => generated::write_vectors(&workspace)?,
        Command::Openapi => generated::write_openapi(&workspace)?,
        Command::Licences => licences::write(&workspace)?,
        Command::Kotlin => phones::KOTLIN.command(&workspace)?,
        Command::Swift => phones::SWIFT.command(&workspace)?,
        Command::Android => phones::ANDROID.command(&workspace)?,
        Command::Targets => phones::TARGETS.command(&workspace)?,
        Command::Keycloak => keycloak::command(&workspace)?,
        Command::Push => push::command(&workspace)?,
        Command::Webhooks => webhooks::command(&workspace)?,
        Command::Openid => openid::command(&workspace)?,
        Command::Bench(benchmark) => bench::run(&workspace, &benchmark)?,
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
