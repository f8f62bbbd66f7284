use std::{
    fs,
    path::PathBuf,
    task::{Context, Poll, Waker},
};

use super::*;
use crate::{
    ports::VaultError,
    store::{OpenedStore, StoreReport, conformance::Stage},
    system::SystemRandom,
    test_support::{ManualClock, SeededRandom},
    vault::SoftwareVault,
};

/// How many places of each file are damaged. With 3,000 it takes minutes.
const DAMAGES: usize = 60;

/// A folder on the disk and a vault that is always there, so that opening never waits.
struct Folder {
    root: tempfile::TempDir,
    vault: Arc<SoftwareVault>,
}

impl Folder {
    fn path(&self) -> PathBuf {
        self.root.path().join("store")
    }

    fn try_open(&self) -> Result<OpenedStore, StoreError> {
        let path = self.path();
        let opening = SledStore::open(
            &path,
            self.vault.clone(),
            Arc::new(ManualClock::at(1_000)),
            Arc::new(SystemRandom),
        );
        match std::pin::pin!(opening).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(opened) => opened,
            Poll::Pending => panic!("the vault of this test answers at once"),
        }
    }

    fn report(&self) -> StoreReport {
        self.try_open().unwrap().report
    }

    fn data_file(&self) -> PathBuf {
        self.path().join("data").join(DATA_FILE)
    }

    /// Every file but the lock, with its content.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        fn walk(folder: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, files);
                } else if path.file_name().unwrap() != "lock" {
                    files.insert(path.clone(), fs::read(&path).unwrap());
                }
            }
        }
        let mut files = BTreeMap::new();
        walk(&self.path(), &mut files);
        files
    }
}

impl Stage for Folder {
    type Store = SledStore;
    const KEEPS: bool = true;

    fn empty() -> Self {
        let random = Arc::new(SeededRandom::new(1));
        Self { root: tempfile::tempdir().unwrap(), vault: Arc::new(SoftwareVault::in_memory(random)) }
    }

    fn open(&self) -> SledStore {
        let opened = self.try_open().unwrap();
        assert!(opened.report.is_sound(), "{:?}", opened.report);
        opened.store
    }
}

crate::store_conformance!(conformance, Folder);

fn account(name: &str) -> RecordId {
    RecordId::new(RecordKind::Account, name)
}

fn put(name: &str, value: &[u8]) -> Vec<Write> {
    vec![Write::Put(account(name), value.to_vec())]
}

fn with_disk<T>(store: &SledStore, work: impl FnOnce(&mut Disk) -> T) -> T {
    match &mut *store.exclusive() {
        State::Sound(disk) => work(disk),
        State::Broken | State::Damaged => panic!("the files are closed"),
    }
}

fn value(store: &SledStore, name: &str) -> Option<Vec<u8>> {
    store.read(&account(name)).unwrap().map(|value| value.to_vec())
}

#[test]
fn the_folder_is_private_and_tells_nothing() {
    let folder = Folder::empty();
    let store = folder.open();
    store.commit(put("broker.example/yamada", b"the counter is 7")).unwrap();
    drop(store);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
    }
    for (path, content) in folder.files() {
        for secret in [b"yamada".as_slice(), b"broker", b"counter"] {
            let shown = content.windows(secret.len()).any(|window| window == secret);
            assert!(!shown, "{} in {}", String::from_utf8_lossy(secret), path.display());
        }
    }
}

#[test]
fn a_new_store_says_so_once() {
    let folder = Folder::empty();
    assert!(folder.report().created);
    assert_eq!(folder.report(), StoreReport::default());
}

#[test]
fn a_second_handle_is_refused_until_the_first_is_gone() {
    let folder = Folder::empty();
    let store = folder.open();
    assert!(matches!(folder.try_open(), Err(StoreError::Locked)));
    assert_eq!(SledStore::set_aside(&folder.path()), Err(StoreError::Locked));
    drop(store);
    folder.open();
}

#[test]
fn a_data_file_that_somebody_holds_is_locked_and_not_damaged() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    let holder = File::open(folder.data_file()).unwrap();
    holder.lock().unwrap();
    assert!(matches!(folder.try_open(), Err(StoreError::Locked)));
    drop(holder);
    assert_eq!(value(&folder.open(), "a"), Some(b"1".to_vec()));
}

