//! Approve, deny, report: receipts, lost answers, counters, and futures dropped at any await.

use std::time::Duration;

use inkan_protocol::{
    answer::{Decision, DenyReason, ReturnToken},
    challenge::Start,
    details::Locale,
    device_api::{Answered, ChallengeState},
    ids::Digest,
    jws::Unverified,
    receipt::Receipt,
};

use super::world::{Fault, Signs, World, only};
use crate::{
    account::AccountState,
    authenticator::{Approval, Blocked},
    error::{Error, ErrorKind, InputError, RefusalReason, TrustError},
    ports::Response,
    store::{RecordKind, Store as _},
    vault::VerificationOutcome,
};

#[tokio::test]
async fn a_number_is_typed_in_any_digits_and_sent_in_ascii() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::Number { digits: 6 }, Some("012345"), None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    for wrong in [None, Some("12345"), Some("12345a")] {
        let refused = world.phone.approve(account, id, wrong).await;
        assert!(matches!(refused, Err(Error::Input(InputError::Number))), "{wrong:?}");
    }
    assert!(world.server.counters().is_empty());
    let outcome = world.phone.approve(account, id, Some("０１２３４５")).await.unwrap();
    assert_eq!((outcome.challenge, outcome.decision), (id, Decision::Approve));
    assert_eq!(outcome.return_to, None);
    assert_eq!(world.server.state_of(id), ChallengeState::Approved);
    // said again it is the same, and nothing more is signed
    assert_eq!(world.phone.approve(account, id, Some("012345")).await.unwrap(), outcome);
    assert_eq!(world.server.counters(), [1]);
    let history = world.phone.history(account).unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].outcome, outcome);
    assert!(!history[0].lines.is_empty());
}

#[tokio::test]
async fn a_wrong_number_ends_it_and_is_said_as_the_server_says_it_now() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::Number { digits: 2 }, Some("12"), None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    let refusal = world.phone.approve(account, id, Some("21")).await.unwrap_err().refusal().unwrap();
    assert_eq!((refusal.reason, refusal.state), (RefusalReason::NumberWrong, Some(ChallengeState::Failed)));
    assert!(world.phone.history(account).unwrap().is_empty());
    assert!(world.phone.send_kept().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_another_has_decided_is_told() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    world.server.state.lock().unwrap().asked.get_mut(&id).unwrap().state = ChallengeState::Denied;
    let refusal = world.phone.approve(account, id, None).await.unwrap_err().refusal().unwrap();
    assert_eq!(
        (refusal.reason, refusal.state),
        (RefusalReason::AlreadyDecided, Some(ChallengeState::Denied))
    );
    assert_eq!(world.phone.request(account, id).await.unwrap().approval, Approval::Blocked(Blocked::Ended));
}

#[tokio::test]
async fn a_return_brings_the_token_whose_hash_was_signed() {
    let (mut world, account) = World::enrolled().await;
    let id = world.server.ask(Start::Link {}, None, Some("https://broker.example/return"));
    world.phone.open_link(&world.server.link(id, false)).await.unwrap();
    let outcome = world.phone.approve(account, id, None).await.unwrap();
    let address = outcome.return_to.clone().unwrap();
    let (url, token) = address.expose_url().split_once("&r=").unwrap();
    assert_eq!(url, format!("https://broker.example/return#c={id}"));
    let hash = token.parse::<ReturnToken>().unwrap().digest();
    assert_eq!(world.server.state.lock().unwrap().asked[&id].return_hash, Some(hash));
    assert!(!format!("{address:?}").contains(token));
    // killed before the browser was opened: it is still there; long afterwards it is not
    world.restart().await;
    assert_eq!(world.phone.approve(account, id, None).await.unwrap(), outcome);
    assert_eq!(world.phone.history(account).unwrap()[0].outcome.return_to, None);
    assert_eq!(world.store.list(RecordKind::Meta).unwrap().len(), 1);
    world.clock.advance(Duration::from_mins(6));
    world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(world.phone.approve(account, id, None).await.unwrap().return_to, None);
    assert!(world.store.list(RecordKind::Meta).unwrap().is_empty());
}

#[tokio::test]
async fn denying_asks_no_one_and_needs_no_start() {
    let (world, account) = World::enrolled().await;
    world.vault.0.set_user_verification(VerificationOutcome::Fail);
    let id = world.server.ask(Start::Scan {}, None, None);
    let outcome = world.phone.deny(account, id, DenyReason::ChangedMind).await.unwrap();
    assert_eq!(outcome.decision, Decision::Deny);
    assert_eq!(world.server.state_of(id), ChallengeState::Denied);
}

