use super::*;
use crate::ids::NumericDate;
use crate::testing::Key;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Greeting {
    iat: NumericDate,
    text: String,
}

impl Message for Greeting {
    const TYP: &'static str = "greeting+jwt";
    const MAX_SIZE: usize = 1024;
}

fn greeting() -> Greeting {
    Greeting { iat: 1, text: "hello".into() }
}

fn raw(header: &str, payload: &str) -> String {
    let input = format!("{}.{}", encode(header), encode(payload));
    let signature = Key::number(1).sign(input.as_bytes());
    format!("{input}.{}", encode(signature.0))
}

fn take(compact: &str) -> Result<Verified<Greeting>, JwsError> {
    Unverified::parse(compact)?.verify(&Key::number(1).public())
}

#[test]
fn what_was_signed_is_read_back() {
    let compact = Key::number(1).name(&greeting());
    let taken = take(&compact).unwrap();
    assert_eq!(taken.payload(), &greeting());
    assert_eq!(taken.hash(), Digest::of(compact.as_bytes()));
    assert_eq!(taken.signing_hash(), Digest::of(compact.rsplit_once('.').unwrap().0.as_bytes()));
}

#[test]
fn a_header_holds_alg_typ_and_one_key_and_nothing_else() {
    let kid = Key::number(1).public().thumbprint();
    let payload = r#"{"iat":1,"text":"hello"}"#;
    assert!(take(&raw(&format!(r#"{{"kid":"{kid}","typ":"greeting+jwt","alg":"ES256"}}"#), payload)).is_ok());
    for header in [
        format!(r#"{{"alg":"none","typ":"greeting+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES384","typ":"greeting+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","typ":"Greeting+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","typ":"application/greeting+jwt","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","typ":"greeting+jwt","kid":"{kid}","crit":["exp"]}}"#),
        format!(r#"{{"alg":"ES256","typ":"greeting+jwt","kid":"{kid}","jku":"https://example.jp"}}"#),
        format!(r#"{{"alg":"ES256","typ":"greeting+jwt","kid":"{kid}","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"ES256","typ":"greeting+jwt","kid":"{kid}","jwk":null}}"#),
        r#"{"alg":"ES256","typ":"greeting+jwt"}"#.to_owned(),
        "{}".to_owned(),
        "[]".to_owned(),
    ] {
        assert!(take(&raw(&header, payload)).is_err(), "{header}");
    }
}

#[test]
fn a_payload_holds_its_members_once_and_no_other() {
    let header =
        format!(r#"{{"alg":"ES256","typ":"greeting+jwt","kid":"{}"}}"#, Key::number(1).public().thumbprint());
    for payload in [
        r#"{"iat":1,"text":"a","text":"b"}"#,
        r#"{"iat":1,"text":"a","more":1}"#,
        r#"{"iat":1.0,"text":"a"}"#,
        r#"{"iat":-1,"text":"a"}"#,
        r#"{"iat":1,"text":null}"#,
        r#"{"iat":1}"#,
        r#"{"iat":"1","text":"a"}"#,
        "",
    ] {
        assert!(matches!(take(&raw(&header, payload)), Err(JwsError::Payload(_))), "{payload}");
    }
}

#[test]
fn another_key_another_text_or_another_spelling_is_refused() {
    let compact = Key::number(1).name(&greeting());
    assert!(Unverified::<Greeting>::parse(&compact).unwrap().verify(&Key::number(2).public()).is_err());
    for wrong in [
        format!("{compact}="),
        format!("{compact}."),
        format!(".{compact}"),
        format!("{compact}\n"),
        compact.replacen('.', "..", 1),
        String::new(),
        "..".to_owned(),
    ] {
        assert!(take(&wrong).is_err(), "{wrong:?}");
    }
    for place in 0..compact.len() {
        let mut changed = compact.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        assert!(take(std::str::from_utf8(&changed).unwrap()).is_err(), "changed at {place}");
    }
}

#[test]
fn size_is_bounded_when_written_and_when_read() {
    let long = Greeting { iat: 1, text: "x".repeat(1024) };
    let kid = KeyReference::Kid(Key::number(1).public().thumbprint());
    assert_eq!(Draft::new(kid, &long).unwrap_err(), JwsError::TooLarge);
    assert_eq!(Unverified::<Greeting>::parse(&"x".repeat(1025)).err(), Some(JwsError::TooLarge));
}
