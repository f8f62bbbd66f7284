//! What the build needs beside Rust, and what provides it. To need more, add a constant, and name it in the step that
//! needs it (suite.rs).

use std::{
    env,
    io::{self, Write as _},
    process::Stdio,
};

use crate::{
    phones,
    process::{Workspace, capture, works},
};

/// One thing the build needs.
pub(crate) struct Need {
    pub(crate) what: &'static str,
    pub(crate) why: &'static str,
    pub(crate) remedy: Remedy,
    pub(crate) is_there: fn(&Workspace) -> bool,
}

/// What helps where something is lacking.
pub(crate) enum Remedy {
    /// Packages, or the command that brings them.
    Packages { debian: &'static [&'static str], fedora: &'static str, macos: &'static str },
    /// Something that no package brings.
    Words(&'static str),
}

pub(crate) const C_COMPILER: Need = Need {
    what: "a C compiler with the headers of the C library",
    why: "ring, SQLite and the power-cut shim of the tests are C",
    remedy: Remedy::Packages {
        debian: &["gcc", "libc6-dev"],
        fedora: "dnf install gcc glibc-devel",
        macos: "xcode-select --install",
    },
    is_there: c_compiler_works,
};

pub(crate) const SHELLCHECK: Need = Need {
    what: "shellcheck",
    why: "the release scripts cannot be run here, so at least they are read",
    remedy: Remedy::Packages {
        debian: &["shellcheck"],
        fedora: "dnf install ShellCheck",
        macos: "brew install shellcheck",
    },
    is_there: |workspace| works(workspace.program("shellcheck").arg("--version")),
};

/// On Debian 12 the default is 17, on later ones a later one; both do.
pub(crate) const JDK: Need = Need {
    what: "a JDK, 17 or later",
    why: "the Kotlin façade and the Android app are compiled and tested on the JVM",
    remedy: Remedy::Packages {
        debian: &["default-jdk-headless"],
        fedora: "dnf install java-latest-openjdk-devel",
        macos: "brew install openjdk@17",
    },
    is_there: |workspace| {
        capture(workspace.program("javac").arg("-version"))
            .is_ok_and(|said| java_version(&String::from_utf8_lossy(&said)).is_some_and(|major| major >= 17))
    },
};

pub(crate) const PHP: Need = Need {
    what: "PHP, 8 or later, on the command line",
    why: "the snippets of the webhook guide are run",
    remedy: Remedy::Packages {
        debian: &["php-cli"],
        fedora: "dnf install php-cli",
        macos: "brew install php",
    },
    is_there: |workspace| {
        works(workspace.program("php").args(["-r", "exit(PHP_MAJOR_VERSION >= 8 ? 0 : 1);"]))
    },
};

pub(crate) const MAVEN: Need = Need {
    what: "Maven",
    why: "it builds the Kotlin façade and the Android app",
    remedy: Remedy::Packages { debian: &["maven"], fedora: "dnf install maven", macos: "brew install maven" },
    is_there: |workspace| works(workspace.program("mvn").arg("--version")),
};

pub(crate) const ANDROID_TOOLS: Need = Need {
    what: "aapt2, zipalign, apksigner, dexdump, zip and unzip",
    why: "they link the resources of the Android app and put its APK together",
    remedy: Remedy::Packages {
        debian: &["aapt", "zipalign", "apksigner", "dexdump", "zip", "unzip"],
        fedora: "dnf install zip unzip, and the build-tools of the Android SDK on the PATH",
        macos: "the build-tools of the Android SDK on the PATH",
    },
    is_there: |_| ["aapt2", "zipalign", "apksigner", "dexdump", "zip", "unzip"].into_iter().all(is_on_path),
};

/// Debian roots exist on Linux alone; elsewhere the steps that need one say that they do not run.
pub(crate) const DEBOOTSTRAP: Need = Need {
    what: "debootstrap",
    why: "Swift, and the Rust that type-checks for phones, live in Debian roots of their own",
    remedy: Remedy::Packages {
        debian: &["debootstrap"],
        fedora: "dnf install debootstrap",
        macos: "(not needed)",
    },
    is_there: |_| !phones::HAS_ROOTS || is_on_path("debootstrap"),
};

