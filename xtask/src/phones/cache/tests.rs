use std::{
    cell::Cell,
    fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use super::{Cache, MARKER, choose};
use crate::phones::PhoneError;

/// A cache of its own for each test, taken away at its end.
struct OfTest(Cache);

impl OfTest {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("inkan-cache-{}-{name}", process::id()));
        drop(fs::remove_dir_all(&folder));
        Self(Cache { folder })
    }
}

impl Drop for OfTest {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.0.folder));
    }
}

fn write(folder: &Path, text: &str) -> Result<(), PhoneError> {
    fs::write(folder.join("a"), text).map_err(PhoneError::file(folder))
}

#[test]
fn a_thing_is_made_once_for_each_recipe() {
    let cache = OfTest::new("once");
    let made = Cell::new(0);
    let get = |recipe: &str| {
        let kept = cache.0.get("thing", recipe, |folder| {
            made.set(made.get() + 1);
            write(folder, recipe)
        });
        fs::read_to_string(kept.unwrap().folder.join("a")).unwrap()
    };
    assert_eq!((get("one"), made.get()), ("one".to_owned(), 1));
    assert_eq!((get("one"), made.get()), ("one".to_owned(), 1));
    assert_eq!((get("two"), made.get()), ("two".to_owned(), 2));
}

#[test]
fn a_half_made_thing_is_made_anew() {
    let cache = OfTest::new("half");
    let failed = cache.0.get("thing", "r", |folder| {
        write(folder, "half")?;
        Err(PhoneError::NoCache)
    });
    assert!(failed.is_err());
    assert!(!cache.0.holds("thing", "r"));
    // What was killed between two steps leaves the same behind, and a folder without its marker counts for nothing.
    fs::create_dir_all(cache.0.folder.join("thing")).unwrap();
    fs::write(cache.0.folder.join("thing").join("a"), "torn").unwrap();
    let kept = cache.0.get("thing", "r", |folder| {
        assert!(!folder.join("a").exists());
        write(folder, "whole")
    });
    assert_eq!(fs::read_to_string(kept.unwrap().folder.join("a")).unwrap(), "whole");
    assert!(cache.0.folder.join("thing").join(MARKER).exists());
}

#[test]
fn a_thing_in_use_is_not_replaced() {
    let cache = OfTest::new("use");
    let get = |recipe: &str| cache.0.get("thing", recipe, |folder| write(folder, recipe)).unwrap();
    let may_be_replaced = || cache.0.lock_file("thing").unwrap().try_lock().is_ok();
    let first = get("old");
    // A second run may use it beside the first, and only when both have ended is it free.
    let second = get("old");
    assert!(!may_be_replaced());
    drop(first);
    assert!(!may_be_replaced());
    drop(second);
    assert!(may_be_replaced());
    assert_eq!(fs::read_to_string(get("new").folder.join("a")).unwrap(), "new");
}

#[test]
fn two_runs_make_a_thing_once() {
    let cache = OfTest::new("two");
    let made = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                cache.0.get("thing", "r", |folder| {
                    made.fetch_add(1, Ordering::Relaxed);
                    write(folder, "r")
                })
            });
        }
    });
    assert_eq!(made.into_inner(), 1);
}

#[test]
fn the_cache_is_where_it_was_said_to_be() {
    let path = |path: &str| Some(PathBuf::from(path));
    assert_eq!(choose(path("/a"), path("/b"), path("/c")), path("/a"));
    assert_eq!(choose(None, path("/b"), path("/c")), path("/b/inkan"));
    assert_eq!(choose(None, None, path("/c")), path("/c/.cache/inkan"));
    assert_eq!(choose(None, None, None), None);
    assert_eq!(choose(path("relative"), path("/b"), None), None);
}
