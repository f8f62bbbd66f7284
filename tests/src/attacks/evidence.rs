//! What can be checked later, by whom, and what a stolen key cannot make.

use std::slice::from_ref;

use inkan_protocol::evidence::{self, EvidenceError, PublishedHead};
use inkan_protocol::log::{BEFORE_FIRST, LogRow};
use inkan_server::routes::refusal::Refusal;
use inkan_server::storage::AuditRow;
use serde_json::json;

use crate::support::{Ask, Asked, Phone, World};

async fn spent(world: &World, phone: &Phone) -> Asked {
    let asked = world.broker.ask(&Ask::withdrawal("c-1")).await;
    phone.approve_number(&asked).await;
    world.broker.redeem(&asked, &json!({})).await.ok(200);
    asked
}

/// The head of the log now, with all rows that lead to it, as `inkan audit export` gives them.
async fn publish(world: &World) -> PublishedHead {
    let app = world.server.app();
    let rows: Vec<AuditRow> =
        app.storage.read(|tx| -> Result<_, Refusal> { Ok(tx.audit_rows(1, 10_000)?) }).await.unwrap();
    let head = rows.last().unwrap();
    PublishedHead {
        published_at: world.now(),
        row: head.row,
        hash: head.hash,
        before: BEFORE_FIRST,
        rows: rows
            .iter()
            .map(|row| LogRow { row: row.row, time: row.time, kind: row.kind.clone(), body: row.body })
            .collect(),
    }
}

#[tokio::test]
async fn row_35_evidence_says_whose_key_it_was_and_which_servers() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = spent(&world, &phone).await;
    let whole = world.broker.evidence(&asked).await;
    let identity = world.server.identity();
    let report = evidence::verify(&whole, identity, &[]).unwrap();
    assert_eq!(report.device, phone.accounts().unwrap()[0].device);
    assert_eq!(report.account, "山田 *郎 様（***1234）");
    assert_eq!(serde_json::to_value(&report.authentication).unwrap()["methods"], json!(["identity_proof"]));

    let mut without = whole.clone();
    without.key_sets.clear();
    assert!(matches!(evidence::verify(&without, identity, &[]), Err(EvidenceError::NoKeySet)));
    // the record of another device of the same server
    let other = world.phone("別の電話").await;
    world.enroll(&other, "c-2").await;
    let theirs = world.broker.ask(&Ask::login("c-2")).await;
    other.approve_number(&theirs).await;
    let mut swapped = whole.clone();
    swapped.enrollment_record = world.broker.evidence(&theirs).await.enrollment_record;
    assert!(evidence::verify(&swapped, identity, &[]).is_err());
    let mut reported = whole;
    reported.answer = world.broker.evidence(&theirs).await.answer;
    assert!(evidence::verify(&reported, identity, &[]).is_err());
}

#[tokio::test]
async fn row_36_a_phone_that_slept_through_every_rotation_wakes_up_and_works() {
    let (world, phone, _) = World::enrolled("c-1").await;
    for _ in 0..5 {
        world.server.app().live_keys.rotate(world.now()).unwrap();
        world.advance(80 * 24 * 3600);
    }
    let asked = spent(&world, &phone).await;
    evidence::verify(&world.broker.evidence(&asked).await, world.server.identity(), &[]).unwrap();
}

#[tokio::test]
async fn row_43_what_a_lost_key_signed_counts_under_a_head_published_before() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let before = spent(&world, &phone).await;
    world.advance(60);
    let head = publish(&world).await;
    world.advance(60);
    let after = spent(&world, &phone).await;
    let app = world.server.app();
    let lost = app.live_keys.listed()[0].key.kid;
    world.advance(60);
    app.live_keys.revoke(lost, world.now()).unwrap();
    let late = publish(&world).await;

    let identity = world.server.identity();
    let (old, new) = (world.broker.evidence(&before).await, world.broker.evidence(&after).await);
    let revoked =
        |outcome: Result<_, EvidenceError>| matches!(outcome, Err(EvidenceError::RevokedKey { .. }));
    assert!(revoked(evidence::verify(&old, identity, &[])), "whoever holds the key could have made it today");
    assert!(revoked(evidence::verify(&new, identity, from_ref(&head))), "its rows came after that head");
    assert!(revoked(evidence::verify(&old, identity, &[late])), "published after the key was lost");
    let report = evidence::verify(&old, identity, from_ref(&head)).unwrap();
    assert_eq!(report.published_at, Some(head.published_at));

    // the server goes on with another key, and the phone follows; what is older than the loss still needs the head
    let next = spent(&world, &phone).await;
    evidence::verify(&world.broker.evidence(&next).await, identity, &[head]).unwrap();
}
