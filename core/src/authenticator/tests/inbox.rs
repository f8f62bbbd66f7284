//! What is asked: several accounts, sessions, clocks, key sets, links, and what must not be shown.

use std::time::Duration;

use inkan_protocol::{
    challenge::{Challenge, Start},
    device_api::{ChallengeState, DeviceState},
    display::{Role, Template},
    ids::{DeviceId, Subject},
};
use uuid::Uuid;

use super::{
    server::Key,
    world::{Fault, World},
};
use crate::{
    account::AccountState,
    authenticator::{Approval, Blocked, Warning},
    error::{Error, ErrorKind, InputError, TrustError},
    ports::Response,
};

#[tokio::test]
async fn two_accounts_at_two_servers_stand_side_by_side() {
    let (world, first) = World::enrolled().await;
    let second = world.enroll(&world.other).await;
    let (one, two) =
        (world.server.ask(Start::None {}, None, None), world.other.ask(Start::None {}, None, None));
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert!(inbox.problems.is_empty(), "{:?}", inbox.problems);
    let found: Vec<_> = inbox.requests.iter().map(|request| (request.account, request.challenge)).collect();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&(first, one)) && found.contains(&(second, two)));
    world.phone.approve(second, two, None).await.unwrap();
    assert_eq!(world.server.state_of(one), ChallengeState::Pending);
    assert_eq!(world.other.state_of(two), ChallengeState::Approved);
    assert!(world.phone.history(first).unwrap().is_empty());
    // one forgotten, the other stays
    world.phone.forget(first).await.unwrap();
    assert_eq!(world.labels().await, 2);
    assert_eq!(world.phone.history(second).unwrap().len(), 1);
}

#[tokio::test]
async fn a_request_is_shown_in_full() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::Number { digits: 6 }, Some("123456"), None);
    let inbox = world.phone.inbox(Duration::from_secs(30)).await.unwrap();
    let request = &inbox.requests[0];
    assert_eq!((request.account, request.challenge), (account, id));
    assert_eq!(request.approval, Approval::Number { digits: 6 });
    assert_eq!(request.remaining, Duration::from_mins(2));
    let amount = request.lines.iter().find(|line| line.role == Role::Amount).unwrap();
    assert!(amount.value.contains("1,250,000"));
    assert!(request.warnings.is_empty());
    assert_eq!(request.kept, None);
}

#[tokio::test]
async fn fetching_costs_one_signature_a_session() {
    let (world, _) = World::enrolled().await;
    for _ in 0..5 {
        world.phone.inbox(Duration::ZERO).await.unwrap();
    }
    assert_eq!(world.server.state.lock().unwrap().sessions_opened, 1);
    // over: a new one, without asking in vain
    world.clock.advance(Duration::from_mins(11));
    let before = world.net.sent.lock().unwrap().len();
    world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(world.server.state.lock().unwrap().sessions_opened, 2);
    assert_eq!(world.net.sent.lock().unwrap().len(), before + 2);
    // ended by the server: a new one
    world.server.state.lock().unwrap().sessions.clear();
    assert!(world.phone.inbox(Duration::ZERO).await.unwrap().problems.is_empty());
    assert_eq!(world.server.state.lock().unwrap().sessions_opened, 3);
}

#[tokio::test]
async fn a_waiting_inbox_returns_with_the_first_that_comes() {
    let (world, account) = World::enrolled().await;
    world.phone.inbox(Duration::ZERO).await.unwrap();
    let before = world.net.sent.lock().unwrap().len();
    let inbox = world.phone.inbox(Duration::from_secs(20)).await.unwrap();
    assert!(inbox.requests.is_empty());
    let last = world.net.sent.lock().unwrap().last().unwrap().clone();
    assert!(last.url.ends_with("/d/v1/challenges?wait=20"));
    assert!(last.timeout > Duration::from_secs(20));
    assert_eq!(world.net.sent.lock().unwrap().len(), before + 2);
    assert_eq!(world.phone.accounts().unwrap()[0].id, account);
}

#[tokio::test]
async fn a_wrong_clock_is_corrected_once_and_said() {
    let (world, account) = World::enrolled().await;
    *world.server.ahead.lock().unwrap() = 3600;
    let id = world.server.ask(Start::None {}, None, None);
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert!(inbox.problems.is_empty(), "{:?}", inbox.problems);
    assert_eq!(inbox.requests[0].warnings, [Warning::ClockDiffers(3600)]);
    assert_eq!(inbox.requests[0].remaining, Duration::from_mins(2));
    world.phone.approve(account, id, None).await.unwrap();
    world.phone.rename(account, "別の名前").await.unwrap();
    assert_eq!(world.phone.accounts().unwrap()[0].state, AccountState::Active);
}

