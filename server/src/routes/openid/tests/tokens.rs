//! What becomes of a request.

use inkan_protocol::jws::Unverified;

use super::*;
use crate::ciba::IdToken;

async fn world() -> (World, Phone) {
    let world = World::new().await;
    world.put_client(portal()).await;
    let phone = world.active_phone(true, "u-1").await;
    (world, phone)
}

#[tokio::test]
async fn an_approval_gives_one_token_that_says_what_was_approved() {
    let (world, phone) = world().await;
    let details = r#"[{"type":"inkan_operation","operation":"other","details":[{"type":"text","label":"Plan","value":"Gold"}]}]"#;
    let id = world.ciba(&with(LOGIN, &[("authorization_details", details)])).await;
    let sent = world.pending(&phone).await.remove(0);
    world.advance(3);
    world.decide(&phone, Decision::Approve, Some("4711"), 1).await;
    world.advance(4);
    let reply = world.collect(&id).await.expect(200);
    assert_eq!(reply.headers["cache-control"], "no-store");
    let tokens = reply.json();
    assert_eq!((&tokens["token_type"], &tokens["scope"]), (&json!("Bearer"), &json!("openid")));
    assert_eq!(tokens["authorization_details"], serde_json::from_str::<Value>(details).unwrap());
    assert!(tokens.get("refresh_token").is_none());

    let token = tokens["id_token"].as_str().unwrap();
    let unverified = Unverified::<IdToken>::parse(token).unwrap();
    let jwks = world.get("/.well-known/jwks.json").await.json();
    assert_eq!(jwks["keys"][0]["kid"], unverified.kid().unwrap().to_string());
    unverified.verify(&world.app.live_keys.listed()[0].key.jwk).unwrap();
    let said = claims(token);
    let now = world.now();
    assert_eq!((&said["iss"], &said["aud"], &said["sub"]), (&json!(ISSUER), &json!("portal"), &json!("u-1")));
    assert_eq!((&said["auth_time"], &said["iat"]), (&json!(now - 4), &json!(now)));
    assert_eq!((&said["acr"], &said["amr"]), (&json!("number"), &json!(["mca", "swk", "user"])));
    assert_eq!(said["urn:openid:params:jwt:claim:auth_req_id"], json!(id));
    assert_eq!(said["inkan_challenge_hash"], Digest::of(sent.as_bytes()).to_string());
    let access_token = tokens["access_token"].as_str().unwrap();
    let half = &inkan_protocol::encoding::sha256(access_token.as_bytes())[..16];
    assert_eq!(said["at_hash"], encode(half));
    let verdict = tokens["verdict"].as_str().unwrap();
    assert_eq!(said["inkan_verdict_hash"], Digest::of(verdict.as_bytes()).to_string());
    let shown = claims(verdict);
    for (of_token, of_verdict) in [
        ("sub", "user"),
        ("acr", "tier"),
        ("auth_time", "decided_at"),
        ("iat", "redeemed_at"),
        ("inkan_challenge", "challenge"),
        ("inkan_challenge_hash", "challenge_hash"),
    ] {
        assert_eq!(said[of_token], shown[of_verdict], "{of_token}");
    }

    assert_eq!(error(&world.collect(&id).await), (400, "invalid_grant".into()), "once");
    let redeem = format!("/v1/challenges/{}/redeem", said["inkan_challenge"].as_str().unwrap());
    assert_eq!(world.post(&redeem, json!({})).await.refusal(), (409, "already_redeemed".into()));

    // it is a hint from now on, even after it has expired
    world.advance(600);
    let hint = with(LOGIN, &[("login_hint", ""), ("id_token_hint", token)]);
    world.ciba(&hint).await;
    let other = OpenidClient { id: "other".into(), ..portal() };
    world.put_client(other).await;
    let mut hint = hint;
    hint.extend([("client_id", "other"), ("client_secret", SECRET)]);
    assert_eq!(error(&world.form("/bc-authorize", &hint).await), (400, "invalid_request".into()));
}

#[tokio::test]
async fn a_redeem_elsewhere_leaves_no_token() {
    let (world, phone) = world().await;
    let id = world.ciba(LOGIN).await;
    let challenge = crate::shown::read(&world.pending(&phone).await[0]).unwrap().jti;
    world.decide(&phone, Decision::Approve, Some("4711"), 1).await;
    world.post(&format!("/v1/challenges/{challenge}/redeem"), json!({})).await.expect(200);
    assert_eq!(error(&world.collect(&id).await), (400, "invalid_grant".into()));
}

#[tokio::test]
async fn polls_keep_the_interval() {
    let (world, phone) = world().await;
    let id = world.ciba(LOGIN).await;
    let pending = (400, "authorization_pending".to_owned());
    assert_eq!(error(&world.collect(&id).await), pending);
    world.advance(5);
    assert_eq!(error(&world.collect(&id).await), pending);
    world.advance(4);
    assert_eq!(error(&world.collect(&id).await), (400, "slow_down".into()));
    world.advance(5);
    assert_eq!(error(&world.collect(&id).await), (400, "slow_down".into()), "ten seconds from now on");
    world.advance(15);
    assert_eq!(error(&world.collect(&id).await), pending);
    world.decide(&phone, Decision::Approve, Some("4711"), 1).await;
    world.collect(&id).await.expect(200);
}

