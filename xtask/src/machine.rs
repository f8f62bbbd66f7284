//! What the machine must have before anything can be built, and how it comes to have it.
//!
//! On Debian, as root, `cargo xtask test` installs what is lacking. Anywhere else it says what to install and stops:
//! a program should not change somebody's machine unasked.

use std::{
    env, fs,
    io::{self, Write as _},
    process::Stdio,
};

use crate::process::{ProcessError, Workspace, capture, stream, works};

/// One thing the build needs, and what provides it. To need more, add a row to `NEEDS`.
struct Need {
    what: &'static str,
    why: &'static str,
    debian: &'static [&'static str],
    fedora: &'static str,
    macos: &'static str,
    is_there: fn(&Workspace) -> bool,
}

const C_COMPILER: Need = Need {
    what: "a C compiler with the headers of the C library",
    why: "ring, SQLite and the power-cut shim of the tests are C",
    debian: &["gcc", "libc6-dev"],
    fedora: "dnf install gcc glibc-devel",
    macos: "xcode-select --install",
    is_there: c_compiler_works,
};

/// Everything `cargo xtask test` needs.
const NEEDS: &[Need] = &[C_COMPILER];

/// Everything `cargo xtask demo` needs.
const NEEDS_OF_DEMO: &[Need] = &[C_COMPILER];

/// Parts of the Rust toolchain that a minimal installation leaves out: the cargo command and the rustup component.
const COMPONENTS: &[(&str, &str)] = &[("fmt", "rustfmt"), ("clippy", "clippy")];

/// Why the machine is not ready.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MachineError {
    #[error("{0}")]
    Lacking(String),
    #[error("{what} is still lacking after {packages} had been installed")]
    StillLacking { what: &'static str, packages: String },
    #[error(transparent)]
    Process(#[from] ProcessError),
}

/// Makes the machine ready for the tests, or says what to install.
pub(crate) fn prepare(workspace: &Workspace) -> Result<(), MachineError> {
    for need in lacking(workspace, NEEDS) {
        if !(is_debian() && is_root(workspace)) {
            return Err(MachineError::Lacking(what_to_install(need)));
        }
        let packages = need.debian.join(" ");
        println!("lacking: {} ({}); installing {packages}", need.what, need.why);
        stream(workspace.program("apt-get").arg("update"))?;
        stream(
            workspace
                .program("apt-get")
                .args(["install", "-y", "--no-install-recommends"])
                .args(need.debian)
                .env("DEBIAN_FRONTEND", "noninteractive"),
        )?;
        if !(need.is_there)(workspace) {
            return Err(MachineError::StillLacking { what: need.what, packages });
        }
    }
    for (command, component) in COMPONENTS {
        if !works(&mut workspace.cargo([*command, "--version"])) {
            println!("lacking: {component}; adding it to the toolchain");
            stream(workspace.program("rustup").args(["component", "add", component]))?;
        }
    }
    println!("a C compiler, rustfmt and clippy are there");
    Ok(())
}

/// Is everything there that the demo needs? Installs nothing.
pub(crate) fn check_for_demo(workspace: &Workspace) -> Result<(), MachineError> {
    match lacking(workspace, NEEDS_OF_DEMO).next() {
        None => Ok(()),
        Some(need) => Err(MachineError::Lacking(what_to_install(need))),
    }
}

fn lacking<'a>(workspace: &'a Workspace, needs: &'a [Need]) -> impl Iterator<Item = &'a Need> {
    needs.iter().filter(|need| !(need.is_there)(workspace))
}

fn what_to_install(need: &Need) -> String {
    format!(
        "Lacking: {}. It is needed because {}.\n  \
         Debian, Ubuntu:  apt-get install {}\n  \
         Fedora:          {}\n  \
         macOS:           {}\n\
         Then run the same command again.",
        need.what,
        need.why,
        need.debian.join(" "),
        need.fedora,
        need.macos,
    )
}

/// Compiles a file that includes a header of the C library. The linker has just linked this program, so it is there.
fn c_compiler_works(workspace: &Workspace) -> bool {
    let compiler = env::var_os("CC").unwrap_or_else(|| "cc".into());
    let mut command = workspace.program(compiler);
    command
        .args(["-x", "c", "-fsyntax-only", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut compile = || -> io::Result<bool> {
        let mut child = command.spawn()?;
        if let Some(mut source) = child.stdin.take() {
            source.write_all(b"#include <stdio.h>\nint main(void) { return 0; }\n")?;
        }
        Ok(child.wait()?.success())
    };
    compile().unwrap_or(false)
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

fn is_root(workspace: &Workspace) -> bool {
    capture(workspace.program("id").arg("-u")).is_ok_and(|id| id.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::{C_COMPILER, names_debian, what_to_install};

    #[test]
    fn debian_and_its_kin_are_known() {
        assert!(names_debian("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"));
        assert!(names_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(names_debian("ID=pop\nID_LIKE=\"ubuntu debian\"\n"));
        assert!(!names_debian("ID=fedora\nHOME_URL=\"https://debian\"\n"));
    }

    #[test]
    fn what_is_lacking_is_said_with_the_command_for_each_system() {
        let text = what_to_install(&C_COMPILER);
        for part in ["C compiler", "apt-get install gcc libc6-dev", "dnf install", "xcode-select --install"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
