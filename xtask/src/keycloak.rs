//! `cargo xtask keycloak`: a real Keycloak, unchanged from Maven Central, asks the real server. The walk itself is
//! `tests/src/keycloak.rs`; this fetches Keycloak once into the cache and hands its folder over.

use std::{path::Path, process::Command};

use crate::{
    machine::{self, Need},
    phones::{PhoneError, cache::Cache},
    process::{Workspace, stream, stream_tied},
};

/// The version that `docs/keycloak.md` names.
const VERSION: &str = "26.7.3";
/// Fixed, so that whoever runs this anew gets what was checked.
const PLUGIN: &str = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy";
/// In the cache.
const NAME: &str = "keycloak";

pub(crate) const NEEDS: &[&Need] = &[&machine::C_COMPILER, &machine::JDK, &machine::MAVEN];

/// Why it does not run here, where it does not: the walk ends the processes that it starts by their group.
pub(crate) const NOT_HERE: Option<&str> =
    if cfg!(unix) { None } else { Some("it starts Keycloak by its shell script") };

/// As a command of its own.
pub(crate) fn command(workspace: &Workspace) -> Result<(), PhoneError> {
    if let Some(why) = NOT_HERE {
        return Err(PhoneError::NotHere(why));
    }
    machine::prepare(workspace, NEEDS)?;
    run(workspace)
}

pub(crate) fn run(workspace: &Workspace) -> Result<(), PhoneError> {
    let cache = Cache::locate(workspace)?;
    // Keycloak puts itself together in its own folder when it starts: one at a time
    let _alone = cache.alone("keycloak-walk")?;
    let kept = cache.get(NAME, VERSION, |folder| fetch(workspace, &cache, folder))?;
    let folder = kept.folder.join(format!("keycloak-{VERSION}"));
    // Named without its package: cargo then takes the features of the whole workspace, as the tests do.
    stream(&mut workspace.cargo(["build", "--locked", "--bin", "inkan", "--bin", "keycloak"]))?;
    let mut walk = workspace.program(workspace.target.join("debug/keycloak"));
    walk.arg(folder).arg(workspace.root.join("docs/keycloak.md")).arg("--tied");
    Ok(stream_tied(&mut walk)?)
}

/// The archive by Maven, unpacked by the JDK's own `jar`.
fn fetch(workspace: &Workspace, cache: &Cache, folder: &Path) -> Result<(), PhoneError> {
    let _alone = cache.alone("maven")?;
    let mut maven: Command = workspace.program("mvn");
    maven.args(["--batch-mode", "--no-transfer-progress", PLUGIN]);
    maven.arg(format!("-Dartifact=org.keycloak:keycloak-quarkus-dist:{VERSION}:zip"));
    stream(maven.arg(format!("-DoutputDirectory={}", folder.display())).current_dir(folder))?;
    let archive = folder.join(format!("keycloak-quarkus-dist-{VERSION}.zip"));
    let mut jar = workspace.program("jar");
    stream(jar.arg("xf").arg(&archive).current_dir(folder))?;
    std::fs::remove_file(&archive).map_err(PhoneError::file(&archive))
}