#[tokio::test]
async fn a_start_with_a_wrong_clock_is_signed_anew() {
    let (mut world, _) = World::enrolled().await;
    *world.server.ahead.lock().unwrap() = 3600;
    let id = world.server.ask(Start::Link {}, None, None);
    world.restart().await;
    let request = world.phone.open_link(&world.server.link(id, false)).await.unwrap();
    assert_eq!(request.approval, Approval::Ready);
    let proofs = world.net.bodies("/d/v1/start");
    assert_eq!(proofs.len(), 2);
    assert_ne!(proofs[0], proofs[1]);
}

#[tokio::test]
async fn several_refusals_are_said_and_delete_nothing() {
    let (world, account) = World::enrolled().await;
    let removed = world.server.state.lock().unwrap().devices.drain().next().unwrap();
    for refused in 1..=3 {
        let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
        assert_eq!(inbox.problems[0].error.kind(), ErrorKind::NotRecognised);
        let state = world.phone.accounts().unwrap()[0].state;
        assert_eq!(state == AccountState::NotRecognised, refused == 3, "{refused}");
    }
    assert_eq!(world.labels().await, 2);
    // it was the server's mistake, and is over
    world.server.state.lock().unwrap().devices.insert(removed.0, removed.1);
    assert!(world.phone.inbox(Duration::ZERO).await.unwrap().problems.is_empty());
    assert_eq!(world.phone.accounts().unwrap()[0].state, AccountState::Active);
    assert_eq!(world.phone.accounts().unwrap()[0].id, account);
    // refusals with successes between them are not several in a row
    for _ in 0..3 {
        let removed = world.server.state.lock().unwrap().devices.drain().next().unwrap();
        world.phone.inbox(Duration::ZERO).await.unwrap();
        assert_eq!(world.phone.accounts().unwrap()[0].state, AccountState::Active);
        world.server.state.lock().unwrap().devices.insert(removed.0, removed.1);
        world.phone.inbox(Duration::ZERO).await.unwrap();
    }
}

#[tokio::test]
async fn a_start_answered_with_another_challenge_starts_nothing() {
    let (world, account) = World::enrolled().await;
    let (one, two) =
        (world.server.ask(Start::Link {}, None, None), world.server.ask(Start::Link {}, None, None));
    let message = world.server.state.lock().unwrap().asked[&two].message.clone();
    world.net.fault(
        "/d/v1/start",
        Fault::Changed(Box::new(move |response| {
            let body = format!(r#"{{"challenge":"{message}"}}"#).into_bytes();
            Response { body, ..response }
        })),
    );
    let refused = world.phone.open_link(&world.server.link(one, false)).await;
    assert!(matches!(refused, Err(Error::Untrusted(TrustError::OtherChallenge))), "{refused:?}");
    assert_eq!(world.phone.request(account, two).await.unwrap().approval, Approval::Link);
}

#[tokio::test]
async fn a_suspended_device_is_told_so() {
    let (world, _) = World::enrolled().await;
    let set = |state| {
        world.server.state.lock().unwrap().devices.values_mut().for_each(|device| device.state = state);
    };
    set(DeviceState::Suspended);
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(inbox.problems[0].error.kind(), ErrorKind::NotRecognised);
    assert_eq!(world.phone.accounts().unwrap()[0].state, AccountState::Suspended);
    set(DeviceState::Active);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(world.phone.accounts().unwrap()[0].state, AccountState::Active);
}

#[tokio::test]
async fn what_stops_approvals_is_shown_and_read_again() {
    let (world, account) = World::enrolled().await;
    world.phone.freeze(account).await.unwrap();
    let id = world.server.ask(Start::None {}, None, None);
    let request = world.phone.inbox(Duration::ZERO).await.unwrap().requests.remove(0);
    assert_eq!(request.approval, Approval::Blocked(Blocked::Frozen));
    let until = world.server.now() + 3600;
    for device in world.server.state.lock().unwrap().devices.values_mut() {
        device.frozen = false;
        device.restricted_until = Some(until);
    }
    let request = world.phone.inbox(Duration::ZERO).await.unwrap().requests.remove(0);
    assert_eq!(request.approval, Approval::Blocked(Blocked::Waiting(until)));
    world.server.state.lock().unwrap().devices.values_mut().for_each(|device| device.restricted_until = None);
    assert_eq!(world.phone.inbox(Duration::ZERO).await.unwrap().requests[0].approval, Approval::Ready);
    world.phone.approve(account, id, None).await.unwrap();
}

#[tokio::test]
async fn two_pending_are_warned_of() {
    let (world, _) = World::enrolled().await;
    world.server.ask(Start::None {}, None, None);
    world.server.ask(Start::None {}, None, None);
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    for request in &inbox.requests {
        assert_eq!(request.warnings, [Warning::SeveralPending(2)]);
    }
}

#[tokio::test]
async fn what_cannot_be_shown_cannot_be_approved() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask_with(
        |challenge| challenge.display = Template { template: "withdrawal".into(), version: 9 },
        None,
    );
    let request = world.phone.inbox(Duration::ZERO).await.unwrap().requests.remove(0);
    assert_eq!(request.approval, Approval::Blocked(Blocked::UpdateNeeded));
    assert!(request.lines.is_empty());
    let refused = world.phone.approve(account, id, None).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::UpdateNeeded);
    assert!(world.net.bodies("/d/v1/answer").is_empty());
}

