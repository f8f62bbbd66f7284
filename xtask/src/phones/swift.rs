//! `cargo xtask swift`: everything about iOS that can be checked without a Mac, in a Debian root with Swift. What is
//! checked stands in `ios/check.sh`; what cannot be is said in `ios/README.md`.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use super::{
    PhoneError,
    built::{Built, CORE, Language, Library, PROBE},
    mirror::{mirror, place},
    roots::Root,
    swift_root::RECIPE,
};
use crate::process::Workspace;

pub(super) fn run(workspace: &Workspace) -> Result<(), PhoneError> {
    let ios = workspace.root.join("ios");
    let root = RECIPE.open(workspace)?;
    let built = Built::build(workspace)?;
    let kit = Kit { workspace, built: &built, folder: ios.join("Kit") };
    kit.bring(&CORE, &CORE.archive())?;
    // Shared, unlike the core: two static libraries of Rust in one program would each bring the standard library.
    kit.bring(&PROBE, &PROBE.shared())?;
    let inside = Inside { root: &root, server: built.server()? };
    let scratch = workspace.target.join("phones").join("build");
    inside.run(&ios, &["bash".as_ref(), "check.sh".as_ref(), scratch.as_os_str()])?;
    let consumer = ios.join("consumer");
    if consumer.join("Package.swift").exists() {
        let scratch = scratch.join("consumer");
        forget_plan(&scratch)?;
        let run = ["swift".as_ref(), "run".as_ref(), "--scratch-path".as_ref(), scratch.as_os_str()];
        inside.run(&consumer, &run)?;
    }
    Ok(())
}

/// SwiftPM does not see that a file came into a package that is taken by its path: without its plan of last time it makes
/// a new one. What is compiled stays.
fn forget_plan(scratch: &Path) -> Result<(), PhoneError> {
    let mut plans = vec![scratch.join("debug.yaml")];
    for entry in fs::read_dir(scratch).into_iter().flatten() {
        plans.push(entry.map_err(PhoneError::file(scratch))?.path().join("debug").join("description.json"));
    }
    for plan in plans.iter().filter(|plan| plan.exists()) {
        fs::remove_file(plan).map_err(PhoneError::file(plan))?;
    }
    Ok(())
}

/// Commands in the root. All they are told is where the server's program lies.
struct Inside<'a> {
    root: &'a Root<'a>,
    server: &'a Path,
}

impl Inside<'_> {
    fn run(&self, folder: &Path, command: &[&OsStr]) -> Result<(), PhoneError> {
        let variables = [("INKAN_SERVER_BIN", self.server.as_os_str())];
        self.root.run(&mut self.root.command(folder, &[], &variables, command))
    }
}

/// The package, which takes generated files and libraries from folders that git ignores.
struct Kit<'a> {
    workspace: &'a Workspace,
    built: &'a Built,
    folder: PathBuf,
}

impl Kit<'_> {
    /// Brings the Swift, the C module and the file to link of a library.
    fn bring(&self, library: &Library, link: &str) -> Result<(), PhoneError> {
        let fresh = self.workspace.target.join("phones").join("swift").join(library.swift);
        self.built.generate(self.workspace, library, Language::Swift, &fresh)?;
        let generated = self.folder.join("Generated");

        let c_module = generated.join(format!("{}FFI", library.swift));
        let header = fresh.join(format!("{}FFI.h", library.swift));
        let map = fresh.join("module.modulemap");
        fs::write(&map, module_map(library)).map_err(PhoneError::file(&map))?;
        for file in [header, map] {
            let name = file.file_name().unwrap_or_default();
            place(&file, &c_module.join(name)).map_err(PhoneError::file(&c_module))?;
            fs::remove_file(&file).map_err(PhoneError::file(&file))?;
        }

        let linked = generated.join("lib").join(link);
        let code = self.folder.join("Sources").join(library.swift).join("Generated");
        if place(self.built.file(link)?, &linked).map_err(PhoneError::file(&linked))? {
            // SwiftPM does not know that its programs depend on this file, and would test with the library of before.
            super::make_empty(&code)?;
        }
        mirror(&fresh, &code).map_err(PhoneError::file(&code))
    }
}

/// As Linux links it. On Apple's systems the module comes inside the framework.
fn module_map(library: &Library) -> String {
    let Library { name, swift } = library;
    format!("module {swift}FFI {{\n    header \"{swift}FFI.h\"\n    link \"{name}\"\n    export *\n}}\n")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{CORE, forget_plan, module_map};

    #[test]
    fn the_plan_goes_and_what_is_compiled_stays() {
        let scratch = std::env::temp_dir().join(format!("inkan-plan-{}", std::process::id()));
        let debug = scratch.join("x86_64-unknown-linux-gnu").join("debug");
        fs::create_dir_all(&debug).unwrap();
        for file in [scratch.join("debug.yaml"), debug.join("description.json"), debug.join("a.o")] {
            fs::write(file, "").unwrap();
        }
        forget_plan(&scratch).unwrap();
        assert!(!scratch.join("debug.yaml").exists() && !debug.join("description.json").exists());
        assert!(debug.join("a.o").exists());
        fs::remove_dir_all(&scratch).unwrap();
        forget_plan(&scratch).unwrap();
    }

    #[test]
    fn the_module_map_names_header_and_library() {
        assert_eq!(
            module_map(&CORE),
            "module InkanCoreFFI {\n    header \"InkanCoreFFI.h\"\n    link \"inkan\"\n    export *\n}\n"
        );
    }
}
