use inkan_protocol::answer::{Answer, COUNTER_AHEAD, Decision, DenyReason};
use inkan_protocol::details::Locale;
use inkan_protocol::device_api::Answered;
use inkan_protocol::evidence::{Evidence, verify};
use inkan_protocol::ids::{Digest, NumericDate};
use inkan_protocol::jws::Unverified;
use inkan_protocol::receipt::Receipt;
use serde_json::{Value, json};

use crate::device_add;
use crate::model::device::{CounterWindow, Device, DeviceState};
use crate::model::user::{FrozenBy, User};
use crate::testing::approval::{from_session, login, with, withdrawal};
use crate::testing::{Phone, Reply, World};

const NOT_RECOGNISED: (u16, &str) = (401, "not_recognised");

#[track_caller]
fn assert_refused(reply: &Reply, expected: (u16, &str)) {
    let (status, code) = reply.refusal();
    assert_eq!((status, code.as_str()), expected, "{}", reply.text());
}

#[expect(clippy::unnecessary_wraps, reason = "as it is compared or put in")]
fn number(asked: &Value) -> Option<String> {
    Some(asked["number"].as_str().unwrap().to_owned())
}

#[expect(clippy::unnecessary_wraps, reason = "as it is compared or put in")]
fn wrong(asked: &Value) -> Option<String> {
    Some(if asked["number"] == "000000" { "000001" } else { "000000" }.to_owned())
}

/// A customer with one phone, who is asked to sign in.
async fn asked() -> (World, Phone, Value, String) {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(login("u")).await;
    let sent = world.sent(&phone, &asked).await;
    (world, phone, asked, sent)
}

fn receipt(world: &World, reply: &Reply) -> Receipt {
    let compact = reply.json()["receipt"].as_str().unwrap().to_owned();
    let unverified = Unverified::<Receipt>::parse(&compact).unwrap();
    let key = world.app.live_keys.signing_key_at(unverified.kid().unwrap(), world.now()).unwrap();
    unverified.verify(&key).unwrap().into_payload()
}

async fn change_user(world: &World, change: impl FnOnce(User) -> User + Send + 'static) {
    let owner = World::owner(true, "u");
    let write = world.app.storage.write(move |tx| {
        let user = tx.user(&owner)?.unwrap();
        tx.put_user(&change(user))
    });
    write.await.unwrap();
}

async fn change_device(world: &World, phone: &Phone, change: impl FnOnce(&mut Device)) {
    let mut device = world.device(phone.device).await;
    change(&mut device);
    world.app.storage.write(move |tx| tx.put_device(&device)).await.unwrap();
}

#[tokio::test]
async fn a_receipt_quotes_both_hashes_and_the_row_of_the_log() {
    let (world, phone, asked, sent) = asked().await;
    let answer = Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) };
    let signed = phone.sign(&answer);
    let reply = world.message("/d/v1/answer", &signed).await.expect(200);
    assert_eq!(reply.headers["content-type"], "application/json");
    let receipt = receipt(&world, &reply);
    assert_eq!((receipt.challenge_hash, receipt.display_hash), (answer.challenge_hash, answer.display_hash));
    assert_eq!(receipt.answer_hash, Digest::of(signed.as_bytes()));
    assert_eq!((receipt.decision, receipt.aud), (Decision::Approve, phone.device));
    let row = receipt.log.row;
    let rows = world.app.storage.read(move |tx| tx.audit_rows(row, 1)).await.unwrap();
    assert_eq!((rows[0].kind.as_str(), rows[0].hash), ("challenge.approved", receipt.log.hash));
    assert_eq!(world.state(&asked).await, "approved");
    assert_eq!(world.events().await, ["challenge.created", "challenge.approved"]);
}

#[tokio::test]
async fn the_same_bytes_get_the_same_answer_and_never_count() {
    let (world, phone, asked, sent) = asked().await;
    let winner = phone.sign(&Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) });
    let first = world.message("/d/v1/answer", &winner).await.expect(200);
    world.advance(100_000);
    for counter in 2..80 {
        let refused = phone.says(&sent, Decision::Deny, counter);
        assert_refused(&world.answer(&phone, &refused).await, (409, "already_decided"));
    }
    let again = world.message("/d/v1/answer", &winner).await.expect(200);
    assert_eq!(again.body, first.body, "the winner's is kept as long as the device");

    let loser = phone.sign(&phone.says(&sent, Decision::Deny, 80));
    let first = world.message("/d/v1/answer", &loser).await;
    let again = world.message("/d/v1/answer", &loser).await;
    assert_eq!((first.json()["state"].clone(), first.refusal()), (json!("approved"), again.refusal()));
    assert_eq!(again.headers["content-type"], "application/problem+json");
    assert!(world.device(phone.device).await.is_active());
}

