//! What every store must do, as a suite that runs over each of them: `storage_conformance!(name, make)`, where `make`
//! gives an empty store and whatever must live as long as it.

mod intents;
mod keycloak;
mod openid;
mod samples;
mod webhooks;

use std::sync::Arc;

use inkan_protocol::device_api::ChallengeState;
use inkan_protocol::ids::{ChallengeId, Digest, MessageId, Thumbprint};
use inkan_protocol::log::{BEFORE_FIRST, derive_row_hash};
use tokio::sync::Barrier;
use uuid::Uuid;

pub(crate) use self::intents::intents_are_kept_for_their_time;
pub(crate) use self::keycloak::a_call_of_keycloak_is_taken_once_and_remembered_for_its_time;
pub(crate) use self::openid::what_openid_clients_asked_ends;
use self::samples::{api_key, challenge, device, enrollment, event, message, owner, user};
pub(crate) use self::webhooks::deliveries_are_due_listed_and_swept;
use super::{ChallengeFilter, Kept, Storage, StorageError, StoredReply, Transaction};
use crate::hub::Topic;
use crate::model::outbox::{OutboxMessage, Queue};
use crate::model::sealed::SealedBytes;

/// Runs the suite over the store that `$make` gives.
macro_rules! storage_conformance {
    ($name:ident, $make:expr) => {
        mod $name {
            $crate::storage::conformance::storage_conformance!(
                @each $make,
                what_is_put_is_found,
                what_is_put_again_is_replaced,
                a_failed_write_keeps_nothing,
                a_read_changes_nothing,
                writes_run_one_after_the_other,
                a_commit_rings_its_topics,
                what_is_overdue_is_listed_until_it_ends,
                lists_are_newest_first_and_page,
                keys_and_message_ids_are_taken_once,
                sessions_end,
                kept_answers_follow_the_counter,
                the_log_is_chained,
                events_come_in_order,
                replies_end,
                messages_are_taken_once_until_they_are_lost,
                a_newer_message_takes_the_place_of_the_older,
                deliveries_are_due_listed_and_swept,
                erasing_leaves_others_and_taken_keys,
                what_openid_clients_asked_ends,
                a_call_of_keycloak_is_taken_once_and_remembered_for_its_time,
                intents_are_kept_for_their_time
            );
        }
    };
    (@each $make:expr, $($test:ident),+) => {
        $(
            #[tokio::test]
            async fn $test() {
                let (storage, _kept) = $make;
                $crate::storage::conformance::$test(storage).await;
            }
        )+
    };
}

pub(crate) use storage_conformance;

async fn write<T: Send + 'static>(
    storage: &Storage,
    work: impl FnOnce(&mut dyn Transaction) -> Result<T, StorageError> + Send + 'static,
) -> T {
    storage.write(work).await.unwrap()
}

async fn read<T: Send + 'static>(
    storage: &Storage,
    work: impl FnOnce(&mut dyn Transaction) -> Result<T, StorageError> + Send + 'static,
) -> T {
    storage.read(work).await.unwrap()
}

