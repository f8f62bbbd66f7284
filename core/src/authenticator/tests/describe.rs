//! What the phone says of itself after an update, and what the server says beside the signed messages.

use std::time::Duration;

use inkan_protocol::{challenge::Start, details::Locale, device_api::DeviceChange};

use super::{
    server::Server,
    world::{Fault, NOW, World},
};
use crate::{
    account::AccountId,
    authenticator::Inbox,
    store::{RecordId, RecordKind, Store as _, Write},
};

fn changes(server: &Server) -> Vec<DeviceChange> {
    server.state.lock().unwrap().devices.values().flat_map(|device| device.changes.clone()).collect()
}

fn version(app_version: &str) -> DeviceChange {
    DeviceChange { app_version: Some(app_version.into()), ..DeviceChange::default() }
}

async fn look(world: &World) -> Inbox {
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert!(inbox.problems.is_empty(), "{:?}", inbox.problems);
    inbox
}

/// The account as it is kept, for a record that an earlier version wrote.
fn rewrite(world: &World, id: AccountId, change: impl Fn(&mut serde_json::Map<String, serde_json::Value>)) {
    let name = RecordId::new(RecordKind::Account, id.to_string());
    let kept = world.store.read(&name).unwrap().unwrap();
    let mut record: serde_json::Value = serde_json::from_slice(&kept).unwrap();
    change(record.as_object_mut().unwrap());
    world.store.commit(vec![Write::Put(name, serde_json::to_vec(&record).unwrap())]).unwrap();
}

#[tokio::test]
async fn an_update_is_told_once_and_only_what_changed() {
    let (mut world, id) = World::enrolled().await;
    look(&world).await;
    world.phone.refresh_account(id).await.unwrap();
    assert_eq!(changes(&world.server), [], "the enrollment has said it");
    world.update("0.2.0").await;
    look(&world).await;
    assert_eq!(changes(&world.server), [version("0.2.0")]);
    look(&world).await;
    world.phone.refresh_account(id).await.unwrap();
    world.update("0.2.0").await;
    look(&world).await;
    assert_eq!(changes(&world.server).len(), 1);
    // the other way to look tells it too
    world.update("0.3.0").await;
    world.phone.refresh_account(id).await.unwrap();
    assert_eq!(changes(&world.server), [version("0.2.0"), version("0.3.0")]);
}

#[tokio::test]
async fn each_server_is_told_by_itself() {
    let (mut world, _) = World::enrolled().await;
    world.enroll(&world.other).await;
    world.update("0.2.0").await;
    world.net.fault("/d/v1/challenges", Fault::RequestLost);
    assert_eq!(world.phone.inbox(Duration::ZERO).await.unwrap().problems.len(), 1);
    let told = [&world.server, &world.other].map(|server| changes(server).len());
    assert_eq!(told.iter().sum::<usize>(), 1, "whoever could not be asked is told later");
    look(&world).await;
    assert_eq!(
        [&world.server, &world.other].map(|server| changes(server)),
        [[version("0.2.0")], [version("0.2.0")]]
    );
}

#[tokio::test]
async fn another_language_is_told() {
    let (world, _) = World::enrolled().await;
    world.phone.set_locale(Locale::En);
    look(&world).await;
    let change = DeviceChange { locale: Some(Locale::En), ..DeviceChange::default() };
    assert_eq!(changes(&world.server), [change]);
}

#[tokio::test]
async fn what_gets_no_answer_is_told_again_and_takes_nothing_from_the_inbox() {
    for fault in [Fault::RequestLost, Fault::AnswerLost] {
        let (mut world, _) = World::enrolled().await;
        let challenge = world.server.ask(Start::None {}, None, None);
        world.update("0.2.0").await;
        world.net.fault("/d/v1/device", fault);
        assert_eq!(look(&world).await.requests[0].challenge, challenge);
        look(&world).await;
        let told = changes(&world.server);
        assert_eq!(told.last(), Some(&version("0.2.0")));
        look(&world).await;
        assert_eq!(changes(&world.server), told);
    }
}

#[tokio::test]
async fn a_server_that_knows_of_no_change_is_not_asked_again() {
    let (mut world, _) = World::enrolled().await;
    world.server.state.lock().unwrap().older = true;
    world.update("0.2.0").await;
    let patches =
        |world: &World| world.net.bodies("/d/v1/device").iter().filter(|body| !body.is_empty()).count();
    look(&world).await;
    look(&world).await;
    assert_eq!(patches(&world), 1);
    world.update("0.3.0").await;
    look(&world).await;
    assert_eq!(patches(&world), 2);
}

#[tokio::test]
async fn an_account_of_an_earlier_version_tells_all_of_it() {
    let (world, id) = World::enrolled().await;
    rewrite(&world, id, |record| {
        for name in ["told", "muted_until", "support_phone"] {
            assert!(record.remove(name).is_some(), "{name}");
        }
    });
    look(&world).await;
    let told = changes(&world.server).remove(0);
    assert_eq!((told.name, told.app_version.as_deref()), (None, Some("0.1.0")));
    assert_eq!((told.os.as_deref(), told.locale), (Some("Test 1"), Some(Locale::Ja)));
    assert_eq!(told.templates.unwrap().get("login"), Some(&1));
}

#[tokio::test]
async fn after_a_report_it_is_said_until_when_it_is_quiet_and_whom_to_call() {
    let (world, id) = World::enrolled().await;
    world.server.state.lock().unwrap().support_phone = Some("0120-123-456".into());
    world.phone.refresh_account(id).await.unwrap();
    let challenge = world.server.ask(Start::None {}, None, None);
    let account = || world.phone.accounts().unwrap().remove(0);
    assert_eq!((account().support_phone.as_deref(), account().muted_until), (Some("0120-123-456"), None));
    let outcome = world.phone.report(id, challenge).await.unwrap();
    assert_eq!(outcome.muted_until, Some(NOW + 1200));
    assert_eq!(account().muted_until, Some(NOW + 1200));
    // asked again it is the same outcome
    assert_eq!(world.phone.report(id, challenge).await.unwrap(), outcome);
    assert_eq!(world.phone.history(id).unwrap()[0].outcome, outcome);
    // the server says when it is over
    world.phone.refresh_account(id).await.unwrap();
    assert_eq!(account().muted_until, None);
}

#[tokio::test]
async fn a_number_that_cannot_be_dialled_is_not_shown() {
    let (world, id) = World::enrolled().await;
    for wrong in ["", "tel:0120", "0120;ext=1", "<b>", "\u{202e}0120123456"] {
        world.server.state.lock().unwrap().support_phone = Some(wrong.into());
        assert_eq!(world.phone.refresh_account(id).await.unwrap().support_phone, None, "{wrong}");
    }
}
