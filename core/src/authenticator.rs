//! The authenticator: every ceremony of `docs/protocol.md` from the phone's side, for several accounts at several
//! relying parties side by side.
//!
//! ```text
//! enroll.rs   begin ─▶ "is this your account?" ─▶ six digits ─▶ active
//! inbox.rs    what is asked, verified and rendered; scan and open links
//! answer.rs   approve, deny, report: counter on disk ─▶ signed ─▶ stored ─▶ sent ─▶ receipt verified
//! renew.rs    push, name, keys, key set, freeze, leave
//! ```
//!
//! Every method may be called at any time and from anywhere at once, and its future may be dropped at any await: what
//! was begun is in the store, and the next call goes on from there. Ceremonies that use an account's counter or keys
//! wait for each other.

mod answer;
mod enroll;
mod inbox;
mod renew;

use std::sync::Arc;

use inkan_protocol::{details::Locale, ids::ServerName};

use crate::{
    error::Error,
    ports::{Clock, KeyVault, Random, Transport},
    store::Store,
};

pub use self::{
    answer::{DecisionKept, HistoryEntry, Outcome, ReturnAddress},
    enroll::{EnrollmentFailure, EnrollmentPreview, EnrollmentProgress},
    inbox::{Approval, Blocked, Inbox, Problem, Request, Warning},
};

/// What a shell puts together once, at its start.
pub struct Parts {
    /// The phone's keys.
    pub vault: Arc<dyn KeyVault>,
    /// The way to servers.
    pub transport: Arc<dyn Transport>,
    /// Time and waiting.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Where state is kept.
    pub store: Arc<dyn Store>,
    /// What the phone says of itself.
    pub profile: DeviceProfile,
    /// The servers at which this build enrolls; `None`: any.
    pub allowed_servers: Option<Vec<ServerName>>,
}

/// What a phone says of itself in an enrollment. Each text 1–64 characters that can be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceProfile {
    /// The name that the customer gave it; at first the model.
    pub name: String,
    /// Its model.
    pub model: String,
    /// Operating system and version.
    pub os: String,
    /// The app's version.
    pub app_version: String,
    /// The language it shows.
    pub locale: Locale,
}

/// The authenticator. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Authenticator {
    inner: Arc<Inner>,
}

struct Inner {}

impl Authenticator {
    /// Opens what the store holds. If the store is empty, keys of an earlier installation are deleted.
    pub async fn open(parts: Parts) -> Result<Self, Error> {
        let _ = parts;
        Err(Error::Internal("not yet"))
    }
}