#[test]
fn a_store_without_its_key_is_not_touched_and_can_be_set_aside() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    let key = folder.path().join("key");
    let kept = fs::read(&key).unwrap();

    let mut damaged = kept.clone();
    *damaged.last_mut().unwrap() ^= 1;
    fs::write(&key, &damaged).unwrap();
    let before = folder.files();
    assert!(matches!(folder.try_open(), Err(StoreError::KeyMissing)), "a key that does not unwrap");
    assert_eq!(folder.files(), before);

    let other = Folder::empty();
    other.open();
    let mut foreign = kept[..16].to_vec();
    foreign.extend_from_slice(&fs::read(other.path().join("key")).unwrap()[16..]);
    fs::write(&key, foreign).unwrap();
    assert!(matches!(folder.try_open(), Err(StoreError::KeyMissing)), "the key of another store");

    fs::remove_file(&key).unwrap();
    assert!(matches!(folder.try_open(), Err(StoreError::KeyMissing)), "no key");

    fs::write(&key, &kept).unwrap();
    assert_eq!(value(&folder.open(), "a"), Some(b"1".to_vec()), "the control");

    let place = SledStore::set_aside(&folder.path()).unwrap();
    assert!(place.file_name().unwrap().to_str().unwrap().starts_with("quarantine-"));
    assert!(place.join("data").join(DATA_FILE).exists() && place.join("key").exists());
    let anew = folder.try_open().unwrap();
    assert!(anew.report.created);
    assert_eq!(value(&anew.store, "a"), None);
}

#[tokio::test]
async fn a_vault_that_cannot_answer_now_is_no_reason_to_enroll_again() {
    struct Busy;
    #[async_trait::async_trait]
    impl crate::ports::KeyVault for Busy {
        async fn create_key(
            &self,
            _: crate::ports::KeyLabel,
            _: crate::ports::KeyPurpose,
            _: Vec<u8>,
        ) -> Result<crate::ports::CreatedKey, VaultError> {
            Err(VaultError::Locked)
        }
        async fn verify_user(
            &self,
            _: crate::ports::KeyLabel,
            _: String,
        ) -> Result<crate::ports::UserVerification, VaultError> {
            Err(VaultError::Locked)
        }
        async fn sign(
            &self,
            _: crate::ports::KeyLabel,
            _: Vec<u8>,
        ) -> Result<crate::ports::KeySignature, VaultError> {
            Err(VaultError::Locked)
        }
        async fn delete_key(&self, _: crate::ports::KeyLabel) -> Result<(), VaultError> {
            Err(VaultError::Locked)
        }
        async fn labels(&self) -> Result<Vec<crate::ports::KeyLabel>, VaultError> {
            Err(VaultError::Locked)
        }
        async fn wrap(&self, _: Vec<u8>) -> Result<Vec<u8>, VaultError> {
            Err(VaultError::Locked)
        }
        async fn unwrap(&self, _: Vec<u8>) -> Result<Vec<u8>, VaultError> {
            Err(VaultError::Locked)
        }
        fn protection(&self) -> crate::ports::Protection {
            crate::ports::Protection::Software
        }
    }
    let folder = Folder::empty();
    folder.open();
    let path = folder.path();
    let opening =
        SledStore::open(&path, Arc::new(Busy), Arc::new(ManualClock::at(1_000)), Arc::new(SystemRandom));
    assert!(matches!(opening.await, Err(StoreError::KeyUnavailable(_))));
    folder.open();
}

