//! `vectors --write` makes the files under `docs/vectors/` anew; `vectors --check` names those that differ and ends with
//! exit code 1.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command that says what it found")]

use std::process::ExitCode;

use inkan_tests::vectors::{differences, folder, write};

fn main() -> ExitCode {
    let folder = folder();
    let said = std::env::args().nth(1);
    let outcome = match said.as_deref() {
        Some("--write") => write(&folder).map(|()| ExitCode::SUCCESS),
        Some("--check") => differences(&folder).map(|names| {
            for name in &names {
                eprintln!("docs/vectors/{name} is not as `vectors --write` would make it");
            }
            if names.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }),
        _ => {
            println!("usage: vectors --write | --check");
            return ExitCode::from(2);
        }
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("vectors: {error}");
        ExitCode::FAILURE
    })
}
