//! What a device may say, once, and what it may not.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use inkan_core::account::AccountState;
use inkan_core::authenticator::{Approval, Blocked};
use inkan_core::error::ErrorKind;
use inkan_core::ports::{Request, Response, TransportError};
use inkan_core::vault::VerificationOutcome;
use inkan_protocol::answer::{Answer, Decision, DenyReason};
use inkan_protocol::challenge::Challenge;
use inkan_protocol::encoding::{decode, encode};
use inkan_protocol::ids::Digest;
use serde_json::{Value, json};

use crate::support::{Ask, Middle, Net, RawPhone, World, read_payload, rewritten};

#[tokio::test]
async fn row_01_an_approval_after_a_signed_decline_changes_nothing() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let challenge = phone.fetch(&asked).await;
    let deny = phone.answer(&challenge, Decision::Deny, 1);
    phone.send(&deny).await.ok(200);
    let mut approve = phone.answer(&challenge, Decision::Approve, 2);
    approve.number = Some(asked.number().into());
    let problem = phone.send(&approve).await.refused(409, "already_decided");
    assert_eq!(problem["state"], "denied");
    assert_eq!(world.broker.state(&asked).await, "denied");
    world.broker.redeem(&asked, &json!({})).await.refused(409, "not_approved");

    let control = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve(&control, 3).await.ok(200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_02_of_sixty_four_answers_at_once_exactly_one_wins() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    for round in 0..4_u64 {
        let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
        let challenge = phone.fetch(&asked).await;
        let answers = (1..=64_u64).map(|number| {
            let decision = if number % 2 == 0 { Decision::Approve } else { Decision::Deny };
            let mut answer = phone.answer(&challenge, decision, round * 64 + number);
            if decision == Decision::Approve {
                answer.number = Some(asked.number().into());
            }
            let (server, signed) = (world.server.clone(), phone.sign(&answer));
            tokio::spawn(async move { server.jose("/d/v1/answer", &signed).await })
        });
        let replies: Vec<_> = join_all(answers).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        for loser in replies.iter().filter(|reply| reply.status != 200) {
            assert_eq!((loser.status, loser.json()["code"].as_str()), (409, Some("already_decided")));
        }
        if world.broker.state(&asked).await == "approved" {
            world.broker.redeem(&asked, &json!({})).await.ok(200);
        }
        world.advance(3600);
    }
    let after = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve(&after, 300).await.ok(200);
}

#[tokio::test]
async fn row_03_what_was_signed_must_be_what_was_sent_and_shown() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let mut answer = phone.answer(&phone.fetch(&asked).await, Decision::Approve, 1);
    answer.number = Some(asked.number().into());
    let right = answer.clone();
    answer.challenge_hash = Digest::of(b"another challenge");
    phone.send(&answer).await.refused(422, "hash_mismatch");
    answer = right.clone();
    answer.display_hash = Digest::of("出金 ¥1,000".as_bytes());
    answer.counter = 2;
    phone.send(&answer).await.refused(422, "hash_mismatch");
    assert_eq!(world.broker.state(&asked).await, "pending");
    phone.send(&Answer { counter: 3, ..right }).await.ok(200);
}

/// Somebody who writes another amount into what the phone is sent, or another decision into its receipt.
struct Forger {
    part: &'static str,
    from: &'static str,
    to: &'static str,
}

#[async_trait]
impl Middle for Forger {
    async fn pass(&self, request: Request, net: &Net) -> Result<Response, TransportError> {
        let mut answer = net.carry(&request).await?;
        let body = String::from_utf8(answer.body).unwrap();
        // every signed message in it whose payload holds the words
        let pieces = body.split('"').map(|piece| {
            let signed = request.url.contains(self.part) && piece.starts_with("eyJ");
            if signed { self.forge(piece) } else { piece.to_owned() }
        });
        answer.body = pieces.collect::<Vec<_>>().join("\"").into_bytes();
        Ok(answer)
    }
}

