//! Properties of every message and link: what is written is read back as it was, and nothing that is read surprises.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use crate::answer::{Answer, Decision, DenyReason, UserVerification};
use crate::challenge::{
    Challenge, ChallengeLink, DeviceRequest, LinkToken, ScanSecret, Start, StartProof, Tier,
};
use crate::details::{Detail, Locale, Operation, Origin, Price, Reason, Side};
use crate::display::Template;
use crate::enrollment::{
    Attestation, AttestationResult, AttestationStatement, Authentication, AuthenticationMethod,
    DeviceDescription, DeviceRecord, Enroll, EnrollmentAnswer, EnrollmentSecret, EnrollmentUri, KeyStatement,
    Policy, Push, PushProvider, RelyingParty, TypedCode,
};
use crate::ids::{
    ChallengeId, DeviceId, Digest, MessageId, Nonce, NumericDate, Reveal, ServerName, Subject, Thumbprint,
};
use crate::json::MAX_INTEGER;
use crate::jws::{Message, Unverified};
use crate::keys::{IdentityChange, KeySet, MAX_KEY_LIFE, Pin, RevokedKey, SigningKey};
use crate::receipt::{KeyKind, LogReference, Receipt, Verdict};
use crate::renewal::Renew;
use crate::testing::{Key, server};

/// Signs, reads back under both kinds of header, and compares.
fn comes_back<M: Message + PartialEq + std::fmt::Debug>(message: &M) -> Result<(), TestCaseError> {
    let key = Key::number(1);
    let named = key.name(message);
    let read = Unverified::<M>::parse(&named).unwrap().verify(&key.public()).unwrap();
    prop_assert_eq!(read.payload(), message);
    prop_assert_eq!(read.compact(), &named);
    let introduced = Unverified::<M>::parse(&key.introduce(message)).unwrap().verify_introduced().unwrap();
    prop_assert_eq!(introduced.payload(), message);
    prop_assert!(Unverified::<M>::parse(&named).unwrap().verify(&Key::number(2).public()).is_err());
    Ok(())
}

fn words(most: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[a-zA-Z0-9 ・銀行（）ー&'\"\\\\/]{{1,{most}}}"))
        .unwrap()
        .prop_filter("as text allows", move |text| crate::text::check(text, most).is_ok())
}

fn integer() -> impl Strategy<Value = u64> {
    prop_oneof![0..=MAX_INTEGER, Just(0), Just(MAX_INTEGER)]
}

/// A time that can be shown.
fn time() -> impl Strategy<Value = NumericDate> {
    0..253_402_207_200_u64
}

fn bytes() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

fn id() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

/// 255 is left out everywhere: 32 such bytes are above the order of the curve.
fn key() -> impl Strategy<Value = Key> {
    (1_u8..255).prop_map(Key::number)
}

fn one_of<T: Copy + std::fmt::Debug + 'static>(choices: &'static [T]) -> impl Strategy<Value = T> {
    (0..choices.len()).prop_map(|place| choices[place])
}

fn locale() -> impl Strategy<Value = Locale> {
    one_of(&[Locale::Ja, Locale::En])
}

fn details() -> impl Strategy<Value = Vec<Detail>> {
    let optional = || proptest::option::of(words(64));
    (
        words(64),
        words(64),
        optional(),
        words(64),
        words(64),
        optional(),
        proptest::option::of(any::<bool>()),
        time(),
    )
        .prop_map(|(one, two, market, masked, bank, branch, new, moment)| {
            vec![
                Detail::Amount { value: "1250.05".into(), currency: "USD".into() },
                Detail::Security { code: one.clone(), name: two.clone(), market },
                Detail::Quantity { value: "0.00000001".into() },
                Detail::Price(Price::Limit { value: "2950.1234".into(), currency: "JPY".into() }),
                Detail::Side { value: Side::Sell },
                Detail::Account { label: one.clone(), masked: masked.clone() },
                Detail::BankAccount {
                    bank,
                    branch,
                    kind: one.clone(),
                    masked: masked.clone(),
                    new,
                    id: two.clone(),
                },
                Detail::Change { what: one, from_masked: two.clone(), to_masked: masked },
                Detail::DateTime { value: moment },
                Detail::Reference { value: two.clone() },
                Detail::Text { label: "メモ".into(), value: two },
            ]
        })
        .prop_shuffle()
}

