//! What every store must do, as tests: [`store_conformance!`](crate::store_conformance) makes a module of them for one
//! implementation.

use super::Store;

/// A place in which stores of one implementation are opened, one after the other.
pub trait Stage {
    /// The implementation.
    type Store: Store;

    /// Whether a store that is opened again has what the one before it was told to keep.
    const KEEPS: bool;

    /// A new place without any records.
    fn empty() -> Self;

    /// Opens the store of this place. The one opened before has been dropped.
    fn open(&self) -> Self::Store;
}

/// A module `$module` of tests for the stage `$stage`.
#[doc(hidden)]
#[macro_export]
macro_rules! store_conformance {
    ($module:ident, $stage:ty) => {
        mod $module {
            use $crate::store::{
                RECORD_LIMIT, RecordId, RecordKind, Store, StoreError, Write, conformance::Stage,
            };

            use super::*;

            fn id(kind: RecordKind, name: &str) -> RecordId {
                RecordId::new(kind, name)
            }

            fn put(kind: RecordKind, name: &str, value: &[u8]) -> Write {
                Write::Put(id(kind, name), value.to_vec())
            }

            fn delete(kind: RecordKind, name: &str) -> Write {
                Write::Delete(id(kind, name))
            }

            fn read(store: &impl Store, kind: RecordKind, name: &str) -> Option<Vec<u8>> {
                store.read(&id(kind, name)).unwrap().map(|value| value.to_vec())
            }

            fn names(store: &impl Store, kind: RecordKind) -> Vec<String> {
                store.list(kind).unwrap().into_iter().map(|(name, _)| name).collect()
            }

            #[test]
            fn an_empty_store_has_nothing() {
                let store = <$stage>::empty();
                let store = store.open();
                for kind in RecordKind::ALL {
                    assert_eq!(read(&store, kind, "a"), None);
                    assert!(store.list(kind).unwrap().is_empty());
                }
            }

            #[test]
            fn what_is_put_is_read_back() {
                let stage = <$stage>::empty();
                let store = stage.open();
                store.commit(vec![put(RecordKind::Account, "a", b"one")]).unwrap();
                assert_eq!(read(&store, RecordKind::Account, "a"), Some(b"one".to_vec()));
                assert_eq!(read(&store, RecordKind::Account, "b"), None);
            }

            #[test]
            fn a_put_replaces_all_of_a_record() {
                let stage = <$stage>::empty();
                let store = stage.open();
                for length in [20_000, 3, 0, 6_000, 1] {
                    let value = vec![7; length];
                    store.commit(vec![put(RecordKind::Account, "a", &value)]).unwrap();
                    assert_eq!(read(&store, RecordKind::Account, "a"), Some(value));
                    assert_eq!(store.list(RecordKind::Account).unwrap().len(), 1);
                }
            }

            #[test]
            fn an_empty_value_is_not_a_missing_one() {
                let stage = <$stage>::empty();
                let store = stage.open();
                store.commit(vec![put(RecordKind::Meta, "a", b"")]).unwrap();
                assert_eq!(read(&store, RecordKind::Meta, "a"), Some(Vec::new()));
                assert_eq!(names(&store, RecordKind::Meta), ["a"]);
            }

            #[test]
            fn a_delete_removes_one_record_and_may_find_none() {
                let stage = <$stage>::empty();
                let store = stage.open();
                let large = vec![1; 50_000];
                store
                    .commit(vec![
                        put(RecordKind::Outgoing, "a", &large),
                        put(RecordKind::Outgoing, "b", b"2"),
                    ])
                    .unwrap();
                store
                    .commit(vec![delete(RecordKind::Outgoing, "a"), delete(RecordKind::Outgoing, "x")])
                    .unwrap();
                assert_eq!(read(&store, RecordKind::Outgoing, "a"), None);
                assert_eq!(names(&store, RecordKind::Outgoing), ["b"]);
            }

            #[test]
            fn a_list_is_sorted_by_name_and_has_the_values() {
                let stage = <$stage>::empty();
                let store = stage.open();
                for name in ["b", "", "ab", "é", "a", "B", "日本", "a\u{0}"] {
                    store.commit(vec![put(RecordKind::History, name, name.as_bytes())]).unwrap();
                }
                assert_eq!(
                    names(&store, RecordKind::History),
                    ["", "B", "a", "a\u{0}", "ab", "b", "é", "日本"]
                );
                for (name, value) in store.list(RecordKind::History).unwrap() {
                    assert_eq!(name.as_bytes(), value.as_slice());
                }
            }

            #[test]
            fn kinds_do_not_mix() {
                let stage = <$stage>::empty();
                let store = stage.open();
                for kind in RecordKind::ALL {
                    store.commit(vec![put(kind, "same", format!("{kind:?}").as_bytes())]).unwrap();
                }
                store.commit(vec![delete(RecordKind::Account, "same")]).unwrap();
                for kind in RecordKind::ALL {
                    let expected = (kind != RecordKind::Account).then(|| format!("{kind:?}").into_bytes());
                    assert_eq!(names(&store, kind).len(), usize::from(expected.is_some()));
                    assert_eq!(read(&store, kind, "same"), expected);
                }
            }

            #[test]
            fn odd_names_are_names() {
                let stage = <$stage>::empty();
                let store = stage.open();
                let long = "n".repeat(2_000);
                let odd = ["/", "../x", "a/b", "\u{0}", "\n", " ", "%2F", "🦀", "a\u{202E}b", &long];
                let writes = odd.iter().map(|name| put(RecordKind::Account, name, name.as_bytes()));
                store.commit(writes.collect()).unwrap();
                for name in odd {
                    assert_eq!(read(&store, RecordKind::Account, name), Some(name.as_bytes().to_vec()));
                }
                assert_eq!(names(&store, RecordKind::Account).len(), odd.len());
            }

            #[test]
            fn a_commit_makes_its_changes_in_order() {
                let stage = <$stage>::empty();
                let store = stage.open();
                store
                    .commit(vec![
                        put(RecordKind::Account, "kept", b"1"),
                        put(RecordKind::Account, "kept", b"2"),
                        put(RecordKind::Account, "gone", b"1"),
                        delete(RecordKind::Account, "gone"),
                        delete(RecordKind::Account, "back"),
                        put(RecordKind::Account, "back", b"3"),
                    ])
                    .unwrap();
                assert_eq!(names(&store, RecordKind::Account), ["back", "kept"]);
                assert_eq!(read(&store, RecordKind::Account, "kept"), Some(b"2".to_vec()));
            }

            #[test]
            fn no_changes_are_no_work() {
                let stage = <$stage>::empty();
                let store = stage.open();
                store.commit(Vec::new()).unwrap();
                assert!(store.list(RecordKind::Account).unwrap().is_empty());
            }

            #[test]
            fn a_record_may_be_as_large_as_the_limit_and_no_larger() {
                let stage = <$stage>::empty();
                let store = stage.open();
                let name = "name";
                let largest: Vec<u8> =
                    (0..RECORD_LIMIT - name.len()).map(|n| u8::try_from(n % 251).unwrap()).collect();
                store.commit(vec![put(RecordKind::History, name, &largest)]).unwrap();
                assert_eq!(read(&store, RecordKind::History, name), Some(largest.clone()));

                let mut larger = largest;
                larger.push(0);
                let refused = store.commit(vec![
                    put(RecordKind::History, "small", b"1"),
                    put(RecordKind::History, name, &larger),
                ]);
                assert_eq!(refused, Err(StoreError::TooLarge));
                assert_eq!(read(&store, RecordKind::History, "small"), None, "a part was made");
                store.commit(vec![put(RecordKind::History, "small", b"1")]).unwrap();
            }

            #[test]
            fn many_records_are_all_there() {
                let stage = <$stage>::empty();
                let store = stage.open();
                let name = |n: usize| format!("{n:04}");
                let writes = (0..1_000).map(|n| put(RecordKind::History, &name(n), &n.to_be_bytes()));
                store.commit(writes.collect()).unwrap();
                store
                    .commit((0..1_000).step_by(2).map(|n| delete(RecordKind::History, &name(n))).collect())
                    .unwrap();
                let expected: Vec<_> = (0..1_000).skip(1).step_by(2).map(name).collect();
                assert_eq!(names(&store, RecordKind::History), expected);
            }

            #[test]
            fn a_reader_sees_all_of_a_commit_or_none() {
                let stage = <$stage>::empty();
                let store = stage.open();
                let both = |value: &[u8]| {
                    vec![put(RecordKind::Account, "a", value), put(RecordKind::Account, "b", value)]
                };
                store.commit(both(b"0")).unwrap();
                std::thread::scope(|scope| {
                    let writer = scope.spawn(|| {
                        for n in 1..=20_u8 {
                            store.commit(both(&[n])).unwrap();
                        }
                    });
                    while !writer.is_finished() {
                        let values = store.list(RecordKind::Account).unwrap();
                        assert_eq!(values[0].1, values[1].1);
                    }
                });
            }

            #[test]
            fn an_opened_store_has_what_was_kept() {
                let stage = <$stage>::empty();
                let large = vec![3; 40_000];
                {
                    let store = stage.open();
                    store
                        .commit(vec![
                            put(RecordKind::Account, "a", b"1"),
                            put(RecordKind::Account, "b", b"2"),
                        ])
                        .unwrap();
                    store.commit(vec![put(RecordKind::Device, "large", &large)]).unwrap();
                }
                {
                    let store = stage.open();
                    let kept = <$stage as Stage>::KEEPS.then(|| large.clone());
                    assert_eq!(read(&store, RecordKind::Device, "large"), kept);
                    store.commit(vec![delete(RecordKind::Account, "a")]).unwrap();
                }
                let store = stage.open();
                let kept: &[&str] = if <$stage as Stage>::KEEPS { &["b"] } else { &[] };
                assert_eq!(names(&store, RecordKind::Account), kept);
            }
        }
    };
}