impl Forger {
    fn forge(&self, compact: &str) -> String {
        let mut parts: Vec<String> = compact.split('.').map(ToOwned::to_owned).collect();
        let payload = String::from_utf8(decode(&parts[1]).unwrap()).unwrap();
        parts[1] = encode(payload.replace(self.from, self.to));
        parts.join(".")
    }
}

#[tokio::test]
async fn row_03_a_request_changed_on_the_way_is_not_shown() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let forger = |from, to| Arc::new(Forger { part: "/d/v1/challenges", from, to });
    phone.line.put_between(forger("1250000", "9250000"));
    let inbox = phone.inbox(Duration::ZERO).await.unwrap();
    assert!(inbox.requests.is_empty());
    assert_eq!(inbox.problems[0].error.kind(), ErrorKind::Untrusted);
    assert!(phone.approve(account, asked.challenge, Some(asked.number())).await.is_err());
    assert_eq!(world.broker.state(&asked).await, "pending");
    // the control: the same man, with nothing to change
    phone.line.put_between(forger("words that do not stand there", ""));
    phone.approve_number(&asked).await;
}

#[tokio::test]
async fn row_03_nothing_is_called_approved_without_its_receipt() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.only_request().await;
    let forger =
        Forger { part: "/d/v1/answer", from: "\"decision\":\"deny\"", to: "\"decision\":\"approve\"" };
    phone.line.put_between(Arc::new(forger));
    let error = phone.deny(account, asked.challenge, DenyReason::Other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    assert!(phone.history(account).unwrap().is_empty());
    assert_eq!(world.broker.state(&asked).await, "denied", "the server knows what was signed");
}

#[tokio::test]
async fn row_03_a_kind_of_detail_that_nobody_knows_is_not_asked() {
    let (world, _phone) = World::with_raw_phone("c-1").await;
    let unknown = Ask::login("c-1").with("details", json!([{ "type": "hologram", "value": "1" }]));
    let problem = world.broker.try_ask(&unknown).await.refused(422, "invalid");
    assert!(problem["field"].as_str().unwrap().starts_with("/details"), "{problem}");
}

#[tokio::test]
async fn row_04_the_bytes_that_travelled_are_what_counts() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    let signed = phone.sign(&phone.answer(&phone.fetch(&asked).await, Decision::Deny, 1));
    let spaced = {
        let parts: Vec<&str> = signed.split('.').collect();
        let payload = String::from_utf8(decode(parts[1]).unwrap()).unwrap().replacen(':', ": ", 1);
        [parts[0], &encode(payload), parts[2]].join(".")
    };
    let reordered = {
        let parts: Vec<&str> = signed.split('.').collect();
        let said: Value = serde_json::from_slice(&decode(parts[1]).unwrap()).unwrap();
        let members: Vec<String> = said
            .as_object()
            .unwrap()
            .iter()
            .rev()
            .map(|(name, value)| format!("\"{name}\":{value}"))
            .collect();
        [parts[0], &encode(format!("{{{}}}", members.join(","))), parts[2]].join(".")
    };
    let padded = format!("{signed}=");
    for other in
        [&spaced, &reordered, &padded, &rewritten(&signed, 1, |said| said["decision"] = json!("report"))]
    {
        assert_ne!(other, &signed);
        world.server.jose("/d/v1/answer", other).await.refused(401, "not_recognised");
    }
    world.server.jose("/d/v1/answer", &signed).await.ok(200);
}

#[tokio::test]
async fn row_07_a_number_is_typed_once_and_is_in_nothing_that_the_phone_is_sent() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1").with("expires_in", 300)).await;
    phone.only_request().await;
    let told = phone.line.received();
    assert!(!told.contains(asked.number()));
    let challenge = told.split("\"challenges\":[\"").nth(1).unwrap().split('"').next().unwrap();
    let said: Challenge = read_payload(challenge);
    assert_eq!(said.jti, asked.challenge);
    assert!(!serde_json::to_string(&said).unwrap().contains(asked.number()));

    for malformed in ["12345", "1234567", "12345a", ""] {
        let error = phone.approve(account, asked.challenge, Some(malformed)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{malformed}");
    }
    assert_eq!(world.broker.state(&asked).await, "pending");
    phone.approve(account, asked.challenge, Some(&asked.wrong_number())).await.unwrap_err();
    assert_eq!(world.broker.state(&asked).await, "failed");
    phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap_err();
    assert_eq!(world.broker.state(&asked).await, "failed", "the right one comes too late");
    let next = world.broker.ask(&Ask::login("c-1")).await;
    assert_ne!(next.number(), asked.number(), "each has its own");
}

