//! `core/src/link.rs` across the border.

use inkan_core::{
    link::{self, ChallengeLinkKind, Link},
    protocol::ids::{ChallengeId, ServerName},
};

use crate::error::CallError;

#[uniffi::remote(Enum)]
pub enum Link {
    Enrollment { server: ServerName },
    Challenge { server: ServerName, challenge: ChallengeId, kind: ChallengeLinkKind },
    OtherVersion,
    NotOurs,
}

#[uniffi::remote(Enum)]
pub enum ChallengeLinkKind {
    Scan,
    Open,
}

/// What a scanned code or an opened link is, before anything is done with it.
///
/// # Errors
/// None: any text has an answer.
#[uniffi::export]
#[expect(clippy::needless_pass_by_value, reason = "it comes across the border")]
pub fn recognise(text: String) -> Result<Link, CallError> {
    Ok(link::recognise(&text))
}
