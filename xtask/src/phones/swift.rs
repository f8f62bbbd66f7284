//! `cargo xtask swift`: everything about iOS that can be checked without a Mac, in a Debian root with Swift. What cannot
//! is said in `ios/README.md`.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use super::{
    PhoneError,
    built::{Built, Language},
    mirror::{mirror, place},
    roots::Root,
    swift_root,
};
use crate::process::Workspace;

/// The C module of the static library, as Linux links it. On Apple's systems it comes inside the framework.
const MODULE_MAP: &str = r#"module InkanCoreFFI {
    header "InkanCoreFFI.h"
    link "inkan"
    export *
}
"#;

/// Swift that people have written, below `ios/`.
const WRITTEN: &[&str] = &[
    "App",
    "Kit/Package.swift",
    "Kit/Sources/InkanKit",
    "Kit/Tests",
    "AppCheck/Package.swift",
    "consumer/Package.swift",
    "consumer/Sources",
];

pub(super) fn run(workspace: &Workspace) -> Result<(), PhoneError> {
    let ios = workspace.root.join("ios");
    let root = swift_root::RECIPE.open(workspace)?;
    let built = Built::build(workspace)?;
    bring_core(workspace, &built, &ios.join("Kit"))?;

    let written = WRITTEN.iter().filter(|path| ios.join(path).exists());
    let mut format = vec!["swift", "format", "lint", "--strict", "--recursive"];
    format.extend(written);
    println!("swift format");
    swift_root::run(&root, &ios, &[], format)?;
    println!("swiftlint");
    swift_root::lint(&root, &ios)?;

    let packages = Packages { workspace, root: &root, server: &built.server };
    packages.swift(&ios.join("Kit"), &["test"])?;
    for (folder, arguments) in [
        ("AppCheck", &["build", "--target", "InkanApp", "-Xswiftc", "-warnings-as-errors"][..]),
        ("consumer", &["run"][..]),
    ] {
        if ios.join(folder).join("Package.swift").exists() {
            packages.swift(&ios.join(folder), arguments)?;
        }
    }
    Ok(())
}

/// Generated Swift, the header and the library go where the package looks for them; git ignores these folders.
fn bring_core(workspace: &Workspace, built: &Built, kit: &Path) -> Result<(), PhoneError> {
    let fresh = workspace.target.join("phones").join("swift");
    super::make_empty(&fresh)?;
    built.generate(workspace, Language::Swift, &fresh)?;
    let module = kit.join("Generated/InkanCoreFFI");
    let header = fresh.join("InkanCoreFFI.h");
    let map = fresh.join("module.modulemap");
    fs::write(&map, MODULE_MAP).map_err(PhoneError::file(&map))?;
    for file in [&header, &map] {
        let name = file.file_name().unwrap_or_default();
        place(file, &module.join(name)).map_err(PhoneError::file(&module))?;
        fs::remove_file(file).map_err(PhoneError::file(file))?;
    }
    let code = kit.join("Sources/InkanCore/Generated");
    mirror(&fresh, &code).map_err(PhoneError::file(&code))?;
    let library = kit.join("Generated/lib/libinkan.a");
    place(&built.archive, &library).map_err(PhoneError::file(&library))
}

/// Swift packages, each built beside cargo's own output.
struct Packages<'a> {
    workspace: &'a Workspace,
    root: &'a Root<'a>,
    server: &'a Path,
}

impl Packages<'_> {
    fn swift(&self, folder: &Path, arguments: &[&str]) -> Result<(), PhoneError> {
        println!("swift {} in {}", arguments.join(" "), folder.display());
        let (what, further) =
            arguments.split_first().map_or(("build", arguments), |(what, rest)| (*what, rest));
        let scratch: PathBuf =
            self.workspace.target.join("phones").join("build").join(folder.file_name().unwrap_or_default());
        let mut command: Vec<&OsStr> =
            vec!["swift".as_ref(), what.as_ref(), "--scratch-path".as_ref(), scratch.as_os_str()];
        command.extend(further.iter().map(OsStr::new));
        swift_root::run(self.root, folder, &[("INKAN_SERVER_BIN", self.server.as_os_str())], command)
    }
}
