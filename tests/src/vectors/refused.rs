//! Messages that every verifier refuses: the same faults for every kind, and those that only one kind can have.

use inkan_protocol::encoding::encode;
use serde_json::{Map, Value, json};

use super::Outcome;
use super::cast::Cast;

/// Order of P-256, to mirror an S.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc,
    0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Refused messages of one kind, in the making.
pub(super) struct Refused<'a> {
    key: Cast,
    typ: &'static str,
    header: &'a Map<String, Value>,
    payload: &'a Map<String, Value>,
    made: Vec<Value>,
}

impl<'a> Refused<'a> {
    /// Starts from a message that is in order.
    pub(super) fn new(
        key: Cast,
        typ: &'static str,
        header: &'a Map<String, Value>,
        payload: &'a Map<String, Value>,
    ) -> Self {
        Self { key, typ, header, payload, made: Vec::new() }
    }

    /// What was made.
    pub(super) fn into_made(self) -> Vec<Value> {
        self.made
    }

    /// A payload with one member set.
    pub(super) fn member(&mut self, reason: &str, member: &str, value: Value) -> Outcome<()> {
        let mut payload = self.payload.clone();
        payload.insert(member.to_owned(), value);
        self.payload(reason, &payload)
    }

    /// A payload with one member removed.
    pub(super) fn without(&mut self, member: &str) -> Outcome<()> {
        let mut payload = self.payload.clone();
        payload.remove(member);
        self.payload(&format!("{member} is missing"), &payload)
    }

    /// A payload with what stands at a JSON Pointer replaced.
    pub(super) fn at(&mut self, reason: &str, pointer: &str, value: Value) -> Outcome<()> {
        let mut payload = Value::Object(self.payload.clone());
        *payload.pointer_mut(pointer).ok_or("no such place")? = value;
        self.text(reason, &Value::Object(self.header.clone()).to_string(), &payload.to_string())
    }

    fn payload(&mut self, reason: &str, payload: &Map<String, Value>) -> Outcome<()> {
        let header = Value::Object(self.header.clone()).to_string();
        self.text(reason, &header, &Value::Object(payload.clone()).to_string())
    }

    fn header(&mut self, reason: &str, member: &str, value: Value) -> Outcome<()> {
        let mut header = self.header.clone();
        header.insert(member.to_owned(), value);
        self.text(
            reason,
            &Value::Object(header).to_string(),
            &Value::Object(self.payload.clone()).to_string(),
        )
    }

    fn text(&mut self, reason: &str, header: &str, payload: &str) -> Outcome<()> {
        let input = format!("{}.{}", encode(header), encode(payload));
        let signature = self.key.sign(input.as_bytes())?;
        self.push(reason, &format!("{input}.{}", encode(signature.0)));
        Ok(())
    }

    fn push(&mut self, reason: &str, compact: &str) {
        self.made.push(json!({
            "name": format!("{} {}", self.typ, self.made.len() + 1),
            "reason": reason,
            "key": self.key.name(),
            "compact": compact,
        }));
    }

    /// The faults that every kind can have.
    pub(super) fn common(&mut self) -> Outcome<()> {
        self.header("typ of another kind", "typ", json!("inkan-other+jwt"))?;
        self.header("typ in capitals", "typ", json!(self.typ.to_uppercase()))?;
        self.header("alg none", "alg", json!("none"))?;
        self.header("alg ES384", "alg", json!("ES384"))?;
        self.header("crit in the header", "crit", json!(["exp"]))?;
        self.header("an unknown header member", "x5u", json!("https://example.jp/key"))?;
        let other = if self.header.contains_key("kid") {
            ("jwk", json!(self.key.public()?))
        } else {
            ("kid", json!(self.key.public()?.thumbprint()))
        };
        self.header("kid and jwk together", other.0, other.1)?;
        self.text(
            "neither kid nor jwk",
            &json!({"alg": "ES256", "typ": self.typ}).to_string(),
            &Value::Object(self.payload.clone()).to_string(),
        )?;
        self.member("an unknown member", "more", json!(1))?;
        self.member("an unknown member that is null", "more", Value::Null)?;
        if self.payload.contains_key("iat") {
            self.member("iat as text", "iat", json!("1795583109"))?;
            self.member("iat of 2^53", "iat", json!(9_007_199_254_740_992_u64))?;
            self.member("iat negative", "iat", json!(-1))?;
            let payload = Value::Object(self.payload.clone()).to_string();
            let header = Value::Object(self.header.clone()).to_string();
            let iat = self.payload.get("iat").map(Value::to_string).unwrap_or_default();
            let with_point = payload.replacen(&format!("\"iat\":{iat}"), &format!("\"iat\":{iat}.0"), 1);
            self.text("iat with a decimal point", &header, &with_point)?;
        }
        self.without("aud")?;
        self.member("aud is empty", "aud", json!(""))?;
        self.twins()?;
        let values: Vec<Value> = self.payload.values().cloned().collect();
        let header = Value::Object(self.header.clone()).to_string();
        self.text("the payload is a list", &header, &Value::Array(values).to_string())?;
        self.signatures()
    }

    fn twins(&mut self) -> Outcome<()> {
        let header = Value::Object(self.header.clone()).to_string();
        let payload = Value::Object(self.payload.clone()).to_string();
        let aud = self.payload.get("aud").map(Value::to_string).unwrap_or_default();
        let twice = payload.replacen('{', &format!("{{\"aud\":{aud},"), 1);
        self.text("a member twice", &header, &twice)?;
        let twice = header.replacen('{', "{\"alg\":\"ES256\",", 1);
        self.text("a header member twice", &twice, &payload)
    }

    fn signatures(&mut self) -> Outcome<()> {
        let header = Value::Object(self.header.clone()).to_string();
        let payload = Value::Object(self.payload.clone()).to_string();
        let input = format!("{}.{}", encode(header), encode(payload));
        let good = self.key.sign(input.as_bytes())?;
        self.push("S is high", &format!("{input}.{}", encode(mirrored(good.0))));
        let der = self.key.sign_raw(input.as_bytes())?.to_der();
        self.push("the signature is in DER", &format!("{input}.{}", encode(der.as_bytes())));
        self.push("base64url with padding", &format!("{input}.{}==", encode(good.0)));
        self.push("a fourth part", &format!("{input}.{}.", encode(good.0)));
        self.push("no signature", &format!("{input}."));
        let foreign = Cast::Stranger.sign(input.as_bytes())?;
        self.push("signed by another key than the header names", &format!("{input}.{}", encode(foreign.0)));
        let earlier = self.key.sign(b"something else")?;
        self.push("the signature is over something else", &format!("{input}.{}", encode(earlier.0)));
        Ok(())
    }
}

/// R with the order less S: as valid a signature, and refused.
fn mirrored(signature: [u8; 64]) -> [u8; 64] {
    let (r, s) = signature.split_at(32);
    let mut out = r.to_vec();
    let mut borrow = 0_i16;
    let mut high: Vec<u8> = ORDER
        .iter()
        .zip(s)
        .rev()
        .map(|(order, digit)| {
            let difference = i16::from(*order) - i16::from(*digit) - borrow;
            borrow = i16::from(difference < 0);
            u8::try_from(difference.rem_euclid(256)).unwrap_or_default()
        })
        .collect();
    high.reverse();
    out.extend(high);
    out.try_into().unwrap_or(signature)
}
