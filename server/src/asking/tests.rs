//! Ways to ask that the API does not have.

use inkan_protocol::answer::{Answer, Decision};
use inkan_protocol::challenge::{Challenge as Message, Start as Shown};
use serde_json::json;

use super::*;
use crate::policy::binding_message::{self, BindingMessage};
use crate::testing::{Phone, World};

fn question(user: &str, tie: Tie, details: Vec<Detail>) -> Question {
    Question {
        owner: World::owner(true, user),
        operation: Operation::Login,
        details,
        origin: Origin { client: "Tests".into(), place: None, ip: None },
        network: None,
        session: Some(Digest::of(b"one")),
        reasons: Vec::new(),
        tie,
        return_url: None,
        minimum_tier: Tier::None,
        reference: None,
        locale: Locale::Ja,
        seconds: 120,
        device: None,
    }
}

async fn ask_in(world: &World, question: Question) -> Result<Asked, Refusal> {
    let app = world.app.clone();
    world.app.storage.write(move |tx| ask(tx, &app, question)).await
}

async fn sent(world: &World, phone: &Phone, asked: &Asked) -> String {
    world.sent(phone, &json!({ "id": asked.id.to_string() })).await
}

#[tokio::test]
async fn a_given_number_is_typed_and_travels_nowhere() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u-1").await;
    let number = || GivenNumber::parse("0042").unwrap();
    let asked = ask_in(&world, question("u-1", Tie::Given(number()), vec![])).await.unwrap();
    assert!(asked.secrets.number.is_none(), "whoever asked knows it");
    let jws = sent(&world, &phone, &asked).await;
    let message: Message = crate::shown::read(&jws).unwrap();
    assert_eq!(message.start, Shown::Number { digits: 4 });
    assert!(!serde_json::to_string(&message).unwrap().contains("0042"));
    let kept = world.app.storage.read(move |tx| tx.challenge(asked.id)).await.unwrap().unwrap();
    assert!(!serde_json::to_string(&kept).unwrap().contains("0042"), "sealed");

    let answer = Answer { number: Some("0042".into()), ..phone.says(&jws, Decision::Approve, 1) };
    world.answer(&phone, &answer).await.expect(200);

    let asked = ask_in(&world, question("u-1", Tie::Given(number()), vec![])).await.unwrap();
    let jws = sent(&world, &phone, &asked).await;
    let answer = Answer { number: Some("0043".into()), ..phone.says(&jws, Decision::Approve, 2) };
    assert_eq!(world.answer(&phone, &answer).await.refusal(), (409, "number_wrong".into()));
}

#[tokio::test]
async fn a_text_that_is_only_shown_is_signed_and_stays_below_the_floors() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u-1").await;
    let text = || match binding_message::read("K-42 青い鳥", Locale::Ja) {
        Ok(BindingMessage::Shown(detail)) => detail,
        _ => panic!("a text"),
    };
    let below = Question { minimum_tier: Tier::Number, ..question("u-1", Tie::None, vec![text()]) };
    assert_eq!(ask_in(&world, below).await.err().map(|refused| refused.code), Some("tier_too_low"));

    let asked = ask_in(&world, question("u-1", Tie::None, vec![text()])).await.unwrap();
    let jws = sent(&world, &phone, &asked).await;
    let message: Message = crate::shown::read(&jws).unwrap();
    assert_eq!(message.start, Shown::None {});
    let lines = inkan_protocol::display::render(&message.shown(), Locale::En).unwrap();
    assert!(lines.text().contains("K-42 青い鳥"), "{}", lines.text());
    world.answer(&phone, &phone.says(&jws, Decision::Approve, 1)).await.expect(200);
    let path = format!("/v1/challenges/{}/redeem", asked.id);
    assert_eq!(world.post(&path, json!({})).await.expect(200).json()["tier"], "none");
}

#[tokio::test]
async fn prompts_with_nothing_to_type_are_held_back_like_numbers() {
    let world = World::new().await;
    let phone = world.active_phone(true, "u-1").await;
    for _ in 0..3 {
        let asked = ask_in(&world, question("u-1", Tie::None, vec![])).await.unwrap();
        let jws = sent(&world, &phone, &asked).await;
        world
            .answer(&phone, &phone.says(&jws, Decision::Deny, world.now() - crate::testing::START + 1))
            .await
            .expect(200);
        world.advance(1);
    }
    let refused = ask_in(&world, question("u-1", Tie::None, vec![])).await.err().unwrap();
    assert_eq!((refused.code, refused.retry_after.is_some()), ("too_many_prompts", true));
}
