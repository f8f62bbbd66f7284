//! What cargo builds for the phones' builds on this machine: the libraries, the program that makes Kotlin and Swift from
//! them, and the server that their tests start.
//!
//! It is the development build, with the features of the whole workspace: what the tests have compiled is not compiled
//! again. What ships is built by the scripts in `bindings/release`.

use std::{
    env::consts::{DLL_PREFIX, DLL_SUFFIX, EXE_SUFFIX, OS},
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
};

use cargo_metadata::{Message, camino::Utf8PathBuf};

use super::PhoneError;
use crate::process::{Workspace, capture, stream};

/// A library with a surface for phones. Its `uniffi.toml` says what that is called in each language.
pub(super) struct Library {
    /// As rustc names it.
    pub(super) name: &'static str,
    /// Its module in Swift; the C module below has `FFI` at its end.
    pub(super) swift: &'static str,
}

/// What ships.
pub(super) const CORE: Library = Library { name: "inkan", swift: "InkanCore" };

/// What the tests of both languages ask besides; never shipped.
pub(super) const PROBE: Library = Library { name: "inkan_probe", swift: "InkanProbe" };

impl Library {
    /// What is loaded at run time.
    pub(super) fn shared(&self) -> String {
        format!("{DLL_PREFIX}{}{DLL_SUFFIX}", self.name)
    }

    /// What is linked into a program.
    pub(super) fn archive(&self) -> String {
        format!("lib{}.a", self.name)
    }
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

/// What was built.
pub(super) struct Built {
    files: Vec<PathBuf>,
}

impl Built {
    pub(super) fn build(workspace: &Workspace) -> Result<Self, PhoneError> {
        let mut cargo = workspace.cargo(["build", "--locked", "--workspace", "--lib"]);
        Self::by(cargo.args(["--bin", "inkan", "--bin", "uniffi-bindgen"]))
    }

    /// What this cargo command builds.
    pub(super) fn by(cargo: &mut Command) -> Result<Self, PhoneError> {
        let said = capture(cargo.arg("--message-format=json-render-diagnostics"))?;
        let files = Message::parse_stream(Cursor::new(said))
            .filter_map(|message| match message.ok()? {
                Message::CompilerArtifact(built) => Some(built.executable.into_iter().chain(built.filenames)),
                _ => None,
            })
            .flatten()
            .map(Utf8PathBuf::into_std_path_buf)
            .collect();
        Ok(Self { files })
    }

    /// The server's program.
    pub(super) fn server(&self) -> Result<&Path, PhoneError> {
        self.file(&format!("inkan{EXE_SUFFIX}"))
    }

    /// What was built under this name.
    pub(super) fn file(&self, name: &str) -> Result<&Path, PhoneError> {
        let found = self.files.iter().find(|file| file.file_name().is_some_and(|found| found == name));
        found.map(PathBuf::as_path).ok_or_else(|| PhoneError::NotBuilt(name.to_owned()))
    }

    /// Writes the code of a library in this language into an empty folder.
    pub(super) fn generate(
        &self,
        workspace: &Workspace,
        library: &Library,
        language: Language,
        into: &Path,
    ) -> Result<(), PhoneError> {
        super::make_empty(into)?;
        let mut bindgen = workspace.program(self.file(&format!("uniffi-bindgen{EXE_SUFFIX}"))?);
        bindgen.arg("generate").arg(self.file(&library.shared())?);
        // The probe holds the core, so its file tells of both.
        bindgen.args(["--crate", library.name, "--language", language.name(), "--no-format", "--out-dir"]);
        Ok(stream(bindgen.arg(into))?)
    }
}

/// Takes away what only a debugger reads.
pub(super) fn strip(workspace: &Workspace, library: &Path) -> Result<(), PhoneError> {
    let how = if OS == "macos" { "-x" } else { "--strip-unneeded" };
    Ok(stream(workspace.program("strip").arg(how).arg(library))?)
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Built, CORE, PROBE};

    #[test]
    fn a_file_is_found_by_its_whole_name() {
        let files = ["/t/debug/libinkan_core.rlib", "/t/debug/libinkan_probe.a", "/t/debug/libinkan.a"];
        let built = Built { files: files.map(PathBuf::from).to_vec() };
        assert_eq!(built.file(&CORE.archive()).unwrap(), Path::new("/t/debug/libinkan.a"));
        assert_eq!(built.file(&PROBE.archive()).unwrap(), Path::new("/t/debug/libinkan_probe.a"));
        assert!(built.server().unwrap_err().to_string().contains("inkan"));
    }
}
