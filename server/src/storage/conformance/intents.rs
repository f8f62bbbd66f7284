//! What backends have registered.

use inkan_protocol::ids::ChallengeId;
use uuid::Uuid;

use super::samples::{intent, owner};
use super::{read, write};
use crate::model::intent::Intent;
use crate::storage::Storage;

pub(crate) async fn intents_are_kept_for_their_time(storage: Storage) {
    write(&storage, |tx| {
        for (number, user) in [(1, "a"), (2, "a"), (3, "b")] {
            tx.put_intent(&intent(number, user))?;
        }
        let used_by = Some(ChallengeId(Uuid::from_u128(9)));
        tx.put_intent(&Intent { used_by, ..intent(2, "a") })
    })
    .await;
    read(&storage, |tx| {
        let used_by = Some(ChallengeId(Uuid::from_u128(9)));
        let used = Intent { used_by, ..intent(2, "a") };
        assert_eq!(tx.intent(used.id)?.as_ref(), Some(&used), "it was replaced");
        assert_eq!(tx.intents_of(&owner("a"))?, [intent(1, "a"), used]);
        assert_eq!(tx.intent(Uuid::from_u128(9))?, None);
        Ok(())
    })
    .await;
    write(&storage, |tx| {
        tx.erase_intents(&owner("b"))?;
        assert_eq!(tx.intents_of(&owner("b"))?, []);
        assert_eq!(tx.intents_of(&owner("a"))?.len(), 2);
        let first = intent(1, "a");
        tx.sweep_intents(first.until - 1)?;
        assert!(tx.intent(first.id)?.is_some());
        tx.sweep_intents(first.until)?;
        assert!(tx.intent(first.id)?.is_none());
        assert!(tx.intent(intent(2, "a").id)?.is_some(), "its time is not over");
        Ok(())
    })
    .await;
}
