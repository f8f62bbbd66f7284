//! Any value of a kind: what the properties are tried on.

use std::collections::BTreeMap;

use proptest::prelude::*;
use uuid::Uuid;

use crate::answer::{Answer, Decision, DenyReason, UserVerification};
use crate::challenge::{Challenge, Start};
use crate::details::{Detail, Locale, Operation, Origin, Price, Reason, Side};
use crate::display::Template;
use crate::enrollment::{
    Attestation, AttestationResult, AttestationStatement, Authentication, AuthenticationMethod,
    DeviceDescription, DeviceRecord, Enroll, Push, PushProvider,
};
use crate::ids::{ChallengeId, DeviceId, Digest, Nonce, NumericDate, Reveal, Subject, Thumbprint};
use crate::json::MAX_INTEGER;
use crate::keys::{KeySet, MAX_KEY_LIFE, Pin, RevokedKey, SigningKey};
use crate::testing::{Key, server};

pub(super) fn words(most: usize) -> impl Strategy<Value = String> {
    proptest::string::string_regex(&format!("[a-zA-Z0-9 ・銀行（）ー&'\"\\\\/]{{1,{most}}}"))
        .unwrap()
        .prop_filter("as text allows", move |text| crate::text::check(text, most).is_ok())
}

pub(super) fn integer() -> impl Strategy<Value = u64> {
    prop_oneof![0..=MAX_INTEGER, Just(0), Just(MAX_INTEGER)]
}

/// A time that can be shown.
pub(super) fn time() -> impl Strategy<Value = NumericDate> {
    0..253_402_207_200_u64
}

pub(super) fn bytes() -> impl Strategy<Value = [u8; 32]> {
    any::<[u8; 32]>()
}

pub(super) fn id() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

/// 255 is left out everywhere: 32 such bytes are above the order of the curve.
pub(super) fn key() -> impl Strategy<Value = Key> {
    (1_u8..255).prop_map(Key::number)
}

pub(super) fn one_of<T: Copy + std::fmt::Debug + 'static>(choices: &'static [T]) -> impl Strategy<Value = T> {
    (0..choices.len()).prop_map(|place| choices[place])
}

pub(super) fn locale() -> impl Strategy<Value = Locale> {
    one_of(&[Locale::Ja, Locale::En])
}

pub(super) fn details() -> impl Strategy<Value = Vec<Detail>> {
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

pub(super) fn challenge() -> impl Strategy<Value = Challenge> {
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

pub(super) fn answer() -> impl Strategy<Value = Answer> {
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

pub(super) fn attestation() -> impl Strategy<Value = Option<Attestation>> {
    let statement =
        ("[a-z-]{1,64}", proptest::collection::vec(any::<u8>(), 1..300)).prop_map(|(format, statement)| {
            AttestationStatement { format, statement: crate::encoding::encode(statement) }
        });
    proptest::option::of(
        (statement.clone(), statement)
            .prop_map(|(possession, approval)| Attestation { possession, approval }),
    )
}

pub(super) fn push() -> impl Strategy<Value = Option<Push>> {
    let provider = one_of(&[PushProvider::Apns, PushProvider::Fcm, PushProvider::Webpush]);
    proptest::option::of((provider, "[!-~]{1,300}", "[!-~]{1,128}").prop_map(|(provider, token, secret)| {
        let secret = (provider == PushProvider::Webpush).then_some(secret);
        Push { provider, token, p256dh: secret.clone(), auth: secret }
    }))
}

pub(super) fn enroll() -> impl Strategy<Value = Enroll> {
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

pub(super) fn authentication() -> impl Strategy<Value = Authentication> {
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

pub(super) fn record() -> impl Strategy<Value = DeviceRecord> {
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

pub(super) fn key_set() -> impl Strategy<Value = KeySet> {
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
