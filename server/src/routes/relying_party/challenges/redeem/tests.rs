use axum::http::Request;
use inkan_protocol::answer::{Answer, Decision, ReturnToken};
use inkan_protocol::evidence::{Evidence, verify};
use inkan_protocol::ids::{Digest, Thumbprint};
use inkan_protocol::jws::Unverified;
use inkan_protocol::receipt::Verdict;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::model::user::FrozenBy;
use crate::testing::approval::{login, with, withdrawal};
use crate::testing::{Phone, Reply, World};

async fn redeem(world: &World, asked: &Value, body: Value) -> Reply {
    world.post(&format!("/v1/challenges/{}/redeem", asked["id"].as_str().unwrap()), body).await
}

fn kid(verdict: &str) -> Thumbprint {
    Unverified::<Verdict>::parse(verdict).unwrap().kid().unwrap()
}

async fn approved(world: &World, phone: &Phone, body: Value) -> Value {
    let asked = world.ask(body).await;
    let counter = world.device(phone.device).await.counter.highest() + 1;
    world.approve(phone, &asked, counter).await.expect(200);
    asked
}

#[tokio::test]
async fn a_verdict_is_signed_and_says_what_was_approved() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = approved(&world, &phone, with(withdrawal("u"), json!({ "reference": "r-1" }))).await;
    let answer = redeem(&world, &asked, json!({ "reference": "r-1", "user": "u", "session": "s-1" })).await;
    let answer = answer.expect(200).json();
    let signed = answer["verdict"].as_str().unwrap();
    let key = world.app.live_keys.signing_key_at(kid(signed), world.now()).unwrap();
    let verdict = Unverified::<Verdict>::parse(signed).unwrap().verify(&key).unwrap().into_payload();
    assert_eq!((verdict.user.as_str(), verdict.reference.as_deref()), ("u", Some("r-1")));
    assert_eq!(verdict.device, Some(phone.device));
    assert_eq!(answer["details"][0]["value"], "1250000");
    assert_eq!((&answer["tier"], &answer["key_kind"]), (&json!("number"), &json!("unattested")));
    let sent = world.sent(&phone, &asked).await;
    assert_eq!(verdict.challenge_hash, Digest::of(sent.as_bytes()));

    let again = redeem(&world, &asked, json!({ "reference": "r-1" })).await;
    assert_eq!(again.refusal(), (409, "already_redeemed".into()));
    assert_eq!(again.json()["redeemed"], json!({ "at": "2026-11-25T05:05:09Z", "reference": "r-1" }));
    let news = world.get(&format!("/v1/challenges/{}", asked["id"].as_str().unwrap())).await.json();
    assert_eq!(news["redeemed"]["reference"], "r-1");
}

#[tokio::test]
async fn the_same_key_gets_the_same_verdict_even_if_the_server_ended_before_it_was_kept() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = approved(&world, &phone, login("u")).await;
    let path = format!("/v1/challenges/{}/redeem", asked["id"].as_str().unwrap());
    let send = async |key: &str| {
        let request = Request::post(&path)
            .header("authorization", format!("Bearer {}", world.live_key))
            .header("idempotency-key", key);
        world.send(request.body("{}".into()).unwrap()).await
    };
    let first = send("a").await.expect(200).json();
    let place = path.clone();
    let lose = world.app.storage.write(move |tx| tx.drop_reply(Uuid::from_u128(1), &place, "a"));
    lose.await.unwrap();
    assert_eq!(send("a").await.expect(200).json(), first);
    assert_eq!(send("b").await.refusal(), (409, "already_redeemed".into()));
    assert_eq!(redeem(&world, &asked, json!({})).await.refusal(), (409, "already_redeemed".into()));
    // Control: a day later the key stands for another request.
    world.advance(24 * 3600);
    assert_eq!(send("a").await.refusal(), (409, "already_redeemed".into()));
}