/// A folder in format 1, made from the fixture, and what must be in it.
fn format_1() -> (Folder, Vec<(RecordId, Vec<u8>)>) {
    let hex = |text: &str| -> Vec<u8> {
        let digits = text.trim_matches('-').as_bytes();
        let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        digits.chunks(2).map(byte).collect()
    };
    let folder = Folder::empty();
    fs::create_dir_all(folder.path()).unwrap();
    fs::write(folder.path().join("format"), "1\n").unwrap();
    let db = open_db(&folder.path().join("data")).unwrap();
    let records = db.open_tree("records").unwrap();
    let mut expected = Vec::new();
    for line in include_str!("fixtures/v1.txt").lines() {
        match *line.split(' ').collect::<Vec<_>>().as_slice() {
            ["key", key] => fs::write(folder.path().join("key"), hex(key)).unwrap(),
            ["record", key, sealed] => drop(records.insert(hex(key), hex(sealed)).unwrap()),
            ["holds", kind, name, value] => {
                let kind = RecordKind::ALL.into_iter().find(|known| format!("{known:?}") == kind).unwrap();
                expected.push((RecordId::new(kind, String::from_utf8(hex(name)).unwrap()), hex(value)));
            }
            _ => assert!(line.starts_with('#'), "{line}"),
        }
    }
    db.flush().unwrap();
    (folder, expected)
}

fn assert_holds(store: &SledStore, expected: &[(RecordId, Vec<u8>)]) {
    for (id, value) in expected {
        assert_eq!(store.read(id).unwrap().map(|value| value.to_vec()).as_ref(), Some(value), "{id:?}");
    }
    let listed: usize = RecordKind::ALL.into_iter().map(|kind| store.list(kind).unwrap().len()).sum();
    assert_eq!(listed, expected.len());
}

#[test]
fn a_store_of_format_1_is_opened_and_loses_nothing() {
    let (folder, expected) = format_1();
    assert!(expected.len() >= 10);
    let opened = folder.try_open().unwrap();
    assert_eq!(opened.report, StoreReport { migrated_from: Some(1), ..StoreReport::default() });
    assert_holds(&opened.store, &expected);
    drop(opened);

    let again = folder.try_open().unwrap();
    assert_eq!(again.report, StoreReport::default(), "migrated once");
    assert_holds(&again.store, &expected);
    again.store.commit(put("new", b"1")).unwrap();
}

#[test]
fn a_migration_that_was_cut_short_begins_again() {
    let (folder, expected) = format_1();
    // as if the power had gone before the new format was written: the old tree is there, the new one half-made
    {
        let db = open_db(&folder.path().join("data")).unwrap();
        let half = db.open_tree(tree_name(Format::V2)).unwrap();
        half.insert([9; 35], b"left over").unwrap();
        db.flush().unwrap();
    }
    let opened = folder.try_open().unwrap();
    assert_eq!(opened.report, StoreReport { migrated_from: Some(1), ..StoreReport::default() });
    assert_holds(&opened.store, &expected);
}

#[test]
fn a_store_of_the_future_is_refused_and_not_touched() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    fs::write(folder.path().join("format"), "3\n").unwrap();
    let before = folder.files();
    let refused = folder.try_open().err();
    assert_eq!(refused, Some(StoreError::NewerFormat { found: 3, known: 2 }));
    assert_eq!(folder.files(), before);
    fs::write(folder.path().join("format"), "2\n").unwrap();
    assert_eq!(value(&folder.open(), "a"), Some(b"1".to_vec()), "the control");
}

#[test]
fn a_record_that_does_not_open_is_put_aside_and_the_others_stay() {
    let folder = Folder::empty();
    let store = folder.open();
    store.commit(put("a", b"1")).unwrap();
    store.commit(put("b", &vec![2; 20_000])).unwrap();
    with_disk(&store, |disk| {
        let mut place = store.sealer.record_key(&account("b")).as_bytes().to_vec();
        place.extend_from_slice(&[0, 1]);
        assert!(disk.records.insert(place, b"damaged").unwrap().is_some());
    });
    assert!(matches!(store.read(&account("b")), Err(StoreError::Damaged { .. })), "never as missing");
    assert!(matches!(store.list(RecordKind::Account), Err(StoreError::Damaged { .. })));
    drop(store);

    let opened = folder.try_open().unwrap();
    assert_eq!(opened.report, StoreReport { damaged_records: 1, ..StoreReport::default() });
    assert!(!opened.report.is_sound());
    assert_eq!(value(&opened.store, "a"), Some(b"1".to_vec()));
    assert_eq!(value(&opened.store, "b"), None);
    with_disk(&opened.store, |disk| {
        let kept: Vec<_> =
            disk.db.open_tree(QUARANTINE_TREE).unwrap().iter().collect::<sled::Result<_>>().unwrap();
        assert!(kept.iter().any(|(_, part)| part.windows(7).any(|window| window == b"damaged")));
        assert!(kept.iter().all(|(name, _)| name.starts_with(b"quarantine-")));
    });
    opened.store.acknowledge().unwrap();
    drop(opened);
    assert_eq!(folder.report(), StoreReport::default(), "reported until it was acknowledged");
}