pub(crate) async fn what_is_put_is_found(storage: Storage) {
    write(&storage, |tx| {
        tx.put_enrollment(&enrollment(1, "a"))?;
        tx.put_device(&device(2, "a"))?;
        tx.put_challenge(&challenge(3, "a"))?;
        tx.put_user(&user("a"))?;
        tx.put_api_key(&api_key(4))?;
        tx.put_meta("name", "value")
    })
    .await;
    read(&storage, |tx| {
        let (one, two, three) = (enrollment(1, "a"), device(2, "a"), challenge(3, "a"));
        assert_eq!(tx.enrollment(one.id)?.as_ref(), Some(&one));
        assert_eq!(tx.enrollment_by_ticket(one.ticket)?.as_ref(), Some(&one));
        assert_eq!(tx.enrollment_by_typed_code(one.typed_code)?.as_ref(), Some(&one));
        assert_eq!(tx.enrollments_of(&owner("a"))?, [one]);
        assert_eq!(tx.device(two.id)?.as_ref(), Some(&two));
        for key in [two.keys.possession, two.keys.approval] {
            assert_eq!(tx.device_by_key(key.thumbprint())?.as_ref(), Some(&two));
        }
        assert_eq!(tx.devices_of(&owner("a"))?, [two]);
        assert_eq!(tx.challenge(three.id)?.as_ref(), Some(&three));
        assert_eq!(tx.challenge_by_watch(three.watch)?.as_ref(), Some(&three));
        assert_eq!(tx.challenge_by_scan(samples::scan_page(3))?.as_ref(), Some(&three));
        assert_eq!(tx.pending_of(&owner("a"))?, [three]);
        assert_eq!(tx.user(&owner("a"))?, Some(user("a")));
        assert_eq!(tx.user_by_sub(user("a").sub)?, Some(user("a")));
        assert_eq!(tx.api_key(api_key(4).digest)?, Some(api_key(4)));
        assert_eq!(tx.api_keys()?, [api_key(4)]);
        assert_eq!(tx.meta("name")?.as_deref(), Some("value"));
        assert_eq!(tx.enrollment(enrollment(9, "a").id)?, None);
        assert_eq!(tx.device_by_key(Thumbprint([9; 32]))?, None);
        assert_eq!(tx.user(&owner("b"))?, None);
        assert_eq!(tx.pending_of(&owner("b"))?, []);
        Ok(())
    })
    .await;
}

pub(crate) async fn what_is_put_again_is_replaced(storage: Storage) {
    write(&storage, |tx| {
        tx.put_device(&device(1, "a"))?;
        let revoked = device(1, "a").revoke(2000).unwrap();
        tx.put_device(&revoked)?;
        assert_eq!(tx.device(revoked.id)?, Some(revoked));
        assert_eq!(tx.devices_of(&owner("a"))?.len(), 1);
        Ok(())
    })
    .await;
}

pub(crate) async fn a_failed_write_keeps_nothing(storage: Storage) {
    let refused: Result<(), StorageError> = storage
        .write(|tx| {
            tx.put_user(&user("a"))?;
            tx.append_audit(1, "kind", Digest([1; 32]))?;
            Err(StorageError::Failed("on purpose".into()))
        })
        .await;
    assert!(refused.is_err());
    read(&storage, |tx| {
        assert_eq!(tx.user(&owner("a"))?, None);
        assert_eq!(tx.audit_head()?, None);
        Ok(())
    })
    .await;
}

pub(crate) async fn a_read_changes_nothing(storage: Storage) {
    drop(storage.read(|tx| tx.put_meta("name", "value")).await);
    assert_eq!(read(&storage, |tx| tx.meta("name")).await, None);
}

pub(crate) async fn writes_run_one_after_the_other(storage: Storage) {
    let barrier = Arc::new(Barrier::new(64));
    let winners = (0..64).map(|_| {
        let (storage, barrier) = (storage.clone(), Arc::clone(&barrier));
        tokio::spawn(async move {
            barrier.wait().await;
            write(&storage, |tx| {
                let free = tx.meta("decided")?.is_none();
                tx.put_meta("decided", "yes")?;
                Ok(free)
            })
            .await
        })
    });
    let mut won = 0;
    for winner in winners.collect::<Vec<_>>() {
        won += usize::from(winner.await.unwrap());
    }
    assert_eq!(won, 1, "exactly one of 64 finds it undecided");
}

pub(crate) async fn a_commit_rings_its_topics(storage: Storage) {
    let topic = Topic::Challenge(ChallengeId(Uuid::from_u128(1)));
    let mut waiting = storage.hub().subscribe(topic);
    write(&storage, move |tx| {
        tx.notify(topic);
        tx.put_meta("name", "value")
    })
    .await;
    waiting.changed().await;
    assert_eq!(
        read(&storage, |tx| tx.meta("name")).await.as_deref(),
        Some("value"),
        "committed before it is rung"
    );
}

