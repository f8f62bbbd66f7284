//! `cargo xtask targets`: core and bindings are type-checked for Android and iOS, where neither NDK nor Xcode is.
//!
//! Types are all that is checked: nothing is linked. What ships is built by the scripts in `bindings/release`. A crate
//! that is wrong on one of the phones alone is checked first, and must be refused: if it were not, the rest would prove
//! nothing.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    PhoneError,
    roots::Root,
    targets_root::{APPLE_HEADERS, LIBRARY, NO_SDK, RECIPE},
};
use crate::process::{Workspace, not_started, stream};

/// A phone as cargo names it, and what its C compiler is told.
struct Phone {
    target: &'static str,
    /// What the wrong crate does not declare on this phone.
    wrong: &'static str,
    variables: fn() -> Vec<(&'static str, String)>,
}

const PHONES: &[Phone] = &[
    Phone {
        target: "aarch64-linux-android",
        wrong: "WRONG_ON_ANDROID",
        variables: || {
            vec![
                ("CC_aarch64_linux_android", "clang".to_owned()),
                (
                    "CFLAGS_aarch64_linux_android",
                    "-ffreestanding -nostdlibinc -DRING_CORE_NOSTDLIBINC=1".to_owned(),
                ),
            ]
        },
    },
    Phone {
        target: "aarch64-apple-ios",
        wrong: "WRONG_ON_IOS",
        variables: || {
            vec![
                ("CC_aarch64_apple_ios", "clang".to_owned()),
                ("CFLAGS_aarch64_apple_ios", format!("-isystem {APPLE_HEADERS}")),
                ("SDKROOT", NO_SDK.to_owned()),
                ("IPHONEOS_DEPLOYMENT_TARGET", "16.0".to_owned()),
            ]
        },
    },
];

/// What goes onto a phone.
const PACKAGES: &[&str] = &["inkan-core", "inkan-bindings"];

/// Wrong on each phone in a line of its own, right everywhere else.
const WRONG_CRATE: &str = r#"#[cfg(target_os = "android")]
pub const WRONG_ON_ANDROID: u8 = "a text";
#[cfg(target_os = "ios")]
pub const WRONG_ON_IOS: u8 = "a text";
"#;

const WRONG_MANIFEST: &str = r#"[package]
name = "wrong-on-a-phone"
version = "0.0.0"
edition = "2024"

[workspace]
"#;

pub(super) fn run(workspace: &Workspace) -> Result<(), PhoneError> {
    let root = RECIPE.open(workspace)?;
    fetch(workspace, &root)?;
    let check = Check::prepare(workspace, root)?;
    for phone in PHONES {
        check.must_refuse(phone)?;
        println!("{}: a crate that is wrong on this phone alone was refused, as it must be", phone.target);
        check.must_accept(phone)?;
    }
    Ok(())
}

/// Everything is fetched outside, with this machine's own settings for cargo; inside there is no network.
fn fetch(workspace: &Workspace, root: &Root<'_>) -> Result<(), PhoneError> {
    stream(&mut workspace.cargo(["fetch", "--locked"]))?;
    let mut library = workspace.cargo(["fetch", "--locked", "--manifest-path"]);
    // The manifest of the standard library uses what is not stable.
    stream(library.arg(root.folder().join(LIBRARY)).env("RUSTC_BOOTSTRAP", "1"))?;
    Ok(())
}

struct Check<'a> {
    workspace: &'a Workspace,
    root: Root<'a>,
    cargo_home: PathBuf,
    /// A target folder of its own: another Rust builds into it.
    target: PathBuf,
    wrong: PathBuf,
}

impl<'a> Check<'a> {
    fn prepare(workspace: &'a Workspace, root: Root<'a>) -> Result<Self, PhoneError> {
        let below = workspace.target.join("phones").join("targets");
        let wrong = below.join("wrong");
        let source = wrong.join("src");
        fs::create_dir_all(&source).map_err(PhoneError::file(&source))?;
        for (file, text) in [(wrong.join("Cargo.toml"), WRONG_MANIFEST), (source.join("lib.rs"), WRONG_CRATE)]
        {
            fs::write(&file, text).map_err(PhoneError::file(&file))?;
        }
        let home = env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
        let cargo_home = home.ok_or(PhoneError::NoCargoHome)?;
        Ok(Self { workspace, root, cargo_home, target: below.join("target"), wrong })
    }

    fn must_accept(&self, phone: &Phone) -> Result<(), PhoneError> {
        let mut arguments = vec!["--locked", "--lib"];
        arguments.extend(PACKAGES.iter().flat_map(|package| ["--package", package]));
        self.root.run(&mut self.cargo_check(&self.workspace.root, phone, &arguments))
    }

    /// Refused, and for its own fault: a check that fails for whatever reason would prove as little.
    fn must_refuse(&self, phone: &Phone) -> Result<(), PhoneError> {
        let mut command = self.cargo_check(&self.wrong, phone, &[]);
        let output = command.stdin(Stdio::null()).output().map_err(|source| not_started(&command, source))?;
        let said = String::from_utf8_lossy(&output.stderr);
        if !output.status.success() && names_the_fault(&said, phone) {
            Ok(())
        } else {
            Err(PhoneError::NotRefused { target: phone.target, said: said.into_owned() })
        }
    }

    fn cargo_check(&self, folder: &Path, phone: &Phone, arguments: &[&str]) -> Command {
        let mut variables: Vec<(&str, OsString)> = vec![
            ("CARGO_HOME", self.cargo_home.clone().into_os_string()),
            ("CARGO_TARGET_DIR", self.target.clone().into_os_string()),
            ("CARGO_NET_OFFLINE", "true".into()),
            ("CARGO_TERM_COLOR", "never".into()),
            ("RUSTC_BOOTSTRAP", "1".into()),
        ];
        variables.extend((phone.variables)().into_iter().map(|(name, value)| (name, value.into())));
        let variables: Vec<(&str, &OsStr)> =
            variables.iter().map(|(name, value)| (*name, value.as_os_str())).collect();
        // What runs while it is built is not worth optimising: nothing of it is used twice. The same profile for the
        // wrong crate and for ours, so that both take the same standard library.
        let mut command = vec![
            "cargo",
            "check",
            "-Zbuild-std=std,panic_abort",
            "--config",
            "profile.dev.debug=false",
            "--config",
            "profile.dev.package.\"*\".opt-level=0",
            "--config",
            "profile.dev.package.\"*\".debug=false",
            "--target",
            phone.target,
        ];
        command.extend(arguments);
        self.root.command(folder, std::slice::from_ref(&self.cargo_home), &variables, command)
    }
}

fn names_the_fault(said: &str, phone: &Phone) -> bool {
    said.contains("error[E0308]: mismatched types")
        && PHONES.iter().all(|other| said.contains(other.wrong) == (other.target == phone.target))
}

#[cfg(test)]
mod tests {
    use super::{PHONES, WRONG_CRATE, names_the_fault};

    #[test]
    fn only_the_fault_of_this_phone_proves_something() {
        let said =
            |name: &str| format!("error[E0308]: mismatched types\n2 | pub const {name}: u8 = \"a text\";");
        for phone in PHONES {
            assert!(WRONG_CRATE.contains(phone.wrong));
            for other in PHONES {
                let own = phone.target == other.target;
                assert_eq!(names_the_fault(&said(other.wrong), phone), own, "{}", phone.target);
            }
            assert!(!names_the_fault("error: no matching package named `std` found", phone));
            assert!(!names_the_fault("", phone));
        }
    }
}
