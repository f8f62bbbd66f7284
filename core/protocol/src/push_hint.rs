//! The doorbell: all that a push carries. Nothing personal, nothing that could be approved.

use serde::{Deserialize, Serialize};

use crate::ids::MessageId;

/// The payload of a push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushHint {
    /// Version of this form: 1.
    pub v: u8,
    /// Names the push, for the question whether it arrived. Not a challenge's id.
    pub id: MessageId,
    /// Pushes with one key replace each other on the phone.
    pub collapse: MessageId,
}
