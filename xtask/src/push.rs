//! `cargo xtask push`: Web Push through a real distributor. Prosody with `mod_unified_push`, the push server of UnifiedPush
//! phones that are signed in over XMPP, comes from Debian's packages; what arrives is decrypted by `http_ece` from npm.
//!
//! Prosody is unpacked below the target folder and not installed: an installed one would listen on this machine from
//! then on.

use std::{fs, io, path::PathBuf};

use crate::{
    machine::{self, MachineError, Need},
    process::{ProcessError, Workspace, capture, stream},
};

/// The independent library.
const HTTP_ECE: &str = "http_ece@1.2.1";
const PACKAGES: [&str; 2] = ["prosody", "prosody-modules"];

pub(crate) const NEEDS: &[&Need] = &[&machine::C_COMPILER, &machine::NODE];

/// Why it was not tried, or did not arrive.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PushError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("this machine is not ready: {0}")]
    Machine(#[from] MachineError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("Prosody comes from Debian's packages, and `apt-get` is not here; run this on Debian")]
    NotDebian,
}

/// As a command of its own.
pub(crate) fn command(workspace: &Workspace) -> Result<(), PushError> {
    machine::prepare(workspace, NEEDS)?;
    run(workspace)
}

pub(crate) fn run(workspace: &Workspace) -> Result<(), PushError> {
    let fetched = workspace.target.join("push");
    let note = fetched.join("installed");
    let what = format!("{} {HTTP_ECE}", PACKAGES.join(" "));
    if !fs::read_to_string(&note).is_ok_and(|there| there == what) {
        fetch(workspace, &fetched)?;
        fs::write(&note, what).map_err(|source| PushError::File { path: note, source })?;
    }
    // Named without its package: cargo then takes the features of the whole workspace, as the tests do.
    let mut test = workspace.cargo(["test", "--locked", "--test", "distributor", "--", "--ignored"]);
    Ok(stream(test.env("INKAN_TEST_DISTRIBUTOR", &fetched))?)
}

fn fetch(workspace: &Workspace, folder: &std::path::Path) -> Result<(), PushError> {
    if capture(workspace.program("apt-get").arg("--version")).is_err() {
        return Err(PushError::NotDebian);
    }
    let root = folder.join("root");
    fs::create_dir_all(&root).map_err(|source| PushError::File { path: root.clone(), source })?;
    stream(workspace.program("apt-get").arg("update"))?;
    // what Prosody needs is installed; Prosody itself is not
    let about = capture(workspace.program("apt-cache").args(["show", "--no-all-versions", "prosody"]))?;
    let about = String::from_utf8_lossy(&about).into_owned();
    let depends = about.lines().find_map(|line| line.strip_prefix("Depends: ")).unwrap_or_default();
    let mut satisfy = workspace.program("apt-get");
    satisfy.args(["satisfy", "-y", "--no-install-recommends", depends]);
    stream(satisfy.env("DEBIAN_FRONTEND", "noninteractive"))?;
    for package in PACKAGES {
        let mut download = workspace.program("sh");
        download.args([
            "-c",
            "cd \"$1\" && rm -f \"$2\"_*.deb && apt-get download \"$2\" && dpkg-deb -x \"$2\"_*.deb root",
            "sh",
        ]);
        stream(download.arg(folder).arg(package))?;
    }
    let mut npm = workspace.program("npm");
    npm.args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
    Ok(stream(npm.arg(folder).arg(HTTP_ECE))?)
}
