//! The folder of one virtual phone: everything that it remembers, for this user's eyes only.
//!
//! ```text
//! HOME/vault/            keys, in software
//! HOME/store/            the authenticator's sealed state (sled; its lock keeps a second process out)
//! HOME/browser-main.json cookies of a browser profile
//! HOME/settings.json     language, look, and the switches of the page
//! HOME/control.json      while a phone runs here: its address and the token for its control API
//! ```

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

/// The folder of a virtual phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home(PathBuf);

impl Home {
    /// The folder, made with mode 0700 if it is missing.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        #[cfg(unix)]
        fs::set_permissions(folder, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
        Ok(Self(folder.to_owned()))
    }

    /// Where the software vault keeps its keys.
    pub fn vault(&self) -> PathBuf {
        self.0.join("vault")
    }

    /// Where the store is.
    pub fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    /// The file of a browser profile. `None` for a name that is no plain word.
    pub fn browser(&self, profile: &str) -> Option<PathBuf> {
        let plain = (1..=32).contains(&profile.len())
            && profile.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        plain.then(|| self.0.join(format!("browser-{profile}.json")))
    }

    /// The file that says where this phone's control API listens.
    pub fn control(&self) -> PathBuf {
        self.0.join("control.json")
    }

    /// The file of settings.
    pub fn settings(&self) -> PathBuf {
        self.0.join("settings.json")
    }
}

/// Reads JSON from a file; `None` if there is no such file.
pub(crate) fn read_json<T: DeserializeOwned>(file: &Path) -> io::Result<Option<T>> {
    match fs::read(file) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes JSON to a file of mode 0600.
pub(crate) fn write_json(file: &Path, value: &impl Serialize) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(value)?;
    write_private(file, |out| io::Write::write_all(out, &text))
}

/// Writes a file of mode 0600: the new content or the old one, never a mixture.
pub(crate) fn write_private(
    file: &Path,
    write: impl FnOnce(&mut fs::File) -> io::Result<()>,
) -> io::Result<()> {
    let draft = file.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&draft)?;
    write(&mut out)?;
    out.sync_all()?;
    fs::rename(&draft, file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_profile_is_a_plain_word() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(&folder.path().join("a/b")).unwrap();
        assert!(home.browser("main").is_some_and(|file| file.starts_with(folder.path())));
        for name in ["", "../main", "a/b", "a.b", "日本"] {
            assert_eq!(home.browser(name), None, "{name}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_may_look() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::open(&folder.path().join("home")).unwrap();
        write_json(&home.control(), &"secret").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&home.control()), 0o600);
        assert_eq!(mode(home.control().parent().unwrap()), 0o700);
        assert_eq!(read_json::<String>(&home.control()).unwrap().as_deref(), Some("secret"));
        assert_eq!(read_json::<String>(&home.settings()).unwrap(), None);
    }
}
