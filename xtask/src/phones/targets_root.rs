//! The root that type-checks Rust for phones: Debian forky with a newer Rust, its standard library in source, and the
//! headers of Apple's C library as Zig ships them.

use std::{fs, path::Path};

use super::{PhoneError, roots::Recipe, swift_root::the_one_file_in};
use crate::process::{Workspace, stream};

pub(super) const RECIPE: Recipe = Recipe {
    name: "targets-forky",
    suite: "forky",
    include: "rustc,cargo,rust-src,clang,lld,llvm,ca-certificates",
    packages: &[],
    besides: &[ZIG],
    finish: bring_apple_headers,
};

/// Where the manifest of the standard library lies inside.
pub(super) const LIBRARY: &str = "usr/lib/rustlib/src/rust/library/Cargo.toml";

/// The headers of Apple's C library, inside.
pub(super) const APPLE_HEADERS: &str = "/opt/apple-headers";

/// Inside: what ring takes for Apple's SDK. Nothing of it is read where only types are checked.
pub(super) const NO_SDK: &str = "/opt/no-sdk";

/// A line of pip's requirements; a program for each kind of machine, the headers in each are the same.
const ZIG: &str = "ziglang==0.17.1 \
    --hash=sha256:ea6cc5d87b033cf0aedfbc8f9549a908cae6c50ac31f1698188fa48a74524b54 \
    --hash=sha256:b7c5f02fccd40f89b999ee16a1f5ddced56e6182370f8affe494bcf8a28cf07e";

fn bring_apple_headers(workspace: &Workspace, root: &Path) -> Result<(), PhoneError> {
    let fetched = root.join("zig-package");
    let requirements = root.join("zig-requirements");
    fs::create_dir_all(&fetched).map_err(PhoneError::file(&fetched))?;
    fs::write(&requirements, ZIG).map_err(PhoneError::file(&requirements))?;
    let mut pip = workspace.program("python3");
    pip.args(["-m", "pip", "download", "--no-deps", "--only-binary", ":all:", "--require-hashes"]);
    stream(pip.arg("--dest").arg(&fetched).arg("--requirement").arg(&requirements))?;
    let package = the_one_file_in(&fetched)?;
    stream(workspace.program("python3").args(["-m", "zipfile", "-e"]).arg(package).arg(&fetched))?;
    let headers = root.join(APPLE_HEADERS.trim_start_matches('/'));
    fs::rename(fetched.join("ziglang/lib/libc/include/any-darwin-any"), &headers)
        .map_err(PhoneError::file(&headers))?;
    let sdk = root.join(NO_SDK.trim_start_matches('/'));
    fs::create_dir_all(&sdk).map_err(PhoneError::file(&sdk))?;
    fs::remove_file(&requirements).map_err(PhoneError::file(&requirements))?;
    fs::remove_dir_all(&fetched).map_err(PhoneError::file(&fetched))
}
