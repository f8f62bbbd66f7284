//! The store's folder, apart from what sled keeps in it.
//!
//! ```text
//! <folder>/            mode 0700, excluded from backups by the shell
//!   lock               held while the store is open
//!   key                16 bytes by which the data key is recognised || the data key as the key vault wrapped it
//!   format             the number of the format, in digits
//!   head               the number of the newest commit, written after the commit is on the disk, and not waited for
//!   data/              sled's files
//!   report             what was found damaged, until somebody goes on over it: notice.rs
//!   before-open/       a copy of data/ while it is being opened; sled changes damaged files when it opens them
//!   doubted            there after a commit that failed, until what is read of data/ is known to be on the disk
//!   making             there while data/ is being made, and holds nothing that was acknowledged
//!   discarded/         data/ that was half-made, or of which the copy is kept, on its way out
//!   quarantine-N/      what was damaged or set aside, as it was found; never deleted by the store
//! ```

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use super::{StoreError, sealed::Format};
use crate::private_folder::{make_private_folder, sync_folder, write_durably};

const LOCK: &str = "lock";
const KEY: &str = "key";
const FORMAT: &str = "format";
const HEAD: &str = "head";
const DATA: &str = "data";
const REPORT: &str = "report";
const DOUBTED: &str = "doubted";
const MAKING: &str = "making";
const BEFORE_OPEN: &str = "before-open";
const DISCARDED: &str = "discarded";
const QUARANTINE: &str = "quarantine-";

/// The folders that this process has open. It covers the systems on which files cannot be locked.
static OPEN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// What the format file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormatFound {
    /// There is no such file.
    Absent,
    /// A format that this software reads.
    Known(Format),
    /// A format of the future.
    Newer(u32),
    /// Not a format.
    Unreadable,
}

/// A locked folder. The lock ends when this is dropped.
pub(super) struct StoreFolder {
    path: PathBuf,
    lock: File,
    _entry: OpenEntry,
}

impl Drop for StoreFolder {
    fn drop(&mut self) {
        // closing would do, were it not for a process that was forked meanwhile and has the file as well
        let _ = self.lock.unlock();
    }
}

/// A folder's place in [`OPEN`].
struct OpenEntry(PathBuf);

impl Drop for OpenEntry {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.0);
    }
}