pub(crate) async fn what_is_overdue_is_listed_until_it_ends(storage: Storage) {
    write(&storage, |tx| {
        tx.put_challenge(&challenge(1, "a"))?;
        tx.put_enrollment(&enrollment(2, "a"))?;
        assert_eq!(tx.overdue_challenges(samples::EXPIRES - 1, 10)?, []);
        assert_eq!(tx.overdue_enrollments(samples::EXPIRES - 1, 10)?, []);
        assert_eq!(tx.overdue_challenges(samples::EXPIRES, 10)?, [challenge(1, "a")]);
        assert_eq!(tx.overdue_enrollments(samples::EXPIRES, 10)?, [enrollment(2, "a")]);
        assert_eq!(tx.overdue_challenges(samples::EXPIRES, 0)?, []);
        tx.put_challenge(&challenge(1, "a").expire(samples::EXPIRES).unwrap())?;
        tx.put_enrollment(&enrollment(2, "a").expire(samples::EXPIRES).unwrap())?;
        assert_eq!(tx.overdue_challenges(samples::EXPIRES, 10)?, []);
        assert_eq!(tx.overdue_enrollments(samples::EXPIRES, 10)?, []);
        assert_eq!(tx.pending_of(&owner("a"))?, []);
        Ok(())
    })
    .await;
}

pub(crate) async fn lists_are_newest_first_and_page(storage: Storage) {
    write(&storage, |tx| {
        for number in 1..=5 {
            tx.put_challenge(&challenge(number, if number == 3 { "b" } else { "a" }))?;
        }
        tx.put_challenge(&challenge(2, "a").cancel(1200).unwrap())?;
        let all = ChallengeFilter { live: true, owner: None, state: None, after: None, limit: 10, now: 1200 };
        let numbers =
            |tx: &mut dyn Transaction, filter: &ChallengeFilter| -> Result<Vec<u128>, StorageError> {
                Ok(tx.challenges(filter)?.iter().map(|challenge| challenge.id.0.as_u128()).collect())
            };
        assert_eq!(numbers(tx, &all)?, [5, 4, 3, 2, 1]);
        assert_eq!(numbers(tx, &ChallengeFilter { limit: 2, ..all.clone() })?, [5, 4]);
        let after = Some(challenge(4, "a").id);
        assert_eq!(numbers(tx, &ChallengeFilter { after, ..all.clone() })?, [3, 2, 1]);
        let of_a = ChallengeFilter { owner: Some(owner("a")), ..all.clone() };
        assert_eq!(numbers(tx, &of_a)?, [5, 4, 2, 1]);
        let pending = ChallengeFilter { state: Some(ChallengeState::Pending), ..of_a.clone() };
        assert_eq!(numbers(tx, &pending)?, [5, 4, 1]);
        let late = ChallengeFilter { now: samples::EXPIRES, ..pending };
        assert_eq!(numbers(tx, &late)?, Vec::<u128>::new(), "what is over does not read as pending");
        let expired = ChallengeFilter { state: Some(ChallengeState::Expired), now: samples::EXPIRES, ..of_a };
        assert_eq!(numbers(tx, &expired)?, [5, 4, 1]);
        assert_eq!(numbers(tx, &ChallengeFilter { live: false, ..all })?, Vec::<u128>::new());
        Ok(())
    })
    .await;
}

pub(crate) async fn keys_and_message_ids_are_taken_once(storage: Storage) {
    write(&storage, |tx| {
        let (key, one, two) = (Thumbprint([1; 32]), device(1, "a").id, device(2, "b").id);
        assert!(!tx.is_key_taken(key)?);
        assert!(tx.claim_key(key, one)?);
        assert!(!tx.claim_key(key, two)? && !tx.claim_key(key, one)?);
        assert!(tx.is_key_taken(key)?);
        let jti = MessageId(Uuid::from_u128(1));
        assert!(tx.use_jti(one, jti, 1120)?);
        assert!(!tx.use_jti(one, jti, 1120)?);
        assert!(tx.use_jti(two, jti, 1120)?, "each device has its own");
        tx.sweep_devices(1119)?;
        assert!(!tx.use_jti(one, jti, 1120)?);
        tx.sweep_devices(1120)?;
        assert!(tx.use_jti(one, jti, 1300)?);
        Ok(())
    })
    .await;
}