fn challenge() -> impl Strategy<Value = Challenge> {
    let who = (id(), id(), id(), words(64), words(64), bytes());
    let origin =
        (words(64), proptest::option::of(words(64)), proptest::option::of(any::<std::net::IpAddr>()));
    let start = prop_oneof![
        (2_u8..=8).prop_map(|digits| Start::Number { digits }),
        Just(Start::Scan {}),
        Just(Start::Link {}),
        Just(Start::None {}),
    ];
    let reasons = proptest::sample::subsequence(Reason::ALL.to_vec(), 0..=8).prop_shuffle();
    let operation = one_of(&Operation::ALL);
    (who, origin, start, reasons, operation, details(), locale(), time(), 1_u64..1000).prop_map(
        |(who, (client, place, ip), start, reasons, operation, details, locale, iat, life)| Challenge {
            iss: server(),
            aud: DeviceId(who.0),
            jti: ChallengeId(who.1),
            sub: Subject(who.2),
            iat,
            exp: iat + life,
            relying_party: who.3,
            account: who.4,
            operation,
            details,
            origin: Origin { client, place, ip: ip.map(|ip| ip.to_string()) },
            reasons,
            start,
            return_url: (start == Start::Link {}).then(|| "https://broker.example/r?a=b".into()),
            zone: "Asia/Tokyo".into(),
            locale,
            display: Template::newest(operation),
            nonce: Nonce(who.5),
        },
    )
}

fn answer() -> impl Strategy<Value = Answer> {
    let decision = one_of(&[Decision::Approve, Decision::Deny, Decision::Report]);
    let extras = (
        proptest::option::of("[0-9]{1,8}"),
        proptest::option::of(one_of(&[UserVerification::Biometric, UserVerification::DeviceCredential])),
        proptest::option::of(bytes()),
        proptest::option::of(one_of(&[DenyReason::ChangedMind, DenyReason::Other])),
    );
    (id(), id(), bytes(), bytes(), decision, extras, locale(), integer(), 1..=MAX_INTEGER).prop_map(
        |(device, challenge, one, two, decision, (number, uv, hash, reason), locale, iat, counter)| {
            let approve = decision == Decision::Approve;
            Answer {
                iss: DeviceId(device),
                aud: server(),
                iat,
                challenge: ChallengeId(challenge),
                challenge_hash: Digest(one),
                display_hash: Digest(two),
                locale,
                decision,
                reason: reason.filter(|_| decision == Decision::Deny),
                number: number.filter(|_| approve),
                uv: uv.filter(|_| approve),
                return_hash: hash.map(Digest).filter(|_| approve),
                counter,
            }
        },
    )
}

fn attestation() -> impl Strategy<Value = Option<Attestation>> {
    let statement =
        ("[a-z-]{1,64}", proptest::collection::vec(any::<u8>(), 1..300)).prop_map(|(format, statement)| {
            AttestationStatement { format, statement: crate::encoding::encode(statement) }
        });
    proptest::option::of(
        (statement.clone(), statement)
            .prop_map(|(possession, approval)| Attestation { possession, approval }),
    )
}

fn push() -> impl Strategy<Value = Option<Push>> {
    let provider = one_of(&[PushProvider::Apns, PushProvider::Fcm, PushProvider::Webpush]);
    proptest::option::of((provider, "[!-~]{1,300}", "[!-~]{1,128}").prop_map(|(provider, token, secret)| {
        let secret = (provider == PushProvider::Webpush).then_some(secret);
        Push { provider, token, p256dh: secret.clone(), auth: secret }
    }))
}

