//! `cargo xtask licences`: whose work is in the apps, with copyright lines and the full texts of the licences. Both apps
//! show their file; `cargo xtask test` checks that each is what would be written today.
//!
//! What is named is what is linked: the crates of the bindings' library for a phone's target (no macros, no build
//! scripts), the standard library of Rust, and on Android the Java libraries of the APK.

mod accepted;
mod crates;
mod document;
mod jvm;
mod texts;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    generated::first_difference,
    process::{ProcessError, Workspace},
};
use document::Section;
pub(crate) use jvm::check_runtime;
use texts::Text;

/// Why the licences could not be gathered, or are not up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LicencesError {
    #[error(transparent)]
    Process(#[from] ProcessError),
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("deny.toml: {0}")]
    Deny(String),
    #[error("{package}: the licence `{licence}` cannot be taken by what deny.toml allows: {reason}")]
    Refused { package: String, licence: String, reason: String },
    #[error("{0} is linked, but cargo metadata does not know it")]
    Unknown(String),
    #[error("{file} has no property <{property}>")]
    NoVersion { file: &'static str, property: &'static str },
    #[error(
        "the APK carries {found:?} and the licences name {named:?}; xtask/src/licences/jvm.rs lists them"
    )]
    OtherJars { found: Vec<String>, named: Vec<String> },
    #[error(
        "{file} is not up to date (first difference in line {line}); `cargo xtask licences` writes it again"
    )]
    OutOfDate { file: &'static str, line: usize },
}

impl LicencesError {
    fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// Somebody's work in an app.
pub(crate) struct Package {
    name: String,
    version: String,
    /// What we take it under.
    licence: String,
    /// Where its source is.
    source: Option<String>,
    /// Copyright lines, and who made it where it has none.
    holders: Vec<String>,
    texts: Vec<Text>,
}

/// An app, and the file that it shows.
struct App {
    file: &'static str,
    target: &'static str,
    has_java: bool,
}

const APPS: &[App] = &[
    App { file: "android/app/src/main/assets/licences.txt", target: "aarch64-linux-android", has_java: true },
    App { file: "ios/App/Licences.txt", target: "aarch64-apple-ios", has_java: false },
];

pub(crate) fn write(workspace: &Workspace) -> Result<(), LicencesError> {
    for app in APPS {
        let path = workspace.root.join(app.file);
        fs::write(&path, app.document(workspace)?).map_err(LicencesError::file(&path))?;
        println!("{} written", app.file);
    }
    Ok(())
}

pub(crate) fn check(workspace: &Workspace) -> Result<(), LicencesError> {
    for app in APPS {
        let path = workspace.root.join(app.file);
        let committed = fs::read(&path).map_err(LicencesError::file(&path))?;
        if let Some(line) = first_difference(&committed, app.document(workspace)?.as_bytes()) {
            return Err(LicencesError::OutOfDate { file: app.file, line });
        }
    }
    Ok(())
}

impl App {
    fn document(&self, workspace: &Workspace) -> Result<String, LicencesError> {
        let mut sections = vec![Section { title: "Inkan", packages: vec![crates::inkan(workspace)?] }];
        if self.has_java {
            sections.push(Section { title: "Kotlin and Java", packages: jvm::packages(workspace)? });
        }
        sections.push(Section { title: "Rust", packages: crates::linked(workspace, self.target)? });
        Ok(document::write(&sections))
    }
}