#[tokio::test]
async fn one_of_many_wins() {
    let world = World::new().await;
    let mut phones = Vec::new();
    for _ in 0..8 {
        phones.push(world.active_phone(true, "u").await);
    }
    let asked = world.ask(login("u")).await;
    let mut answers = Vec::new();
    for phone in &phones {
        let sent = world.sent(phone, &asked).await;
        answers.push(Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) });
        answers.push(phone.says(&sent, Decision::Deny, 2));
    }
    let sends = answers.iter().enumerate().map(|(place, answer)| world.answer(&phones[place / 2], answer));
    let replies = futures_util::future::join_all(sends).await;
    let won = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(won, 1);
    assert!(
        replies
            .iter()
            .filter(|reply| reply.status != 200)
            .all(|reply| reply.refusal().1 == "already_decided")
    );
    for phone in &phones {
        assert!(world.device(phone.device).await.is_active());
    }
}

#[tokio::test]
async fn structural_faults_are_the_one_401_and_use_up_nothing() {
    let (world, phone, asked, sent) = asked().await;
    let approve = Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) };
    let stranger = Phone::new(phone.device);
    let scan = world.ask(with(from_session(login("u"), "s-2"), json!({ "start": "scan" }))).await;
    let scan_sent = world.sent(&phone, &scan).await;
    let other_server = Answer { aud: "https://other.example.jp".parse().unwrap(), ..approve.clone() };
    for compact in [
        phone.possession.name(&approve),
        phone.approval.name(&phone.says(&sent, Decision::Deny, 1)),
        phone.approval.introduce(&approve),
        stranger.sign(&approve),
        phone.sign(&other_server),
        phone.sign(&Answer { iss: stranger_id(&world), ..approve.clone() }),
        phone.sign(&Answer { counter: 2 + COUNTER_AHEAD, ..approve.clone() }),
        // A number where none is asked for, a return hash where nothing returns.
        phone.sign(&Answer { number: number(&asked), ..phone.says(&scan_sent, Decision::Approve, 1) }),
        phone.sign(&Answer { return_hash: Some(Digest([1; 32])), ..approve.clone() }),
        phone.sign(&approve).replace('.', ""),
        String::new(),
    ] {
        for _ in 0..2 {
            assert_refused(&world.message("/d/v1/answer", &compact).await, NOT_RECOGNISED);
        }
    }
    let device = world.device(phone.device).await;
    assert!(device.is_active() && device.counter == CounterWindow::default());
    world.answer(&phone, &approve).await.expect(200);
}

fn stranger_id(world: &World) -> inkan_protocol::ids::DeviceId {
    inkan_protocol::ids::DeviceId(world.uuid())
}

#[tokio::test]
async fn a_high_s_is_refused_and_counts_for_nothing() {
    let (world, phone, asked, sent) = asked().await;
    let signed = phone.sign(&Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) });
    world.message("/d/v1/answer", &signed).await.expect(200);
    let (input, signature) = signed.rsplit_once('.').unwrap();
    let mut bytes = inkan_protocol::encoding::decode(signature).unwrap();
    // n - s
    let order: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
        0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
    ];
    let mut borrow = 0_i16;
    for place in (0..32).rev() {
        let left = i16::from(order[place]) - i16::from(bytes[32 + place]) - borrow;
        borrow = i16::from(left < 0);
        bytes[32 + place] = u8::try_from(left.rem_euclid(256)).unwrap();
    }
    let flipped = format!("{input}.{}", inkan_protocol::encoding::encode(bytes));
    assert_refused(&world.message("/d/v1/answer", &flipped).await, NOT_RECOGNISED);
    assert!(world.device(phone.device).await.is_active());
}

