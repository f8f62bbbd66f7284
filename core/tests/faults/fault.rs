//! The other half of `fault.c`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// The compiled library.
pub(crate) struct Faults(PathBuf);

impl Faults {
    /// Compiles it with `cc`.
    pub(crate) fn compile(into: &Path) -> Self {
        let library = into.join("fault.so");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/faults/fault.c");
        let compiled = Command::new("cc")
            .args(["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1", "-o"])
            .args([&library, Path::new(source)])
            .status()
            .unwrap_or_else(|error| panic!("this test needs a C compiler as `cc`: {error}"));
        assert!(compiled.success());
        Self(library)
    }

    /// Lets a program die before its step `step` in the folder. What is preloaded already comes after this.
    pub(crate) fn die_at(&self, command: &mut Command, folder: &Path, step: usize) {
        self.preload(command, folder).env("FAULT_DIE_AT", step.to_string());
    }

    /// Lets the folder's disk be full from a program's step `step` on, until the file `freed` is there.
    pub(crate) fn full_at(&self, command: &mut Command, folder: &Path, step: usize, freed: &Path) {
        self.preload(command, folder).env("FAULT_FULL_AT", step.to_string()).env("FAULT_FREED", freed);
    }

    fn preload<'a>(&self, command: &'a mut Command, folder: &Path) -> &'a mut Command {
        let mut libraries = self.0.clone().into_os_string();
        let others = command.get_envs().find(|(name, _)| *name == "LD_PRELOAD").and_then(|(_, value)| value);
        if let Some(others) = others {
            libraries.push(":");
            libraries.push(others);
        }
        command.env("LD_PRELOAD", libraries).env("FAULT_FOLDER", folder.canonicalize().unwrap())
    }
}