pub(crate) const ROOT_RIGHTS: Need = Need {
    what: "the right to mount",
    why: "the steps `swift` and `targets` run inside Debian roots, with folders of this machine mounted into them, and \
          the step `android` fills a small disk that is mounted for it",
    remedy: Remedy::Words(
        "Run it as root: sudo env PATH=\"$PATH\" cargo xtask … (in a container, a privileged one).\n\
         Or run the other steps alone: cargo xtask test --list names them, --only STEP runs one.",
    ),
    is_there: |workspace| {
        !phones::HAS_ROOTS
            || is_root(workspace)
                && works(workspace.program("unshare").args(["--mount", "--pid", "--fork", "true"]))
    },
};

/// Needed once: what it fetches stays in the cache.
pub(crate) const NPM: Need = Need {
    what: "npm",
    why: "it fetches SwiftLint, which has no Debian package",
    remedy: Remedy::Packages { debian: &["npm"], fedora: "dnf install npm", macos: "(not needed)" },
    is_there: |workspace| {
        !phones::HAS_ROOTS
            || phones::swift_root_is_made(workspace)
            || works(workspace.program("npm").arg("--version"))
    },
};

pub(crate) const NODE: Need = Need {
    what: "Node.js with npm",
    why: "what the server says to others is checked by libraries of the JavaScript world",
    remedy: Remedy::Packages {
        debian: &["nodejs", "npm"],
        fedora: "dnf install nodejs npm",
        macos: "brew install node",
    },
    is_there: |workspace| {
        ["node", "npm"].into_iter().all(|program| works(workspace.program(program).arg("--version")))
    },
};

pub(crate) const PYTHON_VENV: Need = Need {
    what: "Python with venv",
    why: "webhooks are verified by the official library for Python",
    remedy: Remedy::Packages {
        debian: &["python3-venv"],
        fedora: "dnf install python3",
        macos: "brew install python",
    },
    is_there: |workspace| works(workspace.program("python3").args(["-c", "import ensurepip, venv"])),
};

/// Needed once, as npm is.
pub(crate) const PIP: Need = Need {
    what: "Python with pip",
    why: "it fetches the headers of Apple's C library, which the type-check for iOS reads",
    remedy: Remedy::Packages {
        debian: &["python3-pip"],
        fedora: "dnf install python3-pip",
        macos: "(not needed)",
    },
    is_there: |workspace| {
        !phones::HAS_ROOTS
            || phones::targets_root_is_made(workspace)
            || works(workspace.program("python3").args(["-m", "pip", "--version"]))
    },
};

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

/// Some of these programs end with an error whatever they are asked, so they are looked for and not asked.
fn is_on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

pub(super) fn is_root(workspace: &Workspace) -> bool {
    capture(workspace.program("id").arg("-u")).is_ok_and(|id| id.trim_ascii() == b"0")
}

/// `17` of `javac 17.0.15`; `8` of `javac 1.8.0_402`.
fn java_version(said: &str) -> Option<u32> {
    let mut numbers = said.trim().strip_prefix("javac ")?.split(['.', '_', '-', '+']);
    let first = numbers.next()?.parse().ok()?;
    if first == 1 { numbers.next()?.parse().ok() } else { Some(first) }
}

#[cfg(test)]
mod tests {
    use super::{is_on_path, java_version};

    #[test]
    fn versions_of_java_are_read_old_and_new() {
        assert_eq!(java_version("javac 17.0.15\n"), Some(17));
        assert_eq!(java_version("javac 25\n"), Some(25));
        assert_eq!(java_version("javac 21-ea"), Some(21));
        assert_eq!(java_version("javac 1.8.0_402"), Some(8));
        for said in ["", "openjdk 17", "javac x"] {
            assert_eq!(java_version(said), None, "{said}");
        }
    }

    #[test]
    fn programs_are_found_on_the_path_alone() {
        assert!(is_on_path("sh"));
        assert!(!is_on_path("inkan-none"));
    }
}