#[tokio::test]
async fn a_counter_seen_again_suspends_unless_the_challenge_is_final() {
    let (world, phone, asked, sent) = asked().await;
    let deny = phone.says(&sent, Decision::Deny, 5);
    world.answer(&phone, &deny).await.expect(200);
    let other = Answer { reason: Some(DenyReason::Other), ..deny };
    assert_refused(&world.answer(&phone, &other).await, (409, "already_decided"));
    assert!(world.device(phone.device).await.is_active());
    assert_eq!(world.state(&asked).await, "denied");

    let next = world.ask(login("u")).await;
    let sent = world.sent(&phone, &next).await;
    assert_refused(&world.answer(&phone, &phone.says(&sent, Decision::Deny, 5)).await, NOT_RECOGNISED);
    let device = world.device(phone.device).await;
    assert!(matches!(device.state, DeviceState::Suspended { .. }));
    assert_eq!(world.state(&next).await, "pending");
    assert_eq!(world.events().await.last().map(String::as_str), Some("device.suspended"));
    assert_refused(&world.answer(&phone, &phone.says(&sent, Decision::Deny, 6)).await, NOT_RECOGNISED);
}

#[tokio::test]
async fn what_was_not_sent_or_not_shown_is_not_decided() {
    let (world, phone, asked, sent) = asked().await;
    let right = Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) };
    for wrong in [
        Answer { challenge_hash: Digest([1; 32]), ..right.clone() },
        Answer { display_hash: Digest([1; 32]), counter: 2, ..right.clone() },
        Answer { locale: Locale::Ja, counter: 3, ..right.clone() },
    ] {
        let (reply, again) = (world.answer(&phone, &wrong).await, world.answer(&phone, &wrong).await);
        for reply in [reply, again] {
            assert_refused(&reply, (422, "hash_mismatch"));
            assert!(reply.json()["request_id"].is_string(), "{}", reply.text());
        }
    }
    assert_eq!(world.state(&asked).await, "pending");
    world.answer(&phone, &Answer { counter: 4, ..right }).await.expect(200);
}

#[tokio::test]
async fn another_customers_challenge_is_as_none() {
    let (world, _, _, sent) = asked().await;
    let other = world.active_phone(true, "v").await;
    let theirs = Answer { iss: other.device, ..other.says(&sent, Decision::Deny, 1) };
    let none =
        Answer { challenge: inkan_protocol::ids::ChallengeId(world.uuid()), counter: 2, ..theirs.clone() };
    let (theirs, none) = (world.answer(&other, &theirs).await, world.answer(&other, &none).await);
    assert_refused(&theirs, (404, "not_found"));
    assert_eq!(theirs.json()["detail"], none.json()["detail"]);
}

#[tokio::test]
async fn a_wrong_number_ends_it_and_counts_against_who_asked() {
    let (world, phone, asked, sent) = asked().await;
    let approve = phone.says(&sent, Decision::Approve, 1);
    for (counter, malformed) in
        [(1, None), (2, Some("12345")), (3, Some("１２３４５６")), (4, Some("12345a"))]
    {
        let number = malformed.map(ToOwned::to_owned);
        let answer = Answer { number, counter, ..approve.clone() };
        assert_refused(&world.answer(&phone, &answer).await, (422, "number_needed"));
    }
    assert_eq!(world.state(&asked).await, "pending");
    let answer = Answer { number: wrong(&asked), counter: 5, ..approve.clone() };
    assert_refused(&world.answer(&phone, &answer).await, (409, "number_wrong"));
    assert_eq!(world.state(&asked).await, "failed");
    let right = Answer { number: number(&asked), counter: 6, ..approve };
    assert_refused(&world.answer(&phone, &right).await, (409, "already_decided"));
    assert_eq!(world.device(phone.device).await.wrong_numbers, 1);

    for counter in 7..11 {
        world.advance(3600);
        let asked = world.ask(login("u")).await;
        let sent = world.sent(&phone, &asked).await;
        let answer = Answer { number: wrong(&asked), ..phone.says(&sent, Decision::Approve, counter) };
        assert_refused(&world.answer(&phone, &answer).await, (409, "number_wrong"));
    }
    let locked = world.post("/v1/challenges", login("u")).await;
    assert_refused(&locked, (429, "too_many_prompts"));
    let elsewhere = json!({ "origin": { "ip": "198.51.100.1", "user_agent": "x" } });
    let asked = world.ask(with(login("u"), elsewhere)).await;
    world.approve(&phone, &asked, 20).await.expect(200);
}

#[tokio::test]
async fn a_hundred_wrong_numbers_disable_the_device() {
    let (world, phone, asked, sent) = asked().await;
    change_device(&world, &phone, |device| device.wrong_numbers = 99).await;
    let answer = Answer { number: wrong(&asked), ..phone.says(&sent, Decision::Approve, 1) };
    assert_refused(&world.answer(&phone, &answer).await, (409, "number_wrong"));
    assert!(!world.device(phone.device).await.is_active());
}

