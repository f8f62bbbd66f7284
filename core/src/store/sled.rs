//! The store of a phone: sealed records in sled 0.34.7. The only file that knows sled.
//!
//! What sled does not do by itself is done here:
//!
//! - On Linux and Android `flush` ends with `sync_file_range`, which leaves data in the disk's own cache and a grown
//!   file's new length nowhere. After each flush the data file is synced; a commit is acknowledged after that.
//! - Large pages would go into files of their own (`blobs/`), which nobody syncs. Values lie in parts so small that no
//!   page ever gets that large, so one file holds everything.
//! - Damage in the middle of its log is the end of the log to sled: what follows is dropped without a word. The number
//!   of the newest commit is kept outside, in the folder's head, and what is missing is reported.
//! - On damage it may panic. Every call into it is contained.
//! - A snapshot that it had no time, or no room, to write to the end makes it refuse all of its files. Such drafts are
//!   removed before it opens them: it needs none of them.
//!
//! ```text
//!            commit          apply_batch    flush    sync data   write head
//!   Sound ------------> Broken -------------------------------------------> Sound, acknowledged
//!                         |  any of them fails, or panics
//!                         +--> Broken: what sled has in memory was not acknowledged and may not be on the disk.
//!                              The next call writes the files again, for a sync that failed is not made up for by
//!                              another, and opens them; it fails if that fails. When a full disk has room again, the
//!                              app goes on. Damage that this comes upon ends the store's work; it
//!                              is told at the next opening.
//! ```

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockWriteGuard},
};

use zeroize::Zeroizing;

use super::{
    RecordId, RecordKind, Records, Store, StoreError, Write,
    folder::{Head, StoreFolder, from_io},
    notice::Notice,
    opening::reopen,
    sealed::{Format, RecordKey, Sealer, kind_code},
    take_changes,
};
use crate::ports::{DataKey, Random};

/// Files grow by so much. A quarter of it is the largest page that sled keeps in its data file.
const SEGMENT: usize = 512 * 1024;
/// The largest part of a value. sled splits a page at 17 entries and merges pages to at most 20:
/// 21 * (5 KiB + key) stays below 128 KiB.
const PART: usize = 5 * 1024;
/// What sled keeps in memory, all of it sealed.
const CACHE: u64 = 4 * 1024 * 1024;

/// How often sled's own lock is tried, some microseconds each.
const LOCK_TRIES: usize = 5_000;

const DATA_FILE: &str = "db";
/// How the name of a snapshot ends while it is being written.
const DRAFT: &str = "generating";
const QUARANTINE_TREE: &[u8] = b"quarantine";
const QUARANTINE_NAME: &[u8] = b"quarantine-";
const COMMITS: &str = "commits";

/// Records on the disk, sealed with a key that the key vault keeps. One handle at a time.
pub struct SledStore {
    disk: RwLock<State>,
    sealer: Sealer,
    key: DataKey,
    random: Arc<dyn Random>,
    // last: the lock ends after the files are closed
    folder: StoreFolder,
}

/// What a store has in its hands.
enum State {
    Sound(Disk),
    /// A commit has begun and not ended well. What is on the disk is known when the files are opened again.
    Broken,
    /// What is on the disk is damaged.
    Damaged,
}

/// The open files.
pub(super) struct Disk {
    db: sled::Db,
    records: sled::Tree,
    /// sled's data file, opened a second time: a sync reaches the file by any handle.
    data: File,
    head: Head,
    commits: u64,
    /// How often a commit has waited for the disk.
    syncs: u64,
}

impl Store for SledStore {
    fn read(&self, id: &RecordId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        let key = self.sealer.record_key(id);
        let found = self.with_disk(|disk| stored(&disk.records, key.as_bytes()))?;
        let Some(sealed) = found.get(&key) else { return Ok(None) };
        let (_, value) = self.sealer.open(&key, sealed).ok_or_else(does_not_open)?;
        Ok(Some(value))
    }