fn enroll() -> impl Strategy<Value = Enroll> {
    let templates = proptest::collection::btree_map("[a-z_]{1,20}", 1_u32..9, 0..9);
    let device = (words(64), words(64), words(64), words(64), locale(), templates);
    (bytes(), bytes(), bytes(), key(), device, push(), attestation(), integer()).prop_map(
        |(iss, ticket, proof, approval, device, push, attestation, iat)| Enroll {
            iss: Thumbprint(iss),
            aud: server(),
            iat,
            ticket: Reveal(ticket).ticket(),
            proof: Digest(proof),
            approval_key: approval.public(),
            approval_signature: "a.b.c".into(),
            device: DeviceDescription {
                name: device.0,
                model: device.1,
                os: device.2,
                app_version: device.3,
                locale: device.4,
                version: 1,
                templates: device.5.into_iter().collect::<BTreeMap<_, _>>(),
            },
            push,
            attestation,
        },
    )
}

fn authentication() -> impl Strategy<Value = Authentication> {
    let all = vec![
        AuthenticationMethod::Password,
        AuthenticationMethod::TradingPassword,
        AuthenticationMethod::Passkey,
        AuthenticationMethod::IdentityProof,
        AuthenticationMethod::Letter,
        AuthenticationMethod::Branch,
        AuthenticationMethod::OlderDevice,
        AuthenticationMethod::EmailCode,
    ];
    (proptest::sample::subsequence(all, 0..=8), integer())
        .prop_map(|(methods, at)| Authentication { methods, at })
}

fn record() -> impl Strategy<Value = DeviceRecord> {
    let attestation = one_of(&[AttestationResult::None, AttestationResult::Strongbox]);
    (
        id(),
        id(),
        "[A-Za-z0-9._-]{1,64}",
        words(64),
        1_u8..254,
        attestation,
        authentication(),
        bytes(),
        integer(),
    )
        .prop_map(|(device, sub, user, account, number, attestation, authentication, hash, iat)| {
            DeviceRecord {
                iss: server(),
                aud: DeviceId(device),
                iat,
                device: DeviceId(device),
                sub: Subject(sub),
                user: user.parse().unwrap(),
                account,
                possession_key: Key::number(number).public(),
                approval_key: Key::number(number + 1).public(),
                attestation,
                authentication,
                enroll_hash: Digest(hash),
                enrollment_hash: Digest(hash),
            }
        })
}

