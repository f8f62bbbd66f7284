//! What `cargo xtask bench phone` adds to the benchmark in Rust: the library that ships, how large it is, and the same
//! benchmark on the JVM over it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    PhoneError,
    built::{Built, CORE, strip},
    kotlin,
};
use crate::{machine, process::Workspace};

/// What the release scripts build with.
const PROFILE: &str = "release-phone";

/// Prints how large the library is that ships.
pub(crate) fn size(workspace: &Workspace) -> Result<(), PhoneError> {
    let library = shipped(workspace)?;
    let bytes = fs::metadata(&library).map_err(PhoneError::file(&library))?.len();
    println!("size                {bytes} bytes, {} of this machine, stripped", CORE.shared());
    Ok(())
}

/// The benchmark on the JVM. Where it was not asked for by name, a machine without Maven goes without it.
pub(crate) fn jvm(workspace: &Workspace, decisions: &str, named: bool) -> Result<(), PhoneError> {
    let needs = [&machine::C_COMPILER, &machine::JDK, &machine::MAVEN];
    if named {
        machine::prepare(workspace, &needs)?;
    } else if let Err(lacking) = machine::check(workspace, &needs) {
        println!("not on the JVM: {lacking}");
        return Ok(());
    }
    kotlin::bench(workspace, &shipped(workspace)?, decisions)
}

/// The library as it ships: in a call of its own, with the features that it has then, and stripped.
fn shipped(workspace: &Workspace) -> Result<PathBuf, PhoneError> {
    let mut cargo =
        workspace.cargo(["rustc", "--locked", "--profile", PROFILE, "--package", "inkan-bindings"]);
    let built = Built::by(cargo.args(["--lib", "--crate-type", "cdylib"]))?;
    let library = workspace.target.join("phones").join("shipped").join(CORE.shared());
    copy(built.file(&CORE.shared())?, &library)?;
    strip(workspace, &library)?;
    Ok(library)
}

fn copy(from: &Path, to: &Path) -> Result<(), PhoneError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(PhoneError::file(folder))?;
    }
    fs::copy(from, to).map_err(PhoneError::file(to))?;
    Ok(())
}