    fn list(&self, kind: RecordKind) -> Result<Records, StoreError> {
        let found = self.with_disk(|disk| stored(&disk.records, &[kind_code(kind)]))?;
        let mut records = found
            .iter()
            .map(|(key, sealed)| self.sealer.open(key, sealed).ok_or_else(does_not_open))
            .collect::<Result<Records, _>>()?;
        records.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
        Ok(records)
    }

    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        // of several changes of one record the last one counts
        let changes: BTreeMap<_, _> = take_changes(writes)?.into_iter().collect();
        if changes.is_empty() {
            return Ok(());
        }
        let mut state = self.exclusive();
        let disk = self.sound(&mut state)?;
        let mut batch = sled::Batch::default();
        for (id, value) in &changes {
            let key = self.sealer.record_key(id);
            let sealed = match value {
                Some(value) => Some(self.sealer.seal(&key, &id.name, value, self.random.as_ref())?),
                None => None,
            };
            put(&disk.records, &mut batch, &key, sealed.as_deref())?;
        }
        let number = disk.commits.saturating_add(1);
        write_count(&disk.records, &mut batch, &self.sealer, number, self.random.as_ref())?;
        let applied = disk.apply(batch, number);
        if applied.is_err() {
            close(std::mem::replace(&mut *state, State::Broken));
            // On a full disk there is no room for the mark. The next call makes up for it; only if the process ends before
            // that, and the disk loses what it was given, is there nothing to know it by.
            let _ = self.folder.doubt_data();
        }
        applied
    }

    fn acknowledge(&self) -> Result<(), StoreError> {
        self.folder.drop_report()
    }
}

impl SledStore {
    pub(super) fn assemble(
        disk: Disk,
        sealer: Sealer,
        key: DataKey,
        random: Arc<dyn Random>,
        folder: StoreFolder,
    ) -> Self {
        Self { disk: RwLock::new(State::Sound(disk)), sealer, key, random, folder }
    }

    /// For benchmarks and tests: commits so far, and how often those since the opening have waited for the disk.
    #[doc(hidden)]
    pub fn work(&self) -> (u64, u64) {
        self.with_disk(|disk| Ok((disk.commits, disk.syncs))).unwrap_or_default()
    }

    /// Reads, beside others that read.
    fn with_disk<T>(&self, read: impl Fn(&Disk) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let State::Sound(disk) = &*self.disk.read().unwrap_or_else(PoisonError::into_inner) {
            return read(disk);
        }
        read(self.sound(&mut self.exclusive())?)
    }

    fn exclusive(&self) -> RwLockWriteGuard<'_, State> {
        // calls into sled are contained, so a lock is poisoned by nothing that could be half-done
        self.disk.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The open files, opened again if a commit has failed.
    fn sound<'a>(&self, state: &'a mut State) -> Result<&'a mut Disk, StoreError> {
        if matches!(state, State::Broken) {
            *state = match reopen(&self.folder, &self.key, self.random.as_ref()) {
                Ok(disk) => State::Sound(disk),
                Err(StoreError::Damaged { .. }) => State::Damaged,
                Err(error) => return Err(error),
            };
        }
        match state {
            State::Sound(disk) => Ok(disk),
            State::Broken | State::Damaged => Err(StoreError::Damaged { what: "data file".to_owned() }),
        }
    }
}

impl Drop for SledStore {
    fn drop(&mut self) {
        close(std::mem::replace(&mut *self.exclusive(), State::Broken));
    }
}

/// Lets go of the files. sled may panic over a disk that does not sync.
fn close(state: State) {
    let _ = contained(|| {
        drop(state);
        Ok(())
    });
}

