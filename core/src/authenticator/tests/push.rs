//! The doorbell: keys that stay, an id that is not lost, and an inbox that nothing here holds up.

use std::time::Duration;

use inkan_protocol::{challenge::Start, push_hint::PushHint};

use super::world::{Fault, World};
use crate::{
    account::AccountId,
    error::{Error, ErrorKind, InputError},
    push::{PushError, PushPayload, WebPushKeys, tests::Sender},
    store::{RecordKind, Store as _},
};

fn hint(number: u8) -> PushHint {
    let id = |last: u8| format!("01890a5d-ac96-774b-bcce-b302099a{last:04x}").parse().unwrap();
    PushHint { v: 1, id: id(number), collapse: id(0xff) }
}

fn plain(number: u8) -> PushPayload {
    PushPayload::Plain(serde_json::to_vec(&hint(number)).unwrap())
}

fn web(keys: &WebPushKeys, number: u8) -> PushPayload {
    let text = serde_json::to_vec(&hint(number)).unwrap();
    PushPayload::WebPush(Sender::new().send(keys, &[text, vec![2]].concat()))
}

/// How often the servers were told of a push, and over a session or signed.
fn told(world: &World, number: u8) -> Vec<&'static str> {
    let sent = world.net.sent.lock().unwrap();
    let path = format!("/d/v1/device?push={}", hint(number).id);
    let told = sent.iter().filter(|request| request.url.ends_with(&path));
    told.map(|request| {
        let session = request.headers.iter().any(|(name, _)| name == "authorization");
        if session { "session" } else { "signed" }
    })
    .collect()
}

#[tokio::test]
async fn keys_are_made_once_and_stay_over_a_restart() {
    let mut world = World::new().await;
    let keys = world.phone.web_push_keys().unwrap();
    assert_eq!(world.phone.web_push_keys().unwrap(), keys);
    world.restart().await;
    assert_eq!(world.phone.web_push_keys().unwrap(), keys);
    assert_eq!(world.phone.push_received(None, &web(&keys, 1)).unwrap(), hint(1));
    // the private half is in the sealed store and nowhere else
    assert_eq!(world.store.list(RecordKind::Device).unwrap().len(), 1);
    // another installation has others
    let other = World::new().await;
    crate::ports::make_bytes::<1>(other.random.as_ref()).unwrap();
    assert_ne!(other.phone.web_push_keys().unwrap(), keys);
    let refused = other.phone.push_received(None, &web(&keys, 1)).unwrap_err();
    assert!(matches!(refused, Error::Push(PushError::DoesNotOpen)));
    assert_eq!(refused.kind(), ErrorKind::Untrusted);
}

#[tokio::test]
async fn without_keys_no_web_push_opens_and_a_full_store_makes_none() {
    let world = World::new().await;
    let refused = world.phone.push_received(None, &PushPayload::WebPush(vec![0; 200])).unwrap_err();
    assert!(matches!(refused, Error::Push(PushError::DoesNotOpen)));
    *world.store.full.lock().unwrap() = true;
    assert!(matches!(world.phone.web_push_keys(), Err(Error::Store(_))));
    *world.store.full.lock().unwrap() = false;
    assert!(world.phone.web_push_keys().is_ok());
}

#[tokio::test]
async fn a_push_is_read_without_a_word_to_anybody_and_told_afterwards() {
    let (world, id) = World::enrolled().await;
    let keys = world.phone.web_push_keys().unwrap();
    let before = world.net.sent.lock().unwrap().len();
    assert_eq!(world.phone.push_received(Some(id), &web(&keys, 1)).unwrap(), hint(1));
    assert_eq!(world.net.sent.lock().unwrap().len(), before);
    world.phone.push_arrived(hint(1).id).await.unwrap();
    assert_eq!(told(&world, 1), ["signed"]);
    // it is told once
    world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(told(&world, 1), ["signed"]);
}

#[tokio::test]
async fn an_id_that_could_not_be_told_is_told_by_a_later_look_also_after_a_restart() {
    let (mut world, _) = World::enrolled().await;
    *world.net.offline.lock().unwrap() = true;
    world.phone.push_received(None, &plain(1)).unwrap();
    assert_eq!(world.phone.push_arrived(hint(1).id).await.unwrap_err().kind(), ErrorKind::Offline);
    // this one came by another way, and was never read here
    assert_eq!(world.phone.push_arrived(hint(2).id).await.unwrap_err().kind(), ErrorKind::Offline);
    world.restart().await;
    assert_eq!(world.phone.inbox(Duration::ZERO).await.unwrap().problems.len(), 1);
    *world.net.offline.lock().unwrap() = false;
    let challenge = world.server.ask(Start::None {}, None, None);
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(inbox.requests[0].challenge, challenge);
    assert_eq!((told(&world, 1).pop(), told(&world, 2).pop()), (Some("session"), Some("session")));
    let so_far = (told(&world, 1), told(&world, 2));
    world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!((told(&world, 1), told(&world, 2)), so_far);
}