pub(crate) async fn sessions_end(storage: Storage) {
    write(&storage, |tx| {
        let (one, two) = (device(1, "a").id, device(2, "a").id);
        tx.put_session(Digest([1; 32]), one, 1600)?;
        tx.put_session(Digest([2; 32]), two, 1600)?;
        assert_eq!(tx.session(Digest([1; 32]), 1599)?, Some(one));
        assert_eq!(tx.session(Digest([1; 32]), 1600)?, None);
        tx.end_sessions(one)?;
        assert_eq!(tx.session(Digest([1; 32]), 1000)?, None);
        assert_eq!(tx.session(Digest([2; 32]), 1000)?, Some(two));
        tx.sweep_devices(1600)?;
        assert_eq!(tx.session(Digest([2; 32]), 1000)?, None);
        Ok(())
    })
    .await;
}

pub(crate) async fn kept_answers_follow_the_counter(storage: Storage) {
    write(&storage, |tx| {
        let one = device(1, "a").id;
        let kept =
            |counter, for_ever, until| Kept { status: 200, body: "{}".into(), counter, for_ever, until };
        tx.keep(one, Digest([1; 32]), &kept(Some(1), false, None))?;
        tx.keep(one, Digest([2; 32]), &kept(Some(2), true, None))?;
        tx.keep(one, Digest([3; 32]), &kept(Some(3), false, None))?;
        tx.keep(one, Digest([4; 32]), &kept(None, false, Some(5000)))?;
        tx.forget_kept(one, 2, 4999)?;
        let there: Vec<bool> = (1..=4)
            .map(|byte| tx.kept(one, Digest([byte; 32])).map(|kept| kept.is_some()))
            .collect::<Result<_, _>>()?;
        assert_eq!(there, [false, true, true, true]);
        tx.forget_kept(one, 2, 5000)?;
        assert_eq!(tx.kept(one, Digest([4; 32]))?, None);
        assert_eq!(tx.kept(device(2, "a").id, Digest([2; 32]))?, None, "of this device alone");
        Ok(())
    })
    .await;
}

pub(crate) async fn the_log_is_chained(storage: Storage) {
    write(&storage, |tx| {
        assert_eq!(tx.audit_head()?, None);
        let first = tx.append_audit(1000, "one", Digest([1; 32]))?;
        let second = tx.append_audit(1001, "two", Digest([2; 32]))?;
        assert_eq!((first.row, second.row), (1, 2));
        assert_eq!(first.hash, derive_row_hash(1, 1000, "one", Digest([1; 32]), BEFORE_FIRST));
        assert_eq!(second.hash, derive_row_hash(2, 1001, "two", Digest([2; 32]), first.hash));
        let rows = tx.audit_rows(1, 10)?;
        assert_eq!(rows.iter().map(|row| row.hash).collect::<Vec<_>>(), [first.hash, second.hash]);
        assert_eq!(tx.audit_rows(2, 10)?.first(), tx.audit_head()?.as_ref());
        assert_eq!(tx.audit_rows(1, 1)?.len(), 1);
        Ok(())
    })
    .await;
}

pub(crate) async fn events_come_in_order(storage: Storage) {
    write(&storage, |tx| {
        for number in [1, 2, 3] {
            tx.append_event(&event(number, "a"))?;
        }
        assert_eq!(tx.events(true, None, 10)?, [event(1, "a"), event(2, "a"), event(3, "a")]);
        assert_eq!(tx.events(true, Some(event(1, "a").id), 1)?, [event(2, "a")]);
        assert_eq!(tx.newest_event()?, Some(event(3, "a").id));
        assert_eq!(tx.events(false, None, 10)?, []);
        tx.sweep_events(event(3, "a").at)?;
        assert_eq!(tx.events(true, None, 10)?, [event(3, "a")]);
        Ok(())
    })
    .await;
}

