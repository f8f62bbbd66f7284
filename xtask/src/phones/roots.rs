//! Debian roots: small systems in folders of their own, for tools that the machine's own release does not have. Made
//! with debootstrap, entered with `in_root.sh`.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::{
    PhoneError,
    cache::{Cache, Kept},
};
use crate::process::{Workspace, capture, stream};

/// How a root is made. A change here makes it anew.
pub(super) struct Recipe {
    /// Its name in the cache.
    pub(super) name: &'static str,
    /// Debian's release.
    pub(super) suite: &'static str,
    /// What debootstrap brings.
    pub(super) include: &'static str,
    /// What apt brings afterwards: debootstrap does not understand every dependency.
    pub(super) packages: &'static [&'static str],
    /// What is no Debian package, each with its version: for the marker alone.
    pub(super) besides: &'static [&'static str],
    /// Brings what is no Debian package.
    pub(super) finish: fn(&Workspace, &Path) -> Result<(), PhoneError>,
}

impl Recipe {
    fn text(&self) -> String {
        format!("{}\n{}\n{}\n{}\n", self.suite, self.include, self.packages.join(" "), self.besides.join(" "))
    }

    pub(super) fn is_made(&self, workspace: &Workspace) -> bool {
        Cache::locate(workspace).is_ok_and(|cache| cache.holds(self.name, &self.text()))
    }

    /// The root, made now if it is not there.
    pub(super) fn open<'a>(&self, workspace: &'a Workspace) -> Result<Root<'a>, PhoneError> {
        let kept = Cache::locate(workspace)?.get(self.name, &self.text(), |folder| {
            println!("making {} of Debian {} (some minutes and 3 GB, once)", self.name, self.suite);
            self.make(workspace, folder)
        })?;
        Ok(Root { workspace, kept })
    }

    fn make(&self, workspace: &Workspace, folder: &Path) -> Result<(), PhoneError> {
        let mut debootstrap = alone(workspace, "debootstrap");
        debootstrap.args(["--variant=minbase", &format!("--include={}", self.include), self.suite]);
        debootstrap.arg(folder);
        if !Path::new("/usr/share/debootstrap/scripts").join(self.suite).exists() {
            // An older debootstrap does not know a newer release; all of them are made as sid is. The empty word is the
            // mirror: debootstrap's own choice.
            debootstrap.args(["", "sid"]);
        }
        stream(&mut debootstrap)?;
        if !self.packages.is_empty() {
            let mut apt = alone(workspace, "chroot");
            apt.arg(folder).args(["apt-get", "install", "-y", "--no-install-recommends"]).args(self.packages);
            stream(apt.env("DEBIAN_FRONTEND", "noninteractive"))?;
        }
        let mut clean = alone(workspace, "chroot");
        stream(clean.arg(folder).args(["apt-get", "clean"]))?;
        (self.finish)(workspace, folder)
    }
}

/// A program whose mounts and left-over processes go when it ends, however it ends.
fn alone(workspace: &Workspace, program: &str) -> Command {
    let mut command = workspace.program("unshare");
    command.args(["--mount", "--pid", "--kill-child", program]);
    command
}

/// A root that is ready.
pub(super) struct Root<'a> {
    workspace: &'a Workspace,
    kept: Kept,
}

impl Root<'_> {
    /// Where its files lie.
    pub(super) fn folder(&self) -> &Path {
        &self.kept.folder
    }

    /// A command that runs inside, in `folder`, with the workspace and cargo's target folder (and `binds`) under the
    /// paths that they have outside. Its environment holds what is named here and no more.
    pub(super) fn command<S: AsRef<OsStr>>(
        &self,
        folder: &Path,
        binds: &[PathBuf],
        variables: &[(&str, &OsStr)],
        command: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut entered = alone(self.workspace, "sh");
        entered.arg(self.workspace.root.join("xtask/src/phones/in_root.sh"));
        entered.arg(self.folder()).arg(folder).arg(&self.workspace.root).arg(&self.workspace.target);
        entered.args(binds).args(["--", "env"]);
        for (name, value) in variables {
            let mut pair = OsString::from(name);
            pair.push("=");
            pair.push(value);
            entered.arg(pair);
        }
        entered.args(command);
        entered
    }

    /// Runs it, and looks whether it left a mount behind.
    pub(super) fn run(&self, command: &mut Command) -> Result<(), PhoneError> {
        fs::create_dir_all(&self.workspace.target).map_err(PhoneError::file(&self.workspace.target))?;
        let ended = stream(command);
        self.check_mounts()?;
        Ok(ended?)
    }

    fn check_mounts(&self) -> Result<(), PhoneError> {
        let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
        match mount_below(&mounts, self.folder()) {
            None => Ok(()),
            Some(mount) => Err(PhoneError::MountLeft(mount)),
        }
    }
}

/// The first mount below a folder, in the words of /proc/self/mounts.
fn mount_below(mounts: &str, folder: &Path) -> Option<PathBuf> {
    let places = mounts.lines().filter_map(|line| line.split(' ').nth(1)).map(Path::new);
    places.filter(|place| place.starts_with(folder)).map(Path::to_owned).next()
}

/// The file must be the one that was looked at when its version was chosen.
pub(super) fn check_hash(workspace: &Workspace, file: &Path, expected: &str) -> Result<(), PhoneError> {
    let said = capture(workspace.program("sha256sum").arg(file))?;
    let found = String::from_utf8_lossy(&said);
    let found = found.split(' ').next().unwrap_or_default();
    if found == expected {
        Ok(())
    } else {
        Err(PhoneError::OtherFile {
            file: file.to_owned(),
            expected: expected.to_owned(),
            found: found.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::mount_below;

    #[test]
    fn a_mount_that_was_left_is_seen() {
        let mounts = "proc /proc proc rw 0 0\n/dev/a /cache/swift/proc proc rw 0 0\n";
        assert_eq!(mount_below(mounts, Path::new("/cache/swift")), Some(PathBuf::from("/cache/swift/proc")));
        assert_eq!(mount_below(mounts, Path::new("/cache/swi")), None);
    }
}