impl StoreFolder {
    /// Makes the folder if it is missing, and locks it.
    pub(super) fn enter(path: &Path) -> Result<Self, StoreError> {
        make_private_folder(path).map_err(from_io)?;
        let path = path.canonicalize().map_err(from_io)?;
        if !OPEN.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
            return Err(StoreError::Locked);
        }
        let entry = OpenEntry(path.clone());
        let file = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path.join(LOCK))
            .map_err(from_io)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(StoreError::Locked),
            Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(from_io(error)),
        }
        Ok(Self { path, lock: file, _entry: entry })
    }

    pub(super) fn data(&self) -> PathBuf {
        self.path.join(DATA)
    }

    pub(super) fn has_data(&self) -> bool {
        self.data().exists()
    }

    pub(super) fn read_key(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(KEY)
    }

    pub(super) fn write_key(&self, key: &[u8]) -> Result<(), StoreError> {
        write_durably(&self.path, KEY, key).map_err(from_io)
    }

    pub(super) fn read_format(&self) -> Result<FormatFound, StoreError> {
        let Some(bytes) = self.read(FORMAT)? else { return Ok(FormatFound::Absent) };
        let number = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim_end().parse::<u32>().ok());
        Ok(match number {
            Some(number) if number > Format::NEWEST.number() => FormatFound::Newer(number),
            Some(number) => Format::from_number(number).map_or(FormatFound::Unreadable, FormatFound::Known),
            None => FormatFound::Unreadable,
        })
    }

    pub(super) fn write_format(&self, format: Format) -> Result<(), StoreError> {
        write_durably(&self.path, FORMAT, format!("{}\n", format.number()).as_bytes()).map_err(from_io)
    }

    /// The head as it stands, or one that says 0 where there is none or it cannot be read.
    pub(super) fn read_head(&self) -> Result<u64, StoreError> {
        let mut bytes = [0; 16];
        let read = File::open(self.path.join(HEAD)).and_then(|mut file| file.read_exact(&mut bytes));
        match read {
            Ok(()) => Ok(parse_head(bytes).unwrap_or(0)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::UnexpectedEof) => Ok(0),
            Err(error) => Err(from_io(error)),
        }
    }

    /// Makes the head say `number` and keeps it open.
    pub(super) fn open_head(&self, number: u64) -> Result<Head, StoreError> {
        write_durably(&self.path, HEAD, &print_head(number)).map_err(from_io)?;
        Ok(Head(File::options().write(true).open(self.path.join(HEAD)).map_err(from_io)?))
    }

    pub(super) fn read_report(&self) -> Result<Option<Vec<u8>>, StoreError> {
        self.read(REPORT)
    }

    pub(super) fn write_report(&self, report: &[u8]) -> Result<(), StoreError> {
        write_durably(&self.path, REPORT, report).map_err(from_io)
    }

    /// Returns when the report is gone for good.
    pub(super) fn drop_report(&self) -> Result<(), StoreError> {
        self.drop_file(REPORT)
    }

    /// Marks the data as doubted: of a sync that failed the system may count as written what never reached the disk.
    pub(super) fn doubt_data(&self) -> Result<(), StoreError> {
        write_durably(&self.path, DOUBTED, &[]).map_err(from_io)
    }

    pub(super) fn is_doubted(&self) -> bool {
        self.path.join(DOUBTED).exists()
    }

    /// Puts what is read of the data on the disk. Another sync would not do that after one that failed: it passes over
    /// what counts as written. The same bytes go to the same places, so it can be cut short anywhere.
    pub(super) fn settle_data(&self) -> Result<(), StoreError> {
        if self.has_data() {
            write_again(&self.data()).map_err(from_io)?;
        }
        self.drop_file(DOUBTED)
    }

    /// Marks what becomes of the data as half-made, and returns when the mark is on the disk.
    pub(super) fn begin_making(&self) -> Result<(), StoreError> {
        write_durably(&self.path, MAKING, &[]).map_err(from_io)
    }

    /// The data is whole. Returns when the mark is gone for good.
    pub(super) fn end_making(&self) -> Result<(), StoreError> {
        self.drop_file(MAKING)
    }

    /// Discards data of which only a part was made: the process died over it, or the disk was full.
    pub(super) fn drop_half_made(&self) -> Result<(), StoreError> {
        if !self.path.join(MAKING).exists() {
            return Ok(());
        }
        if self.has_data() {
            self.discard_data()?;
        }
        remove(&self.path.join(DISCARDED)).map_err(from_io)
    }

    /// Copies what sled is about to open.
    pub(super) fn copy_before_open(&self) -> Result<(), StoreError> {
        copy_folder(&self.data(), &self.path.join(BEFORE_OPEN)).map_err(from_io)
    }

    pub(super) fn has_copy(&self) -> bool {
        self.path.join(BEFORE_OPEN).exists()
    }

    /// Puts the copy, if there is one, on the disk.
    pub(super) fn sync_copy(&self) -> Result<(), StoreError> {
        if self.has_copy() { sync_deep(&self.path.join(BEFORE_OPEN)).map_err(from_io) } else { Ok(()) }
    }

    /// What was opened is sound, or another copy is to be made: this one is not needed.
    pub(super) fn drop_copy(&self) -> Result<(), StoreError> {
        remove(&self.path.join(BEFORE_OPEN)).map_err(from_io)
    }

    /// Keeps the copy of what was opened under a quarantine name. Doing it twice is doing it once.
    pub(super) fn quarantine_copy(&self, number: u32) -> Result<(), StoreError> {
        let place = self.quarantine(number);
        if self.has_copy() && !place.exists() {
            fs::rename(self.path.join(BEFORE_OPEN), place).map_err(from_io)?;
        }
        sync_folder(&self.path).map_err(from_io)
    }

    /// Puts the data aside. If sled has had it in its hands, the copy made before is what is kept. It can be cut short
    /// anywhere, and then done again.
    pub(super) fn quarantine_data(&self, number: u32) -> Result<(), StoreError> {
        if self.has_copy() {
            // the data goes first: while the copy is in its old place, this is not finished
            if self.has_data() {
                self.discard_data()?;
            }
            self.quarantine_copy(number)?;
        } else if self.has_data() && !self.quarantine(number).exists() {
            fs::rename(self.data(), self.quarantine(number)).map_err(from_io)?;
        }
        remove(&self.path.join(DISCARDED)).and_then(|()| sync_folder(&self.path)).map_err(from_io)
    }

    fn discard_data(&self) -> Result<(), StoreError> {
        let discarded = self.path.join(DISCARDED);
        remove(&discarded)
            .and_then(|()| fs::rename(self.data(), &discarded))
            .and_then(|()| sync_folder(&self.path))
            .map_err(from_io)
    }

    fn drop_file(&self, name: &str) -> Result<(), StoreError> {
        match fs::remove_file(self.path.join(name)) {
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            removed => removed.and_then(|()| sync_folder(&self.path)).map_err(from_io),
        }
    }

    /// Puts everything aside, so that the next opening makes an empty store with a key of its own.
    pub(super) fn quarantine_all(&self) -> Result<PathBuf, StoreError> {
        let place = self.quarantine(self.free_quarantine());
        make_private_folder(&place).map_err(from_io)?;
        // the key goes last: a store without data is empty, data without a key would be an error
        for name in [DATA, BEFORE_OPEN, DISCARDED, MAKING, DOUBTED, HEAD, FORMAT, REPORT, KEY] {
            match fs::rename(self.path.join(name), place.join(name)) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(from_io(error)),
                _ => {}
            }
        }
        sync_folder(&place).and_then(|()| sync_folder(&self.path)).map_err(from_io)?;
        Ok(place)
    }

    /// Puts everything that opening has made on the disk: the files of sled, and the names of all of them.
    pub(super) fn sync(&self) -> Result<(), StoreError> {
        sync_deep(&self.data()).and_then(|()| sync_folder(&self.path)).map_err(from_io)?;
        // the name of the folder itself stands in its parent, which may belong to somebody who does not let us in
        if let Some(parent) = self.path.parent() {
            let _ = sync_folder(parent);
        }
        Ok(())
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.path.join(name)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(from_io(error)),
        }
    }

    /// The quarantine folder of a number.
    pub(super) fn quarantine(&self, number: u32) -> PathBuf {
        self.path.join(format!("{QUARANTINE}{number}"))
    }

    /// A number of which there is no quarantine folder.
    pub(super) fn free_quarantine(&self) -> u32 {
        (1..u32::MAX).find(|number| !self.quarantine(*number).exists()).unwrap_or(u32::MAX)
    }
}

