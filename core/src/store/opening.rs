//! How the phone's store is opened, and what is told about its condition.
//!
//! ```text
//! 1 lock the folder              taken:            Locked
//! 2 read the format              of the future:    NewerFormat, nothing is touched
//! 3 unwrap the data key          gone for good:    KeyMissing, nothing is touched
//! 4 read the report              not acknowledged: what it says is said again; a move that it announces is finished
//! 5 copy the data, open it       damaged:          quarantine, then an empty store, reported
//!                                a commit failed:  written again before, for a sync that failed is not made up for by another
//! 6 migrate an older format
//! 7 open every record            damaged:          quarantine of the record, reported
//! 8 compare with the head        commits missing:  quarantine of the copy, reported, what is there is kept
//! ```
//!
//! What is reported is on the disk before anything is put away for it (`notice.rs`).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use zeroize::Zeroizing;

use super::{
    SledStore, StoreError,
    folder::{FormatFound, StoreFolder},
    notice::Notice,
    sealed::{Format, Sealer, key_check},
    sled::Disk,
};
use crate::ports::{Clock, DataKey, KeyVault, Random, VaultError, deadline::TimedVault, make_bytes};

/// The condition in which a store was found. Damage is reported by every opening until [`Store::acknowledge`]; of a
/// number that several of them found, the largest.
///
/// [`Store::acknowledge`]: super::Store::acknowledge
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreReport {
    /// There was nothing; an empty store was made.
    pub created: bool,
    /// The number of the older format in which the store was. It is in the newest one now, with all its records.
    pub migrated_from: Option<u32>,
    /// Where the damaged files now are. If [`StoreReport::emptied`] is set, the store has begun anew.
    pub quarantined: Option<PathBuf>,
    /// Nothing could be saved of the damaged files: all accounts have to be enrolled again.
    pub emptied: bool,
    /// Records that did not open. They are kept inside the store under a quarantine name, out of the way.
    pub damaged_records: usize,
    /// Acknowledged commits that are no longer there, the newest ones: damage, or an old copy was put back.
    pub lost_commits: u64,
}

impl StoreReport {
    /// Whether everything that was ever acknowledged is there.
    pub fn is_sound(&self) -> bool {
        self.quarantined.is_none() && !self.emptied && self.damaged_records == 0 && self.lost_commits == 0
    }
}

/// A store, and the condition in which it was found.
pub struct OpenedStore {
    /// The store.
    pub store: SledStore,
    /// What to tell the person, or the log.
    pub report: StoreReport,
}

impl SledStore {
    /// Opens the store in `folder`, or makes it there, in a parent that exists. The folder must be kept out of backups and transfers by the
    /// shell. Blocks for some ten milliseconds.
    ///
    /// # Errors
    /// [`StoreError::Locked`], [`StoreError::NewerFormat`] and [`StoreError::KeyMissing`] leave everything as it is; after
    /// the last one, [`SledStore::set_aside`] makes room for a new store. Damage is no error but in the report.
    pub async fn open(
        folder: &Path,
        vault: Arc<dyn KeyVault>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
    ) -> Result<OpenedStore, StoreError> {
        let folder = StoreFolder::enter(folder)?;
        let found = folder.read_format()?;
        if let FormatFound::Newer(found) = found {
            return Err(StoreError::NewerFormat { found, known: Format::NEWEST.number() });
        }
        let vault = TimedVault::new(vault, clock);
        let key = take_key(&folder, &vault, random.as_ref()).await?;
        open_with(folder, found, key, random)
    }

    /// Puts all that is in `folder` aside under a quarantine name, which is returned. The next opening makes an empty
    /// store with a new key.
    ///
    /// # Errors
    /// [`StoreError::Locked`] while the store is open, [`StoreError::Io`].
    pub fn set_aside(folder: &Path) -> Result<PathBuf, StoreError> {
        StoreFolder::enter(folder)?.quarantine_all()
    }
}