#[tokio::test]
async fn a_kind_of_detail_of_tomorrow_asks_for_an_update() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::Link {}, None, Some("https://broker.example/return"));
    let original = world.server.state.lock().unwrap().asked[&id].challenge.clone();
    let original = serde_json::to_value(&original).unwrap();
    for (member, value) in [
        ("details", serde_json::json!([{"type": "voice", "value": "x"}])),
        ("return_url", "http://broker.example/return".into()),
        ("mood", "x".into()),
    ] {
        let mut changed = original.clone();
        changed[member] = value;
        let message = world.server.sign_unchecked(&changed);
        world.server.state.lock().unwrap().asked.get_mut(&id).unwrap().message = message;
        let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
        assert!(inbox.requests.is_empty());
        assert_eq!(inbox.problems[0].error.kind(), ErrorKind::UpdateNeeded, "{member}");
    }
    assert!(world.phone.approve(account, id, None).await.is_err());
}

#[tokio::test]
async fn a_challenge_that_is_not_for_this_phone_is_not_shown() {
    type Spoil = fn(&mut Challenge);
    let spoil: [(Spoil, TrustError); 4] = [
        (|challenge| challenge.aud = DeviceId(Uuid::from_u128(5)), TrustError::Parties),
        (|challenge| challenge.sub = Subject(Uuid::from_u128(5)), TrustError::Parties),
        (|challenge| challenge.iss = "https://evil.example".parse().unwrap(), TrustError::Parties),
        (|challenge| challenge.iat -= 7200, TrustError::SigningKey),
    ];
    for (change, expected) in spoil {
        let (world, account) = World::enrolled().await;
        let id = world.server.ask_with(change, None);
        let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
        assert!(inbox.requests.is_empty());
        match &inbox.problems[0].error {
            Error::Untrusted(found) => assert_eq!(*found, expected),
            other => panic!("{other:?}"),
        }
        let refused = world.phone.approve(account, id, None).await;
        assert!(matches!(refused, Err(Error::Input(InputError::NotShown))), "{refused:?}");
    }
}

#[tokio::test]
async fn a_challenge_signed_by_somebody_else_is_not_shown() {
    let (world, _) = World::enrolled().await;
    world.server.ask(Start::None {}, None, None);
    {
        let mut state = world.server.state.lock().unwrap();
        let asked = state.asked.values_mut().next().unwrap();
        asked.message = Key::number(66).name(&asked.challenge);
    }
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert!(inbox.requests.is_empty());
    assert_eq!(inbox.problems[0].error.kind(), ErrorKind::Untrusted);
}

#[tokio::test]
async fn other_bytes_under_a_known_id_are_refused() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::None {}, None, None);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    {
        let mut state = world.server.state.lock().unwrap();
        let asked = state.asked.get_mut(&id).unwrap();
        asked.challenge.account = "別の口座".into();
        asked.message = world.server.sign(&asked.challenge);
    }
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert!(matches!(inbox.problems[0].error, Error::Untrusted(TrustError::OtherChallenge)));
    // what is approved is what was shown, and that is no longer what the server holds
    let refused = world.phone.approve(account, id, None).await.unwrap_err();
    assert_eq!(refused.refusal().unwrap().reason.code(), "hash_mismatch");
    assert_eq!(world.server.state_of(id), ChallengeState::Pending);
}

