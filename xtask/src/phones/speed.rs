//! What `cargo xtask bench phone` adds to the benchmark in Rust: the library that ships, how large it is here and for
//! phones, and the same benchmark on the JVM over it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    PhoneError,
    built::{Built, CORE, strip},
    kotlin, targets, targets_root_is_made,
};
use crate::{machine, process::Workspace};

/// What the release scripts build with.
pub(super) const PROFILE: &str = "release-phone";

/// Prints how large the library is that ships.
pub(crate) fn size(workspace: &Workspace) -> Result<(), PhoneError> {
    let library = shipped(workspace)?;
    let bytes = fs::metadata(&library).map_err(PhoneError::file(&library))?.len();
    println!("size                {bytes} bytes, {} of this machine, stripped", CORE.shared());
    Ok(())
}

/// Builds what can be built for phones without NDK and Xcode, and prints how large it is. Where it was not asked for by
/// name, a machine without the Debian root goes without it.
pub(crate) fn archives(workspace: &Workspace, named: bool) -> Result<(), PhoneError> {
    if named {
        super::TARGETS.prepared(workspace)?;
    } else if !targets_root_is_made(workspace) {
        println!("no libraries for phones: `cargo xtask targets` makes the root that builds them");
        return Ok(());
    }
    targets::archives(workspace)
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
    let library = shipped_file(workspace);
    copy(built.file(&CORE.shared())?, &library)?;
    strip(workspace, &library)?;
    Ok(library)
}

/// Where the library as it ships lies, once it was built.
pub(super) fn shipped_file(workspace: &Workspace) -> PathBuf {
    workspace.target.join("phones").join("shipped").join(CORE.shared())
}

fn copy(from: &Path, to: &Path) -> Result<(), PhoneError> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(PhoneError::file(folder))?;
    }
    fs::copy(from, to).map_err(PhoneError::file(to))?;
    Ok(())
}