impl Disk {
    /// Opens what is there, or makes it, and says from which older format. Every record is looked at: what does not open
    /// is noted, and then moved into a tree of its own. [`StoreError::Damaged`] if sled cannot make sense of its files.
    pub(super) fn open(
        folder: &StoreFolder,
        key: &DataKey,
        format: Format,
        random: &dyn Random,
        notice: &mut Notice,
    ) -> Result<(Self, Sealer, Option<u32>), StoreError> {
        let (mut migrated_from, mut damaged) = (None, 0);
        let path = folder.data().join(DATA_FILE);
        if let Ok(left) = File::options().write(true).open(&path) {
            // sled notes where its log ended when it opens; what it read up to there must not go away afterwards
            left.sync_data().map_err(from_io)?;
        }
        drop_drafts(&folder.data()).map_err(from_io)?;
        let db = open_db(&folder.data())?;
        if format != Format::NEWEST {
            damaged = migrate(&db, key, format, random)?;
            migrated_from = Some(format.number());
            notice.add(folder, damaged, 0)?;
            folder.sync()?;
            folder.write_format(Format::NEWEST)?;
        }
        // also where the power went between the new format and this
        contained(|| db.drop_tree(tree_name(Format::V1)))?;
        let sealer = Sealer::new(key, Format::NEWEST)?;
        let records = contained(|| db.open_tree(tree_name(Format::NEWEST)))?;
        let (known, count) = (folder.read_head()?, read_count(&records, &sealer)?);
        // the count alone being damaged is no sign of missing commits
        let commits = match count {
            Count::Missing => 0,
            Count::Is(number) => number,
            Count::Damaged => known,
        };
        let closed = damaged_records(&records, &sealer)?;
        notice.emptied |= known > 0 && contained(|| Ok(records.is_empty()))?;
        notice.add(folder, damaged.saturating_add(closed.len()), known.saturating_sub(commits))?;
        for (key, sealed) in &closed {
            quarantine(&db, key, sealed)?;
            let mut batch = sled::Batch::default();
            put(&records, &mut batch, key, None)?;
            contained(|| records.apply_batch(batch))?;
        }
        if matches!(count, Count::Damaged) {
            let mut batch = sled::Batch::default();
            write_count(&records, &mut batch, &sealer, known, random)?;
            contained(|| records.apply_batch(batch))?;
        }
        contained(|| db.flush())?;
        folder.sync()?;
        let data = File::options().write(true).open(&path).map_err(from_io)?;
        let head = folder.open_head(commits)?;
        Ok((Self { db, records, data, head, commits, syncs: 0 }, sealer, migrated_from))
    }

    /// Makes the changes, all or none, and returns when they are on the disk.
    fn apply(&mut self, batch: sled::Batch, number: u64) -> Result<(), StoreError> {
        contained(|| {
            self.records.apply_batch(batch)?;
            self.db.flush()
        })?;
        self.syncs = self.syncs.saturating_add(1);
        self.data.sync_data().map_err(from_io)?;
        self.head.advance(number).map_err(from_io)?;
        self.commits = number;
        Ok(())
    }
}

/// Removes snapshots that are not whole. sled gives one its name when it is on the disk.
fn drop_drafts(data: &Path) -> io::Result<()> {
    let entries = match fs::read_dir(data) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == DRAFT) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

fn open_db(folder: &Path) -> Result<sled::Db, StoreError> {
    let config = sled::Config::new()
        .path(folder)
        .mode(sled::Mode::LowSpace)
        .segment_size(SEGMENT)
        .cache_capacity(CACHE)
        // every commit flushes; nothing else writes
        .flush_every_ms(None);
    // our own lock says that nobody has the folder; a thread of sled may hold its file for a moment longer
    for _ in 0..LOCK_TRIES {
        match contained(|| config.open()) {
            Err(StoreError::Locked) => std::thread::yield_now(),
            opened => return opened,
        }
    }
    Err(StoreError::Locked)
}

/// The name of the tree in which a format keeps its records.
fn tree_name(format: Format) -> &'static [u8] {
    match format {
        Format::V1 => b"records",
        Format::V2 => b"records.2",
    }
}

/// All sealed values whose keys begin with `prefix`, their parts joined.
fn stored(tree: &sled::Tree, prefix: &[u8]) -> Result<BTreeMap<RecordKey, Vec<u8>>, StoreError> {
    let entries = contained(|| tree.scan_prefix(prefix).collect::<sled::Result<Vec<_>>>())?;
    let mut found = BTreeMap::new();
    for (key, part) in entries {
        // the parts of a value follow each other
        let (key, _) = RecordKey::split(&key).ok_or_else(does_not_open)?;
        let sealed: &mut Vec<u8> = found.entry(key).or_default();
        sealed.extend_from_slice(&part);
    }
    Ok(found)
}

/// Replaces the parts of a value; `None` removes them.
fn put(
    tree: &sled::Tree,
    batch: &mut sled::Batch,
    key: &RecordKey,
    sealed: Option<&[u8]>,
) -> Result<(), StoreError> {
    for old in contained(|| tree.scan_prefix(key.as_bytes()).keys().collect::<sled::Result<Vec<_>>>())? {
        batch.remove(old);
    }
    for (number, part) in sealed.unwrap_or_default().chunks(PART).enumerate() {
        let number = u16::try_from(number).map_err(|_| StoreError::TooLarge)?;
        let mut place = key.as_bytes().to_vec();
        place.extend_from_slice(&number.to_be_bytes());
        batch.insert(place, part);
    }
    Ok(())
}

