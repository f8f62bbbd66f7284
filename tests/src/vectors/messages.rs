//! One file a message kind: messages in order, and messages to refuse with the reason.

use std::collections::BTreeMap;

use inkan_protocol::answer::{Answer, Decision, DenyReason};
use inkan_protocol::challenge::{Challenge, DeviceRequest, LinkToken, ScanSecret, Start, StartProof, Tier};
use inkan_protocol::details::Locale;
use inkan_protocol::encoding::{decode, encode};
use inkan_protocol::enrollment::{
    Attestation, AttestationStatement, DeviceDescription, Enroll, EnrollmentAnswer, KeyStatement, Policy,
    Push, PushProvider, RelyingParty,
};
use inkan_protocol::ids::{Digest, NumericDate};
use inkan_protocol::jws::{Message, Unverified};
use inkan_protocol::keys::{IdentityChange, KeySet, Pin, RevokedKey, SigningKey};
use inkan_protocol::log::LogHead;
use inkan_protocol::receipt::{KeyKind, LogReference, Receipt, Verdict};
use inkan_protocol::renewal::Renew;
use serde_json::{Map, Value, json};

use super::Outcome;
use super::cast::{self, Cast, DECIDED, ENROLLED, REDEEMED};
use super::refused::Refused;

/// Every file by its name.
pub(super) fn files() -> Outcome<BTreeMap<String, Value>> {
    let mut files = BTreeMap::new();
    for (name, value) in [
        ("keys", keys()?),
        ("identity", identity()?),
        ("enroll", enroll_file()?),
        ("approval-key", approval_key()?),
        ("enrollment", enrollment()?),
        ("device", device()?),
        ("challenge", challenge()?),
        ("request", request()?),
        ("start", start()?),
        ("answer", answer()?),
        ("renew", renew_file()?),
        ("receipt", receipt()?),
        ("verdict", verdict()?),
        ("log-head", log_head()?),
    ] {
        files.insert(name.to_owned(), value);
    }
    Ok(files)
}

/// A file in the making.
struct File {
    typ: &'static str,
    about: &'static str,
    valid: Vec<Value>,
    refused: Vec<Value>,
}

impl File {
    fn new<M: Message>(about: &'static str) -> Self {
        Self { typ: M::TYP, about, valid: Vec::new(), refused: Vec::new() }
    }

    fn named<M: Message>(&mut self, name: &str, key: Cast, message: &M) -> Outcome<()> {
        self.push::<M>(name, key, &key.named(message)?)
    }

    fn introduced<M: Message>(&mut self, name: &str, key: Cast, message: &M) -> Outcome<()> {
        self.push::<M>(name, key, &key.introduced(message)?)
    }

    fn push<M: Message>(&mut self, name: &str, key: Cast, compact: &str) -> Outcome<()> {
        let signing = Unverified::<M>::parse(compact)?.signing_hash();
        let (header, payload) = parts(compact)?;
        self.valid.push(json!({
            "name": name,
            "key": key.name(),
            "header": header,
            "payload": payload,
            "compact": compact,
            "hash": cast::hash(compact),
            "signing_hash": signing,
        }));
        Ok(())
    }