#[tokio::test]
async fn row_09_nothing_approves_but_a_signature_by_the_approval_key() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    let mut answer = phone.answer(&phone.fetch(&asked).await, Decision::Approve, 1);
    answer.number = Some(asked.number().into());
    let by_possession = phone.keys.possession.name(&answer);
    world.server.jose("/d/v1/answer", &by_possession).await.refused(401, "not_recognised");
    let deny = phone.answer(&phone.fetch(&asked).await, Decision::Deny, 2);
    let by_approval = phone.keys.approval.name(&deny);
    world.server.jose("/d/v1/answer", &by_approval).await.refused(401, "not_recognised");
    assert_eq!(world.broker.state(&asked).await, "pending");
    world.server.jose("/d/v1/answer", &phone.sign(&answer)).await.ok(200);
}

#[tokio::test]
async fn row_10_the_key_itself_asks_for_the_user_at_each_use() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.only_request().await;
    for outcome in [VerificationOutcome::Fail, VerificationOutcome::Cancel, VerificationOutcome::Locked] {
        phone.vault.next_user_verification(outcome);
        let error = phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UserVerification);
    }
    assert!(phone.line.bodies("/d/v1/answer").is_empty(), "nothing was signed, so nothing was sent");
    assert_eq!(world.broker.state(&asked).await, "pending");
    phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap();
}

#[tokio::test]
async fn row_14_the_sender_names_no_algorithm_and_no_kind() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    let signed = phone.sign(&phone.answer(&phone.fetch(&asked).await, Decision::Deny, 1));
    let changes: [fn(&mut Value); 6] = [
        |header| header["alg"] = json!("none"),
        |header| header["alg"] = json!("HS256"),
        |header| header["typ"] = json!("inkan-start+jwt"),
        |header| header["typ"] = json!("JWT"),
        |header| header["crit"] = json!(["exp"]),
        |header| header["jku"] = json!("https://evil.example/keys"),
    ];
    for change in changes {
        let other = rewritten(&signed, 0, change);
        world.server.jose("/d/v1/answer", &other).await.refused(401, "not_recognised");
    }
    let unsigned = format!("{}.", signed.rsplit_once('.').unwrap().0);
    world.server.jose("/d/v1/answer", &unsigned).await.refused(401, "not_recognised");
    // signed rightly, and meant for another endpoint
    let request = phone.request("POST", "/d/v1/answer", b"");
    world.server.jose("/d/v1/answer", &request).await.refused(401, "not_recognised");
    world.server.jose("/d/v1/answer", &signed).await.ok(200);
}

#[tokio::test]
async fn row_15_account_and_device_are_looked_at_at_each_step() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let freeze = json!({ "reason": "test" });
    // at the answer: what was pending has ended with the freeze
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    let challenge = phone.fetch(&asked).await;
    world.broker.post("/v1/users/c-1/freeze", &freeze).await.ok(200);
    let mut answer = phone.answer(&challenge, Decision::Approve, 1);
    answer.number = Some(asked.number().into());
    phone.send(&answer).await.refused(409, "user_locked");
    // at the creation
    world.broker.try_ask(&Ask::login("c-1")).await.refused(409, "user_locked");
    world.broker.post("/v1/users/c-1/unfreeze", &freeze).await.ok(200);
    // at the redeem: the customer, then the device
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve(&asked, 2).await.ok(200);
    world.broker.post("/v1/users/c-1/freeze", &freeze).await.ok(200);
    world.broker.redeem(&asked, &json!({})).await.refused(409, "user_locked");
    world.broker.post("/v1/users/c-1/unfreeze", &freeze).await.ok(200);
    world.broker.delete(&format!("/v1/users/c-1/devices/{}", phone.keys.device)).await.ok(204);
    world.broker.redeem(&asked, &json!({})).await.refused(409, "device_revoked");
}