pub(crate) async fn replies_end(storage: Storage) {
    write(&storage, |tx| {
        let key = Uuid::from_u128(1);
        let reply =
            StoredReply { request: Digest([1; 32]), reply: Some(SealedBytes(vec![1, 2])), until: 2000 };
        tx.put_reply(key, "/v1/x", "k", &reply)?;
        assert_eq!(tx.reply(key, "/v1/x", "k", 1999)?, Some(reply.clone()));
        for (other, path, name) in
            [(Uuid::from_u128(2), "/v1/x", "k"), (key, "/v1/y", "k"), (key, "/v1/x", "l")]
        {
            assert_eq!(tx.reply(other, path, name, 1999)?, None);
        }
        assert_eq!(tx.reply(key, "/v1/x", "k", 2000)?, None);
        tx.sweep_replies(2000)?;
        assert_eq!(tx.reply(key, "/v1/x", "k", 1999)?, None);
        tx.put_reply(key, "/v1/x", "k", &reply)?;
        tx.drop_reply(key, "/v1/x", "k")?;
        assert_eq!(tx.reply(key, "/v1/x", "k", 1999)?, None);
        Ok(())
    })
    .await;
}

pub(crate) async fn messages_are_taken_once_until_they_are_lost(storage: Storage) {
    write(&storage, |tx| {
        for (number, due) in [(1, 3000), (2, 1000), (3, 2000), (4, 2001)] {
            tx.put_message(&message(number, Queue::Webhook, "a", due))?;
        }
        tx.put_message(&message(5, Queue::Keycloak, "a", 1))?;
        assert_eq!(tx.next_due(Queue::Webhook)?, Some(1000));
        assert_eq!(tx.next_due(Queue::PushFcm)?, None);
        let numbers = |taken: Vec<OutboxMessage>| {
            taken.iter().map(|message| (message.id.as_u128(), message.tries)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(tx.take_messages(Queue::Webhook, 999, 9000, 9)?), []);
        assert_eq!(numbers(tx.take_messages(Queue::Webhook, 2000, 9000, 1)?), [(2, 1)]);
        assert_eq!(numbers(tx.take_messages(Queue::Webhook, 2000, 9001, 9)?), [(3, 1)]);
        assert_eq!(numbers(tx.take_messages(Queue::Webhook, 2000, 9000, 9)?), []);
        assert_eq!(tx.next_due(Queue::Webhook)?, Some(2001));
        assert_eq!(numbers(tx.take_messages(Queue::Webhook, 9000, 9900, 2)?), [(4, 1), (1, 1)]);
        assert_eq!(
            numbers(tx.take_messages(Queue::Webhook, 9000, 9900, 9)?),
            [(2, 2)],
            "its carrier was lost"
        );
        // one that waits for its next try keeps its time over a restart, what was carried does not
        let waiting = tx.message(Uuid::from_u128(2))?.unwrap();
        assert_eq!((waiting.tries, waiting.due_millis), (2, 9900));
        tx.put_message(&OutboxMessage { due_millis: 50_000, ..waiting })?;
        tx.release_messages(9002)?;
        assert_eq!(numbers(tx.take_messages(Queue::Webhook, 9002, 9900, 9)?), [(1, 2), (3, 2), (4, 2)]);
        assert_eq!(tx.message(Uuid::from_u128(2))?.unwrap().due_millis, 50_000);
        tx.drop_message(Uuid::from_u128(2))?;
        assert_eq!(tx.message(Uuid::from_u128(2))?, None);
        assert_eq!(tx.message(Uuid::from_u128(5))?, Some(message(5, Queue::Keycloak, "a", 1)));
        Ok(())
    })
    .await;
}

pub(crate) async fn a_newer_message_takes_the_place_of_the_older(storage: Storage) {
    write(&storage, |tx| {
        let named = |number, queue, name: &str| OutboxMessage {
            name: Some(name.to_owned()),
            ..message(number, queue, "a", 1000)
        };
        tx.put_message(&named(1, Queue::PushWeb, "phone"))?;
        tx.put_message(&named(2, Queue::PushWeb, "other"))?;
        tx.put_message(&named(3, Queue::PushApns, "phone"))?;
        let carried = tx.take_messages(Queue::PushWeb, 1000, 9000, 1)?;
        tx.put_message(&named(4, Queue::PushWeb, "phone"))?;
        assert_eq!(tx.message(carried[0].id)?, None, "the one that is being carried is forgotten");
        let newer = tx.message(Uuid::from_u128(4))?.unwrap();
        assert_eq!((newer.tries, newer.due_millis), (0, 9000), "it does not overtake that one");
        assert!(tx.message(Uuid::from_u128(2))?.is_some() && tx.message(Uuid::from_u128(3))?.is_some());
        // put again under its own id it stays
        tx.put_message(&named(4, Queue::PushWeb, "phone"))?;
        let again = tx.named_message(Queue::PushWeb, "phone")?.unwrap();
        assert_eq!((again.id.as_u128(), again.due_millis), (4, 1000), "that one has ended");
        // one that waits for another is due after a restart like the other
        tx.take_messages(Queue::PushWeb, 1000, 9000, 9)?;
        tx.put_message(&named(5, Queue::PushWeb, "phone"))?;
        tx.put_message(&named(6, Queue::PushWeb, "phone"))?;
        assert_eq!(tx.message(Uuid::from_u128(6))?.unwrap().due_millis, 9000);
        tx.release_messages(5000)?;
        assert_eq!(tx.message(Uuid::from_u128(6))?.unwrap().due_millis, 5000);
        assert_eq!(tx.named_message(Queue::PushApns, "phone")?.unwrap().id.as_u128(), 3);
        assert_eq!(tx.named_message(Queue::PushFcm, "phone")?, None);
        Ok(())
    })
    .await;
}

pub(crate) async fn erasing_leaves_others_and_taken_keys(storage: Storage) {
    write(&storage, |tx| {
        for name in ["a", "b"] {
            let number = if name == "a" { 10 } else { 20 };
            tx.put_enrollment(&enrollment(number, name))?;
            tx.put_device(&device(number, name))?;
            tx.put_challenge(&challenge(number, name))?;
            tx.put_user(&user(name))?;
            tx.append_event(&event(number, name))?;
            tx.put_message(&message(number, Queue::PushWeb, name, 1000))?;
            tx.put_session(Digest([u8::try_from(number).unwrap(); 32]), device(number, name).id, 9000)?;
        }
        let key = device(10, "a").keys.possession.thumbprint();
        tx.claim_key(key, device(10, "a").id)?;
        tx.erase_enrollments(&owner("a"))?;
        tx.erase_devices(&owner("a"))?;
        tx.erase_challenges(&owner("a"))?;
        assert!(!tx.events_of(&owner("a"))?.is_empty());
        assert_eq!(tx.events_of(&owner("b"))?, [event(20, "b")]);
        tx.erase_events(&owner("a"))?;
        assert_eq!(tx.events_of(&owner("a"))?, []);
        tx.erase_messages(&owner("a"))?;
        assert_eq!(tx.message(Uuid::from_u128(10))?, None);
        assert!(tx.message(Uuid::from_u128(20))?.is_some());
        tx.erase_user(&owner("a"))?;
        assert_eq!(tx.enrollments_of(&owner("a"))?, []);
        assert_eq!(tx.devices_of(&owner("a"))?, []);
        assert_eq!(tx.device_by_key(key)?, None);
        assert_eq!(tx.challenge(challenge(10, "a").id)?, None);
        assert_eq!(tx.session(Digest([10; 32]), 1000)?, None);
        assert_eq!(tx.user(&owner("a"))?, None);
        assert!(tx.is_key_taken(key)?, "a key is taken once, for ever");
        assert_eq!(tx.devices_of(&owner("b"))?.len(), 1);
        assert_eq!(tx.events(true, None, 10)?, [event(20, "b")]);
        assert!(tx.session(Digest([20; 32]), 1000)?.is_some());
        assert!(tx.user(&owner("b"))?.is_some() && tx.challenge(challenge(20, "b").id)?.is_some());
        Ok(())
    })
    .await;
}