/// The number of the newest commit, kept outside of sled. sled takes damage in the middle of its log for the end of
/// the log and drops what follows without a word; the head knows better.
///
/// Nobody waits for the disk here: the commit itself is on it. The number outlives the process at once, and a power cut
/// within the seconds that the system takes to write it leaves an older one, never one that the log has not reached. All
/// that it costs is a word about commits of those seconds, if what the disk had confirmed is damaged as well.
pub(super) struct Head(File);

impl Head {
    /// Hands the number to the system.
    pub(super) fn advance(&mut self, number: u64) -> io::Result<()> {
        // 16 bytes at the front of a file lie in one sector: a power cut leaves the old number or the new one
        self.0.seek(SeekFrom::Start(0))?;
        self.0.write_all(&print_head(number))
    }
}

/// The number, and its complement as a check.
fn print_head(number: u64) -> [u8; 16] {
    ((u128::from(number) << 64) | u128::from(!number)).to_be_bytes()
}

fn parse_head(bytes: [u8; 16]) -> Option<u64> {
    let number = u64::try_from(u128::from_be_bytes(bytes) >> 64).ok()?;
    (print_head(number) == bytes).then_some(number)
}

/// Removes a folder; removing what is not there succeeds.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    make_private_folder(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &to.join(entry.file_name()))?;
        } else {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Writes every file over with what is read of it, and syncs it.
fn write_again(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            write_again(&entry.path())?;
        } else {
            let content = fs::read(entry.path())?;
            let mut file = File::options().write(true).open(entry.path())?;
            file.write_all(&content)?;
            file.sync_all()?;
        }
    }
    sync_folder(folder)
}

fn sync_deep(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            sync_deep(&entry.path())?;
        } else {
            File::options().write(true).open(entry.path())?.sync_all()?;
        }
    }
    sync_folder(folder)
}

/// Tells a full disk from other failures.
#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
pub(super) fn from_io(error: io::Error) -> StoreError {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full,
        _ => StoreError::Io(error.to_string()),
    }
}