#[tokio::test]
async fn a_newer_signing_key_is_followed_and_an_older_set_is_not() {
    let (world, account) = World::enrolled().await;
    let old = world.server.state.lock().unwrap().key_set.clone();
    *world.server.signing.lock().unwrap() = Key::number(42);
    world.server.publish(2, None);
    world.server.ask(Start::None {}, None, None);
    assert_eq!(world.phone.inbox(Duration::ZERO).await.unwrap().requests.len(), 1);
    world.server.state.lock().unwrap().key_set = old;
    let older = world.phone.refresh_keys(account).await;
    assert!(matches!(older, Err(Error::Untrusted(TrustError::OlderKeySet))));
    world.clock.advance(Duration::from_secs(1));
    world.server.publish(2, None);
    let other = world.phone.refresh_keys(account).await;
    assert!(matches!(other, Err(Error::Untrusted(TrustError::OtherKeySet))));
}

#[tokio::test]
async fn a_new_identity_needs_the_old_ones_word() {
    let (world, account) = World::enrolled().await;
    let before = world.server.identity.lock().unwrap().clone();
    world.server.change_identity(&Key::number(55), 2, false);
    assert!(world.phone.refresh_keys(account).await.is_err());
    *world.server.identity.lock().unwrap() = before;
    world.server.change_identity(&Key::number(55), 2, true);
    world.phone.refresh_keys(account).await.unwrap();
    world.server.publish(3, None);
    world.phone.refresh_keys(account).await.unwrap();
}

#[tokio::test]
async fn links_bind_the_challenge_to_this_phone() {
    let (mut world, account) = World::enrolled().await;
    for (start, scan, before) in
        [(Start::Scan {}, true, Approval::Scan), (Start::Link {}, false, Approval::Link)]
    {
        let id = world.server.ask(start, None, None);
        world.phone.inbox(Duration::ZERO).await.unwrap();
        let request = world.phone.request(account, id).await.unwrap();
        assert_eq!(request.approval, before);
        let early = world.phone.approve(account, id, None).await;
        assert!(matches!(early, Err(Error::Input(InputError::StartFirst))));
        let request = world.phone.open_link(&world.server.link(id, scan)).await.unwrap();
        assert_eq!(request.approval, Approval::Ready);
        // known after a restart too
        world.restart().await;
        world.phone.approve(account, id, None).await.unwrap();
        assert_eq!(world.server.state_of(id), ChallengeState::Approved);
    }
}

#[tokio::test]
async fn a_link_finds_its_account() {
    let (world, _) = World::enrolled().await;
    let second = world.enroll(&world.server).await;
    let id = world.server.ask(Start::Link {}, None, None);
    let of_second = world.phone.inbox(Duration::ZERO).await.unwrap();
    let of_second = of_second.requests.iter().find(|request| request.account == second).unwrap().challenge;
    let request = world.phone.open_link(&world.server.link(of_second, false)).await.unwrap();
    assert_eq!(request.account, second);
    let link = world.server.link(id, false).replace("auth.mirai", "auth.nobody");
    let nobody = world.phone.open_link(&link).await;
    assert!(matches!(nobody, Err(Error::Input(InputError::NoAccountForLink))));
    assert_eq!(
        world.phone.open_link("https://x.example/").await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
}

#[tokio::test]
async fn a_stale_code_is_scanned_again() {
    let (world, account) = World::enrolled().await;
    let id = world.server.ask(Start::Scan {}, None, None);
    let link = world.server.link(id, true);
    world.clock.advance(Duration::from_secs(10));
    let refused = world.phone.open_link(&link).await.unwrap_err();
    assert_eq!(refused.refusal().unwrap().reason.code(), "start_needed");
    assert_eq!(world.phone.request(account, id).await.unwrap().approval, Approval::Scan);
    world.phone.open_link(&world.server.link(id, true)).await.unwrap();
}

#[tokio::test]
async fn a_link_of_an_ended_challenge_says_where_it_stands() {
    let (world, account) = World::enrolled().await;
    for ended in [ChallengeState::Approved, ChallengeState::Cancelled] {
        let id = world.server.ask(Start::Link {}, None, None);
        let link = world.server.link(id, false);
        if ended == ChallengeState::Approved {
            world.phone.open_link(&link).await.unwrap();
            world.phone.approve(account, id, None).await.unwrap();
        } else {
            world.server.state.lock().unwrap().asked.get_mut(&id).unwrap().state = ended;
        }
        let refused = world.phone.open_link(&link).await.unwrap_err();
        let refusal = refused.refusal().unwrap();
        assert_eq!((refusal.reason.code(), refusal.state), ("already_decided", Some(ended)));
    }
}

#[tokio::test]
async fn offline_is_a_problem_of_one_account() {
    let (world, _) = World::enrolled().await;
    let second = world.enroll(&world.other).await;
    world.server.ask(Start::None {}, None, None);
    world.other.state.lock().unwrap().devices.clear();
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(inbox.requests.len(), 1);
    assert_eq!(inbox.problems.len(), 1);
    assert_eq!(inbox.problems[0].account, second);
}
