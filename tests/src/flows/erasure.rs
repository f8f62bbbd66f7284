//! What is known of a customer is given out when asked for, and goes when it is to go.

use inkan_core::error::ErrorKind;
use inkan_server::audit;
use serde_json::json;

use crate::support::{Ask, World};

#[tokio::test]
async fn an_export_holds_what_is_kept() {
    let (world, phone, _) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-1")).await;
    phone.approve_number(&asked).await;
    let export = world.broker.get("/v1/users/c-1/export").await.ok(200);
    assert_eq!(export["devices"][0]["name"], "わたしの電話");
    assert_eq!(export["challenges"][0]["id"], asked.all["id"]);
    assert_eq!(export["records"].as_array().unwrap().len(), 1);
    let text = export.to_string();
    assert!(!text.contains(asked.number()) && !text.contains(&asked.watch_token));
    world.broker.get("/v1/users/c-2/export").await.refused(404, "not_found");
}

#[tokio::test]
async fn what_is_erased_is_gone_from_the_files_too_and_the_log_still_holds() {
    let (world, phone, account) = World::enrolled("c-1").await;
    let asked = world.broker.ask(&Ask::withdrawal("c-1").with("reference", "W-77-personal")).await;
    phone.approve_number(&asked).await;
    world.broker.redeem(&asked, &json!({ "reference": "W-77-personal" })).await.ok(200);
    let personal = ["山田 *郎", "わたしの電話", "W-77-personal", "203.0.113.24", "みほん銀行"];
    let kept = |what: &str| contains(&world.server.store_bytes(), what.as_bytes());
    assert!(kept(personal[1]) && kept(personal[2]), "the control: before, it is there");
    let head = audit::head(&world.server.app().storage).await.unwrap().unwrap();

    world.broker.delete("/v1/users/c-1").await.ok(204);
    world.broker.get("/v1/users/c-1").await.refused(404, "not_found");
    world.broker.get(&format!("/v1/challenges/{}", asked.id)).await.refused(404, "not_found");
    world.broker.try_ask(&Ask::login("c-1")).await.refused(404, "no_device");
    assert_eq!(phone.refresh_account(account).await.unwrap_err().kind(), ErrorKind::NotRecognised);

    for what in personal {
        assert!(!kept(what), "{what}");
    }
    world.server.restart().await;
    assert!(!personal.iter().any(|what| kept(what)));
    let mut stands = false;
    audit::verify(&world.server.app().storage, |row| stands |= row.hash == head.hash).await.unwrap();
    assert!(stands, "its rows hold hashes alone, so the chain stands");
    world.enroll(&phone, "c-1").await;
}

fn contains(hay: &[u8], needle: &[u8]) -> bool {
    hay.windows(needle.len()).any(|window| window == needle)
}