    /// Faults made from the first message in order.
    fn refuse(&mut self, key: Cast, own: impl FnOnce(&mut Refused<'_>) -> Outcome<()>) -> Outcome<()> {
        let first = self.valid.first().ok_or("no message in order")?;
        let object = |name: &str| first.get(name).and_then(Value::as_object).ok_or("no such part");
        let mut refused = Refused::new(key, self.typ, object("header")?, object("payload")?);
        refused.common()?;
        own(&mut refused)?;
        self.refused.extend(refused.into_made());
        Ok(())
    }

    fn finish(self) -> Value {
        json!({ "typ": self.typ, "about": self.about, "valid": self.valid, "invalid": self.refused })
    }
}

fn parts(compact: &str) -> Outcome<(Map<String, Value>, Map<String, Value>)> {
    let mut parts = compact.split('.');
    let mut next = || -> Outcome<Map<String, Value>> {
        Ok(serde_json::from_slice(&decode(parts.next().ok_or("too few parts")?)?)?)
    };
    Ok((next()?, next()?))
}

pub(super) fn key_set(version: u64) -> Outcome<KeySet> {
    let jwk = Cast::Signing.public()?;
    Ok(KeySet {
        iss: cast::server()?,
        aud: cast::server()?,
        iat: ENROLLED - 3600,
        version,
        keys: vec![SigningKey {
            kid: jwk.thumbprint(),
            jwk,
            not_before: ENROLLED - 3600,
            not_after: ENROLLED - 3600 + 90 * 24 * 3600,
        }],
        pins: vec![],
        revoked: vec![],
        endorsement: None,
    })
}

fn identity_change() -> Outcome<IdentityChange> {
    Ok(IdentityChange {
        iss: cast::server()?,
        aud: cast::server()?,
        iat: ENROLLED + 100,
        from: Cast::Identity.public()?.thumbprint(),
        to: Cast::NextIdentity.public()?.thumbprint(),
    })
}

fn keys() -> Outcome<Value> {
    let mut file = File::new::<KeySet>("By the identity key, which the header introduces as jwk.");
    file.introduced("the first set", Cast::Identity, &key_set(1)?)?;
    let full = KeySet {
        pins: vec![Pin { spki: Digest([0x41; 32]), not_after: ENROLLED + 1_000_000 }],
        revoked: vec![RevokedKey { kid: Cast::Stranger.public()?.thumbprint(), at: ENROLLED }],
        endorsement: Some(Cast::Identity.introduced(&identity_change()?)?),
        ..key_set(2)?
    };
    file.introduced("a set with every member, by the next identity", Cast::NextIdentity, &full)?;
    file.refuse(Cast::Identity, |refused| {
        refused.at("a kid that is not its key's thumbprint", "/keys/0/kid", json!(Digest([1; 32])))?;
        refused.at("a life of more than 90 days", "/keys/0/not_after", json!(ENROLLED + 91 * 24 * 3600))?;
        refused.at("an end before the beginning", "/keys/0/not_after", json!(ENROLLED - 3600))?;
        refused.at("a point that is not on the curve", "/keys/0/jwk/y", json!(encode([1; 32])))?;
        refused.at("another curve", "/keys/0/jwk/crv", json!("P-384"))?;
        refused.member("no key", "keys", json!([]))?;
        refused.member("version 0", "version", json!(0))?;
        refused.member("an empty list that should be absent", "revoked", json!([]))?;
        refused.member("aud is not iss", "aud", json!("https://other.example.jp"))?;
        refused.member("iss with a slash", "iss", json!("https://auth.example.jp/"))?;
        refused.member("iss with the default port", "iss", json!("https://auth.example.jp:443"))
    })?;
    Ok(file.finish())
}

fn identity() -> Outcome<Value> {
    let mut file =
        File::new::<IdentityChange>("By the old identity key, as jwk; the endorsement of a key set.");
    file.introduced("the next identity", Cast::Identity, &identity_change()?)?;
    file.refuse(Cast::Identity, |refused| {
        refused.member("a thumbprint that is too short", "to", json!("AAAA"))
    })?;
    Ok(file.finish())
}

pub(super) fn enroll() -> Outcome<Enroll> {
    let (server, ticket) = (cast::server()?, cast::reveal().ticket());
    let possession = Cast::Possession.public()?.thumbprint();
    let approval = Cast::Approval.public()?.thumbprint();
    let statement = KeyStatement::of_enrollment(&server, ticket, possession, approval);
    Ok(Enroll {
        iss: possession,
        aud: server.clone(),
        iat: ENROLLED - 60,
        ticket,
        proof: cast::secret().derive_proof(&server, ticket, possession, approval),
        approval_key: Cast::Approval.public()?,
        approval_signature: Cast::Approval.introduced(&statement)?,
        device: DeviceDescription {
            name: "わたしのスマートフォン".into(),
            model: "Pixel 9".into(),
            os: "Android 16".into(),
            app_version: "1.0.0".into(),
            locale: Locale::Ja,
            version: 1,
            templates: [("login".to_owned(), 1), ("withdrawal".to_owned(), 1)].into(),
        },
        push: None,
        attestation: None,
    })
}

fn enroll_file() -> Outcome<Value> {
    let mut file = File::new::<Enroll>("By the possession key, which the header introduces as jwk.");
    file.introduced("without push and attestation", Cast::Possession, &enroll()?)?;
    let statement =
        |byte: u8| AttestationStatement { format: "android-key".into(), statement: encode([byte; 40]) };
    let full = Enroll {
        push: Some(Push {
            provider: PushProvider::Webpush,
            token: "https://push.example/endpoint/1".into(),
            p256dh: Some(encode([4; 65])),
            auth: Some(encode([5; 16])),
        }),
        attestation: Some(Attestation { possession: statement(1), approval: statement(2) }),
        ..enroll()?
    };
    file.introduced("with every member", Cast::Possession, &full)?;
    file.refuse(Cast::Possession, |refused| {
        refused.at("a private member in a JWK", "/approval_key/crv", json!({"d": "AA"}))?;
        refused.at("a name with a control character", "/device/name", json!("a\u{7}b"))?;
        refused.at("a name of 65 characters", "/device/name", json!("a".repeat(65)))?;
        refused.at("a template of version 0", "/device/templates", json!({"login": 0}))?;
        refused.member(
            "keys of Web Push with another provider",
            "push",
            json!({"provider": "fcm", "token": "t", "auth": "AA"}),
        )?;
        refused.member(
            "an unknown member of push",
            "push",
            json!({"provider": "fcm", "token": "t", "topic": "t"}),
        )?;
        refused.member("push is null", "push", Value::Null)
    })?;
    Ok(file.finish())
}

fn approval_key() -> Outcome<Value> {
    let mut file = File::new::<KeyStatement>(
        "By the key that makes the statement, as jwk. In an enrollment by the approval key: iss is its thumbprint, \
         ticket the ticket. In a renewal by each of the two new keys: iss is the device id, ticket the renewal's jti.",
    );
    let server = cast::server()?;
    let possession = Cast::Possession.public()?.thumbprint();
    let approval = Cast::Approval.public()?.thumbprint();
    let enrolling = KeyStatement::of_enrollment(&server, cast::reveal().ticket(), possession, approval);
    file.introduced("in an enrollment", Cast::Approval, &enrolling)?;
    let renewing = renewal_statement()?;
    file.introduced("in a renewal, by the possession key", Cast::NewPossession, &renewing)?;
    file.introduced("in a renewal, by the approval key", Cast::NewApproval, &renewing)?;
    file.refuse(Cast::Approval, |refused| {
        refused.member("an iat, which this kind has not", "iat", json!(ENROLLED))
    })?;
    Ok(file.finish())
}

fn renewal_statement() -> Outcome<KeyStatement> {
    Ok(KeyStatement::of_renewal(
        &cast::server()?,
        cast::device()?,
        cast::message_id(1)?,
        Cast::NewPossession.public()?.thumbprint(),
        Cast::NewApproval.public()?.thumbprint(),
    ))
}

fn enrollment() -> Outcome<Value> {
    let mut file =
        File::new::<EnrollmentAnswer>("By a signing key, as kid; aud is the possession key's thumbprint.");
    let message = EnrollmentAnswer {
        iss: cast::server()?,
        aud: Cast::Possession.public()?.thumbprint(),
        iat: ENROLLED - 59,
        device: cast::device()?,
        enroll_hash: cast::hash(&Cast::Possession.introduced(&enroll()?)?),
        reveal: cast::reveal(),
        display_name: "口座番号 ***1234".into(),
        relying_party: RelyingParty { id: "mihon".into(), name: "みほん証券".into() },
        policy: Policy {},
    };
    file.named("the answer to the enroll message of enroll.json", Cast::Signing, &message)?;
    file.refuse(Cast::Signing, |refused| {
        refused.member("a policy that this version does not know", "policy", json!({"pin": true}))?;
        refused.member("policy is a list", "policy", json!([]))?;
        refused.member("markup in a name", "display_name", json!("<b>***1234</b>"))
    })?;
    Ok(file.finish())
}

fn device() -> Outcome<Value> {
    let mut file = File::new::<inkan_protocol::enrollment::DeviceRecord>("By a signing key, as kid.");
    file.named("the record of an enrollment", Cast::Signing, &cast::record()?)?;
    file.refuse(Cast::Signing, |refused| {
        refused.member("aud is not the device", "aud", json!(cast::subject()?))?;
        refused.member("one key for both purposes", "approval_key", json!(Cast::Possession.public()?))?;
        refused.member("a user with a space", "user", json!("c 0123"))?;
        refused.at("a method twice", "/authentication/methods", json!(["password", "password"]))?;
        refused.at("an unknown method", "/authentication/methods", json!(["telephone"]))
    })?;
    Ok(file.finish())
}

fn challenge() -> Outcome<Value> {
    let mut file = File::new::<Challenge>("By a signing key, as kid.");
    file.named("a withdrawal, mode number", Cast::Signing, &cast::challenge()?)?;
    file.named(
        "the same, mode scan",
        Cast::Signing,
        &Challenge { start: Start::Scan {}, ..cast::challenge()? },
    )?;
    file.named(
        "the same, mode link",
        Cast::Signing,
        &Challenge { start: Start::Link {}, ..cast::challenge()? },
    )?;
    file.named("the same, to be returned", Cast::Signing, &cast::returned_challenge()?)?;
    file.named(
        "the same, mode none",
        Cast::Signing,
        &Challenge { start: Start::None {}, ..cast::challenge()? },
    )?;
    file.refuse(Cast::Signing, |refused| {
        refused.member("exp is not after iat", "exp", json!(cast::ASKED))?;
        refused.member("number without digits", "start", json!({"mode": "number"}))?;
        refused.member("one digit", "start", json!({"mode": "number", "digits": 1}))?;
        refused.member("nine digits", "start", json!({"mode": "number", "digits": 9}))?;
        refused.member("digits in mode scan", "start", json!({"mode": "scan", "digits": 6}))?;
        refused.member("an unknown member in mode link", "start", json!({"mode": "link", "more": 1}))?;
        refused.member("an unknown mode", "start", json!({"mode": "tap"}))?;
        refused.member("a mode as a list", "start", json!(["scan"]))?;
        refused.member("a return address without link", "return_url", json!("https://broker.example/"))?;
        refused.member("a reason twice", "reasons", json!(["high_amount", "high_amount"]))?;
        refused.member("an unknown reason", "reasons", json!(["bad_weather"]))?;
        refused.member(
            "a detail that is needed is missing",
            "details",
            json!([{"type": "amount", "value": "1", "currency": "JPY"}]),
        )?;
        refused.at(
            "a type twice",
            "/details/2",
            json!({"type": "amount", "value": "1", "currency": "JPY"}),
        )?;
        refused.at("an unknown type", "/details/2", json!({"type": "poem", "value": "a"}))?;
        refused.at(
            "an unknown member of a detail",
            "/details/0",
            json!({"type": "amount", "value": "1", "currency": "JPY", "unit": "yen"}),
        )?;
        refused.at(
            "members of a limit in a market price",
            "/details/2",
            json!({"type": "price", "kind": "market", "value": "1"}),
        )?;
        refused.at("an amount with decimals that yen have not", "/details/0/value", json!("1250000.5"))?;
        refused.at("an amount of zero", "/details/0/value", json!("0"))?;
        refused.at("an amount with a leading zero", "/details/0/value", json!("01"))?;
        refused.at("an amount as a number", "/details/0/value", json!(1_250_000))?;
        refused.at("an unknown currency", "/details/0/currency", json!("XXX"))?;
        refused.at("text with a bidirectional control", "/details/2/value", json!("a\u{202e}b"))?;
        refused.at("text that is not NFC", "/details/2/value", json!("か\u{3099}"))?;
        refused.at("a link in a text", "/details/2/value", json!("www.example.jp"))?;
        refused.at(
            "a free label that is one of ours",
            "/details/2",
            json!({"type": "text", "label": "金額", "value": "¥1"}),
        )?;
        refused.at("an address that is not canonical", "/origin/ip", json!("203.0.113.024"))?;
        refused.at("a nonce of 31 bytes", "/nonce", json!(encode([1; 31])))
    })?;
    Ok(file.finish())
}

fn request() -> Outcome<Value> {
    let mut file = File::new::<DeviceRequest>("By the possession key, as kid; in the header Inkan-Request.");
    let message = |htm: &str, path: &str, body: &[u8]| -> Outcome<DeviceRequest> {
        Ok(DeviceRequest {
            iss: cast::device()?,
            aud: cast::server()?,
            iat: DECIDED,
            jti: cast::message_id(2)?,
            htm: htm.into(),
            htu: format!("{}{path}", cast::server()?),
            bh: Digest::of(body),
        })
    };
    file.named("a long poll", Cast::Possession, &message("GET", "/d/v1/challenges?wait=25", b"")?)?;
    file.named(
        "a body of {\"name\":\"iPhone\"}",
        Cast::Possession,
        &message("PATCH", "/d/v1/device", b"{\"name\":\"iPhone\"}")?,
    )?;
    file.refuse(Cast::Possession, |refused| {
        refused.member("a method in lower case", "htm", json!("get"))?;
        refused.member("another server", "htu", json!("https://other.example.jp/d/v1/device"))?;
        refused.member("a path without server", "htu", json!("/d/v1/device"))
    })?;
    Ok(file.finish())
}

fn start() -> Outcome<Value> {
    let mut file = File::new::<StartProof>("By the possession key, as kid.");
    let challenge = cast::challenge_id()?;
    let step = DECIDED / 5;
    let scanned = StartProof {
        iss: cast::device()?,
        aud: cast::server()?,
        iat: DECIDED,
        jti: cast::message_id(3)?,
        challenge,
        step: Some(step),
        mac: Some(ScanSecret::new([0x38; 32]).derive_mac(challenge, step)),
        token: None,
    };
    file.named("scanned", Cast::Possession, &scanned)?;
    let opened = StartProof { step: None, mac: None, token: Some(LinkToken::new([0x39; 32])), ..scanned };
    file.named("opened by a link", Cast::Possession, &opened)?;
    file.refuse(Cast::Possession, |refused| {
        refused.without("mac")?;
        refused.without("step")?;
        refused.member("step, mac and token", "token", json!(encode([1; 32])))?;
        refused.member("a MAC of 32 bytes", "mac", json!(encode([1; 32])))?;
        refused.member("a step as text", "step", json!("359116630"))
    })?;
    Ok(file.finish())
}

fn answer() -> Outcome<Value> {
    let mut file =
        File::new::<Answer>("Approve by the approval key, deny and report by the possession key, as kid.");
    let asked = cast::challenge()?;
    let compact = Cast::Signing.named(&asked)?;
    let say = |decision, locale| cast::answer(&asked, &compact, decision, locale);
    file.named("approve with the number", Cast::Approval, &say(Decision::Approve, Locale::Ja)?)?;
    file.named("the same, shown in English", Cast::Approval, &say(Decision::Approve, Locale::En)?)?;
    file.named("deny", Cast::Possession, &say(Decision::Deny, Locale::Ja)?)?;
    let with_reason = Answer { reason: Some(DenyReason::ChangedMind), ..say(Decision::Deny, Locale::Ja)? };
    file.named("deny with a reason", Cast::Possession, &with_reason)?;
    file.named("report", Cast::Possession, &say(Decision::Report, Locale::Ja)?)?;
    let returned = cast::returned_challenge()?;
    let returned_compact = Cast::Signing.named(&returned)?;
    let said = cast::answer(&returned, &returned_compact, Decision::Approve, Locale::Ja)?;
    file.named("approve, to be returned", Cast::Approval, &said)?;
    let bare = Answer { uv: None, ..said };
    file.named("approve without uv", Cast::Approval, &bare)?;
    file.refuse(Cast::Approval, |refused| {
        refused.member("a reason with approve", "reason", json!("other"))?;
        refused.member("a number with deny", "decision", json!("deny"))?;
        refused.member("a decision that is none", "decision", json!("later"))?;
        refused.member("counter 0", "counter", json!(0))?;
        refused.member("counter of 2^53", "counter", json!(9_007_199_254_740_992_u64))?;
        refused.member("a language that is none of ours", "locale", json!("fr"))?;
        refused.member(
            "a hash that is not canonical base64url",
            "challenge_hash",
            json!(format!("{}B", "A".repeat(42))),
        )?;
        refused.member("an id in capitals", "challenge", json!("019AA5B6-3C00-7000-8000-000000000002"))
    })?;
    Ok(file.finish())
}

pub(super) fn renew(iat: NumericDate) -> Outcome<Renew> {
    let statement = renewal_statement()?;
    Ok(Renew {
        iss: cast::device()?,
        aud: cast::server()?,
        iat,
        jti: cast::message_id(1)?,
        possession_key: Cast::NewPossession.public()?,
        possession_signature: Cast::NewPossession.introduced(&statement)?,
        approval_key: Cast::NewApproval.public()?,
        approval_signature: Cast::NewApproval.introduced(&statement)?,
        attestation: None,
    })
}

fn renew_file() -> Outcome<Value> {
    let mut file = File::new::<Renew>("By the old approval key, as kid.");
    file.named("new keys", Cast::Approval, &renew(ENROLLED + 500_000)?)?;
    file.refuse(Cast::Approval, |refused| refused.without("possession_signature"))?;
    Ok(file.finish())
}

fn receipt() -> Outcome<Value> {
    let mut file = File::new::<Receipt>("By a signing key, as kid.");
    let asked = cast::challenge()?;
    let said = cast::answer(&asked, &Cast::Signing.named(&asked)?, Decision::Approve, Locale::Ja)?;
    let made = receipt_of(&said, &Cast::Approval.named(&said)?)?;
    file.named("of an approval", Cast::Signing, &made)?;
    file.refuse(Cast::Signing, |refused| {
        refused.at("log row 0", "/log/row", json!(0))?;
        refused.at("a decision that is none", "/decision", json!("failed"))
    })?;
    Ok(file.finish())
}

fn log_head() -> Outcome<Value> {
    let mut file = File::new::<LogHead>("By a signing key, as kid.");
    let LogReference { row, hash } = cast::log_reference();
    let (iss, aud) = (cast::server()?, cast::server()?);
    file.named("a head", Cast::Signing, &LogHead { iss, aud, iat: DECIDED + 3600, row, hash })?;
    file.refuse(Cast::Signing, |refused| {
        refused.at("row 0", "/row", json!(0))?;
        refused.at("for somebody else", "/aud", json!("https://other.example.jp"))
    })?;
    Ok(file.finish())
}

pub(super) fn receipt_of(answer: &Answer, compact: &str) -> Outcome<Receipt> {
    Ok(Receipt {
        iss: cast::server()?,
        aud: answer.iss,
        iat: DECIDED,
        jti: cast::message_id(4)?,
        challenge: answer.challenge,
        challenge_hash: answer.challenge_hash,
        display_hash: answer.display_hash,
        answer_hash: cast::hash(compact),
        decision: answer.decision,
        decided_at: DECIDED,
        log: cast::log_reference(),
    })
}

pub(super) fn verdict_of(
    asked: &Challenge,
    answer: &Answer,
    receipt: &Receipt,
    receipt_compact: &str,
    tier: Tier,
) -> Outcome<Verdict> {
    let record = cast::record()?;
    Ok(Verdict {
        iss: cast::server()?,
        aud: "mihon".into(),
        iat: REDEEMED,
        challenge: asked.jti,
        user: record.user,
        sub: asked.sub,
        operation: asked.operation,
        details: asked.details.clone(),
        reference: Some("W-2026-0042".into()),
        device: Some(asked.aud),
        tier,
        key_kind: KeyKind::from(record.attestation),
        attestation: Some(record.attestation),
        uv: answer.uv,
        created_at: asked.iat,
        decided_at: receipt.decided_at,
        redeemed_at: REDEEMED,
        challenge_hash: receipt.challenge_hash,
        display_hash: receipt.display_hash,
        answer_hash: receipt.answer_hash,
        receipt_hash: cast::hash(receipt_compact),
    })
}

fn verdict() -> Outcome<Value> {
    let mut file = File::new::<Verdict>("By a signing key, as kid; aud is the relying party's id.");
    let asked = cast::challenge()?;
    let said = cast::answer(&asked, &Cast::Signing.named(&asked)?, Decision::Approve, Locale::Ja)?;
    let receipt = receipt_of(&said, &Cast::Approval.named(&said)?)?;
    let full = verdict_of(&asked, &said, &receipt, &Cast::Signing.named(&receipt)?, Tier::Number)?;
    file.named("with every member", Cast::Signing, &full)?;
    let bare = Verdict { reference: None, uv: None, attestation: None, ..full.clone() };
    file.named("with no optional member but the device", Cast::Signing, &bare)?;
    let test = Verdict { device: None, key_kind: KeyKind::Test, ..bare };
    file.named("of a test user", Cast::Signing, &test)?;
    file.refuse(Cast::Signing, |refused| {
        refused.without("device")?;
        refused.member("an unknown tier", "tier", json!("passkey"))?;
        refused.member("a reference that is null", "reference", Value::Null)?;
        refused.member("details that the operation does not allow", "details", json!([]))
    })?;
    Ok(file.finish())
}
