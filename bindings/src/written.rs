//! Tells the log of every commit, and how often it has waited for the disk. It is how a benchmark in another language
//! counts them.

use std::sync::Arc;

use inkan_core::store::{RecordId, RecordKind, Records, SledStore, Store, StoreError, Write};
use zeroize::Zeroizing;

pub(crate) struct Written(pub(crate) Arc<SledStore>);

impl Store for Written {
    fn read(&self, id: &RecordId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError> {
        self.0.read(id)
    }

    fn list(&self, kind: RecordKind) -> Result<Records, StoreError> {
        self.0.list(kind)
    }

    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError> {
        let before = self.0.work();
        self.0.commit(writes)?;
        let after = self.0.work();
        // where nothing was to be changed, there was no commit
        if after.0 > before.0 {
            tracing::debug!(target: "inkan", waits = after.1.saturating_sub(before.1), "written");
        }
        Ok(())
    }

    fn acknowledge(&self) -> Result<(), StoreError> {
        self.0.acknowledge()
    }
}
