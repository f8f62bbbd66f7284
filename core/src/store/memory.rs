//! A store that forgets everything when it is dropped: for tests, and the measure that the real one is held to.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use zeroize::Zeroizing;

use super::{RecordId, RecordKind, Records, Store, StoreError, Write, take_changes};

/// Records in this process's memory.
#[derive(Default)]
pub struct MemoryStore {
    records: Mutex<BTreeMap<RecordId, Zeroizing<Vec<u8>>>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<RecordId, Zeroizing<Vec<u8>>>> {
        // nothing under this lock can panic half-way through a commit
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn read(&self, id: &RecordId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        Ok(self.lock().get(id).cloned())
    }

    fn list(&self, kind: RecordKind) -> Result<Records, StoreError> {
        Ok(self
            .lock()
            .range(RecordId::new(kind, "")..)
            .take_while(|(id, _)| id.kind == kind)
            .map(|(id, value)| (id.name.clone(), value.clone()))
            .collect())
    }

    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let changes = take_changes(writes)?;
        let mut records = self.lock();
        for (id, value) in changes {
            match value {
                Some(value) => records.insert(id, value),
                None => records.remove(&id),
            };
        }
        Ok(())
    }

    fn acknowledge(&self) -> Result<(), StoreError> {
        // what is not on a disk is not damaged
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::conformance::Stage;

    struct Memory;

    impl Stage for Memory {
        type Store = MemoryStore;
        const KEEPS: bool = false;

        fn empty() -> Self {
            Self
        }

        fn open(&self) -> MemoryStore {
            MemoryStore::new()
        }
    }

    crate::store_conformance!(conformance, Memory);
}
