//! Keys and tokens that are taken, and those that are not. Signatures are made here by other hands than those that
//! verify: p256 for ECDSA, OpenSSL for RSA (`rsa.json`).

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::json;

use super::*;

fn key(byte: u8) -> SigningKey {
    SigningKey::from_slice(&[byte; 32]).unwrap()
}

fn jwk(key: &SigningKey, kid: Option<&str>) -> Value {
    let point = key.verifying_key().to_sec1_point(false);
    let mut jwk = json!({ "kty": "EC", "crv": "P-256", "x": encode(point.x().unwrap()), "y": encode(point.y().unwrap()) });
    if let Some(kid) = kid {
        jwk["kid"] = kid.into();
    }
    jwk
}

fn keys(keys: &[Value]) -> Vec<VerifyingKey> {
    read_keys(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

fn sign(key: &SigningKey, header: &Value, claims: &str, high: bool) -> String {
    let input = format!("{}.{}", encode(header.to_string()), encode(claims));
    let signature: Signature = key.sign(input.as_bytes());
    let low = signature.normalize_s();
    let signature = if high {
        let (r, s) = low.split_scalars();
        Signature::from_scalars(*r, -*s).unwrap()
    } else {
        low
    };
    format!("{input}.{}", encode(signature.to_bytes()))
}

fn read(compact: &str, keys: &[VerifyingKey]) -> Result<Value, JoseError> {
    verify(compact, keys, &[Algorithm::Es256])
}

#[test]
fn a_token_of_a_known_key_is_read_with_either_s() {
    let mine = key(7);
    let known = keys(&[jwk(&key(8), Some("a")), jwk(&mine, Some("b"))]);
    let header = json!({ "alg": "ES256", "kid": "b", "typ": "JWT" });
    for high in [false, true] {
        let token = sign(&mine, &header, r#"{"iss":"x"}"#, high);
        assert_eq!(read(&token, &known).unwrap()["iss"], "x", "{high}");
    }
    let without = sign(&mine, &json!({ "alg": "ES256" }), "{}", false);
    assert!(read(&without, &known).is_ok(), "no kid: any of them");
}

#[test]
fn what_is_not_signed_as_it_should_be_is_refused() {
    let (mine, other) = (key(7), key(8));
    let known = keys(&[jwk(&mine, Some("a"))]);
    let header = json!({ "alg": "ES256", "kid": "a" });
    let right = sign(&mine, &header, "{}", false);
    assert!(read(&right, &known).is_ok(), "control");
    assert_eq!(read(&sign(&other, &header, "{}", false), &known), Err(JoseError::Signature));
    assert_eq!(
        read(&sign(&mine, &json!({ "alg": "ES256", "kid": "z" }), "{}", false), &known),
        Err(JoseError::Signature)
    );
    assert_eq!(verify::<Value>(&right, &known, &[Algorithm::Ps256]), Err(JoseError::Algorithm));
    for alg in ["none", "HS256", "es256", "ES384"] {
        let token = sign(&mine, &json!({ "alg": alg, "kid": "a" }), "{}", false);
        assert_eq!(read(&token, &known), Err(JoseError::Algorithm), "{alg}");
    }
    for more in ["crit", "jku", "x5u", "jwk", "b64"] {
        let mut header = header.clone();
        header[more] = json!(["exp"]);
        assert_eq!(
            read(&sign(&mine, &header, "{}", false), &known),
            Err(JoseError::Malformed("header")),
            "{more}"
        );
    }
    let twice = sign(&mine, &header, r#"{"iss":"a","iss":"b"}"#, false);
    assert_eq!(read(&twice, &known), Err(JoseError::Malformed("claims")));
    for broken in ["", "a.b", &right.replace('.', ""), &format!("{right}="), &format!("{right}.x")] {
        assert!(read(broken, &known).is_err(), "{broken}");
    }
}

#[test]
fn rsa_signatures_of_another_library_verify_by_the_algorithm_that_made_them() {
    let made: Value = serde_json::from_str(include_str!("rsa.json")).unwrap();
    let known = keys(&[made["jwk"].clone()]);
    for (algorithm, other) in [(Algorithm::Rs256, Algorithm::Ps256), (Algorithm::Ps256, Algorithm::Rs256)] {
        let token = made[algorithm.as_str()].as_str().unwrap();
        let claims: Value = verify(token, &known, &[algorithm]).unwrap();
        assert_eq!(claims["iss"], "node");
        let refused = verify::<Value>(token, &known, &[Algorithm::Es256, other]);
        assert_eq!(refused, Err(JoseError::Algorithm));
        let (input, signature) = token.rsplit_once('.').unwrap();
        let mut broken = decode(signature).unwrap();
        broken[9] ^= 1;
        let broken = format!("{input}.{}", encode(broken));
        assert_eq!(verify::<Value>(&broken, &known, &[algorithm]), Err(JoseError::Signature));
    }
}

#[test]
fn a_key_set_is_read_without_what_cannot_verify_and_never_with_a_private_key() {
    let mine = jwk(&key(7), Some("a"));
    let others = [
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA" }),
        json!({ "kty": "EC", "crv": "P-384", "x": "AA", "y": "AA" }),
        json!({ "kty": "RSA", "use": "enc", "n": "AQ", "e": "AQAB" }),
    ];
    assert_eq!(keys(&[&others[..], std::slice::from_ref(&mine)].concat()), keys(std::slice::from_ref(&mine)));
    let mut private = mine.clone();
    private["d"] = "AQ".into();
    let mut short = mine;
    short["x"] = "AQ".into();
    for wrong in [
        json!({ "keys": [private] }),
        json!({ "keys": [short] }),
        json!({ "keys": [{ "kty": "RSA", "n": encode([1; 128]), "e": "AQAB" }] }),
        json!({ "keys": others }),
        json!({ "keys": [] }),
        json!([]),
    ] {
        assert!(matches!(read_keys(wrong.to_string().as_bytes()), Err(JoseError::KeySet(_))), "{wrong}");
    }
}

#[test]
fn an_audience_is_one_or_several() {
    let one: Audience = serde_json::from_value(json!("a")).unwrap();
    let several: Audience = serde_json::from_value(json!(["b", "a"])).unwrap();
    assert!(one.names(&["a"]) && several.names(&["x", "a"]));
    assert!(!one.names(&["b"]) && !several.names(&["c"]) && !several.names(&[]));
}

#[test]
fn a_key_is_used_with_the_algorithm_that_its_owner_names() {
    let mine = key(7);
    let named = |alg: &str| {
        let mut jwk = jwk(&mine, Some("a"));
        jwk["alg"] = alg.into();
        jwk
    };
    let token = sign(&mine, &json!({ "alg": "ES256", "kid": "a" }), "{}", false);
    assert!(read(&token, &keys(&[named("ES256")])).is_ok());
    assert_eq!(read(&token, &keys(&[named("PS256")])), Err(JoseError::Signature));
    let set = json!({ "keys": [named("ES384")] }).to_string();
    assert!(matches!(read_keys(set.as_bytes()), Err(JoseError::KeySet(_))), "nothing of it can be used");
    let kept = serde_json::to_string(&keys(&[named("ES256")])).unwrap();
    assert_eq!(serde_json::from_str::<Vec<VerifyingKey>>(&kept).unwrap(), keys(&[named("ES256")]));
}

#[test]
fn one_odd_key_takes_nothing_away_from_a_published_set() {
    let mut private = jwk(&key(9), Some("private"));
    private["d"] = "x".into();
    let odd = [
        json!({ "kty": "EC", "crv": "P-256", "x": "!", "y": 1 }),
        json!({ "kty": "RSA", "n": encode([1; 64]), "e": "AQAB", "kid": "short" }),
        json!({ "kty": "OKP", "crv": "Ed25519", "x": "AA" }),
        private,
        jwk(&key(7), Some("good")),
    ];
    let set = json!({ "keys": odd }).to_string();
    assert!(read_keys(set.as_bytes()).is_err(), "a registered one is looked at more closely");
    let read = read_published_keys(set.as_bytes()).unwrap();
    assert_eq!(read.iter().map(VerifyingKey::kid).collect::<Vec<_>>(), [Some("good")]);
    assert!(read_published_keys(b"{}").is_err());
}

#[test]
fn what_a_token_says_of_itself_is_read_unverified() {
    let header = json!({ "alg": "RS256", "kid": "a", "typ": "JWT" });
    let token = format!("{}.{}.AA", encode(header.to_string()), encode(r#"{"iss":"x"}"#));
    let said = peek(&token).unwrap();
    assert_eq!((said.alg.as_str(), said.kid.as_deref()), ("RS256", Some("a")));
    assert_eq!((said.typ.as_deref(), said.iss.as_deref()), (Some("JWT"), Some("x")));
    let twice = format!("{}.{}.AA", encode(header.to_string()), encode(r#"{"iss":"x","iss":"y"}"#));
    for wrong in [twice.as_str(), "", "a.b", "a.b.c"] {
        assert!(peek(wrong).is_err(), "{wrong}");
    }
}
