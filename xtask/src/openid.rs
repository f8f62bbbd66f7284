//! `cargo xtask openid`: `openid-client`, as somebody else's software, against a real server with the virtual phone in
//! the customer's hand. The walks are `tests/openid/check.mjs`, over the snippets of the guide (`docs/ciba`); this
//! installs what they need, below the target folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    machine::{self, MachineError, Need},
    process::{ProcessError, Workspace, stream, stream_tied},
};

/// The version that is held against.
const CLIENT: &str = "openid-client@6.8.9";
/// What lies beside `node_modules`, where Node looks for it.
const SCRIPTS: &[&str] =
    &["tests/openid/check.mjs", "docs/ciba/configure.mjs", "docs/ciba/poll.mjs", "docs/ciba/ping.mjs"];

pub(crate) const NEEDS: &[&Need] = &[&machine::C_COMPILER, &machine::NODE];

/// Why a walk was not made, or did not come out as it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OpenidError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("this machine is not ready: {0}")]
    Machine(#[from] MachineError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
}

/// As a command of its own.
pub(crate) fn command(workspace: &Workspace) -> Result<(), OpenidError> {
    machine::prepare(workspace, NEEDS)?;
    run(workspace)
}

pub(crate) fn run(workspace: &Workspace) -> Result<(), OpenidError> {
    // Named without their packages: cargo then takes the features of the whole workspace, as the tests do.
    stream(&mut workspace.cargo(["build", "--locked", "--bin", "inkan", "--bin", "inkan-phone"]))?;
    let below = workspace.target.join("openid");
    let (modules, work) = (below.join("javascript"), below.join("work"));
    install(workspace, &modules)?;
    for script in SCRIPTS {
        let from = workspace.root.join(script);
        let name = from.file_name().unwrap_or_default();
        fs::copy(&from, modules.join(name)).map_err(failed_at(&from))?;
    }
    match fs::remove_dir_all(&work) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            return Err(OpenidError::File { path: work, source });
        }
        _ => fs::create_dir_all(&work).map_err(failed_at(&work))?,
    }
    let debug = workspace.target.join("debug");
    let mut check = workspace.program("node");
    check.arg(modules.join("check.mjs")).arg(debug.join("inkan")).arg(debug.join("inkan-phone"));
    Ok(stream_tied(check.arg(&work).arg(workspace.root.join("docs/ciba.md")))?)
}

/// Installs unless the same is there.
fn install(workspace: &Workspace, modules: &Path) -> Result<(), OpenidError> {
    let note = modules.join("installed");
    if fs::read_to_string(&note).is_ok_and(|there| there == CLIENT) {
        return Ok(());
    }
    fs::create_dir_all(modules).map_err(failed_at(modules))?;
    println!("installing {CLIENT} into {}", modules.display());
    let mut npm = workspace.program("npm");
    npm.args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
    stream(npm.arg(modules).arg(CLIENT))?;
    fs::write(&note, CLIENT).map_err(failed_at(&note))
}

fn failed_at(path: &Path) -> impl FnOnce(io::Error) -> OpenidError {
    move |source| OpenidError::File { path: path.to_owned(), source }
}
