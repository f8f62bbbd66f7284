use super::*;
use crate::jws::{Draft, KeyReference, Unverified};
use crate::testing::{Key, challenge, server};
use serde_json::{Value, json};

fn raw(typ: &str, payload: &Value) -> String {
    crate::testing::Key::number(1).name_raw(typ, payload.to_string().as_bytes())
}

fn take(payload: &Value) -> Result<Challenge, JwsError> {
    let compact = raw(Challenge::TYP, payload);
    Ok(Unverified::<Challenge>::parse(&compact)?.verify(&Key::number(1).public())?.into_payload())
}

/// A challenge with a detail of each type that has an inner shape.
fn rich() -> Value {
    let mut value = serde_json::to_value(challenge()).unwrap();
    let details = value["details"].as_array_mut().unwrap();
    details.push(json!({"type": "price", "kind": "limit", "value": "1", "currency": "JPY"}));
    details.push(json!({"type": "side", "value": "buy"}));
    value
}

/// Every object in the payload, as a JSON Pointer.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            for (name, inner) in members {
                objects(inner, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (place, inner) in items.iter().enumerate() {
                objects(inner, &format!("{at}/{place}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn an_unknown_member_is_refused_at_every_depth() {
    let good = rich();
    assert!(take(&good).is_ok(), "{:?}", take(&good));
    let mut places = Vec::new();
    objects(&good, "", &mut places);
    assert!(places.len() >= 8, "{places:?}");
    for place in places {
        let mut wrong = good.clone();
        wrong.pointer_mut(&place).unwrap()["more"] = json!(1);
        assert!(matches!(take(&wrong), Err(JwsError::Payload(_))), "at {place:?}");
        let mut null = good.clone();
        null.pointer_mut(&place).unwrap()["more"] = Value::Null;
        assert!(take(&null).is_err(), "null at {place:?}");
        // An object's values as a list, in the order in which a derive would take them.
        let mut list = good.clone();
        let object = list.pointer_mut(&place).unwrap();
        *object = object.as_object().unwrap().values().cloned().collect::<Vec<_>>().into();
        assert!(take(&list).is_err(), "a list at {place:?}");
    }
}

#[test]
fn modes_without_members_take_none() {
    for start in [
        json!({"mode": "number", "digits": 6, "more": 1}),
        json!({"mode": "number"}),
        json!({"mode": "scan", "digits": 6}),
        json!({"mode": "link", "more": 1}),
        json!({"mode": "none", "more": 1}),
        json!({"mode": "tap"}),
        json!({"digits": 6}),
        json!(["number", 6]),
        json!("scan"),
    ] {
        let mut wrong = rich();
        wrong["start"] = start.clone();
        assert!(take(&wrong).is_err(), "{start}");
    }
    for start in [json!({"mode": "scan"}), json!({"mode": "link"}), json!({"mode": "none"})] {
        let mut right = rich();
        right["start"] = start.clone();
        assert!(take(&right).is_ok(), "{start}");
    }
}

#[test]
fn details_take_their_own_members_alone() {
    for detail in [
        json!({"type": "price", "kind": "market", "value": "1"}),
        json!({"type": "price", "kind": "market", "more": 1}),
        json!({"type": "price", "kind": "limit", "value": "1"}),
        json!({"type": "price", "value": "1", "currency": "JPY"}),
        json!({"type": "price", "kind": "limit", "value": "1", "currency": "JPY", "more": 1}),
        json!({"type": "quantity", "value": "1", "unit": "株"}),
        json!({"type": "quantity", "value": 1}),
        json!({"type": "security", "code": "1", "name": "a", "market": null}),
        json!({"type": "account", "label": "a"}),
        json!({"type": "poem", "value": "a"}),
        json!({"value": "a"}),
        json!(["quantity", "1"]),
    ] {
        let mut wrong = rich();
        wrong["details"] = json!([wrong["details"][0], wrong["details"][1], detail]);
        assert!(take(&wrong).is_err(), "{detail}");
    }
}

#[test]
fn integers_end_below_two_to_the_53() {
    let mut wrong = rich();
    wrong["exp"] = json!(1_u64 << 53);
    assert!(take(&wrong).is_err());
    let kid = KeyReference::Kid(Key::number(1).public().thumbprint());
    let late = Challenge { exp: 1 << 53, ..challenge() };
    assert!(matches!(Draft::new(kid, &late), Err(JwsError::Payload(_))));
}

#[test]
fn reasons_are_eight_at_most_and_each_once() {
    let with = |reasons: &[Reason]| Challenge { reasons: reasons.to_vec(), ..challenge() }.check();
    assert!(with(&Reason::ALL[..8]).is_ok());
    assert!(with(&Reason::ALL[..9]).is_err());
    assert!(with(&[Reason::HighAmount, Reason::NewPayee, Reason::HighAmount]).is_err());
}

#[test]
fn an_origin_can_be_shown() {
    let with = |origin: Origin| Challenge { origin, ..challenge() }.check().is_ok();
    let origin = |client: &str, place: Option<&str>, ip: Option<&str>| Origin {
        client: client.into(),
        place: place.map(Into::into),
        ip: ip.map(Into::into),
    };
    assert!(with(origin("不明", None, None)));
    assert!(with(origin("a", Some("b"), Some("2001:db8::1"))));
    assert!(!with(origin("", None, None)));
    assert!(!with(origin("a\tb", None, None)));
    assert!(!with(origin("a", Some("\u{202e}b"), None)));
    for ip in ["2001:DB8::1", "2001:db8:0:0::1", "203.0.113.024", "203.0.113.24 ", "example.jp", ""] {
        assert!(!with(origin("a", None, Some(ip))), "{ip}");
    }
}

#[test]
fn what_cannot_be_shown_is_not_made_but_can_be_read() {
    let kid = KeyReference::Kid(Key::number(1).public().thumbprint());
    let far = Challenge { zone: "Asia/Edo".into(), ..challenge() };
    assert!(Draft::new(kid, &far).is_err());
    assert!(take(&serde_json::to_value(&far).unwrap()).is_ok());
    let newer = Challenge { display: Template { template: "withdrawal".into(), version: 2 }, ..challenge() };
    assert!(Draft::new(kid, &newer).is_err());
    assert!(take(&serde_json::to_value(&newer).unwrap()).is_ok());
}

#[test]
fn a_return_address_is_https_and_bare() {
    for right in [
        "https://broker.example/return",
        "https://broker.example/?a=b",
        "http://localhost:8080/r",
        "http://127.0.0.1/",
    ] {
        assert!(is_return_url(right), "{right}");
    }
    for wrong in [
        "http://broker.example/return",
        "https://broker.example/#",
        "https://broker.example/#a",
        "https://user@broker.example/",
        "https://broker.example/a b",
        "javascript:alert(1)",
        "/return",
        "",
    ] {
        assert!(!is_return_url(wrong), "{wrong}");
    }
    let with = |start| Challenge { start, return_url: Some("https://broker.example/".into()), ..challenge() };
    assert!(with(Start::Link {}).check().is_ok());
    assert!(with(Start::Scan {}).check().is_err());
}

#[test]
fn a_request_names_this_server() {
    let request = |htm: &str, htu: &str| DeviceRequest {
        iss: challenge().aud,
        aud: server(),
        iat: 1,
        jti: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        htm: htm.into(),
        htu: htu.into(),
        bh: Digest::of(b""),
    };
    assert!(request("GET", "https://auth.example.jp/d/v1/device?wait=25").check().is_ok());
    for (htm, htu) in [
        ("get", "https://auth.example.jp/d/v1/device"),
        ("", "https://auth.example.jp/d/v1/device"),
        ("GET", "https://auth.example.jp.other/d/v1/device"),
        ("GET", "/d/v1/device"),
    ] {
        assert!(request(htm, htu).check().is_err(), "{htm} {htu}");
    }
}
