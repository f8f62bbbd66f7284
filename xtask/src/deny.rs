//! `cargo deny` in one pinned version, installed beside the build when the machine lacks it. What it checks stands in
//! deny.toml.

use std::path::PathBuf;

use crate::process::{ProcessError, Workspace, stream};

/// The one version whose rules deny.toml is written for.
const VERSION: &str = "0.20.2";

/// What a person would type for the same.
pub(crate) const AS_TYPED: &str = "cargo deny --locked check licenses bans sources";

/// Checks licences, bans and sources of everything in Cargo.lock.
pub(crate) fn check(workspace: &Workspace) -> Result<(), ProcessError> {
    let deny = installed(workspace)?;
    stream(workspace.program(deny).args(["--locked", "check", "licenses", "bans", "sources"]))
}

/// The pinned program: on the PATH, or in the target folder, where it is built once.
fn installed(workspace: &Workspace) -> Result<PathBuf, ProcessError> {
    let own = workspace.target.join("tools");
    let program = own.join("bin").join("cargo-deny");
    for candidate in [PathBuf::from("cargo-deny"), program.clone()] {
        if is_pinned_version(workspace, &candidate) {
            return Ok(candidate);
        }
    }
    println!("installing cargo-deny {VERSION} into {} (some minutes, once)", own.display());
    stream(
        workspace
            .cargo(["install", "cargo-deny", "--version", VERSION, "--locked", "--root"])
            .arg(&own)
            .env_remove("RUSTFLAGS"),
    )?;
    Ok(program)
}

fn is_pinned_version(workspace: &Workspace, candidate: &PathBuf) -> bool {
    workspace.program(candidate).arg("--version").output().is_ok_and(|output| {
        output.status.success() && names_pinned_version(&String::from_utf8_lossy(&output.stdout))
    })
}

fn names_pinned_version(said: &str) -> bool {
    said.split_whitespace().last() == Some(VERSION)
}

#[cfg(test)]
mod tests {
    use super::names_pinned_version;

    #[test]
    fn only_the_pinned_version_is_used() {
        assert!(names_pinned_version("cargo-deny 0.20.2\n"));
        assert!(!names_pinned_version("cargo-deny 0.20.1\n"));
        assert!(!names_pinned_version("cargo-deny 0.20.22\n"));
        assert!(!names_pinned_version(""));
    }
}
