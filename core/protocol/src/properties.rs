//! Properties of every message and link: what is written is read back as it was, and nothing that is read surprises.

mod any;

use proptest::prelude::*;
use uuid::Uuid;

use self::any::{answer, attestation, bytes, challenge, enroll, id, integer, key_set, one_of, record, words};
use crate::answer::Answer;
use crate::challenge::{Challenge, ChallengeLink, DeviceRequest, LinkToken, ScanSecret, StartProof, Tier};
use crate::enrollment::{
    AttestationResult, DeviceRecord, Enroll, EnrollmentAnswer, EnrollmentSecret, EnrollmentUri, KeyStatement,
    Policy, RelyingParty, TypedCode,
};
use crate::ids::{ChallengeId, DeviceId, Digest, MessageId, Reveal, ServerName, Thumbprint};
use crate::json::MAX_INTEGER;
use crate::jws::{Message, Unverified};
use crate::keys::{IdentityChange, KeySet};
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
