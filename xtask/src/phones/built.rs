//! What cargo builds for the phones' builds on this machine: the library, the program that makes Kotlin and Swift from
//! it, and the server that their tests start.
//!
//! It is the development build, with the features of the whole workspace: what the tests have compiled is not compiled
//! again. What ships is built by the scripts in `bindings/release`.

use std::{
    io::Cursor,
    path::{Path, PathBuf},
};

use cargo_metadata::Message;

use super::PhoneError;
use crate::process::{Workspace, capture, stream};

/// The generated code of a language, and with it the very library that it was generated from: a mismatch ends an app at
/// its first call.
pub(super) struct Built {
    /// The server's program.
    pub(super) server: PathBuf,
    /// The library that is loaded at run time.
    pub(super) shared: PathBuf,
    /// The library that is linked into a program.
    pub(super) archive: PathBuf,
    bindgen: PathBuf,
}

/// A language of the phones.
#[derive(Clone, Copy)]
pub(super) enum Language {
    Kotlin,
    Swift,
}

impl Language {
    fn name(self) -> &'static str {
        match self {
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
        }
    }
}

impl Built {
    pub(super) fn build(workspace: &Workspace) -> Result<Self, PhoneError> {
        let mut cargo = workspace.cargo(["build", "--locked", "--workspace", "--lib"]);
        cargo.args(["--bin", "inkan", "--bin", "uniffi-bindgen"]);
        let said = capture(cargo.arg("--message-format=json-render-diagnostics"))?;
        let files: Vec<PathBuf> = Message::parse_stream(Cursor::new(said))
            .filter_map(|message| match message.ok()? {
                Message::CompilerArtifact(artifact) => {
                    Some(artifact.executable.into_iter().chain(artifact.filenames))
                }
                _ => None,
            })
            .flatten()
            .map(cargo_metadata::camino::Utf8PathBuf::into_std_path_buf)
            .collect();
        Ok(Self {
            server: find(&files, &program("inkan"))?,
            bindgen: find(&files, &program("uniffi-bindgen"))?,
            shared: find(&files, &shared())?,
            archive: find(&files, "libinkan.a")?,
        })
    }

    /// Writes the code of this language into an empty folder. Which names it gets stands in `bindings/uniffi.toml`.
    pub(super) fn generate(
        &self,
        workspace: &Workspace,
        language: Language,
        into: &Path,
    ) -> Result<(), PhoneError> {
        let mut bindgen = workspace.program(&self.bindgen);
        bindgen.arg("generate").arg(&self.shared).args([
            "--language",
            language.name(),
            "--no-format",
            "--out-dir",
        ]);
        Ok(stream(bindgen.arg(into))?)
    }
}

fn program(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

pub(super) fn shared() -> String {
    format!("{}inkan{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX)
}

fn find(files: &[PathBuf], name: &str) -> Result<PathBuf, PhoneError> {
    let found = files.iter().find(|file| file.file_name().is_some_and(|found| found == name));
    found.cloned().ok_or_else(|| PhoneError::NotBuilt(name.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::find;

    #[test]
    fn a_file_is_found_by_its_whole_name() {
        let files = [PathBuf::from("/t/debug/libinkan_core.rlib"), PathBuf::from("/t/debug/libinkan.a")];
        assert_eq!(find(&files, "libinkan.a").unwrap(), files[1]);
        assert!(find(&files, "inkan").unwrap_err().to_string().contains("inkan"));
    }
}