#[tokio::test]
async fn what_was_approved_can_be_reported_later() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    world.phone.approve(account, id, None).await.unwrap();
    world.clock.advance(Duration::from_hours(12));
    world.phone.inbox(Duration::ZERO).await.unwrap();
    let outcome = world.phone.report(account, id).await.unwrap();
    assert_eq!(outcome.decision, Decision::Report);
    assert_eq!(world.server.state_of(id), ChallengeState::Approved);
    let decisions: Vec<_> =
        world.phone.history(account).unwrap().iter().map(|entry| entry.outcome.decision).collect();
    assert_eq!(decisions, [Decision::Report, Decision::Approve]);
}

#[tokio::test]
async fn a_lost_answer_is_sent_again_as_the_same_bytes() {
    for fault in [Fault::RequestLost, Fault::AnswerLost] {
        let (mut world, account) = World::enrolled().await;
        let id = world.server.ask(Start::None {}, None, None);
        world.phone.inbox(Duration::ZERO).await.unwrap();
        world.net.fault("/d/v1/answer", fault);
        assert_eq!(world.phone.approve(account, id, None).await.unwrap_err().kind(), ErrorKind::Offline);
        assert!(world.phone.history(account).unwrap().is_empty());
        world.restart().await;
        let settled = world.phone.inbox(Duration::ZERO).await.unwrap().settled;
        assert_eq!(settled.len(), 1);
        assert_eq!(settled[0].result.as_ref().unwrap().decision, Decision::Approve);
        assert_eq!(world.server.state_of(id), ChallengeState::Approved);
        let sent = world.net.bodies("/d/v1/answer");
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0], sent[1]);
        assert_eq!(world.server.counters(), [1]);
    }
}

#[tokio::test]
async fn offline_it_is_kept_and_says_so() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    world.net.fault("/d/v1/answer", Fault::RequestLost);
    world.phone.approve(account, id, None).await.unwrap_err();
    assert_eq!(world.phone.request(account, id).await.unwrap().kept, Some(Decision::Approve));
    // the customer thinks again: the approval is not sent any more
    world.phone.deny(account, id, DenyReason::Other).await.unwrap();
    assert_eq!(world.server.state_of(id), ChallengeState::Denied);
    assert!(world.phone.send_kept().await.unwrap().is_empty());
}

#[tokio::test]
async fn an_answer_refused_by_401_is_not_signed_anew() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    let refused =
        || Fault::Changed(Box::new(|_| Response { status: 401, headers: vec![], body: b"{}".to_vec() }));
    world.net.fault("/d/v1/answer", refused());
    world.net.fault("/d/v1/answer", refused());
    assert_eq!(world.phone.approve(account, id, None).await.unwrap_err().kind(), ErrorKind::NotRecognised);
    world.phone.approve(account, id, None).await.unwrap();
    let sent = world.net.bodies("/d/v1/answer");
    assert_eq!(sent.len(), 3);
    assert!(sent.iter().all(|body| *body == sent[0]));
}

#[tokio::test]
async fn a_receipt_for_anything_else_is_no_success() {
    let spoil: [fn(&mut Receipt); 6] = [
        |receipt| receipt.answer_hash = Digest([0; 32]),
        |receipt| receipt.challenge_hash = Digest([0; 32]),
        |receipt| receipt.display_hash = Digest([0; 32]),
        |receipt| receipt.decision = Decision::Deny,
        |receipt| receipt.aud = inkan_protocol::ids::DeviceId(uuid::Uuid::from_u128(1)),
        |receipt| receipt.challenge = inkan_protocol::ids::ChallengeId(uuid::Uuid::from_u128(1)),
    ];
    for change in spoil {
        let (world, account) = World::enrolled().await;
        let id = world.server.ask(Start::None {}, None, None);
        world.phone.inbox(Duration::ZERO).await.unwrap();
        let server = std::sync::Arc::clone(&world.server);
        world.net.fault(
            "/d/v1/answer",
            Fault::Changed(Box::new(move |response| {
                let key = server.signing.lock().unwrap().public();
                let body: Answered = serde_json::from_slice(&response.body).unwrap();
                let mut said =
                    Unverified::<Receipt>::parse(&body.receipt).unwrap().verify(&key).unwrap().into_payload();
                change(&mut said);
                let body = Answered { receipt: server.sign(&said), muted_until: None };
                Response { body: serde_json::to_vec(&body).unwrap(), ..response }
            })),
        );
        let forged = world.phone.approve(account, id, None).await;
        assert!(matches!(forged, Err(Error::Untrusted(TrustError::Receipt))), "{forged:?}");
        assert!(world.phone.history(account).unwrap().is_empty());
        // the answer is kept; the true receipt ends it
        world.phone.approve(account, id, None).await.unwrap();
    }
}

