//! What was found damaged is told until somebody goes on, whenever the process dies, and whenever the power is cut.
//!
//! A child opens a damaged store, says what was reported, and acknowledges it. It is killed before its first step on the
//! disk, before its second one, and so on, until it lives to the end; each time the next opening must say the same.

use std::{fs, io::Write as _, path::Path, process::Output};

use inkan_core::store::{RecordId, RecordKind, Store as _, StoreError, StoreReport, Write};

use super::{
    disk,
    disk::{Loss, Shim},
    fault::Faults,
    freed, open, orders, run_child, said, store,
};

const TOLD: &str = "told";
const GOING_ON: &str = "going on";
const FULL: &str = "full";

/// Not a test but the child of the others: without its orders in the environment it does nothing.
#[test]
fn the_child() {
    let Some(root) = orders() else { return };
    match open(&root) {
        Ok(opened) => {
            println!("\n{TOLD}");
            opened.store.acknowledge().unwrap();
            println!("{GOING_ON}");
        }
        Err(error) => {
            assert_eq!(error, StoreError::Full);
            println!("\n{FULL}");
        }
    }
    std::io::stdout().flush().unwrap();
}

/// How far a child came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Nowhere,
    Told,
    On,
    ToTheEnd,
}

/// What a child that was to die has come to.
fn came(child: &Output) -> Came {
    if child.status.success() {
        assert!(said(child, GOING_ON));
        return Came::ToTheEnd;
    }
    let signal = std::os::unix::process::ExitStatusExt::signal(&child.status);
    assert_eq!(signal, Some(9), "{}", String::from_utf8_lossy(&child.stderr));
    if said(child, GOING_ON) {
        Came::On
    } else if said(child, TOLD) {
        Came::Told
    } else {
        Came::Nowhere
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A store with six commits, damaged, that can be had again and again.
struct Damaged {
    root: tempfile::TempDir,
}

impl Damaged {
    fn by(damage: fn(&Path)) -> Self {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(disk(root.path())).unwrap();
        let opened = open(root.path()).unwrap();
        for n in 0..6_u8 {
            let id = RecordId::new(RecordKind::Account, n.to_string());
            opened.store.commit(vec![Write::Put(id, vec![n; 300])]).unwrap();
        }
        drop(opened);
        damage(&store(root.path()));
        copy(&disk(root.path()), &root.path().join("base"));
        Self { root }
    }

    fn again(&self) -> &Path {
        let disk = disk(self.root.path());
        fs::remove_dir_all(&disk).unwrap();
        copy(&self.root.path().join("base"), &disk);
        self.root.path()
    }

    /// The next opening after the child's end says what it has to; so does the one after.
    fn check(&self, came: Came, expected: &StoreReport, when: &str) {
        for opening in ["next", "second"] {
            let report = open(self.root.path()).unwrap().report;
            match came {
                Came::Nowhere => assert_eq!(&report, expected, "{when}, {opening} opening"),
                // it died over the acknowledgement, which may be there
                Came::Told => assert!(&report == expected || report.is_sound(), "{when}: {report:?}"),
                Came::On | Came::ToTheEnd => assert!(report.is_sound(), "{when}: {report:?}"),
            }
            if let Some(place) = report.quarantined {
                assert!(place.join("db").exists(), "{when}: what was damaged is kept");
            }
        }
    }

    /// Dies at each step, with the power on, and with the power cut.
    fn dies_at_each_step(&self, shape: fn(&StoreReport) -> bool) {
        let expected = open(self.again()).unwrap().report;
        assert!(shape(&expected), "{expected:?}");
        let tools = tempfile::tempdir().unwrap();
        let faults = Faults::compile(tools.path());
        let shim = Shim::compile(
            Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/power_cut/shim.c")),
            tools.path(),
        );
        let (mut untold, mut step, mut power) = (0, 1, true);
        loop {
            let root = self.again();
            let disk = disk(root);
            let child = run_child("told::the_child", root, |command| {
                if !power {
                    shim.preload(command, &disk);
                }
                faults.die_at(command, &disk, step);
            });
            let came = came(&child);
            if !power {
                let seed = u64::try_from(step).unwrap();
                shim.cut_power(&disk, if step % 2 == 0 { Loss::All } else { Loss::Some { seed } });
            }
            self.check(came, &expected, &format!("step {step}, power {power}, came {came:?}"));
            untold += usize::from(came == Came::Nowhere);
            if came == Came::ToTheEnd {
                break;
            }
            (step, power) = if power { (step, false) } else { (step + 1, true) };
        }
        assert!(untold >= 20, "{untold} deaths before anything was told are too few to prove anything");
    }
}

#[test]
fn of_data_that_says_nothing_of_its_format() {
    Damaged::by(|store| fs::remove_file(store.join("format")).unwrap())
        .dies_at_each_step(|report| report.emptied && report.quarantined.is_some());
}

#[test]
fn of_data_that_does_not_open() {
    Damaged::by(|store| fs::write(store.join("data/conf"), "nothing of sled").unwrap())
        .dies_at_each_step(|report| report.emptied && report.quarantined.is_some());
}

#[test]
fn of_commits_that_are_missing() {
    Damaged::by(|store| {
        let head = ((9_u128 << 64) | u128::from(!9_u64)).to_be_bytes();
        fs::write(store.join("head"), head).unwrap();
    })
    .dies_at_each_step(|report| !report.emptied && report.quarantined.is_some() && report.lost_commits == 3);
}

#[test]
fn of_a_record_that_does_not_open() {
    Damaged::by(|store| {
        let db = sled::Config::new().path(store.join("data")).segment_size(512 * 1024).open().unwrap();
        let records = db.open_tree("records.2").unwrap();
        let (key, _) = records.iter().map(Result::unwrap).find(|(key, _)| key.first() == Some(&2)).unwrap();
        records.insert(key, b"damaged").unwrap();
        db.flush().unwrap();
    })
    .dies_at_each_step(|report| report.damaged_records == 1 && !report.emptied);
}

#[test]
fn what_a_full_disk_kept_from_being_put_aside() {
    let damaged = Damaged::by(|store| fs::write(store.join("data/conf"), "nothing of sled").unwrap());
    let expected = open(damaged.again()).unwrap().report;
    let tools = tempfile::tempdir().unwrap();
    let faults = Faults::compile(tools.path());
    for step in 1.. {
        let root = damaged.again();
        let child = run_child("told::the_child", root, |command| {
            faults.full_at(command, &disk(root), step, &freed(root));
        });
        assert!(child.status.success(), "step {step}: {child:?}");
        if said(&child, FULL) {
            damaged.check(Came::Nowhere, &expected, &format!("full from step {step}"));
        } else {
            assert!(step > 20, "{step} steps are too few to prove anything");
            break;
        }
    }
}

/// The control: a new store dies at each step of its making, and a sound one at each step of its opening, and nobody is
/// told of a damage that there never was.
#[test]
fn nothing_of_a_store_that_is_sound() {
    let tools = tempfile::tempdir().unwrap();
    let faults = Faults::compile(tools.path());
    for (name, sound) in
        [("new", Damaged::by(|store| fs::remove_dir_all(store).unwrap())), ("sound", Damaged::by(|_| {}))]
    {
        for step in 1.. {
            let root = sound.again();
            let disk = disk(root);
            let child = run_child("told::the_child", root, |command| faults.die_at(command, &disk, step));
            let opened = open(root).unwrap();
            assert!(opened.report.is_sound(), "{name}, step {step}: {:?}", opened.report);
            let there = opened.store.list(RecordKind::Account).unwrap().len();
            assert_eq!(there, if name == "new" { 0 } else { 6 }, "{name}, step {step}");
            if came(&child) == Came::ToTheEnd {
                assert!(step > 20, "{step} steps are too few to prove anything");
                break;
            }
        }
    }
}
