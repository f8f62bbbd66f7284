//! `cargo xtask kotlin` and `cargo xtask android`: Maven over generated Kotlin, the library in it, and a real server for
//! the tests.

use std::{
    env::consts::{ARCH, OS},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    PhoneError,
    built::{Built, Language, shared},
    cache::Cache,
    mirror::{mirror, place},
};
use crate::process::{Workspace, stream};

/// What the Maven builds are handed.
struct Handed {
    server: PathBuf,
    /// Generated Kotlin; below it, folders by package.
    generated: PathBuf,
    /// What becomes resources of the jar: the library, in a folder that JNA looks into.
    native: PathBuf,
}

/// The façade: built, tested, packaged, and used by a small project that knows only the packages.
pub(super) fn kotlin(workspace: &Workspace) -> Result<(), PhoneError> {
    let handed = Handed::make(workspace)?;
    let _alone = Cache::locate(workspace)?.alone("maven")?;
    facade(workspace, &handed)?;
    let consumer = workspace.root.join("bindings/kotlin/consumer");
    // Where it is a project of its own, it takes the façade from Maven's repository, as an app would.
    if consumer.join("pom.xml").exists() {
        stream(maven(workspace, &handed, &consumer).arg("verify"))?;
    }
    Ok(())
}

/// The app: tested on the JVM, and put together into a signed APK.
pub(super) fn android(workspace: &Workspace) -> Result<(), PhoneError> {
    let handed = Handed::make(workspace)?;
    let _alone = Cache::locate(workspace)?.alone("maven")?;
    // The app takes the façade from Maven's repository. Its tests have run in the step `kotlin`.
    stream(
        maven(workspace, &handed, &workspace.root.join("bindings/kotlin")).args(["install", "-DskipTests"]),
    )?;
    Ok(stream(maven(workspace, &handed, &workspace.root.join("android")).args(["verify", "-Papk"]))?)
}

fn facade(workspace: &Workspace, handed: &Handed) -> Result<(), PhoneError> {
    Ok(stream(maven(workspace, handed, &workspace.root.join("bindings/kotlin")).arg("install"))?)
}

impl Handed {
    fn make(workspace: &Workspace) -> Result<Self, PhoneError> {
        let built = Built::build(workspace)?;
        let below = workspace.target.join("phones").join("kotlin");
        let (fresh, generated, native) = (below.join("fresh"), below.join("gen"), below.join("native"));
        super::make_empty(&fresh)?;
        built.generate(workspace, Language::Kotlin, &fresh)?;
        mirror(&fresh, &generated).map_err(PhoneError::file(&generated))?;
        // A development build is mostly names for the debugger, and the jar carries the library.
        let stripped = fresh.join(shared());
        fs::copy(&built.shared, &stripped).map_err(PhoneError::file(&stripped))?;
        stream(
            workspace
                .program("strip")
                .arg(if OS == "macos" { "-x" } else { "--strip-unneeded" })
                .arg(&stripped),
        )?;
        place(&stripped, &native.join(jna_folder()).join(shared())).map_err(PhoneError::file(&native))?;
        Ok(Self { server: built.server, generated, native })
    }
}

/// Maven in a folder. Its compiler daemon for Kotlin would outlive it.
fn maven(workspace: &Workspace, handed: &Handed, folder: &Path) -> Command {
    let mut command = workspace.program("mvn");
    command.current_dir(folder);
    command.args(["--batch-mode", "--no-transfer-progress", "-Dkotlin.compiler.daemon=false"]);
    for (name, path) in [
        ("inkan.gen", &handed.generated),
        ("inkan.native", &handed.native),
        ("inkan.server.bin", &handed.server),
    ] {
        command.arg(format!("-D{name}={}", path.display()));
    }
    command.env("INKAN_SERVER_BIN", &handed.server);
    command
}

/// Where JNA looks for a library of this machine, among the resources.
fn jna_folder() -> String {
    let system = if OS == "macos" { "darwin" } else { OS };
    let processor = if ARCH == "x86_64" { "x86-64" } else { ARCH };
    format!("{system}-{processor}")
}