#[tokio::test]
async fn what_is_given_must_be_what_was_created_and_five_tries_void_it() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = approved(&world, &phone, with(login("u"), json!({ "reference": "r-1" }))).await;
    for wrong in [
        json!({}),
        json!({ "reference": "r-2" }),
        json!({ "reference": "r-1", "user": "v" }),
        json!({ "reference": "r-1", "session": "s-2" }),
        json!({ "reference": "r-1", "return_token": "none at all" }),
    ] {
        let reply = redeem(&world, &asked, wrong.clone()).await;
        assert_eq!(reply.refusal(), (409, "does_not_match".into()), "{wrong}");
    }
    let right = redeem(&world, &asked, json!({ "reference": "r-1" })).await;
    assert_eq!(right.refusal(), (409, "does_not_match".into()));
    assert_eq!(world.state(&asked).await, "approved");

    // Control: four leave it usable.
    let asked = approved(&world, &phone, login("u")).await;
    for _ in 0..4 {
        redeem(&world, &asked, json!({ "reference": "r-1" })).await.expect(409);
    }
    redeem(&world, &asked, json!({})).await.expect(200);
}

#[tokio::test]
async fn an_approval_is_not_for_ever_and_nothing_else_is_one() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let pending = world.ask(login("u")).await;
    let early = redeem(&world, &pending, json!({})).await;
    assert_eq!(early.refusal(), (409, "not_approved".into()));
    assert_eq!(early.json()["state"], "pending");
    let asked = approved(&world, &phone, login("u")).await;
    world.advance(300);
    assert_eq!(redeem(&world, &asked, json!({})).await.refusal(), (410, "redeem_window_over".into()));
    let unknown = json!({ "id": "01890a5d-ac96-774b-bcce-b302099a8057" });
    assert_eq!(redeem(&world, &unknown, json!({})).await.refusal(), (404, "not_found".into()));
}

#[tokio::test]
async fn returned_takes_the_token_and_the_session_that_began() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let body = json!({
        "start": "link", "minimum_tier": "returned", "return_url": "https://localhost:9443/return",
    });
    let asked = world.ask(with(withdrawal("u"), body)).await;
    phone.start(&world, asked["link"].as_str().unwrap()).await.expect(200);
    let sent = world.sent(&phone, &asked).await;
    let token = ReturnToken::new([3; 32]);
    let answer = Answer { return_hash: Some(token.digest()), ..phone.says(&sent, Decision::Approve, 1) };
    world.answer(&phone, &answer).await.expect(200);
    let r = token.expose_text();
    for weak in [json!({}), json!({ "session": "s-1" }), json!({ "return_token": r })] {
        assert_eq!(redeem(&world, &asked, weak).await.refusal(), (409, "tier_too_low".into()));
    }
    let other = json!({ "session": "s-2", "return_token": r });
    assert_eq!(redeem(&world, &asked, other).await.refusal(), (409, "does_not_match".into()));
    let verdict = redeem(&world, &asked, json!({ "session": "s-1", "return_token": r })).await;
    assert_eq!(verdict.expect(200).json()["tier"], "returned");
}

#[tokio::test]
async fn account_and_device_are_looked_at_again() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = approved(&world, &phone, login("u")).await;
    let owner = World::owner(true, "u");
    let now = world.now();
    let set = |frozen: bool| {
        let owner = owner.clone();
        world.app.storage.write(move |tx| {
            let user = tx.user(&owner)?.unwrap();
            let user = if frozen { user.freeze(now, "x".into(), FrozenBy::Device) } else { user.unfreeze() };
            tx.put_user(&user)
        })
    };
    set(true).await.unwrap();
    assert_eq!(redeem(&world, &asked, json!({})).await.refusal(), (409, "user_locked".into()));
    set(false).await.unwrap();
    let device = world.device(phone.device).await;
    let revoked = device.clone().revoke(now).unwrap();
    world.app.storage.write(move |tx| tx.put_device(&revoked)).await.unwrap();
    assert_eq!(redeem(&world, &asked, json!({})).await.refusal(), (409, "device_revoked".into()));
    // Control: nothing of that was spent.
    world.app.storage.write(move |tx| tx.put_device(&device)).await.unwrap();
    redeem(&world, &asked, json!({})).await.expect(200);
}

