//! What the phone remembers between two starts, and the port behind which it is kept.
//!
//! ```text
//! Authenticator -> Store (this port) -> MemoryStore            tests, what may be forgotten
//!                                    -> SledStore -> sealed    the phone: every record encrypted, every commit on disk
//! ```
//!
//! A record is a kind, a name and bytes that only the owner of the kind reads. The port has one promise: what
//! [`Store::commit`] acknowledged is there after a crash and after a power cut, all of it or, if it was not
//! acknowledged, possibly none of it, but never a part.

#[doc(hidden)]
pub mod conformance;
mod folder;
mod memory;
mod notice;
mod opening;
mod sealed;
mod sled;

use zeroize::Zeroizing;

pub use self::{
    memory::MemoryStore,
    opening::{OpenedStore, StoreReport},
    sled::SledStore,
};

/// What a record is about. Each kind is a namespace of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKind {
    /// Facts about this installation as a whole.
    Meta,
    /// One account at one relying party: keys by label, counters, the newest key set.
    Account,
    /// An enrollment that has begun and not ended.
    Enrollment,
    /// A challenge as its bytes first came: what was shown is what is signed.
    Challenge,
    /// A signed message that the server has not yet acknowledged.
    Outgoing,
    /// What was decided in the past, for the person to look at.
    History,
    /// What the server knows of this device: its push token, its sessions.
    Device,
}

impl RecordKind {
    /// Every kind there is.
    pub const ALL: [Self; 7] = [
        Self::Meta,
        Self::Account,
        Self::Enrollment,
        Self::Challenge,
        Self::Outgoing,
        Self::History,
        Self::Device,
    ];
}

/// Name and value of a record together: at most this many bytes.
pub const RECORD_LIMIT: usize = 256 * 1024;

/// The full name of a record.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    /// The namespace.
    pub kind: RecordKind,
    /// Any text, unique in its kind. It is as secret as the record itself.
    pub name: String,
}

impl RecordId {
    /// The record `name` of a kind.
    pub fn new(kind: RecordKind, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

/// Names with their values.
pub type Records = Vec<(String, Zeroizing<Vec<u8>>)>;

/// A record and what it becomes: `None` is gone.
type Change = (RecordId, Option<Zeroizing<Vec<u8>>>);

/// One change. Has no `Debug`, for its value may be secret.
#[derive(Clone, PartialEq, Eq)]
pub enum Write {
    /// Makes a record, or replaces all of it. The store wipes the bytes when it has stored them.
    Put(RecordId, Vec<u8>),
    /// Removes a record; removing what is not there succeeds.
    Delete(RecordId),
}

/// Why a store could not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed. After a failed write the store opens its files again at the next call: what it has in
    /// memory may not be on the disk.
    #[error("the store could not be read or written: {0}")]
    Io(String),
    /// The device has no room left. Nothing of this commit is promised. When there is room again, the same call may be
    /// made again; until then reading may fail as well.
    #[error("the device's storage is full")]
    Full,
    /// What is stored is not what was written. `what` names the place, never the content.
    #[error("the store is damaged: {what}")]
    Damaged {
        /// Which part, in words without personal data.
        what: String,
    },
    /// The key that opens the store is gone for good: the person has to enroll again.
    #[error("the key of the store is gone")]
    KeyMissing,
    /// The key vault cannot answer now, for example because the device is locked; later it may.
    #[error("the key of the store cannot be had now: {0}")]
    KeyUnavailable(String),
    /// A newer version of this software wrote the store. It is left as it is.
    #[error("the store has format {found}, this software knows formats up to {known}")]
    NewerFormat {
        /// The format on disk.
        found: u32,
        /// The newest format that this software reads.
        known: u32,
    },
    /// Another process, or another handle in this one, has the store open.
    #[error("the store is already open")]
    Locked,
    /// A value, or a name, is larger than this store takes ([`RECORD_LIMIT`]). Nothing was written.
    #[error("the record is too large for the store")]
    TooLarge,
    /// The random source gave nothing to seal with. Nothing was written.
    #[error(transparent)]
    Random(#[from] crate::ports::RandomError),
}

/// Where records are kept.
///
/// The calls block, for some milliseconds each (`commit` waits for the disk). Async code that cannot spare these calls
/// them on a thread of its own (`tokio::task::spawn_blocking`).
pub trait Store: Send + Sync {
    /// The bytes of a record, `None` if there is no such record.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the record is there and cannot be opened. It is never reported as missing.
    fn read(&self, id: &RecordId) -> Result<Option<Zeroizing<Vec<u8>>>, StoreError>;

    /// All records of a kind, by rising name (order of the bytes of UTF-8).
    ///
    /// # Errors
    /// As [`Store::read`].
    fn list(&self, kind: RecordKind) -> Result<Records, StoreError>;

    /// Makes all changes, in this order, or none. When it returns `Ok` they survive a power cut. No changes is no work.
    ///
    /// # Errors
    /// After an error the changes may or may not be there at the next call, but never some of them.
    fn commit(&self, writes: Vec<Write>) -> Result<(), StoreError>;

    /// Whoever goes on knows the condition in which the store was found: the next opening does not report it again.
    /// Until this has returned, every opening does, also after a crash. [`Authenticator::open`] calls it.
    ///
    /// # Errors
    /// [`StoreError::Io`]: the condition is reported again.
    ///
    /// [`Authenticator::open`]: crate::authenticator::Authenticator::open
    fn acknowledge(&self) -> Result<(), StoreError>;
}

/// What a commit does to each record, in its order, with values that are wiped; or [`StoreError::TooLarge`].
fn take_changes(writes: Vec<Write>) -> Result<Vec<Change>, StoreError> {
    // all of them first, so that a refusal wipes every value
    let changes: Vec<_> = writes
        .into_iter()
        .map(|write| match write {
            Write::Put(id, value) => (id, Some(Zeroizing::new(value))),
            Write::Delete(id) => (id, None),
        })
        .collect();
    let too_large = |(id, value): &Change| {
        value.as_ref().is_some_and(|value| id.name.len().saturating_add(value.len()) > RECORD_LIMIT)
    };
    if changes.iter().any(too_large) { Err(StoreError::TooLarge) } else { Ok(changes) }
}