#[tokio::test]
async fn row_16_only_a_wrong_number_counts_towards_a_lock() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    for round in 0..12_u64 {
        world.advance(3600);
        let asked = world.broker.ask(&Ask::login("c-1").with("expires_in", 30)).await;
        let challenge = phone.fetch(&asked).await;
        // malformed, too late, and the same bytes again
        let mut answer = phone.answer(&challenge, Decision::Approve, 3 * round + 1);
        answer.number = Some("12345".into());
        phone.send(&answer).await.refused(422, "number_needed");
        phone.send(&answer).await.refused(422, "number_needed");
        answer.counter += 1;
        answer.number = Some(asked.wrong_number());
        world.advance(30);
        phone.send(&answer).await.refused(409, "expired");
        world.server.care().await;
    }
    world.advance(3600);
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve(&asked, 100).await.ok(200);
}

#[tokio::test]
async fn row_21_the_end_of_time_and_an_answer_meet_and_one_of_them_decides() {
    for late in [false, true] {
        let (world, phone) = World::with_raw_phone("c-1").await;
        let asked = world.broker.ask(&Ask::login("c-1").with("expires_in", 30)).await;
        let mut answer = phone.answer(&phone.fetch(&asked).await, Decision::Approve, 1);
        answer.number = Some(asked.number().into());
        world.advance(if late { 30 } else { 29 });
        let (reply, ()) = tokio::join!(phone.send(&answer), world.server.care());
        let expected = if late { (409, "expired") } else { (200, "approved") };
        assert_eq!((reply.status, world.broker.state(&asked).await.as_str()), expected);
        world.server.care().await;
        assert_eq!(world.broker.state(&asked).await, expected.1);
    }
}

#[tokio::test]
async fn row_23_a_new_fingerprint_takes_the_key_and_the_phone_says_so() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.only_request().await;
    phone.vault.next_user_verification(VerificationOutcome::KeyInvalidated);
    let error = phone.approve(account, asked.challenge, Some(asked.number())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::KeyInvalid);
    assert_eq!(phone.accounts().unwrap()[0].state, AccountState::KeyInvalid);
    assert_eq!(phone.only_request().await.approval, Approval::Blocked(Blocked::KeyInvalid));
    phone.deny(account, asked.challenge, DenyReason::Other).await.unwrap();
    phone.leave(account).await.unwrap();
    world.enroll(&phone, "c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve_number(&asked).await;
}

#[tokio::test]
async fn row_24_reading_asks_for_no_face_and_no_finger() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let past = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve_number(&past).await;
    phone.vault.set_user_verification(VerificationOutcome::Fail);
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.only_request().await;
    assert_eq!(phone.history(account).unwrap().len(), 1);
    phone.refresh_account(account).await.unwrap();
    phone.rename(account, "青い電話").await.unwrap();
    phone.deny(account, asked.challenge, DenyReason::Other).await.unwrap();
}

/// The same signature with S mirrored: it verifies too, wherever high S is not refused.
fn mirrored(compact: &str) -> String {
    let (signed, signature) = compact.rsplit_once('.').unwrap();
    let signature = p256::ecdsa::Signature::from_slice(&decode(signature).unwrap()).unwrap();
    let (r, s) = signature.split_scalars();
    let high = p256::ecdsa::Signature::from_scalars(r, -s).unwrap();
    format!("{signed}.{}", encode(high.to_bytes()))
}

