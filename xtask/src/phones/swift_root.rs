//! The root that Swift lives in: Debian trixie with its Swift 6.0.3, and SwiftLint from npm.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    PhoneError,
    roots::{Recipe, check_hash},
};
use crate::process::{Workspace, stream};

pub(super) const RECIPE: Recipe = Recipe {
    name: "swift-trixie",
    suite: "trixie",
    include: "swiftlang,ca-certificates",
    packages: &[
        "libc6-dev",
        "libstdc++-14-dev",
        "git",
        "libcurl4t64",
        "libxml2",
        "libsqlite3-dev",
        "uuid-dev",
        "zlib1g-dev",
        "tzdata",
    ],
    besides: &[SWIFTLINT],
    finish: bring_swiftlint,
};

/// A package that carries SwiftLint's program for Linux.
const SWIFTLINT: &str = "@expo/swiftlint@0.57.1";
const SWIFTLINT_SHA256: &str = "1d448d6e74678503868e3da732468a5adfd68735e518961660fa72645373840b";

fn bring_swiftlint(workspace: &Workspace, root: &Path) -> Result<(), PhoneError> {
    let fetched = root.join("swiftlint-package");
    fs::create_dir_all(&fetched).map_err(PhoneError::file(&fetched))?;
    let mut npm = workspace.program("npm");
    stream(npm.args(["pack", SWIFTLINT, "--pack-destination"]).arg(&fetched))?;
    let package = the_one_file_in(&fetched)?;
    check_hash(workspace, &package, SWIFTLINT_SHA256)?;
    stream(workspace.program("tar").arg("-xzf").arg(&package).arg("-C").arg(&fetched))?;
    let program = root.join("usr/local/bin/swiftlint");
    fs::rename(fetched.join("package/bin/linux-x64/swiftlint"), &program)
        .map_err(PhoneError::file(&program))?;
    fs::remove_dir_all(&fetched).map_err(PhoneError::file(&fetched))
}

/// What a client of a registry has put into an empty folder; each chooses the name itself.
pub(super) fn the_one_file_in(folder: &Path) -> Result<PathBuf, PhoneError> {
    let entries: Vec<_> = fs::read_dir(folder).map_err(PhoneError::file(folder))?.collect();
    match <[_; 1]>::try_from(entries) {
        Ok([entry]) => Ok(entry.map_err(PhoneError::file(folder))?.path()),
        Err(_) => Err(PhoneError::NotFetched(folder.to_owned())),
    }
}
