//! Files that only the server's own user may read: keys, key sets, the configuration that `init` writes.
//!
//! A file is written beside its place, synced, and put there whole; it never replaces another. What others can read is
//! not taken as a secret: reading it is refused with the command that mends it.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

/// Largest file read, in bytes: keys and key sets are far below.
const MAX_SIZE: u64 = 1024 * 1024;

/// Why a file could not be read or written. Each says what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There already is one; it is never replaced.
    #[error("{0} already exists and is left as it is; move it away first if you want a new one")]
    Exists(PathBuf),
    /// Others may read it.
    #[error("{path} can be read by others (mode {mode:04o}); run: chmod 600 {path}")]
    Open {
        /// The file.
        path: String,
        /// Its permission bits.
        mode: u32,
    },
    /// Larger than any such file is.
    #[error("{0} is larger than 1 MiB and is not what belongs there")]
    TooLarge(PathBuf),
    /// The system said no.
    #[error("cannot {action} {path}: {source}")]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl FileError {
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
    }
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> FileError + use<'a> {
    move |source| FileError::Io { action, path: path.to_owned(), source }
}

/// Makes a folder and those above it, mode 0700. One that exists stays as it is.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed("create", path))
}

/// Writes a new file of mode 0600: whole and synced when this returns, and never over another.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let written = write(&beside, bytes).and_then(|()| {
        // a link, not a rename: it fails where the name is taken
        std::fs::hard_link(&beside, path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => FileError::Exists(path.to_owned()),
            _ => failed("create", path)(error),
        })
    });
    // whatever came of it, the copy beside goes; what is left of it would be no more than clutter
    let _ = std::fs::remove_file(&beside);
    written?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed("sync", folder))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .map_err(failed("create", path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed("write", path))
}

/// Reads a secret. Refused where group or others have any right to it.
pub fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, FileError> {
    let mut file = File::open(path).map_err(failed("read", path))?;
    let about = file.metadata().map_err(failed("read", path))?;
    let mode = about.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(FileError::Open { path: path.display().to_string(), mode });
    }
    if about.len() > MAX_SIZE {
        return Err(FileError::TooLarge(path.to_owned()));
    }
    // room for all of it at once: a growing buffer would leave copies behind
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(about.len() + 1).unwrap_or_default()));
    file.read_to_end(&mut bytes).map_err(failed("read", path))?;
    Ok(bytes)
}

/// The numbers N for which `folder` holds a file `<before>N<after>`, rising. A missing folder has none.
pub fn numbers(folder: &Path, before: &str, after: &str) -> Result<Vec<u64>, FileError> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("read", folder)(error)),
    };
    let mut numbers = Vec::new();
    for entry in entries {
        let name = entry.map_err(failed("read", folder))?.file_name();
        let number: Option<u64> = name
            .to_str()
            .and_then(|name| name.strip_prefix(before)?.strip_suffix(after))
            .filter(|digits| !digits.starts_with(['0', '+']))
            .and_then(|digits| digits.parse().ok());
        numbers.extend(number);
    }
    numbers.sort_unstable();
    Ok(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_is_written_is_for_its_owner_and_is_never_replaced() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        create_folder(&folder).unwrap();
        assert_eq!(mode(&folder), 0o700);
        let file = folder.join("identity.key");
        create(&file, b"first").unwrap();
        assert_eq!(mode(&file), 0o600);
        assert!(matches!(create(&file, b"second"), Err(FileError::Exists(_))));
        assert_eq!(read(&file).unwrap().as_slice(), b"first");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_way_out() {
        let root = tempfile::tempdir().unwrap();
        let file = root.path().join("x.key");
        create(&file, b"x").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let error = read(&file).unwrap_err().to_string();
        assert!(error.contains("0640") && error.contains("chmod 600"), "{error}");
        assert!(read(&root.path().join("none")).unwrap_err().is_missing());
    }

    #[test]
    fn files_are_found_by_their_number() {
        let root = tempfile::tempdir().unwrap();
        for name in ["k-10.key", "k-2.key", "k-x.key", "k-3.key.new-1", "k-01.key"] {
            create(&root.path().join(name), b"").unwrap();
        }
        assert_eq!(numbers(root.path(), "k-", ".key").unwrap(), [2, 10]);
        assert!(numbers(&root.path().join("none"), "k-", ".key").unwrap().is_empty());
    }
}
