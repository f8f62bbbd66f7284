//! What only this engine can get wrong: batching, rolling back one of many, panics.

use std::sync::Arc;

use inkan_protocol::ids::DeviceId;

use super::Sqlite;
use crate::hub::{Hub, Topic};
use crate::storage::conformance::storage_conformance;
use crate::storage::{Storage, StorageError};

fn storage(folder: &tempfile::TempDir) -> Storage {
    let engine = Sqlite::open(&folder.path().join("inkan.db")).unwrap();
    Storage::new(Arc::new(engine), Arc::new(Hub::default()))
}

storage_conformance!(conformance, {
    let folder = tempfile::tempdir().unwrap();
    let engine = crate::storage::sqlite::Sqlite::open(&folder.path().join("inkan.db")).unwrap();
    let hub = std::sync::Arc::new(crate::hub::Hub::default());
    (crate::storage::Storage::new(std::sync::Arc::new(engine), hub), folder)
});

#[tokio::test]
async fn many_writers_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let storage = storage(&folder);
    let writes = (0..200).map(|_| {
        let storage = storage.clone();
        tokio::spawn(async move {
            storage
                .write(|tx| -> Result<u64, StorageError> {
                    let count = tx.meta("count")?.map_or(0, |text| text.parse::<u64>().unwrap()) + 1;
                    tx.put_meta("count", &count.to_string())?;
                    Ok(count)
                })
                .await
                .unwrap()
        })
    });
    let mut seen = std::collections::BTreeSet::new();
    for write in writes {
        assert!(seen.insert(write.await.unwrap()));
    }
    assert_eq!(seen.last(), Some(&200));
}

#[tokio::test]
async fn an_error_or_a_panic_undoes_its_own_work_alone() {
    let folder = tempfile::tempdir().unwrap();
    let storage = storage(&folder);
    let set = |value: &'static str| {
        storage.write(move |tx| -> Result<(), StorageError> { tx.put_meta("name", value) })
    };
    let (first, failed, panicked) = tokio::join!(
        set("kept"),
        storage.write(|tx| -> Result<(), StorageError> {
            tx.put_meta("name", "lost")?;
            Err(StorageError::Failed("on purpose".into()))
        }),
        storage.write(|tx| -> Result<(), StorageError> {
            tx.put_meta("name", "lost too").unwrap();
            panic!("on purpose")
        }),
    );
    assert_eq!(first, Ok(()));
    assert_eq!(failed, Err(StorageError::Failed("on purpose".into())));
    assert_eq!(panicked, Err(StorageError::GivenUp));
    let name = storage.read(|tx| tx.meta("name")).await;
    assert_eq!(name, Ok(Some("kept".to_owned())));
    assert!(storage.is_ready());
}

#[tokio::test]
async fn whoever_goes_while_it_is_written_takes_the_news_from_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let storage = storage(&folder);
    let topic = Topic::Device(DeviceId(uuid::Uuid::from_u128(1)));
    let mut waiting = storage.hub().subscribe(topic);
    {
        let write = storage.write(move |tx| -> Result<(), StorageError> {
            tx.notify(topic);
            tx.put_meta("a", "b")
        });
        // begun, and then dropped as a handler is when its client hangs up
        tokio::select! {
            biased;
            _ = write => panic!("it is not written yet"),
            () = std::future::ready(()) => {}
        }
    }
    waiting.changed().await;
    assert_eq!(storage.read(|tx| tx.meta("a")).await, Ok(Some("b".to_owned())));
}

#[tokio::test]
async fn what_was_written_is_there_after_closing() {
    let folder = tempfile::tempdir().unwrap();
    let first = storage(&folder);
    first.write(|tx| -> Result<(), StorageError> { tx.put_meta("a", "b") }).await.unwrap();
    first.close().await;
    assert_eq!(
        first.write(|tx| -> Result<(), StorageError> { tx.put_meta("a", "c") }).await,
        Err(StorageError::Stopped)
    );
    assert_eq!(storage(&folder).read(|tx| tx.meta("a")).await, Ok(Some("b".to_owned())));
}