#[test]
fn a_damaged_count_is_made_anew() {
    let folder = Folder::empty();
    let store = folder.open();
    for n in 0..5 {
        store.commit(put("a", &[n])).unwrap();
    }
    {
        let mut place = store.sealer.own_key(COMMITS).as_bytes().to_vec();
        place.extend_from_slice(&[0, 0]);
        with_disk(&store, |disk| assert!(disk.records.insert(place, b"damaged").unwrap().is_some()));
    }
    drop(store);
    assert_eq!(folder.report(), StoreReport { damaged_records: 1, ..StoreReport::default() });
    folder.try_open().unwrap().store.acknowledge().unwrap();
    assert_eq!(folder.report(), StoreReport::default());
    assert_eq!(value(&folder.open(), "a"), Some(vec![4]));
}

#[test]
fn files_that_sled_refuses_are_put_aside_as_they_were() {
    for damage in [b"nothing of sled".to_vec(), Vec::new()] {
        let folder = Folder::empty();
        folder.open().commit(put("a", b"1")).unwrap();
        fs::write(folder.data_file(), &damage).unwrap();
        let before = fs::read(folder.data_file()).unwrap();

        let opened = folder.try_open().unwrap();
        let place = opened.report.quarantined.clone().unwrap();
        assert!(!opened.report.is_sound());
        assert_eq!(fs::read(place.join(DATA_FILE)).unwrap(), before);
        assert_eq!(opened.report.lost_commits, 1);
        assert_eq!(value(&opened.store, "a"), None);
        assert!(opened.report.emptied, "nothing is left");
        opened.store.acknowledge().unwrap();
        opened.store.commit(put("b", b"2")).unwrap();
        drop(opened);
        assert_eq!(value(&folder.open(), "b"), Some(b"2".to_vec()));
        assert!(place.exists());
    }
}

#[test]
fn an_old_copy_put_back_is_noticed() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    let old = folder.files();
    {
        let store = folder.open();
        store.commit(put("a", b"2")).unwrap();
        store.commit(put("b", b"2")).unwrap();
    }
    fs::remove_dir_all(folder.path().join("data")).unwrap();
    for (path, content) in old.iter().filter(|(path, _)| !path.ends_with("head")) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    fs::create_dir_all(folder.path().join("data/blobs")).unwrap();
    let opened = folder.try_open().unwrap();
    assert_eq!(opened.report.lost_commits, 2);
    assert!(opened.report.quarantined.is_some_and(|place| place.join(DATA_FILE).exists()));
    assert!(!opened.report.emptied);
    assert_eq!(value(&opened.store, "a"), Some(b"1".to_vec()), "what is there is kept");
}

#[test]
fn damage_is_reported_until_somebody_goes_on() {
    let folder = Folder::empty();
    for name in ["a", "b"] {
        folder.open().commit(put(name, b"1")).unwrap();
    }
    fs::write(folder.path().join("format"), "two").unwrap();
    let first = folder.report();
    assert!(first.emptied && first.lost_commits == 2 && !first.created, "{first:?}");
    let place = first.quarantined.clone().unwrap();
    assert!(place.join(DATA_FILE).exists());
    assert_eq!(folder.report(), first);

    // more of it before anybody went on: the first place holds what was there
    fs::write(folder.path().join("format"), "two").unwrap();
    assert_eq!(folder.report(), first);
    assert!(folder.path().join("quarantine-2").exists());
    // a shell that writes without going on is told all the same
    folder.try_open().unwrap().store.commit(put("c", b"1")).unwrap();
    assert_eq!(folder.report(), first);

    let opened = folder.try_open().unwrap();
    opened.store.acknowledge().unwrap();
    opened.store.acknowledge().unwrap();
    drop(opened);
    assert_eq!(folder.report(), StoreReport::default());
    assert_eq!(value(&folder.open(), "c"), Some(b"1".to_vec()));
}