#[tokio::test]
async fn an_approved_prompt_is_not_counted() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    for counter in 1..10 {
        let asked = world.ask(login("u")).await;
        world.approve(&phone, &asked, counter).await.expect(200);
    }
}

#[tokio::test]
async fn what_expired_is_not_decided() {
    let (world, phone, asked, sent) = asked().await;
    world.advance(120);
    let answer = Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) };
    assert_refused(&world.answer(&phone, &answer).await, (409, "expired"));
    assert_eq!(world.state(&asked).await, "expired");
}

#[tokio::test]
async fn a_locked_customer_approves_nothing_and_may_report() {
    let (world, phone, asked, sent) = asked().await;
    change_user(&world, |user| user.freeze(1, "lost".into(), FrozenBy::RelyingParty)).await;
    let approve = Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) };
    assert_refused(&world.answer(&phone, &approve).await, (409, "user_locked"));
    world.answer(&phone, &phone.says(&sent, Decision::Report, 2)).await.expect(200);
}

#[tokio::test]
async fn a_device_that_waits_approves_only_what_it_may() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(withdrawal("u")).await;
    change_device(&world, &phone, |device| device.restricted_until = Some(device.created_at + 3600)).await;
    assert_refused(&world.approve(&phone, &asked, 1).await, (409, "device_waiting"));
    let sent = world.sent(&phone, &asked).await;
    world.answer(&phone, &phone.says(&sent, Decision::Deny, 2)).await.expect(200);
    let login = world.ask(login("u")).await;
    world.approve(&phone, &login, 3).await.expect(200);
}

#[tokio::test]
async fn scan_and_link_need_their_start_for_an_approval_alone() {
    let world = World::new().await;
    let (phone, other) = (world.active_phone(true, "u").await, world.active_phone(true, "u").await);
    let body = with(login("u"), json!({ "start": "link" }));
    let asked = world.ask(body.clone()).await;
    assert_refused(&world.approve(&phone, &asked, 1).await, (409, "start_needed"));
    phone.start(&world, asked["link"].as_str().unwrap()).await.expect(200);
    assert_refused(&world.approve(&other, &asked, 1).await, (409, "start_needed"));
    world.approve(&phone, &asked, 2).await.expect(200);
    let asked = world.ask(body).await;
    let sent = world.sent(&other, &asked).await;
    world.answer(&other, &other.says(&sent, Decision::Deny, 2)).await.expect(200);
}

#[tokio::test]
async fn what_returns_needs_the_hash_of_its_token() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let body = json!({ "start": "link", "return_url": "https://localhost:9443/return" });
    let asked = world.ask(with(login("u"), body)).await;
    phone.start(&world, asked["link"].as_str().unwrap()).await.expect(200);
    assert_refused(&world.approve(&phone, &asked, 1).await, (422, "return_hash_needed"));
    let sent = world.sent(&phone, &asked).await;
    let answer = Answer { return_hash: Some(Digest([1; 32])), ..phone.says(&sent, Decision::Approve, 2) };
    world.answer(&phone, &answer).await.expect(200);
}

#[tokio::test]
async fn a_report_ends_all_that_is_pending_and_mutes_numbers() {
    let (world, phone, asked, sent) = asked().await;
    let other = world.ask(from_session(withdrawal("u"), "s-2")).await;
    let report = phone.says(&sent, Decision::Report, 1);
    let answered: Answered = world.answer(&phone, &report).await.expect(200).parse();
    assert_eq!(answered.muted_until, Some(world.now() + 1200));
    assert_eq!(
        (world.state(&asked).await, world.state(&other).await),
        ("reported".into(), "cancelled".into())
    );
    // the same bytes, the same answer; and no other decision says anything of the kind
    world.advance(5);
    assert_eq!(world.answer(&phone, &report).await.expect(200).parse::<Answered>(), answered);
    let muted = world.post("/v1/challenges", login("u")).await;
    assert_refused(&muted, (429, "too_many_prompts"));
    assert_eq!(muted.headers["retry-after"], "1195");
    world.ask(with(login("u"), json!({ "start": "scan" }))).await;
    let events = world.events().await;
    let expected = ["challenge.reported", "challenge.cancelled", "account.muted", "challenge.created"];
    assert_eq!(events[2..], expected);
    world.advance(1195);
    let asked = world.ask(from_session(login("u"), "s-3")).await;
    let approved = world.approve(&phone, &asked, 2).await.expect(200).json();
    assert!(approved.get("muted_until").is_none());
}