fn open_with(
    folder: StoreFolder,
    found: FormatFound,
    key: DataKey,
    random: Arc<dyn Random>,
) -> Result<OpenedStore, StoreError> {
    let mut notice = Notice::take_up(&folder)?;
    // an opening may have been cut short, and so may the making of an empty store
    folder.drop_copy()?;
    folder.drop_half_made()?;
    let was_there = folder.has_data();
    if !was_there && folder.read_head()? > 0 {
        notice.empty(&folder)?;
    }
    if folder.is_doubted() {
        folder.settle_data()?;
    }
    let (disk, sealer, migrated_from) = match (found, was_there) {
        (FormatFound::Known(format), true) => {
            folder.copy_before_open()?;
            match Disk::open(&folder, &key, format, random.as_ref(), &mut notice) {
                Err(StoreError::Damaged { .. }) => begin_anew(&folder, &key, random.as_ref(), &mut notice)?,
                Err(error) => {
                    // it may have been a sync; where even the mark fails, the disk has failed twice
                    let _ = folder.doubt_data();
                    return Err(error);
                }
                Ok(opened) => opened,
            }
        }
        // a store always has its format on the disk before it has data
        (_, true) => begin_anew(&folder, &key, random.as_ref(), &mut notice)?,
        (_, false) => make(&folder, &key, random.as_ref(), &mut notice)?,
    };
    folder.drop_copy()?;
    let report = StoreReport {
        created: !was_there && notice.is_sound(),
        migrated_from,
        quarantined: notice.quarantined.map(|number| folder.quarantine(number)),
        emptied: notice.emptied,
        damaged_records: notice.damaged_records,
        lost_commits: notice.lost_commits,
    };
    Ok(OpenedStore { store: SledStore::assemble(disk, sealer, key, random, folder), report })
}

/// Opens the files of a store again over which a commit has failed. Nothing is acknowledged in between, so nothing may be
/// missing: if something is, it is put away and noted as at an opening, and told at the next one.
pub(super) fn reopen(folder: &StoreFolder, key: &DataKey, random: &dyn Random) -> Result<Disk, StoreError> {
    let before = Notice::take_up(folder)?;
    let mut notice = before.clone();
    // whether or not there was room for the mark
    folder.settle_data()?;
    folder.drop_copy()?;
    folder.copy_before_open()?;
    let opened = Disk::open(folder, key, Format::NEWEST, random, &mut notice);
    if matches!(opened, Err(StoreError::Damaged { .. })) {
        notice.empty(folder)?;
    }
    let (disk, ..) = opened?;
    if notice != before {
        return Err(StoreError::Damaged { what: "data file".to_owned() });
    }
    folder.drop_copy()?;
    Ok(disk)
}

fn begin_anew(
    folder: &StoreFolder,
    key: &DataKey,
    random: &dyn Random,
    notice: &mut Notice,
) -> Result<(Disk, Sealer, Option<u32>), StoreError> {
    notice.empty(folder)?;
    make(folder, key, random, notice)
}

fn make(
    folder: &StoreFolder,
    key: &DataKey,
    random: &dyn Random,
    notice: &mut Notice,
) -> Result<(Disk, Sealer, Option<u32>), StoreError> {
    folder.begin_making()?;
    folder.write_format(Format::NEWEST)?;
    let made = Disk::open(folder, key, Format::NEWEST, random, notice)?;
    folder.end_making()?;
    Ok(made)
}

/// The data key of the folder, or a new one for a new folder.
async fn take_key(
    folder: &StoreFolder,
    vault: &TimedVault,
    random: &dyn Random,
) -> Result<DataKey, StoreError> {
    match folder.read_key()? {
        Some(kept) => {
            let (check, wrapped) = kept.split_first_chunk::<16>().ok_or(StoreError::KeyMissing)?;
            let bytes = Zeroizing::new(vault.unwrap(wrapped.to_vec()).await.map_err(from_vault)?);
            let key = DataKey::new(bytes.as_slice().try_into().map_err(|_| StoreError::KeyMissing)?);
            // another key would make every record look damaged
            if &key_check(&key)? == check { Ok(key) } else { Err(StoreError::KeyMissing) }
        }
        None if folder.has_data() => Err(StoreError::KeyMissing),
        None => {
            let bytes = Zeroizing::new(make_bytes::<32>(random)?);
            let key = DataKey::new(*bytes);
            let mut kept = key_check(&key)?.to_vec();
            kept.append(&mut vault.wrap(bytes.to_vec()).await.map_err(from_vault)?);
            folder.write_key(&kept)?;
            Ok(key)
        }
    }
}

fn from_vault(error: VaultError) -> StoreError {
    match error {
        VaultError::KeyMissing | VaultError::KeyInvalidated => StoreError::KeyMissing,
        other => StoreError::KeyUnavailable(other.to_string()),
    }
}