#[tokio::test]
async fn a_receipt_by_another_key_is_no_success() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    let server = std::sync::Arc::clone(&world.server);
    world.net.fault(
        "/d/v1/answer",
        Fault::Changed(Box::new(move |response| {
            let receipt = server.state.lock().unwrap().asked[&id].receipts[0].clone();
            let receipt = super::server::Key::number(88).name(&receipt);
            Response {
                body: serde_json::to_vec(&Answered { receipt, muted_until: None }).unwrap(),
                ..response
            }
        })),
    );
    assert_eq!(world.phone.approve(account, id, None).await.unwrap_err().kind(), ErrorKind::Untrusted);
    assert!(world.phone.history(account).unwrap().is_empty());
}

#[tokio::test]
async fn no_counter_on_disk_no_signature() {
    let (world, account) = World::enrolled().await;
    let ids = [(); 2].map(|()| world.server.ask(Start::None {}, None, None));
    world.phone.inbox(Duration::ZERO).await.unwrap();
    // the counter that went to the disk with what was shown is taken by the first; the second needs one of its own
    world.phone.approve(account, ids[0], None).await.unwrap();
    *world.store.full.lock().unwrap() = true;
    *world.vault.1.lock().unwrap() = Signs::Rubbish;
    // a signature would be noticed before the store is
    assert_eq!(world.phone.approve(account, ids[1], None).await.unwrap_err().kind(), ErrorKind::Internal);
    *world.store.full.lock().unwrap() = false;
    assert_eq!(world.phone.approve(account, ids[1], None).await.unwrap_err().kind(), ErrorKind::Untrusted);
    *world.vault.1.lock().unwrap() = Signs::Rightly;
    assert_eq!(world.net.bodies("/d/v1/answer").len(), 1);
    world.phone.approve(account, ids[1], None).await.unwrap();
}

#[tokio::test]
async fn what_cannot_be_kept_is_neither_shown_nor_sent() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    *world.store.full.lock().unwrap() = true;
    assert!(world.phone.inbox(Duration::ZERO).await.unwrap().requests.is_empty());
    *world.store.full.lock().unwrap() = false;
    world.phone.inbox(Duration::ZERO).await.unwrap();
    *world.store.full.lock().unwrap() = true;
    assert_eq!(world.phone.approve(account, id, None).await.unwrap_err().kind(), ErrorKind::Internal);
    assert!(world.net.bodies("/d/v1/answer").is_empty());
    *world.store.full.lock().unwrap() = false;
    world.phone.approve(account, id, None).await.unwrap();
}

#[tokio::test]
async fn a_decision_on_what_was_shown_is_two_commits() {
    let (world, account) = World::enrolled().await;
    for decision in 0..3 {
        let id = world.server.ask(Start::None {}, None, None);
        world.phone.inbox(Duration::ZERO).await.unwrap();
        let before = world.store.commits();
        if decision == 1 {
            world.phone.deny(account, id, DenyReason::Other).await.unwrap();
        } else {
            world.phone.approve(account, id, None).await.unwrap();
        }
        // kept before it is sent, decided after the receipt; the counter was there before
        assert_eq!(world.store.commits() - before, 2, "{decision}");
    }
    assert_eq!(world.server.counters(), [1, 2, 3]);
}

#[tokio::test]
async fn a_counter_that_was_ready_when_the_app_died_is_given_to_nobody_else() {
    let mut burnt = 0;
    for polls in 0..12 {
        let (mut world, account) = World::enrolled().await;
        let ids = [(); 3].map(|()| world.server.ask(Start::None {}, None, None));
        world.phone.inbox(Duration::ZERO).await.unwrap();
        drop(only(polls, world.phone.approve(account, ids[0], None)).await);
        let kept = !world.store.list(RecordKind::Outgoing).unwrap().is_empty()
            || !world.phone.history(account).unwrap().is_empty();
        world.restart().await;
        for id in ids {
            world.phone.approve(account, id, None).await.unwrap();
        }
        let counters = world.server.counters();
        assert!(counters.is_sorted_by(|one, next| one < next), "dropped after {polls}: {counters:?}");
        // signed or not, nobody can tell any more: it counts as used
        assert_eq!(counters[0], if kept { 1 } else { 2 }, "dropped after {polls}");
        burnt += usize::from(!kept);
    }
    assert!(burnt > 0);
}

#[tokio::test]
async fn a_person_who_cancels_spends_nothing() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    for outcome in [VerificationOutcome::Cancel, VerificationOutcome::Fail, VerificationOutcome::Locked] {
        world.vault.0.next_user_verification(outcome);
        let error = world.phone.approve(account, id, None).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UserVerification);
    }
    world.phone.approve(account, id, None).await.unwrap();
    assert_eq!(world.server.counters(), [1]);
}

