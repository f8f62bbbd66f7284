//! `cargo xtask targets`: core and bindings are type-checked for Android and iOS, where neither NDK nor Xcode is.
//!
//! Types are all that is checked: nothing is linked. What ships is built by the scripts in `bindings/release`. A crate
//! that is wrong on one of the phones alone is checked first, and must be refused: if it were not, the rest would prove
//! nothing.
//!
//! A static library takes no linker either: `cargo xtask bench phone archives` builds one for each phone, to say how large
//! it is.

use std::{
    env,
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::{
    PhoneError,
    built::CORE,
    roots::Root,
    speed::PROFILE,
    targets_root::{APPLE_HEADERS, LIBRARY, NO_SDK, RECIPE},
};
use crate::process::{Workspace, capture, not_started, stream};

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

/// Builds the library of each phone as it ships, and prints how large it is: the archive, and the code and the data in it,
/// of which a linker keeps what is called.
pub(super) fn archives(workspace: &Workspace) -> Result<(), PhoneError> {
    let root = RECIPE.open(workspace)?;
    fetch(workspace, &root)?;
    let check = Check::prepare(workspace, root)?;
    for phone in PHONES {
        let archive = check.archive(phone)?;
        let bytes = fs::metadata(&archive).map_err(PhoneError::file(&archive))?.len();
        let said = check.measure(phone, &archive)?;
        let held = held(&said).ok_or(PhoneError::NotMeasured(said))?;
        println!(
            "size                {bytes} bytes, {} of {}, {held} of them code and data",
            CORE.archive(),
            phone.target
        );
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
        self.command(folder, phone, &command)
    }

    /// The static library of a phone, with its own standard library in it.
    fn archive(&self, phone: &Phone) -> Result<PathBuf, PhoneError> {
        let command = [
            "cargo",
            "rustc",
            "--locked",
            "-Zbuild-std=std",
            "--profile",
            PROFILE,
            "--target",
            phone.target,
            "--package",
            "inkan-bindings",
            "--lib",
            "--crate-type",
            "staticlib",
        ];
        self.root.run(&mut self.command(&self.workspace.root, phone, &command))?;
        Ok(self.target.join(phone.target).join(PROFILE).join(CORE.archive()))
    }

    /// The sections of each object in it, as LLVM's `size` tells them.
    fn measure(&self, phone: &Phone, archive: &Path) -> Result<String, PhoneError> {
        let archive = archive.to_string_lossy();
        let mut command = self.command(&self.target, phone, &["llvm-size", &archive]);
        Ok(String::from_utf8_lossy(&capture(&mut command)?).into_owned())
    }

    fn command(&self, folder: &Path, phone: &Phone, command: &[&str]) -> Command {
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
        self.root.command(folder, std::slice::from_ref(&self.cargo_home), &variables, command)
    }
}

/// The sum of what LLVM's `size` says of each object: the column `dec`. It heads its columns differently for each kind of
/// object.
fn held(said: &str) -> Option<u64> {
    let mut lines = said.lines().filter(|line| !line.trim().is_empty());
    let column = lines.next()?.split_whitespace().position(|name| name == "dec")?;
    lines.map(|line| line.split_whitespace().nth(column)?.parse::<u64>().ok()).sum()
}

fn names_the_fault(said: &str, phone: &Phone) -> bool {
    said.contains("error[E0308]: mismatched types")
        && PHONES.iter().all(|other| said.contains(other.wrong) == (other.target == phone.target))
}

#[cfg(test)]
mod tests {
    use super::{PHONES, WRONG_CRATE, held, names_the_fault};

    #[test]
    fn the_sizes_of_all_objects_are_added_up() {
        let elf = "   text\t   data\t    bss\t    dec\t    hex\tfilename\n   10\t 2\t 3\t 15\t f\ta.o (ex l.a)\n \
                   1\t 1\t 0\t 2\t 2\tb.o (ex l.a)\n";
        assert_eq!(held(elf), Some(17));
        let apple = "__TEXT\t__DATA\t__OBJC\tothers\tdec\thex\n10\t2\t0\t3\t15\tf\tl.a(a.o)\n";
        assert_eq!(held(apple), Some(15));
        assert_eq!(held("no such file"), None);
        assert_eq!(held(""), None);
    }

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