#[tokio::test]
async fn what_ended_can_be_reported_for_thirty_days_once_by_each_device() {
    let (world, phone, asked, sent) = asked().await;
    let other = world.active_phone(true, "u").await;
    world.approve(&phone, &asked, 1).await.expect(200);
    let report = |counter| phone.says(&sent, Decision::Report, counter);
    let month: NumericDate = 30 * 24 * 3600;
    world.advance(month - 1);
    let reply = world.answer(&phone, &report(2)).await.expect(200);
    assert_eq!(receipt(&world, &reply).decision, Decision::Report);
    assert_refused(&world.answer(&phone, &report(3)).await, (409, "already_decided"));
    let path = format!("/v1/challenges/{}", asked["id"].as_str().unwrap());
    let news = world.get(&path).await.json();
    assert_eq!(news["state"], "approved");
    assert!(news["reported_at"].is_string());
    let redeem = world.post(&format!("{path}/redeem"), json!({})).await;
    assert_refused(&redeem, (409, "not_approved"));
    assert!(redeem.json()["reported_at"].is_string());
    let evidence: Evidence = world.get(&format!("{path}/evidence")).await.expect(200).parse();
    let proved = verify(&evidence, world.app.live_keys.identity(), &[]).unwrap();
    assert_eq!(proved.reported_at, [world.now()]);
    let theirs = other.says(&sent, Decision::Report, 1);
    let theirs = Answer { iss: other.device, ..theirs };
    assert_refused(&world.answer(&other, &theirs).await, (404, "not_found"));

    let expired = world.ask(with(login("u"), json!({ "start": "scan" }))).await;
    let sent = world.sent(&phone, &expired).await;
    world.advance(121);
    world.answer(&phone, &phone.says(&sent, Decision::Report, 4)).await.expect(200);
    assert_eq!(world.state(&expired).await, "expired");
    let path = format!("/v1/challenges/{}/evidence", expired["id"].as_str().unwrap());
    let evidence: Evidence = world.get(&path).await.expect(200).parse();
    let proved = verify(&evidence, world.app.live_keys.identity(), &[]).unwrap();
    assert_eq!(proved.decision, Decision::Report);

    let denied = world.ask(with(login("u"), json!({ "start": "scan" }))).await;
    let sent = world.sent(&phone, &denied).await;
    world.answer(&phone, &phone.says(&sent, Decision::Deny, 5)).await.expect(200);
    world.advance(month);
    assert_refused(
        &world.answer(&phone, &phone.says(&sent, Decision::Report, 6)).await,
        (409, "already_decided"),
    );
}

mod new_device {
    use super::*;
    use crate::app::App;
    use crate::model::challenge::Challenge;
    use crate::routes::refusal::Refusal;

    const CODE: &str = "042317";

    /// A customer with an older phone, and a new one that waits for it.
    async fn waiting() -> (World, Phone, Phone, Challenge) {
        let world = World::new().await;
        let older = world.active_phone(true, "u").await;
        let new = world.active_phone(true, "u").await;
        change_device(&world, &new, |device| device.restricted_until = Some(device.created_at + 24 * 3600))
            .await;
        let app = world.app.clone();
        let id = new.device;
        let asked = world
            .app
            .storage
            .write(move |tx| -> Result<_, Refusal> {
                let app: &App = &app;
                let device = tx.device(id)?.unwrap();
                let id = device_add::ask(tx, app, &device, CODE)?.unwrap();
                Ok(tx.challenge(id)?.unwrap())
            })
            .await
            .unwrap();
        (world, older, new, asked)
    }

    async fn say(world: &World, older: &Phone, asked: &Challenge, answer: Answer) -> Reply {
        let answer = Answer { challenge: asked.id, ..answer };
        world.answer(older, &answer).await
    }

    #[tokio::test]
    async fn the_older_phone_lets_it_go_with_the_digits_that_it_shows() {
        let (world, older, new, asked) = waiting().await;
        let pending = world.pending(&older).await;
        assert_eq!(pending.len(), 1);
        assert!(world.pending(&new).await.is_empty(), "it does not ask itself");
        // Outside the limits, and as long as the wait.
        for session in ["a", "b"] {
            world.ask(from_session(login("u"), session)).await;
        }
        world.advance(23 * 3600);
        let approve = Answer { number: Some(CODE.into()), ..older.says(&pending[0], Decision::Approve, 1) };
        say(&world, &older, &asked, approve).await.expect(200);
        assert_eq!(world.device(new.device).await.restricted_until, None);
        assert_eq!(world.events().await.last().map(String::as_str), Some("device.released"));
    }