#[tokio::test]
async fn row_38_an_old_answer_with_its_s_flipped_suspends_nobody() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    let mut answer = phone.answer(&phone.fetch(&asked).await, Decision::Approve, 1);
    answer.number = Some(asked.number().into());
    let signed = phone.sign(&answer);
    let receipt = world.server.jose("/d/v1/answer", &signed).await.ok(200);
    for _ in 0..3 {
        let again = world.server.jose("/d/v1/answer", &mirrored(&signed)).await;
        again.refused(401, "not_recognised");
    }
    assert_eq!(
        world.server.jose("/d/v1/answer", &signed).await.ok(200),
        receipt,
        "the same bytes, the same answer"
    );
    // the same counter under another message, to what has ended: news, and no suspension
    let reused = phone.answer(&phone.fetch(&asked).await, Decision::Deny, 1);
    phone.send(&reused).await.refused(409, "already_decided");
    let next = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve(&next, 2).await.ok(200);

    // the control: a counter seen before, to what is pending, does suspend
    let pending = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve(&pending, 2).await.refused(401, "not_recognised");
    world.broker.try_ask(&Ask::login("c-1")).await.refused(404, "no_device");
}

#[tokio::test]
async fn row_38_a_counter_far_ahead_is_refused_and_one_far_behind_suspends() {
    let (world, phone) = World::with_raw_phone("c-1").await;
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve(&asked, 1 + (1 << 20)).await.refused(401, "not_recognised");
    phone.approve(&asked, 100).await.ok(200);
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve(&asked, 37).await.ok(200);
    let asked = world.broker.ask(&Ask::login("c-1")).await;
    phone.approve(&asked, 36).await.refused(401, "not_recognised");
    let told = phone.call("GET", "/d/v1/device", b"").await.ok(200);
    assert_eq!(told["state"], "suspended", "its own key's holder is told");
    world.broker.try_ask(&Ask::login("c-1")).await.refused(404, "no_device");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn row_02_of_two_phones_that_open_at_once_one_may_approve() {
    let world = World::new().await;
    let mut phones = Vec::new();
    for _ in 0..4 {
        phones.push(RawPhone::enroll(&world.server, &world.broker, "c-1").await);
    }
    let asked = world.broker.ask(&Ask::login("c-1").link()).await;
    let starts = phones.iter().map(|phone| {
        let (server, proof) = (world.server.clone(), phone.start(asked.link()));
        tokio::spawn(async move { server.jose("/d/v1/start", &proof).await })
    });
    let replies: Vec<_> = join_all(starts).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    for (phone, reply) in phones.iter().zip(&replies) {
        let answer = phone.answer(&phone.fetch(&asked).await, Decision::Approve, 1);
        if reply.status == 200 {
            continue;
        }
        reply.refused(409, "start_needed");
        phone.send(&answer).await.refused(409, "start_needed");
    }
    let winner = phones.iter().zip(&replies).find(|(_, reply)| reply.status == 200).unwrap().0;
    let answer = winner.answer(&winner.fetch(&asked).await, Decision::Approve, 2);
    winner.send(&answer).await.ok(200);
}

#[tokio::test]
async fn row_05_a_start_is_proved_by_the_asked_phone_and_once() {
    let (world, mine) = World::with_raw_phone("c-1").await;
    let theirs = RawPhone::enroll(&world.server, &world.broker, "c-2").await;
    let asked = world.broker.ask(&Ask::login("c-1").link()).await;
    world.server.jose("/d/v1/start", &theirs.start(asked.link())).await.refused(404, "not_found");
    let guessed = format!("{}t={}", asked.link().rsplit_once("t=").unwrap().0, "A".repeat(43));
    world.server.jose("/d/v1/start", &mine.start(&guessed)).await.refused(409, "start_needed");
    let proof = mine.start(asked.link());
    world.server.jose("/d/v1/start", &proof).await.ok(200);
    world.server.jose("/d/v1/start", &proof).await.refused(401, "not_recognised");
    let late = mine.start(asked.link());
    world.advance(61);
    world.server.jose("/d/v1/start", &late).await.refused(401, "not_recognised");
    world.server.jose("/d/v1/start", &mine.start(asked.link())).await.ok(200);
}
