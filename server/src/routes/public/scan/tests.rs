use serde_json::{Value, json};

use crate::qr;
use crate::testing::World;
use crate::testing::approval::{login, with};

fn path(asked: &Value) -> String {
    asked["scan_url"].as_str().unwrap().strip_prefix("https://auth.example.jp").unwrap().to_owned()
}

#[tokio::test]
async fn the_code_is_that_of_the_moment_and_goes_with_the_challenge() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u").await;
    let asked = world.ask(with(login("u"), json!({ "start": "scan" }))).await;
    let first = world.get(&path(&asked)).await.expect(200);
    assert_eq!(first.headers["content-type"], "image/svg+xml");
    assert_eq!(first.headers["cache-control"], "no-store");
    assert_eq!(first.headers["access-control-allow-origin"], "*");
    assert_eq!(first.text(), qr::svg(&world.code(&asked, 0).await).unwrap());
    world.advance(5);
    let second = world.get(&path(&asked)).await.expect(200);
    assert_ne!(second.body, first.body);
    assert_eq!(first.text(), qr::svg(&world.code(&asked, 1).await).unwrap());

    phone.start(&world, &world.code(&asked, 0).await).await.expect(200);
    world.approve(&phone, &asked, 1).await.expect(200);
    assert_eq!(world.get(&path(&asked)).await.refusal(), (410, "gone".into()));
    assert_eq!(world.get("/scan/unknown").await.refusal(), (404, "not_found".into()));
}

#[tokio::test]
async fn an_expired_challenge_has_no_code() {
    let world = World::new().await;
    let _phone = world.active_phone(true, "u").await;
    let asked = world.ask(with(login("u"), json!({ "start": "scan" }))).await;
    world.advance(120);
    assert_eq!(world.get(&path(&asked)).await.refusal(), (410, "gone".into()));
}
