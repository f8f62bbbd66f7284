//! `cargo xtask webhooks`: what the server sends, held against the official verifiers for JavaScript and Python, and against
//! the guide's snippets for Java and PHP, which use none. The check itself is `tests/webhooks/check.py`; this installs what it needs, below the target folder.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    machine::{self, MachineError, Need},
    process::{ProcessError, Workspace, stream},
};

/// The versions that are held against.
const JAVASCRIPT: &str = "standardwebhooks@1.1.1";
const PYTHON: &str = "standardwebhooks==1.1.0";

pub(crate) const NEEDS: &[&Need] =
    &[&machine::C_COMPILER, &machine::NODE, &machine::PYTHON_VENV, &machine::JDK, &machine::PHP];

/// Why webhooks were not checked, or do not hold.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WebhooksError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("this machine is not ready: {0}")]
    Machine(#[from] MachineError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
}

/// As a command of its own.
pub(crate) fn command(workspace: &Workspace) -> Result<(), WebhooksError> {
    machine::prepare(workspace, NEEDS)?;
    run(workspace)
}

pub(crate) fn run(workspace: &Workspace) -> Result<(), WebhooksError> {
    // Named without its package: cargo then takes the features of the whole workspace, as the tests do.
    stream(&mut workspace.cargo(["build", "--locked", "--bin", "inkan"]))?;
    let below = workspace.target.join("webhooks");
    let (modules, python, work) = (below.join("javascript"), below.join("python"), below.join("work"));
    once(&modules, JAVASCRIPT, || {
        let mut npm = workspace.program("npm");
        npm.args(["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
        Ok(stream(npm.arg(&modules).arg(JAVASCRIPT))?)
    })?;
    once(&python, PYTHON, || {
        stream(workspace.program("python3").args(["-m", "venv", "--clear"]).arg(&python))?;
        let mut pip = workspace.program(python.join("bin/python"));
        Ok(stream(pip.args(["-m", "pip", "install", "--quiet", PYTHON]))?)
    })?;
    match fs::remove_dir_all(&work) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            return Err(WebhooksError::File { path: work, source });
        }
        _ => fs::create_dir_all(&work).map_err(failed_at(&work))?,
    }
    let mut check = workspace.program(python.join("bin/python"));
    check.arg("tests/webhooks/check.py").arg(workspace.target.join("debug/inkan"));
    check.arg(&work).arg(&modules).arg("docs/webhooks");
    Ok(stream(&mut check)?)
}

/// Installs into a folder unless the same was installed there before.
fn once(
    folder: &Path,
    what: &str,
    install: impl FnOnce() -> Result<(), WebhooksError>,
) -> Result<(), WebhooksError> {
    let note = folder.join("installed");
    if fs::read_to_string(&note).is_ok_and(|there| there == what) {
        return Ok(());
    }
    fs::create_dir_all(folder).map_err(failed_at(folder))?;
    println!("installing {what} into {}", folder.display());
    install()?;
    fs::write(&note, what).map_err(failed_at(&note))
}

fn failed_at(path: &Path) -> impl FnOnce(io::Error) -> WebhooksError {
    move |source| WebhooksError::File { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use super::once;

    #[test]
    fn what_is_installed_is_not_installed_again_until_another_is_wanted() {
        let folder = std::env::temp_dir().join(format!("inkan-xtask-{}", std::process::id()));
        let mut installed = Vec::new();
        for what in ["a@1", "a@1", "a@2"] {
            once(&folder, what, || {
                installed.push(what);
                Ok(())
            })
            .unwrap();
        }
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(installed, ["a@1", "a@2"]);
    }
}