fn write_count(
    tree: &sled::Tree,
    batch: &mut sled::Batch,
    sealer: &Sealer,
    number: u64,
    random: &dyn Random,
) -> Result<(), StoreError> {
    let key = sealer.own_key(COMMITS);
    let count = sealer.seal(&key, COMMITS, &number.to_be_bytes(), random)?;
    put(tree, batch, &key, Some(&count))
}

/// The number of the newest commit, as it stands among the records.
enum Count {
    Missing,
    Damaged,
    Is(u64),
}

fn read_count(tree: &sled::Tree, sealer: &Sealer) -> Result<Count, StoreError> {
    let key = sealer.own_key(COMMITS);
    let found = stored(tree, key.as_bytes())?;
    let Some(bytes) = found.get(&key) else { return Ok(Count::Missing) };
    let number = sealer.open(&key, bytes).and_then(|(_, value)| value.as_slice().try_into().ok());
    Ok(number.map_or(Count::Damaged, |number| Count::Is(u64::from_be_bytes(number))))
}

/// Seals every record anew in the newest format, in a tree of its own. The old tree stays as it is until the format
/// file says that the new one counts. Returns the number of records that could not be opened.
fn migrate(db: &sled::Db, key: &DataKey, from: Format, random: &dyn Random) -> Result<usize, StoreError> {
    let (old, new) = (Sealer::new(key, from)?, Sealer::new(key, Format::NEWEST)?);
    let source = contained(|| db.open_tree(tree_name(from)))?;
    let target = contained(|| db.open_tree(tree_name(Format::NEWEST)))?;
    // an earlier try may have been cut short
    contained(|| target.clear())?;
    let mut damaged = 0;
    for (key, sealed) in stored(&source, &[])? {
        let Some((name, value)) = old.open(&key, &sealed) else {
            quarantine(db, &key, &sealed)?;
            damaged += 1;
            continue;
        };
        let key = new.key_like(&key, &name);
        let mut batch = sled::Batch::default();
        put(&target, &mut batch, &key, Some(&new.seal(&key, &name, &value, random)?))?;
        contained(|| target.apply_batch(batch))?;
    }
    contained(|| db.flush())?;
    Ok(damaged)
}

/// The records that do not open, as they are.
fn damaged_records(records: &sled::Tree, sealer: &Sealer) -> Result<Vec<(RecordKey, Vec<u8>)>, StoreError> {
    let mut all: Vec<_> = stored(records, &[])?.into_iter().collect();
    all.retain(|(key, sealed)| sealer.open(key, sealed).is_none());
    Ok(all)
}

/// Keeps the bytes of a damaged record, each time it is found under a name of its own, on the disk before anything is
/// removed.
fn quarantine(db: &sled::Db, key: &RecordKey, sealed: &[u8]) -> Result<(), StoreError> {
    let tree = contained(|| db.open_tree(QUARANTINE_TREE))?;
    for (number, part) in sealed.chunks(PART).enumerate() {
        let mut place = QUARANTINE_NAME.to_vec();
        place.extend_from_slice(&contained(|| db.generate_id())?.to_be_bytes());
        place.extend_from_slice(key.as_bytes());
        place.extend_from_slice(&u16::try_from(number).map_err(|_| StoreError::TooLarge)?.to_be_bytes());
        contained(|| tree.insert(place, part))?;
    }
    contained(|| db.flush())?;
    Ok(())
}

/// Calls into sled, whose assertions hold only while its files are as it left them.
fn contained<T>(work: impl FnOnce() -> sled::Result<T>) -> Result<T, StoreError> {
    // nothing that the closure holds is used again after a panic: an opening is given up, a commit closes the files
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(result) => result.map_err(from_sled),
        Err(_) => Err(StoreError::Damaged { what: "data file".to_owned() }),
    }
}

fn from_sled(error: sled::Error) -> StoreError {
    match error {
        // sled has no error of its own for this
        sled::Error::Io(error) if error.to_string().starts_with("could not acquire lock") => {
            StoreError::Locked
        }
        sled::Error::Io(error)
            if !matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData) =>
        {
            from_io(error)
        }
        _ => StoreError::Damaged { what: "data file".to_owned() },
    }
}

fn does_not_open() -> StoreError {
    StoreError::Damaged { what: "record".to_owned() }
}

#[cfg(test)]
mod tests;