#[test]
fn a_snapshot_that_was_not_written_to_the_end_is_no_damage() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    fs::write(folder.path().join("data/snap.FFFFFFFFFFFFFFFF.generating"), b"half").unwrap();
    assert_eq!(value(&folder.open(), "a"), Some(b"1".to_vec()));
    // the control: one with a name of its own is
    fs::write(folder.path().join("data/snap.FFFFFFFFFFFFFFFF"), b"half").unwrap();
    assert!(folder.report().emptied);
}

#[test]
fn data_that_is_gone_is_not_a_new_store() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    fs::remove_dir_all(folder.path().join("data")).unwrap();
    let gone = StoreReport { emptied: true, lost_commits: 1, ..StoreReport::default() };
    assert_eq!(folder.report(), gone);
    assert_eq!(folder.report(), gone);
}

#[test]
fn a_report_that_cannot_be_read_is_damage() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    fs::write(
        folder.path().join("report"),
        "inkan-report 1
emp",
    )
    .unwrap();
    for _ in 0..2 {
        let opened = folder.try_open().unwrap();
        assert_eq!(opened.report, StoreReport { damaged_records: 1, ..StoreReport::default() });
        assert_eq!(value(&opened.store, "a"), Some(b"1".to_vec()));
    }
    folder.try_open().unwrap().store.acknowledge().unwrap();
    assert!(folder.report().is_sound());
}

#[test]
fn setting_aside_takes_the_report_along() {
    let folder = Folder::empty();
    folder.open().commit(put("a", b"1")).unwrap();
    fs::write(folder.path().join("format"), "two").unwrap();
    assert!(folder.report().emptied);
    let place = SledStore::set_aside(&folder.path()).unwrap();
    assert!(place.join("report").exists());
    assert_eq!(folder.report(), StoreReport { created: true, ..StoreReport::default() });
}

