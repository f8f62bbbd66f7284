//! A full disk: an error that says so, no hang, nothing acknowledged lost, and the store goes on when there is room again.
//!
//! A child opens the store and commits. From its first step on the disk on, from its second one, and so on, whatever
//! needs room is refused, until the child frees it and goes on in the same process; the parent opens the store after it.

use std::{fs, io::Write as _};

use inkan_core::store::{OpenedStore, RecordId, RecordKind, Store as _, StoreError, Write};

use super::{disk, fault::Faults, freed, open, orders, run_child, said};

const COMMITS: u8 = 12;

fn id(number: u8) -> RecordId {
    RecordId::new(RecordKind::Account, number.to_string())
}

fn content(number: u8) -> Vec<u8> {
    vec![number; 200 + usize::from(number) * 3_000]
}

/// The acknowledged records are there, and no other but the one that was being committed.
fn check(opened: &OpenedStore, acknowledged: u8, case: &str) {
    assert!(opened.report.is_sound(), "{case}: {:?}", opened.report);
    for number in 0..COMMITS {
        let found = opened.store.read(&id(number)).unwrap().map(|value| value.to_vec());
        match found {
            Some(value) => assert!(value == content(number) && number <= acknowledged, "{case}: {number}"),
            None => assert!(number >= acknowledged, "{case}: {number} of {acknowledged} is lost"),
        }
    }
}

/// Not a test but the child of the other: without its orders in the environment it does nothing.
#[test]
fn the_child() {
    let Some(root) = orders() else { return };
    let (mut acknowledged, mut full) = (0, 0);
    let free = || fs::write(freed(&root), "").unwrap();
    let opened = open(&root).unwrap_or_else(|error| {
        assert_eq!(error, StoreError::Full, "at the opening");
        assert_eq!(open(&root).err(), Some(StoreError::Full), "still");
        full += 1;
        free();
        open(&root).unwrap()
    });
    check(&opened, 0, "after the opening");
    let mut store = opened.store;
    while acknowledged < COMMITS {
        match store.commit(vec![Write::Put(id(acknowledged), content(acknowledged))]) {
            Ok(()) => acknowledged += 1,
            Err(error) => {
                assert_eq!(error, StoreError::Full, "at commit {acknowledged}");
                assert_eq!(store.commit(vec![Write::Delete(id(0))]), Err(StoreError::Full), "still");
                assert_eq!(
                    store.read(&id(0)).err(),
                    Some(StoreError::Full),
                    "what is on the disk is not known"
                );
                full += 1;
                free();
                // by the store that is open, or by a process that begins again
                if acknowledged % 2 == 0 {
                    drop(store);
                    let opened = open(&root).unwrap();
                    check(&opened, acknowledged, "with room again");
                    store = opened.store;
                }
            }
        }
    }
    println!("\nfull {full}");
    std::io::stdout().flush().unwrap();
}

#[test]
fn at_each_step_it_is_told_and_nothing_is_lost() {
    let tools = tempfile::tempdir().unwrap();
    let faults = Faults::compile(tools.path());
    let mut times = 0;
    for step in 1.. {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir(disk(root)).unwrap();
        let child = run_child("full_disk::the_child", root, |command| {
            faults.full_at(command, &disk(root), step, &freed(root));
        });
        assert!(child.status.success(), "step {step}: {child:?}");
        check(&open(root).unwrap(), COMMITS, &format!("step {step}"));
        if said(&child, "full 0") {
            break;
        }
        times += 1;
    }
    assert!(times > 60, "{times} times are too few to prove anything");
}
