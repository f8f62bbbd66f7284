//! What a backend has registered with us before somebody else's software asks for it: too long for the way by which that
//! asks, and known to come from the backend.
//!
//! ```text
//! registered ──▶ used by one challenge ──▶ forgotten
//!      └──────────── time ────────────────────▲
//! ```

use inkan_protocol::details::{Detail, Operation};
use inkan_protocol::ids::{ChallengeId, NumericDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::user::UserKey;

/// An intent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Its id.
    pub id: Uuid,
    /// Who is to be asked.
    pub owner: UserKey,
    /// What they are to be asked.
    pub operation: Operation,
    /// Its details, checked.
    pub details: Vec<Detail>,
    /// What it became.
    pub used_by: Option<ChallengeId>,
    /// When it was registered.
    pub created_at: NumericDate,
    /// It is not taken any more from then on, and forgotten.
    pub until: NumericDate,
}

impl Intent {
    /// Whether it can be asked of this user now.
    pub fn can_ask(&self, owner: &UserKey, now: NumericDate) -> bool {
        self.owner == *owner && self.used_by.is_none() && now < self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_asks_its_own_user_once_in_its_time() {
        let owner = |live, user: &str| UserKey { live, user: user.parse().unwrap() };
        let intent = Intent {
            id: Uuid::from_u128(1),
            owner: owner(true, "a"),
            operation: Operation::Login,
            details: vec![],
            used_by: None,
            created_at: 1000,
            until: 1600,
        };
        assert!(intent.can_ask(&owner(true, "a"), 1599));
        assert!(!intent.can_ask(&owner(true, "a"), 1600));
        assert!(!intent.can_ask(&owner(true, "b"), 1000));
        assert!(!intent.can_ask(&owner(false, "a"), 1000));
        let used = Intent { used_by: Some(ChallengeId(Uuid::from_u128(2))), ..intent };
        assert!(!used.can_ask(&owner(true, "a"), 1000));
    }
}