/// Damage anywhere: never a panic that reaches the caller, never a value that was not written, and nothing missing
/// without a word about it.
#[test]
fn damage_anywhere_is_reported() {
    let folder = Folder::empty();
    let store = folder.open();
    for n in 0..40_u8 {
        store.commit(put(&format!("{:02}", n % 20), &[n; 300])).unwrap();
    }
    drop(store);
    folder.open(); // sled writes its snapshot when it opens
    let sound = folder.files();
    let mut noticed = 0;
    for (path, content) in sound.iter().filter(|(path, _)| path.starts_with(folder.path().join("data"))) {
        let used = content.iter().rposition(|byte| *byte != 0).unwrap();
        let positions = || (0..used).step_by(used.div_ceil(DAMAGES));
        let flipped = positions().map(|position| {
            let mut damaged = content.clone();
            damaged[position] ^= 0x55;
            damaged
        });
        let cut = positions().step_by(4).map(|position| content[..position].to_vec());
        for (number, damaged) in flipped.chain(cut).enumerate() {
            fs::remove_dir_all(folder.path()).unwrap();
            for (path, content) in &sound {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
            fs::create_dir_all(folder.path().join("data").join("blobs")).unwrap();
            fs::write(path, damaged).unwrap();

            let place = format!("{} {number}", path.display());
            let opened = folder.try_open().unwrap_or_else(|error| panic!("{place}: {error}"));
            noticed += usize::from(!opened.report.is_sound());
            if opened.report.is_sound() {
                for n in 20..40_u8 {
                    let name = format!("{:02}", n % 20);
                    assert_eq!(value(&opened.store, &name), Some(vec![n; 300]), "{place}, record {name}");
                }
            }
            opened.store.commit(put("after", b"1")).unwrap();
        }
    }
    assert!(noticed > 0, "no damage reached what matters");
}

#[test]
fn no_page_is_so_large_that_it_leaves_the_data_file() {
    let folder = Folder::empty();
    let store = folder.open();
    let blobs = folder.path().join("data").join("blobs");
    let count = || fs::read_dir(&blobs).unwrap().count();
    for round in 0..3_u8 {
        for n in 0..60 {
            store.commit(put(&format!("{n}"), &vec![round; 5_000 * (n % 7)])).unwrap();
        }
        let deletes = (0..60).filter(|n| n % 3 != 0).map(|n| Write::Delete(account(&format!("{n}"))));
        store.commit(deletes.collect()).unwrap();
        assert_eq!(count(), 0);
    }
    // the control: without parts it does happen
    with_disk(&store, |disk| disk.records.insert(b"a", vec![1; SEGMENT]).unwrap());
    assert!(count() > 0);
}

/// Makes the next sync fail as a broken disk would: a pipe takes none.
fn break_sync(store: &SledStore) {
    let (_, writer) = io::pipe().unwrap();
    with_disk(store, |disk| disk.data = File::from(std::os::fd::OwnedFd::from(writer)));
}

#[test]
fn after_a_failed_sync_the_files_are_opened_again() {
    let folder = Folder::empty();
    let store = folder.open();
    store.commit(put("a", b"1")).unwrap();
    break_sync(&store);
    assert!(matches!(store.commit(put("a", b"2")), Err(StoreError::Io(_))));
    assert!(matches!(&*store.exclusive(), State::Broken), "what sled has in memory is not read");
    // it may be there or not, and what is acknowledged after it is
    assert!(matches!(value(&store, "a").as_deref(), Some(b"1" | b"2")));
    break_sync(&store);
    assert!(matches!(store.commit(put("a", b"3")), Err(StoreError::Io(_))));
    store.commit(put("b", b"4")).unwrap();
    assert_eq!(value(&store, "b"), Some(b"4".to_vec()));
    drop(store);
    assert_eq!(value(&folder.open(), "b"), Some(b"4".to_vec()));
}

#[test]
fn files_that_do_not_open_again_are_left_to_the_next_opening() {
    let folder = Folder::empty();
    let store = folder.open();
    store.commit(put("a", b"1")).unwrap();
    break_sync(&store);
    assert!(store.commit(put("a", b"2")).is_err());
    fs::write(folder.path().join("data/conf"), b"nothing of sled").unwrap();
    for _ in 0..2 {
        assert!(matches!(store.read(&account("a")), Err(StoreError::Damaged { .. })), "never as missing");
        assert!(matches!(store.commit(put("a", b"3")), Err(StoreError::Damaged { .. })));
    }
    drop(store);
    let report = folder.report();
    assert!(report.emptied && report.quarantined.is_some_and(|place| place.join(DATA_FILE).exists()));
}

#[test]
fn commits_that_are_missing_when_the_files_are_opened_again_are_told_at_the_next_opening() {
    let folder = Folder::empty();
    let store = folder.open();
    store.commit(put("a", b"1")).unwrap();
    break_sync(&store);
    assert!(store.commit(put("a", b"2")).is_err());
    fs::write(folder.path().join("head"), ((9_u128 << 64) | u128::from(!9_u64)).to_be_bytes()).unwrap();
    assert!(matches!(store.list(RecordKind::Account), Err(StoreError::Damaged { .. })));
    drop(store);
    let report = folder.report();
    assert!(report.lost_commits >= 7 && !report.emptied, "{report:?}");
}

#[test]
fn without_randomness_nothing_is_written_and_the_store_goes_on() {
    let folder = Folder::empty();
    let mut store = folder.open();
    let random = std::mem::replace(&mut store.random, Arc::new(crate::test_support::BrokenRandom));
    assert!(matches!(store.commit(put("a", b"1")), Err(StoreError::Random(_))));
    store.random = random;
    store.commit(put("b", b"1")).unwrap();
    assert_eq!(value(&store, "a"), None);
}

#[test]
fn a_thousand_rewrites_do_not_fill_the_device() {
    let folder = Folder::empty();
    let store = folder.open();
    for n in 0..1_500_u32 {
        store.commit(put(&format!("{}", n % 30), &[1; 3_000])).unwrap();
    }
    let size = fs::metadata(folder.data_file()).unwrap().len();
    assert!(size < 16 * 1024 * 1024, "{size} bytes for 90 KB");
}