#[tokio::test]
async fn a_key_that_is_gone_is_a_state() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    world.vault.0.next_user_verification(VerificationOutcome::KeyInvalidated);
    assert_eq!(world.phone.approve(account, id, None).await.unwrap_err().kind(), ErrorKind::KeyInvalid);
    assert_eq!(world.phone.accounts().unwrap()[0].state, AccountState::KeyInvalid);
    assert_eq!(
        world.phone.request(account, id).await.unwrap().approval,
        Approval::Blocked(Blocked::KeyInvalid)
    );
    world.phone.deny(account, id, DenyReason::Other).await.unwrap();
}

#[tokio::test]
async fn a_vault_that_signs_wrongly_signs_nothing() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    for signs in [Signs::AnotherMessage, Signs::Rubbish] {
        *world.vault.1.lock().unwrap() = signs;
        let refused = world.phone.approve(account, id, None).await;
        assert!(matches!(refused, Err(Error::Untrusted(TrustError::VaultSignature))), "{refused:?}");
    }
    assert!(world.net.bodies("/d/v1/answer").is_empty());
    // a high S is the same signature, and is made low
    *world.vault.1.lock().unwrap() = Signs::HighS;
    world.phone.approve(account, id, None).await.unwrap();
}

#[tokio::test]
async fn what_has_expired_is_not_signed() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    world.clock.advance(Duration::from_mins(2));
    let late = world.phone.approve(account, id, None).await;
    assert!(matches!(late, Err(Error::Input(InputError::Expired))));
    assert!(world.server.counters().is_empty());
}

#[tokio::test]
async fn what_was_shown_is_what_is_signed_in_the_language_of_then() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    let shown = world.phone.inbox(Duration::ZERO).await.unwrap().requests.remove(0);
    world.phone.set_locale(Locale::En);
    world.phone.approve(account, id, None).await.unwrap();
    let history = world.phone.history(account).unwrap();
    assert_eq!((history[0].locale, &history[0].lines), (Locale::Ja, &shown.lines));
    let next = world.server.ask(Start::None {}, None, None);
    let shown = world.phone.inbox(Duration::ZERO).await.unwrap().requests.remove(0);
    assert_eq!((shown.challenge, shown.locale), (next, Locale::En));
    world.phone.approve(account, next, None).await.unwrap();
    // made again in another language while the page of before still takes the tap: its lines are what is signed
    let third = world.server.ask(Start::None {}, None, None);
    let page = world.phone.inbox(Duration::ZERO).await.unwrap().requests.remove(0);
    world.phone.set_locale(Locale::Ja);
    let made = world.phone.request(account, third).await.unwrap();
    assert_eq!((page.locale, made.locale), (Locale::En, Locale::Ja));
    world.phone.approve_as_shown(account, third, None, page.locale).await.unwrap();
    let history = world.phone.history(account).unwrap();
    let signed = history.iter().find(|past| past.outcome.challenge == third).unwrap();
    assert_eq!((signed.locale, &signed.lines), (Locale::En, &page.lines));
}

#[tokio::test]
async fn two_taps_at_once_are_one_answer() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    let (first, second, third) = tokio::join!(
        world.phone.approve(account, id, None),
        world.phone.approve(account, id, None),
        world.phone.inbox(Duration::ZERO),
    );
    assert_eq!(first.unwrap(), second.unwrap());
    third.unwrap();
    assert_eq!(world.server.counters(), [1]);
}

#[tokio::test]
async fn it_goes_on_after_being_dropped_at_any_await() {
    let mut polls = 1;
    loop {
        let (mut world, account) = World::enrolled().await;
        let id = world.server.ask(Start::None {}, None, None);
        world.phone.inbox(Duration::ZERO).await.unwrap();
        let done = only(polls, world.phone.approve(account, id, None)).await;
        if polls % 2 == 0 {
            world.restart().await;
        }
        let outcome = world.phone.approve(account, id, None).await.unwrap();
        assert_eq!(outcome.decision, Decision::Approve);
        let receipts = world.server.state.lock().unwrap().asked[&id].receipts.len();
        assert_eq!(receipts, 1, "dropped after {polls}");
        assert_eq!(world.server.counters().len(), 1, "dropped after {polls}");
        assert!(world.phone.send_kept().await.unwrap().is_empty(), "dropped after {polls}");
        // the next one goes on counting upwards
        let next = world.server.ask(Start::None {}, None, None);
        world.phone.inbox(Duration::ZERO).await.unwrap();
        world.phone.approve(account, next, None).await.unwrap();
        let counters = world.server.counters();
        assert!(counters[0] < counters[1], "dropped after {polls}: {counters:?}");
        if done.is_some() {
            break;
        }
        polls += 1;
    }
    assert!(polls > 4, "only {polls} awaits were tried");
}