#[tokio::test]
async fn evidence_is_what_the_offline_check_takes() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = approved(&world, &phone, login("u")).await;
    redeem(&world, &asked, json!({})).await.expect(200);
    let path = format!("/v1/challenges/{}/evidence", asked["id"].as_str().unwrap());
    let evidence: Evidence = world.get(&path).await.expect(200).parse();
    assert!(evidence.verdict.is_some() && evidence.reports.is_empty());
    let report = verify(&evidence, world.app.live_keys.identity(), &[]).unwrap();
    assert_eq!((report.user.as_str(), report.decision), ("u", Decision::Approve));
    assert!(
        verify(&evidence, world.app.test_keys.identity(), &[]).is_err(),
        "another identity proves nothing"
    );
    assert_eq!(evidence.challenge, world.sent(&phone, &asked).await);
    let pending = world.ask(login("u")).await;
    let path = format!("/v1/challenges/{}/evidence", pending["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.refusal(), (409, "no_evidence".into()));
}

mod test_users {
    use super::*;

    async fn ask(world: &World, body: Value) -> Value {
        world.call_as(&world.test_key, "POST", "/v1/challenges", body).await.expect(201).json()
    }

    async fn state(world: &World, asked: &Value) -> Value {
        let path = format!("/v1/challenges/{}", asked["id"].as_str().unwrap());
        world.call_as(&world.test_key, "GET", &path, Value::Null).await.expect(200).json()["state"].clone()
    }

    async fn redeem(world: &World, asked: &Value, body: Value) -> Reply {
        let path = format!("/v1/challenges/{}/redeem", asked["id"].as_str().unwrap());
        world.call_as(&world.test_key, "POST", &path, body).await
    }

    #[tokio::test]
    async fn they_answer_by_themselves() {
        let world = World::new().await;
        for (user, expected) in [
            ("test_approves", "approved"),
            ("test_denies", "denied"),
            ("test_reports", "reported"),
            ("test_offline", "pending"),
        ] {
            let asked = ask(&world, login(user)).await;
            assert_eq!((&asked["state"], &asked["livemode"]), (&json!("pending"), &json!(false)));
            assert_eq!(state(&world, &asked).await, expected, "{user}");
        }
    }

    #[tokio::test]
    async fn their_verdict_says_so() {
        let world = World::new().await;
        let asked = ask(&world, withdrawal("test_approves")).await;
        let verdict = redeem(&world, &asked, json!({})).await.expect(200).json();
        assert_eq!((&verdict["key_kind"], &verdict["device"]), (&json!("test"), &Value::Null));
        let signed = verdict["verdict"].as_str().unwrap();
        assert!(world.app.test_keys.signing_key_at(kid(signed), world.now()).is_some());
        assert!(world.app.live_keys.signing_key_at(kid(signed), world.now()).is_none());
    }

    #[tokio::test]
    async fn every_tier_can_be_redeemed() {
        let world = World::new().await;
        for (start, tier) in [("number", "number"), ("scan", "scan"), ("link", "link")] {
            let asked = ask(&world, with(login("test_approves"), json!({ "start": start }))).await;
            assert_eq!(redeem(&world, &asked, json!({})).await.expect(200).json()["tier"], tier);
        }
        let body = json!({
            "start": "link", "minimum_tier": "returned", "return_url": "https://localhost:9443/return",
        });
        let asked = ask(&world, with(login("test_approves"), body)).await;
        let back = json!({ "session": "s-1", "return_token": asked["return_token"] });
        assert_eq!(redeem(&world, &asked, back).await.expect(200).json()["tier"], "returned");
    }

    #[tokio::test]
    async fn the_slow_one_takes_ten_seconds() {
        let world = World::new().await;
        let asked = ask(&world, login("test_slow")).await;
        let path = format!("/v1/challenges/{}?wait=25", asked["id"].as_str().unwrap());
        world.advance(9);
        assert_eq!(state(&world, &asked).await, "pending");
        let (news, ()) = tokio::join!(world.call_as(&world.test_key, "GET", &path, Value::Null), async {
            world.clock.sleepers(2).await;
            world.advance(1);
        });
        assert_eq!(news.json()["state"], "approved");
    }

    #[tokio::test]
    async fn a_short_life_is_for_test_mode() {
        let world = World::new().await;
        let asked = ask(&world, with(login("test_offline"), json!({ "expires_in": 1 }))).await;
        world.advance(1);
        assert_eq!(state(&world, &asked).await, "expired");
    }
}