    #[tokio::test]
    async fn deny_and_report_revoke_it() {
        for decision in [Decision::Deny, Decision::Report] {
            let (world, older, new, asked) = waiting().await;
            let sent = world.pending(&older).await.remove(0);
            say(&world, &older, &asked, older.says(&sent, decision, 1)).await.expect(200);
            assert!(matches!(world.device(new.device).await.state, DeviceState::Revoked { .. }));
            assert!(world.events().await.contains(&"device.revoked".to_owned()));
        }
    }

    #[tokio::test]
    async fn a_report_after_the_wait_revokes_it_too() {
        let (world, older, new, asked) = waiting().await;
        let sent = world.pending(&older).await.remove(0);
        world.advance(24 * 3600);
        assert!(world.device(new.device).await.is_active());
        say(&world, &older, &asked, older.says(&sent, Decision::Report, 1)).await.expect(200);
        assert!(matches!(world.device(new.device).await.state, DeviceState::Revoked { .. }));
    }

    #[tokio::test]
    async fn nobody_is_asked_for_a_phone_that_is_gone() {
        let (world, older, new, asked) = waiting().await;
        let sent = world.pending(&older).await.remove(0);
        let path = format!("/v1/users/u/devices/{}", new.device);
        world.call("DELETE", &path, Value::Null).await.expect(204);
        assert!(world.pending(&older).await.is_empty());
        let approve = Answer { number: Some(CODE.into()), ..older.says(&sent, Decision::Approve, 1) };
        let reply = say(&world, &older, &asked, approve).await;
        assert_refused(&reply, (409, "already_decided"));
        assert_eq!(reply.json()["state"], "cancelled");
        assert!(!world.events().await.contains(&"device.released".to_owned()));
    }

    #[tokio::test]
    async fn three_wrong_numbers_in_all_leave_it_waiting() {
        let (world, older, new, asked) = waiting().await;
        let sent = world.pending(&older).await.remove(0);
        for (counter, left) in [(1, json!(2)), (2, json!(1)), (3, Value::Null)] {
            let answer =
                Answer { number: Some("000000".into()), ..older.says(&sent, Decision::Approve, counter) };
            let reply = say(&world, &older, &asked, answer).await;
            assert_refused(&reply, (409, "number_wrong"));
            assert_eq!(reply.json()["tries_left"], left);
        }
        let right = Answer { number: Some(CODE.into()), ..older.says(&sent, Decision::Approve, 4) };
        assert_refused(&say(&world, &older, &asked, right).await, (409, "already_decided"));
        let device = world.device(new.device).await;
        assert!(device.is_active() && device.restricted_until.is_some());
    }

    #[tokio::test]
    async fn who_waits_is_not_asked_and_who_does_not_wait_asks_nobody() {
        let (world, older, new, _) = waiting().await;
        let third = world.active_phone(true, "u").await;
        let app = world.app.clone();
        let (older, new, third) = (older.device, new.device, third.device);
        world
            .app
            .storage
            .write(move |tx| -> Result<(), Refusal> {
                let free = tx.device(third)?.unwrap();
                assert_eq!(device_add::ask(tx, &app, &free, CODE)?, None);
                let waits = Device { restricted_until: Some(free.created_at + 60), ..free };
                let id = device_add::ask(tx, &app, &waits, CODE)?.unwrap();
                let asked = tx.challenge(id)?.unwrap();
                assert!(asked.issued_to(older).is_some() && asked.issued_to(new).is_none());
                Ok(())
            })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_key_that_was_renewed_answers_no_more() {
    let (world, phone, asked, sent) = asked().await;
    let next = Phone::new(phone.device);
    let keys = next.keys();
    let mut device = world.device(phone.device).await;
    let attestation = device.attestation;
    device = device.renew(keys, attestation, "r".into(), "r".into(), world.now()).unwrap();
    world.app.storage.write(move |tx| tx.put_device(&device)).await.unwrap();
    let answer = Answer { number: number(&asked), ..phone.says(&sent, Decision::Approve, 1) };
    assert_refused(&world.answer(&phone, &answer).await, NOT_RECOGNISED);
    world.answer(&next, &answer).await.expect(200);
}