fn key_set() -> impl Strategy<Value = KeySet> {
    let keys = proptest::collection::btree_set(1_u8..255, 1..5);
    let revoked = proptest::collection::vec((bytes(), integer()), 0..4);
    let pins = proptest::collection::vec((bytes(), integer()), 0..4);
    (keys, pins, revoked, 1..=MAX_INTEGER, 0..1_u64 << 40, 1..=MAX_KEY_LIFE).prop_map(
        |(keys, pins, revoked, version, from, life)| KeySet {
            iss: server(),
            aud: server(),
            iat: from,
            version,
            keys: keys
                .into_iter()
                .map(|number| {
                    let jwk = Key::number(number).public();
                    SigningKey { kid: jwk.thumbprint(), jwk, not_before: from, not_after: from + life }
                })
                .collect(),
            pins: pins.into_iter().map(|(spki, not_after)| Pin { spki: Digest(spki), not_after }).collect(),
            revoked: revoked.into_iter().map(|(kid, at)| RevokedKey { kid: Thumbprint(kid), at }).collect(),
            endorsement: (version % 2 == 0).then(|| "a.b.c".into()),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn key_sets_come_back(set in key_set(), one in bytes(), two in bytes()) {
        comes_back(&set)?;
        let (from, to) = (Thumbprint(one), Thumbprint(two));
        comes_back(&IdentityChange { iss: server(), aud: server(), iat: set.iat, from, to })?;
    }

    #[test]
    fn enrollments_come_back(enroll in enroll(), hash in bytes(), names in (words(64), words(64)), device in id()) {
        comes_back(&enroll)?;
        comes_back(&KeyStatement::of_enrollment(&server(), enroll.ticket, enroll.iss, Thumbprint(hash)))?;
        comes_back(&EnrollmentAnswer {
            iss: server(),
            aud: enroll.iss,
            iat: enroll.iat,
            device: DeviceId(device),
            enroll_hash: Digest(hash),
            reveal: Reveal(hash),
            display_name: names.0,
            relying_party: RelyingParty { id: "mihon".into(), name: names.1 },
            policy: Policy {},
        })?;
    }

    #[test]
    fn records_and_renewals_come_back(record in record(), jti in id(), attestation in attestation()) {
        comes_back(&record)?;
        comes_back(&Renew {
            iss: record.device,
            aud: server(),
            iat: record.iat,
            jti: MessageId(jti),
            possession_key: record.possession_key,
            possession_signature: "a.b.c".into(),
            approval_key: record.approval_key,
            approval_signature: "d.e.f".into(),
            attestation,
        })?;
    }

    #[test]
    fn challenges_answers_receipts_and_verdicts_come_back(
        challenge in challenge(),
        answer in answer(),
        row in 1..=MAX_INTEGER,
        reference in proptest::option::of(words(255)),
        device in any::<bool>(),
        tier in one_of(&[Tier::None, Tier::Number, Tier::Scan, Tier::Link, Tier::Returned]),
    ) {
        comes_back(&challenge)?;
        comes_back(&answer)?;
        let hash = answer.challenge_hash;
        comes_back(&Receipt {
            iss: server(),
            aud: answer.iss,
            iat: answer.iat,
            jti: MessageId(challenge.sub.0),
            challenge: answer.challenge,
            challenge_hash: hash,
            display_hash: answer.display_hash,
            answer_hash: hash,
            decision: answer.decision,
            decided_at: answer.iat,
            log: LogReference { row, hash },
        })?;
        comes_back(&Verdict {
            iss: server(),
            aud: "mihon".into(),
            iat: answer.iat,
            challenge: challenge.jti,
            user: "c-1".parse().unwrap(),
            sub: challenge.sub,
            operation: challenge.operation,
            details: challenge.details,
            reference,
            device: device.then_some(answer.iss),
            tier,
            key_kind: if device { KeyKind::Unattested } else { KeyKind::Test },
            attestation: device.then_some(AttestationResult::Unverified),
            uv: answer.uv,
            created_at: answer.iat,
            decided_at: answer.iat,
            redeemed_at: answer.iat,
            challenge_hash: hash,
            display_hash: hash,
            answer_hash: hash,
            receipt_hash: hash,
        })?;
    }

    #[test]
    fn requests_and_starts_come_back(
        device in id(), jti in id(), iat in integer(), path in "[!-~]{0,200}", step in integer(), token in bytes(),
    ) {
        let challenge = ChallengeId(jti);
        comes_back(&DeviceRequest {
            iss: DeviceId(device),
            aud: server(),
            iat,
            jti: MessageId(jti),
            htm: "GET".into(),
            htu: format!("{}/{path}", server()),
            bh: Digest::of(path.as_bytes()),
        })?;
        let scanned = StartProof {
            iss: DeviceId(device),
            aud: server(),
            iat,
            jti: MessageId(jti),
            challenge,
            step: Some(step),
            mac: Some(ScanSecret::new(token).derive_mac(challenge, step)),
            token: None,
        };
        comes_back(&scanned)?;
        comes_back(&StartProof { step: None, mac: None, token: Some(LinkToken::new(token)), ..scanned })?;
    }

    #[test]
    fn bytes_that_are_no_message_are_refused_without_surprise(text in "[ -~]{0,200}|[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{0,90}\\.[A-Za-z0-9_-]{86}") {
        prop_assert!(Unverified::<Challenge>::parse(&text).is_err());
    }
}

proptest! {
    #[test]
    fn enrollment_links_come_back(
        port in proptest::option::of(1_u16..), one in bytes(), two in bytes(), three in bytes(),
        version in integer(), pins in proptest::collection::vec(bytes(), 0..4),
    ) {
        let port = port.filter(|port| *port != 443).map(|port| format!(":{port}")).unwrap_or_default();
        let server: ServerName = format!("https://auth.example.jp{port}").parse().unwrap();
        let uri = EnrollmentUri {
            server,
            ticket: Reveal(one).ticket(),
            secret: EnrollmentSecret::new(two),
            identity: Thumbprint(three),
            key_set_version: version,
            pins: pins.into_iter().map(Digest).collect(),
        };
        let read: EnrollmentUri = uri.expose_text().parse().unwrap();
        prop_assert_eq!(read.expose_text(), uri.expose_text());
        prop_assert_eq!(read.secret.expose(), &two);
        prop_assert_eq!(read.pins, uri.pins);
    }

    #[test]
    fn challenge_links_come_back(challenge in id(), step in integer(), secret in bytes()) {
        let (server, challenge) = (server(), ChallengeId(challenge));
        let mac = ScanSecret::new(secret).derive_mac(challenge, step);
        let scan = ChallengeLink::Scan { server: server.clone(), challenge, step, mac };
        let open = ChallengeLink::Open { server, challenge, token: LinkToken::new(secret) };
        for link in [scan, open] {
            prop_assert_eq!(&link.expose_text().parse::<ChallengeLink>().unwrap(), &link);
        }
    }

    /// One link has one spelling: whatever is taken would be written the same.
    #[test]
    fn a_link_changed_at_one_place_is_refused_or_another_link(
        place in any::<prop::sample::Index>(), with in "[ -~é]", secret in bytes(),
    ) {
        let server = server();
        let challenge = ChallengeId(Uuid::from_u128(7));
        let link = ChallengeLink::Open { server: server.clone(), challenge, token: LinkToken::new(secret) };
        let changed = |text: &str| {
            let at = place.index(text.len());
            text.char_indices().map(|(index, old)| if index == at { with.clone() } else { old.to_string() }).collect::<String>()
        };
        let text = changed(&link.expose_text());
        if let Ok(read) = text.parse::<ChallengeLink>() {
            prop_assert_eq!(read.expose_text(), text);
        }
        let uri = EnrollmentUri {
            server,
            ticket: Reveal(secret).ticket(),
            secret: EnrollmentSecret::new(secret),
            identity: Thumbprint(secret),
            key_set_version: 12,
            pins: vec![Digest(secret)],
        };
        let text = changed(&uri.expose_text());
        if let Ok(read) = text.parse::<EnrollmentUri>() {
            prop_assert_eq!(read.expose_text(), text);
        }
    }

    #[test]
    fn any_text_is_a_typed_code_or_is_not(text in "\\PC{0,30}|[0-9a-zA-Z -]{10,16}") {
        if let Ok(code) = text.parse::<TypedCode>() {
            prop_assert_eq!(code.expose_text().len(), 12);
            prop_assert_eq!(code.expose_grouped().parse::<TypedCode>().unwrap(), code);
        }
    }
}

/// `docs/protocol.md` is normative: every kind of message stands in it.
#[test]
fn the_document_has_every_message() {
    fn check<M: Message>() {
        let document = include_str!("../../../docs/protocol.md");
        assert!(document.contains(&format!("`{}`", M::TYP)), "docs/protocol.md has no {}", M::TYP);
    }
    check::<KeySet>();
    check::<IdentityChange>();
    check::<Enroll>();
    check::<KeyStatement>();
    check::<EnrollmentAnswer>();
    check::<DeviceRecord>();
    check::<Challenge>();
    check::<DeviceRequest>();
    check::<StartProof>();
    check::<Answer>();
    check::<Renew>();
    check::<Receipt>();
    check::<Verdict>();
}
