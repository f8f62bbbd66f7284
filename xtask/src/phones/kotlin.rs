//! `cargo xtask kotlin` and `cargo xtask android`: Maven over generated Kotlin, the library in it, and a real server for
//! the tests.

use std::{
    env::{
        self,
        consts::{ARCH, OS},
    },
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    HAS_ROOTS, PhoneError,
    built::{Built, CORE, Language, Library, PROBE, strip},
    cache::Cache,
    mirror::{mirror, place},
    small_disk::with_small_disk,
    speed,
};
use crate::{
    licences,
    process::{Workspace, stream},
};

/// What the Maven builds are handed.
struct Handed {
    server: PathBuf,
    /// Maven properties: for each library its generated Kotlin, and the folder that becomes resources of a jar, with the
    /// library in the place where JNA looks for it.
    folders: Vec<(&'static str, PathBuf)>,
}

/// The façade: built, tested, packaged, and used by a small app that knows only the packages: the jar as it is, and the
/// AAR as an app on Android has it, shrunk by R8 with the rules that come with it.
pub(super) fn kotlin(workspace: &Workspace) -> Result<(), PhoneError> {
    let handed = Handed::make(workspace)?;
    let _alone = Cache::locate(workspace)?.alone("maven")?;
    facade(workspace, &handed)?;
    // Projects of their own: they take the façade from Maven's repository, as an app would.
    for consumer in ["bindings/kotlin/consumer", "bindings/kotlin/shrunk"] {
        stream(maven(workspace, &handed, &workspace.root.join(consumer)).arg("verify"))?;
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
    let mut app = maven(workspace, &handed, &workspace.root.join("android"));
    // Its tests tell JNA the folder of the library itself. Of two values for a property Maven takes the later.
    app.arg(format!("-Dinkan.native={}", below(workspace).join("native").join(jna_folder()).display()));
    let disk = below(workspace).join("small-disk");
    if HAS_ROOTS {
        app.arg(format!("-Dinkan.small.disk={}", disk.display()));
    }
    app.arg(format!("-Dinkan.shipped={}", speed::shipped_file(workspace).display()));
    // Whoever works on one page compares two ways of looking at it; here it is all of them.
    app.args(["-Dinkan.pictures=all", "verify", "-Papk"]);
    stream(&mut with_small_disk(workspace, &disk, app)?)?;
    licences::check_runtime(workspace)?;
    for linter in ["ktlint", "detekt"] {
        let mut lint = maven(workspace, &handed, &workspace.root.join("android/lint"));
        stream(lint.args(["-f", &format!("{linter}.xml"), &format!("antrun:run@{linter}")]))?;
    }
    Ok(())
}

/// The benchmark of the façade over a library. What was compiled for it is what the tests compile: the library it was
/// generated from has the same functions.
pub(super) fn bench(workspace: &Workspace, library: &Path, decisions: &str) -> Result<(), PhoneError> {
    let handed = Handed::make(workspace)?;
    let _alone = Cache::locate(workspace)?.alone("maven")?;
    let mut bench = maven(workspace, &handed, &workspace.root.join("bindings/kotlin"));
    bench.arg(format!("-Dinkan.bench.library={}", library.display()));
    bench.arg(format!("-Dinkan.bench.decisions={decisions}"));
    Ok(stream(bench.args(["--projects", "walks", "--also-make", "test-compile", "antrun:run@bench"]))?)
}

fn facade(workspace: &Workspace, handed: &Handed) -> Result<(), PhoneError> {
    Ok(stream(maven(workspace, handed, &workspace.root.join("bindings/kotlin")).arg("install"))?)
}

impl Handed {
    fn make(workspace: &Workspace) -> Result<Self, PhoneError> {
        let built = Built::build(workspace)?;
        let below = below(workspace);
        let mut handed = Self { server: built.server()?.to_owned(), folders: Vec::new() };
        handed.bring(
            workspace,
            &built,
            &CORE,
            [("inkan.gen", below.join("gen")), ("inkan.native", below.join("native"))],
        )?;
        let folders = [
            ("inkan.probe.gen", below.join("probe-gen")),
            ("inkan.probe.native", below.join("probe-native")),
        ];
        handed.bring(workspace, &built, &PROBE, folders)?;
        Ok(handed)
    }

    fn bring(
        &mut self,
        workspace: &Workspace,
        built: &Built,
        library: &Library,
        folders: [(&'static str, PathBuf); 2],
    ) -> Result<(), PhoneError> {
        let [(_, generated), (_, native)] = &folders;
        let fresh = below(workspace).join("fresh");
        built.generate(workspace, library, Language::Kotlin, &fresh)?;
        mirror(&fresh, generated).map_err(PhoneError::file(generated))?;
        // A development build is mostly names for the debugger, and the jar carries the library.
        let stripped = fresh.join(library.shared());
        fs::copy(built.file(&library.shared())?, &stripped).map_err(PhoneError::file(&stripped))?;
        strip(workspace, &stripped)?;
        place(&stripped, &native.join(jna_folder()).join(library.shared()))
            .map_err(PhoneError::file(native))?;
        self.folders.extend(folders);
        Ok(())
    }
}

/// Maven in a folder. Its compiler daemon for Kotlin would outlive it.
fn maven(workspace: &Workspace, handed: &Handed, folder: &Path) -> Command {
    let mut command = workspace.program("mvn");
    command.current_dir(folder);
    command.args(["--batch-mode", "--no-transfer-progress", "-Dkotlin.compiler.daemon=false"]);
    for (name, path) in &handed.folders {
        command.arg(format!("-D{name}={}", path.display()));
    }
    command.arg(format!("-Dinkan.server.bin={}", handed.server.display()));
    // The server takes each variable of this kind for a field of its configuration, and refuses those that are none.
    for (name, _) in env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("INKAN_")) {
        command.env_remove(name);
    }
    command
}

fn below(workspace: &Workspace) -> PathBuf {
    workspace.target.join("phones").join("kotlin")
}

/// Where JNA looks for a library of this machine, among the resources.
fn jna_folder() -> String {
    let system = if OS == "macos" { "darwin" } else { OS };
    let processor = if ARCH == "x86_64" { "x86-64" } else { ARCH };
    format!("{system}-{processor}")
}