#[tokio::test]
async fn telling_that_fails_takes_nothing_from_the_inbox() {
    let (world, _) = World::enrolled().await;
    world.phone.push_received(None, &plain(1)).unwrap();
    world.net.fault("0001", Fault::RequestLost);
    let challenge = world.server.ask(Start::None {}, None, None);
    let inbox = world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(inbox.requests[0].challenge, challenge);
    assert!(inbox.problems.is_empty());
    world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(told(&world, 1), ["session", "session"]);
}

#[tokio::test]
async fn each_server_is_told_until_it_has_heard() {
    let (world, one) = World::enrolled().await;
    let two = world.enroll(&world.other).await;
    world.phone.push_received(None, &plain(1)).unwrap();
    world.net.fault("0001", Fault::AnswerLost);
    world.phone.push_arrived(hint(1).id).await.unwrap();
    assert_eq!(told(&world, 1), ["signed", "signed"]);
    world.phone.inbox(Duration::ZERO).await.unwrap();
    assert_eq!(told(&world, 1), ["signed", "signed", "session"]);
    // where the registration says whose it is, nobody else is told
    world.phone.push_received(Some(two), &plain(2)).unwrap();
    world.phone.push_arrived(hint(2).id).await.unwrap();
    assert_eq!(told(&world, 2), ["signed"]);
    world.phone.forget(one).await.unwrap();
    let gone = world.phone.push_received(Some(one), &plain(3));
    assert!(matches!(gone, Err(Error::Input(InputError::UnknownAccount))));
}

#[tokio::test]
async fn what_cannot_be_kept_is_read_nevertheless() {
    let (world, _) = World::enrolled().await;
    *world.store.full.lock().unwrap() = true;
    assert_eq!(world.phone.push_received(None, &plain(1)).unwrap(), hint(1));
}

#[tokio::test]
async fn of_many_untold_the_newest_are_kept() {
    let (world, _) = World::enrolled().await;
    for number in 1..=20 {
        world.phone.push_received(None, &plain(number)).unwrap();
        world.phone.push_received(None, &plain(number)).unwrap();
    }
    world.phone.inbox(Duration::ZERO).await.unwrap();
    let heard: Vec<u8> = (1..=20).filter(|number| !told(&world, *number).is_empty()).collect();
    assert_eq!(heard, [17, 18, 19, 20]);
}

#[tokio::test]
async fn the_servers_key_is_read_and_what_is_none_goes_to_no_push_service() {
    let (world, id) = World::enrolled().await;
    let set = |key: Option<&str>| world.server.state.lock().unwrap().web_push_key = key.map(str::to_owned);
    assert_eq!(world.phone.web_push_server_key(id).await.unwrap(), None);
    let key = world.phone.web_push_keys().unwrap().p256dh;
    set(Some(&key));
    assert_eq!(world.phone.web_push_server_key(id).await.unwrap(), Some(key.clone()));
    for wrong in
        ["", "!", key.strip_suffix(|_| true).unwrap(), &key.replacen('B', "C", 1), &format!("{key}=")]
    {
        set(Some(wrong));
        let refused = world.phone.web_push_server_key(id).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Untrusted, "{wrong}");
    }
    world.server.state.lock().unwrap().older = true;
    assert_eq!(world.phone.web_push_server_key(id).await.unwrap(), None, "it does not know the question");
    *world.net.offline.lock().unwrap() = true;
    assert_eq!(world.phone.web_push_server_key(id).await.unwrap_err().kind(), ErrorKind::Offline);
}

#[tokio::test]
async fn rubbish_has_a_stable_error() {
    let world = World::new().await;
    let read = |payload| match world.phone.push_received(None::<AccountId>, &payload) {
        Err(Error::Push(error)) => error.code(),
        other => panic!("{other:?}"),
    };
    assert_eq!(read(PushPayload::Plain(Vec::new())), "push_not_a_hint");
    assert_eq!(read(PushPayload::Plain(b"{\"v\":2}".to_vec())), "push_other_version");
    assert_eq!(read(PushPayload::Plain(vec![b'{'; 5000])), "push_too_large");
    world.phone.web_push_keys().unwrap();
    assert_eq!(read(PushPayload::WebPush(Vec::new())), "push_truncated");
    assert_eq!(read(PushPayload::WebPush(vec![0; 5000])), "push_too_large");
}
