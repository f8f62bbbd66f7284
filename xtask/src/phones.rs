//! Everything around the phones that this machine can build and check: `cargo xtask kotlin`, `swift`, `android`,
//! `targets`, and the step that reads the release scripts.
//!
//! Start at `built.rs` (what cargo hands over), then `kotlin.rs` (Maven) and `swift.rs` (SwiftPM in a Debian root);
//! `targets.rs` is apart from these.

mod built;
pub(crate) mod cache;
mod kotlin;
mod mirror;
mod roots;
mod scripts;
mod small_disk;
pub(crate) mod speed;
mod swift;
mod swift_root;
mod targets;
mod targets_root;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    licences::LicencesError,
    machine::{self, MachineError, Need},
    process::{ProcessError, Workspace},
};

/// Debian roots need Linux.
pub(crate) const HAS_ROOTS: bool = cfg!(target_os = "linux");

/// Why a step about phones failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PhoneError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("this machine is not ready: {0}")]
    Machine(#[from] MachineError),
    #[error(transparent)]
    Licences(#[from] LicencesError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("not on this system: {0}")]
    NotHere(&'static str),
    #[error("no folder for what is kept between runs: set XTASK_CACHE to an absolute path")]
    NoCache,
    #[error("XTASK_CACHE is {}, inside the repository; it must lie outside", .0.display())]
    CacheInside(PathBuf),
    #[error("where cargo keeps its packages is unknown: neither CARGO_HOME nor HOME is set")]
    NoCargoHome,
    #[error("cargo built no file of the name {0}")]
    NotBuilt(String),
    #[error("a package was to be fetched into {}, and there is not exactly one file", .0.display())]
    NotFetched(PathBuf),
    #[error("{} is not the file that was looked at: SHA-256 is {found}, expected {expected}", file.display())]
    OtherFile { file: PathBuf, expected: String, found: String },
    #[error("LLVM's size said nothing of a library:\n{0}")]
    NotMeasured(String),
    #[error("a mount was left behind at {}; `umount` it before you take the folder away", .0.display())]
    MountLeft(PathBuf),
    #[error(
        "a crate that is wrong on {target} alone was not refused for its fault, so this check proves nothing; \
         cargo said:\n{said}"
    )]
    NotRefused { target: &'static str, said: String },
}

impl PhoneError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::File { path: path.to_owned(), source }
    }
}

/// A build or a check about phones: a command of its own, and a step of `cargo xtask test`.
pub(crate) struct Phone {
    pub(crate) needs: &'static [&'static Need],
    /// Does it run on this system at all?
    pub(crate) not_here: Option<&'static str>,
    pub(crate) run: fn(&Workspace) -> Result<(), PhoneError>,
}

const NO_ROOTS: Option<&str> =
    if HAS_ROOTS { None } else { Some("it runs in a Debian root, and needs Linux for that") };

pub(crate) const KOTLIN: Phone = Phone {
    needs: &[&machine::C_COMPILER, &machine::JDK, &machine::MAVEN],
    not_here: None,
    run: kotlin::kotlin,
};

pub(crate) const SWIFT: Phone = Phone {
    needs: &[&machine::C_COMPILER, &machine::DEBOOTSTRAP, &machine::ROOT_RIGHTS, &machine::NPM],
    not_here: if cfg!(target_arch = "x86_64") {
        NO_ROOTS
    } else {
        Some("SwiftLint is there for x86_64 alone")
    },
    run: swift::run,
};

pub(crate) const ANDROID: Phone = Phone {
    needs: &[
        &machine::C_COMPILER,
        &machine::JDK,
        &machine::MAVEN,
        &machine::ANDROID_TOOLS,
        &machine::ROOT_RIGHTS,
    ],
    not_here: None,
    run: kotlin::android,
};

pub(crate) const TARGETS: Phone = Phone {
    needs: &[&machine::DEBOOTSTRAP, &machine::ROOT_RIGHTS, &machine::PIP],
    not_here: NO_ROOTS,
    run: targets::run,
};

pub(crate) const SCRIPTS: Phone =
    Phone { needs: &[&machine::SHELLCHECK], not_here: None, run: scripts::check };

impl Phone {
    /// As a command of its own.
    pub(crate) fn command(&self, workspace: &Workspace) -> Result<(), PhoneError> {
        self.prepared(workspace)?;
        (self.run)(workspace)
    }

    /// The machine is made ready for it, or it is said what is lacking.
    fn prepared(&self, workspace: &Workspace) -> Result<(), PhoneError> {
        if let Some(why) = self.not_here {
            return Err(PhoneError::NotHere(why));
        }
        Ok(machine::prepare(workspace, self.needs)?)
    }
}

pub(crate) fn swift_root_is_made(workspace: &Workspace) -> bool {
    swift_root::RECIPE.is_made(workspace)
}

pub(crate) fn targets_root_is_made(workspace: &Workspace) -> bool {
    targets_root::RECIPE.is_made(workspace)
}

fn make_empty(folder: &Path) -> Result<(), PhoneError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder),
    }
    .map_err(PhoneError::file(folder))
}
