//! What the child does, and how the parent finds out what is left of it.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use inkan_core::{
    store::{OpenedStore, RecordId, RecordKind, SledStore, Store as _, StoreError, Write},
    system::{SystemClock, SystemRandom},
    vault::SoftwareVault,
};
use zeroize::Zeroizing;

const ROLE: &str = "INKAN_POWER_CUT_ROLE";
const ROOT: &str = "INKAN_POWER_CUT_ROOT";
const OPENING: &str = "opening";
const ACKNOWLEDGED: &str = "acknowledged ";
const FAILED: &str = "failed";
/// Records are written in turn.
const SLOTS: u64 = 12;

/// Who the child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Commits to the phone's store.
    Store,
    /// The same, and begins again after a commit that failed.
    StoreBegunAgain,
    /// The control: writes to sled, and takes its flush for durable.
    PlainFlush,
}

/// A folder for one story: the store's folder, which may lose data, and the vault's, which does not.
pub(crate) struct Workspace(tempfile::TempDir);

impl Workspace {
    pub(crate) fn new() -> Self {
        let workspace = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(workspace.folder()).unwrap();
        workspace
    }

    pub(crate) fn root(&self) -> &Path {
        self.0.path()
    }

    /// The folder on the disk that forgets.
    pub(crate) fn folder(&self) -> PathBuf {
        folder(self.root())
    }

    /// Opens the store, checks every record, and returns the number of the newest commit.
    pub(crate) fn check_store(&self) -> u64 {
        let opened = open(self.root());
        assert!(opened.report.is_sound(), "{:?}", opened.report);
        let store = opened.store;
        let newest = number(store.read(&newest_id()).unwrap());
        for slot in 0..SLOTS.min(newest) {
            // the commit before, or at, the newest whose turn this slot was
            let written = newest - (newest - slot) % SLOTS;
            let kept = store.read(&slot_id(slot)).unwrap();
            let expected = (written > 0).then(|| content(written));
            assert_eq!(kept.map(|value| value.to_vec()), expected, "slot {slot} after commit {newest}");
        }
        let outgoing = store.list(RecordKind::Outgoing).unwrap();
        let names: Vec<_> = outgoing.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, if newest == 0 { vec![] } else { vec![newest.to_string()] });
        newest
    }

    /// What the control finds.
    pub(crate) fn read_plain(&self) -> u64 {
        let db = plain(self.root());
        db.get("newest").unwrap().map_or(0, |bytes| u64::from_be_bytes(bytes.as_ref().try_into().unwrap()))
    }
}

/// Tells a child who it is and where.
pub(crate) fn hand_over(command: &mut Command, role: Role, workspace: &Workspace) {
    command.env(ROLE, format!("{role:?}")).env(ROOT, workspace.root());
}

/// Whether this is the line that the child says before it opens anything.
pub(crate) fn is_opening(line: &str) -> bool {
    line == OPENING
}

/// The number in a line of the child, if it acknowledges a commit.
pub(crate) fn acknowledged(line: &str) -> Option<u64> {
    Some(line.strip_prefix(ACKNOWLEDGED)?.parse().unwrap())
}

/// Whether this line of the child says that a commit failed.
pub(crate) fn is_failure(line: &str) -> bool {
    line == FAILED
}

/// What the child does, until it is killed.
pub(crate) fn follow_orders() {
    let (Ok(role), Ok(root)) = (std::env::var(ROLE), std::env::var(ROOT)) else { return };
    let root = Path::new(&root);
    // the test harness leaves the cursor behind the test's name
    println!("\n{OPENING}");
    std::io::stdout().flush().unwrap();
    match [Role::Store, Role::StoreBegunAgain].into_iter().find(|known| role == format!("{known:?}")) {
        Some(role) => commit_for_ever(root, role),
        None => flush_for_ever(root),
    }
}

fn commit_for_ever(root: &Path, role: Role) {
    let OpenedStore { mut store, report } = try_open(root).unwrap_or_else(|error| {
        // where the disk failed it is done once more
        assert!(matches!(error, StoreError::Io(_)), "{error}");
        println!("{FAILED}");
        open(root)
    });
    assert!(report.is_sound(), "{report:?}");
    for next in number(store.read(&newest_id()).unwrap()) + 1.. {
        // four changes that are right only together
        let changes = || {
            vec![
                Write::Put(newest_id(), next.to_be_bytes().to_vec()),
                Write::Put(slot_id(next % SLOTS), content(next)),
                Write::Delete(RecordId::new(RecordKind::Outgoing, (next - 1).to_string())),
                Write::Put(RecordId::new(RecordKind::Outgoing, next.to_string()), b"sent".to_vec()),
            ]
        };
        if let Err(error) = store.commit(changes()) {
            assert!(matches!(error, StoreError::Io(_)), "{error}");
            println!("{FAILED}");
            if role == Role::StoreBegunAgain {
                drop(store);
                store = open(root).store;
            }
            store.commit(changes()).unwrap();
        }
        acknowledge(next);
    }
}

fn flush_for_ever(root: &Path) {
    let db = plain(root);
    for next in 1_u64.. {
        db.insert("newest", &next.to_be_bytes()).unwrap();
        db.flush().unwrap();
        acknowledge(next);
    }
}

fn acknowledge(number: u64) {
    println!("{ACKNOWLEDGED}{number}");
    std::io::stdout().flush().unwrap();
}

fn plain(root: &Path) -> sled::Db {
    sled::Config::new().path(folder(root)).flush_every_ms(None).open().unwrap()
}

fn folder(root: &Path) -> PathBuf {
    root.join("disk")
}

fn open(root: &Path) -> OpenedStore {
    try_open(root).unwrap()
}

fn try_open(root: &Path) -> Result<OpenedStore, StoreError> {
    let vault = SoftwareVault::in_folder(&root.join("vault"), Arc::new(SystemRandom)).unwrap();
    tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(SledStore::open(
        &folder(root).join("store"),
        Arc::new(vault),
        Arc::new(SystemClock),
        Arc::new(SystemRandom),
    ))
}

fn newest_id() -> RecordId {
    RecordId::new(RecordKind::Meta, "newest")
}

fn slot_id(slot: u64) -> RecordId {
    RecordId::new(RecordKind::Account, slot.to_string())
}

fn number(value: Option<Zeroizing<Vec<u8>>>) -> u64 {
    value.map_or(0, |value| u64::from_be_bytes(value.as_slice().try_into().unwrap()))
}

/// Bytes that tell from which commit they are; some small, some over several pages.
fn content(number: u64) -> Vec<u8> {
    number.to_be_bytes().repeat(usize::try_from(1 + number % 5 * 400).unwrap())
}