#[tokio::test]
async fn what_ended_otherwise_is_denied() {
    for decision in [Decision::Deny, Decision::Report] {
        let (world, phone) = world().await;
        let id = world.ciba(LOGIN).await;
        world.decide(&phone, decision, None, 1).await;
        assert_eq!(error(&world.collect(&id).await), (400, "access_denied".into()), "{decision:?}");
    }
    let (world, phone) = world().await;
    let id = world.ciba(LOGIN).await;
    let sent = world.pending(&phone).await.remove(0);
    let wrong = Answer { number: Some("4712".into()), ..phone.says(&sent, Decision::Approve, 1) };
    assert_eq!(world.answer(&phone, &wrong).await.refusal(), (409, "number_wrong".into()));
    assert_eq!(error(&world.collect(&id).await), (400, "access_denied".into()));
}

#[tokio::test]
async fn nothing_comes_after_its_time() {
    let (world, phone) = world().await;
    let id = world.ciba(LOGIN).await;
    world.advance(120);
    assert_eq!(error(&world.collect(&id).await), (400, "expired_token".into()));

    let late = world.ciba(LOGIN).await;
    world.decide(&phone, Decision::Approve, Some("4711"), 1).await;
    world.advance(300);
    assert_eq!(error(&world.collect(&late).await), (400, "expired_token".into()));
}

#[tokio::test]
async fn account_and_device_are_looked_at_again() {
    let (world, phone) = world().await;
    let id = world.ciba(LOGIN).await;
    world.decide(&phone, Decision::Approve, Some("4711"), 1).await;
    world.post("/v1/users/u-1/freeze", json!({ "reason": "lost" })).await.expect(200);
    assert_eq!(error(&world.collect(&id).await), (400, "access_denied".into()));
    world.post("/v1/users/u-1/unfreeze", json!({ "reason": "found" })).await.expect(200);
    world.call("DELETE", &format!("/v1/users/u-1/devices/{}", phone.device), Value::Null).await.expect(204);
    assert_eq!(error(&world.collect(&id).await), (400, "access_denied".into()));
}

#[tokio::test]
async fn anothers_request_is_as_unknown_as_none() {
    let (world, phone) = world().await;
    let id = world.ciba(LOGIN).await;
    world.decide(&phone, Decision::Approve, Some("4711"), 1).await;
    world.put_client(OpenidClient { id: "other".into(), ..portal() }).await;
    let as_other = |id: &str| {
        vec![
            ("grant_type", super::super::GRANT_TYPE.to_owned()),
            ("auth_req_id", id.to_owned()),
            ("client_id", "other".to_owned()),
            ("client_secret", SECRET.to_owned()),
        ]
    };
    let mut said = Vec::new();
    for id in [&id, "x"] {
        let parameters = as_other(id);
        let parameters: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let reply = world.form("/token", &parameters).await;
        assert_eq!(error(&reply), (400, "invalid_grant".into()));
        said.push(reply.json());
    }
    assert_eq!(said[0], said[1]);
    world.collect(&id).await.expect(200);
}

#[tokio::test]
async fn erasing_a_customer_ends_requests() {
    let (world, _) = world().await;
    let id = world
        .ciba(&with(
            LOGIN,
            &[("authorization_details", r#"[{"type":"inkan_operation","operation":"login"}]"#)],
        ))
        .await;
    let export = world.get("/v1/users/u-1/export").await.expect(200);
    assert!(!export.text().contains(&id));
    let export = export.json();
    let [request] = &export["openid_requests"].as_array().unwrap()[..] else { panic!("{export}") };
    assert_eq!(
        (&request["client"], &request["challenge"]),
        (&json!("portal"), &export["challenges"][0]["id"])
    );
    assert_eq!(request["authorization_details"][0]["operation"], "login");
    world.call("DELETE", "/v1/users/u-1", Value::Null).await.expect(204);
    assert_eq!(error(&world.collect(&id).await), (400, "invalid_grant".into()));
    let owner = World::owner(true, "u-1");
    assert_eq!(world.app.storage.read(move |tx| tx.ciba_requests_of(&owner)).await.unwrap(), []);
}

#[tokio::test]
async fn one_of_many_at_once_gets_the_token() {
    let (world, phone) = world().await;
    let id = world.ciba(LOGIN).await;
    world.decide(&phone, Decision::Approve, Some("4711"), 1).await;
    let replies = futures_util::future::join_all((0..32).map(|_| world.collect(&id))).await;
    let given = replies.iter().filter(|reply| reply.status == 200).count();
    assert_eq!(given, 1);
    for reply in replies.iter().filter(|reply| reply.status != 200) {
        assert_eq!(error(reply), (400, "invalid_grant".into()));
    }
}

#[tokio::test]
async fn test_users_answer_a_test_client_and_its_tokens_are_of_another_issuer() {
    let world = World::new().await;
    world.put_client(OpenidClient { live: false, ..portal() }).await;
    let id = world.ciba(&with(LOGIN, &[("login_hint", "test_approves")])).await;
    let tokens = world.collect(&id).await.expect(200).json();
    let token = tokens["id_token"].as_str().unwrap();
    assert_eq!(claims(token)["iss"], format!("{ISSUER}/test"));
    let unverified = || Unverified::<IdToken>::parse(token).unwrap();
    assert!(unverified().verify(&world.app.test_keys.listed()[0].key.jwk).is_ok());
    assert!(unverified().verify(&world.app.live_keys.listed()[0].key.jwk).is_err());
    for (user, expected) in [("test_denies", "access_denied"), ("test_reports", "access_denied")] {
        let id = world.ciba(&with(LOGIN, &[("login_hint", user)])).await;
        assert_eq!(error(&world.collect(&id).await), (400, expected.into()), "{user}");
    }
    let offline =
        world.ciba(&with(LOGIN, &[("login_hint", "test_offline"), ("requested_expiry", "1")])).await;
    assert_eq!(error(&world.collect(&offline).await), (400, "authorization_pending".into()));
    world.advance(1);
    assert_eq!(error(&world.collect(&offline).await), (400, "expired_token".into()));
}
