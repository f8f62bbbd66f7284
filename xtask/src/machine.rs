//! What the machine must have before anything can be built, and how it comes to have it.
//!
//! On Debian, as root, `cargo xtask test` and the commands for phones install what is lacking. Anywhere else they say
//! what to install and stop: a program should not change somebody's machine unasked. What is needed stands in
//! `machine/needs.rs`.

mod needs;

use std::fs;

pub(crate) use self::needs::{
    ANDROID_TOOLS, C_COMPILER, DEBOOTSTRAP, JDK, MAVEN, NODE, NPM, Need, PHP, PIP, PYTHON_VENV, ROOT_RIGHTS,
    SHELLCHECK,
};
use self::needs::{Remedy, is_root};
use crate::process::{ProcessError, Workspace, stream, works};

/// Parts of the Rust toolchain that a minimal installation leaves out: the cargo command and the rustup component.
const COMPONENTS: &[(&str, &str)] = &[("fmt", "rustfmt"), ("clippy", "clippy")];

/// Why the machine is not ready.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MachineError {
    #[error("{0}")]
    Lacking(String),
    #[error("still lacking after {packages} had been installed: {what}")]
    StillLacking { what: String, packages: String },
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// Makes the machine ready for what has these needs, or says what to install.
pub(crate) fn prepare(workspace: &Workspace, needs: &[&Need]) -> Result<(), MachineError> {
    let lacking = lacking(workspace, needs);
    if !lacking.is_empty() {
        let may_install = is_debian() && is_root(workspace);
        let packages = packages(&lacking).filter(|_| may_install);
        let packages = packages.ok_or_else(|| MachineError::Lacking(what_to_do(&lacking)))?;
        install(workspace, &lacking, &packages)?;
    }
    for (command, component) in COMPONENTS {
        if !works(&mut workspace.cargo([*command, "--version"])) {
            println!("lacking: {component}; adding it to the toolchain");
            stream(workspace.program("rustup").args(["component", "add", component]))?;
        }
    }
    Ok(())
}

/// Is everything there? Installs nothing.
pub(crate) fn check(workspace: &Workspace, needs: &[&Need]) -> Result<(), MachineError> {
    let lacking = lacking(workspace, needs);
    if lacking.is_empty() { Ok(()) } else { Err(MachineError::Lacking(what_to_do(&lacking))) }
}

/// What is lacking, each thing once.
fn lacking<'a>(workspace: &Workspace, needs: &[&'a Need]) -> Vec<&'a Need> {
    let mut found: Vec<&Need> = Vec::new();
    for need in needs {
        if !found.iter().any(|other| other.what == need.what) && !(need.is_there)(workspace) {
            found.push(need);
        }
    }
    found
}

fn install(workspace: &Workspace, lacking: &[&Need], packages: &[&str]) -> Result<(), MachineError> {
    for need in lacking {
        println!("lacking: {} ({})", need.what, need.why);
    }
    println!("installing {}", packages.join(" "));
    stream(workspace.program("apt-get").arg("update"))?;
    stream(
        workspace
            .program("apt-get")
            .args(["install", "-y", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )?;
    let still: Vec<_> =
        lacking.iter().filter(|need| !(need.is_there)(workspace)).map(|need| need.what).collect();
    if still.is_empty() {
        Ok(())
    } else {
        Err(MachineError::StillLacking { what: still.join("; "), packages: packages.join(" ") })
    }
}

/// The Debian packages that bring all of it; `None` where no package does.
fn packages(lacking: &[&Need]) -> Option<Vec<&'static str>> {
    let mut packages = Vec::new();
    for need in lacking {
        match need.remedy {
            Remedy::Packages { debian, .. } => packages.extend(debian),
            Remedy::Words(_) => return None,
        }
    }
    Some(packages)
}

fn what_to_do(lacking: &[&Need]) -> String {
    let mut parts: Vec<String> = lacking.iter().map(|need| remedy(need)).collect();
    parts.push("Then run the same command again.".to_owned());
    parts.join("\n")
}

fn remedy(need: &Need) -> String {
    let head = format!("Lacking: {}. It is needed because {}.", need.what, need.why);
    match need.remedy {
        Remedy::Packages { debian, fedora, macos } => format!(
            "{head}\n  \
             Debian, Ubuntu:  apt-get install {}\n  \
             Fedora:          {fedora}\n  \
             macOS:           {macos}",
            debian.join(" "),
        ),
        Remedy::Words(words) => format!("{head}\n{words}"),
    }
}

fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|release| names_debian(&release))
}

/// Debian itself, or what says that it is like Debian.
fn names_debian(release: &str) -> bool {
    release.lines().any(|line| {
        line.split_once('=').is_some_and(|(key, value)| {
            ["ID", "ID_LIKE"].contains(&key) && value.trim_matches('"').split(' ').any(|id| id == "debian")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{ANDROID_TOOLS, C_COMPILER, JDK, ROOT_RIGHTS, names_debian, packages, what_to_do};

    #[test]
    fn debian_and_its_kin_are_known() {
        assert!(names_debian("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"));
        assert!(names_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(names_debian("ID=pop\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!names_debian("ID=fedora\nHOME_URL=\"https://debian\"\n"));
    }

    #[test]
    fn what_is_lacking_is_said_with_the_command_for_each_system() {
        let text = what_to_do(&[&C_COMPILER, &JDK]);
        for part in [
            "C compiler",
            "apt-get install gcc libc6-dev",
            "dnf install gcc",
            "xcode-select --install",
            "a JDK, 17 or later",
            "apt-get install default-jdk-headless",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(text.matches("Then run the same command again.").count(), 1);
    }

    #[test]
    fn what_no_package_brings_is_never_installed() {
        assert_eq!(packages(&[&C_COMPILER, &JDK]).unwrap(), ["gcc", "libc6-dev", "default-jdk-headless"]);
        assert_eq!(packages(&[&ANDROID_TOOLS, &ROOT_RIGHTS]), None);
        assert!(what_to_do(&[&ROOT_RIGHTS]).contains("sudo"));
    }
}
