//! The fixed keys, ids and messages that the vectors are made of. The private scalars are published: test keys, good for
//! nothing else.

use inkan_protocol::answer::{Answer, Decision, ReturnToken, UserVerification};
use inkan_protocol::challenge::{Challenge, Start};
use inkan_protocol::details::{Detail, Locale, Operation, Origin, Reason};
use inkan_protocol::display::{self, Template};
use inkan_protocol::encoding::encode;
use inkan_protocol::enrollment::{
    AttestationResult, Authentication, AuthenticationMethod, DeviceRecord, EnrollmentSecret,
};
use inkan_protocol::ids::{
    ChallengeId, DeviceId, Digest, MessageId, Nonce, NumericDate, Reveal, ServerName, Subject,
};
use inkan_protocol::jwk::{PublicKey, Signature};
use inkan_protocol::jws::{Draft, KeyReference, Message};
use inkan_protocol::receipt::LogReference;
use p256::ecdsa::{Signature as EcdsaSignature, SigningKey, signature::Signer as _};
use serde_json::{Value, json};

use super::Outcome;

/// When the device became active.
pub(super) const ENROLLED: NumericDate = 1_795_000_000;
/// When the challenge was made: 2026-11-25 14:05:09 in Tokyo.
pub(super) const ASKED: NumericDate = 1_795_583_109;
/// When it was approved.
pub(super) const DECIDED: NumericDate = ASKED + 41;
/// When it was redeemed.
pub(super) const REDEEMED: NumericDate = ASKED + 45;

/// A test key.
#[derive(Clone, Copy, Debug)]
pub(super) enum Cast {
    Identity,
    NextIdentity,
    Signing,
    Possession,
    Approval,
    NewPossession,
    NewApproval,
    Stranger,
}

impl Cast {
    pub(super) const ALL: [Self; 8] = [
        Self::Identity,
        Self::NextIdentity,
        Self::Signing,
        Self::Possession,
        Self::Approval,
        Self::NewPossession,
        Self::NewApproval,
        Self::Stranger,
    ];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::NextIdentity => "next_identity",
            Self::Signing => "signing",
            Self::Possession => "possession",
            Self::Approval => "approval",
            Self::NewPossession => "new_possession",
            Self::NewApproval => "new_approval",
            Self::Stranger => "stranger",
        }
    }

    fn scalar(self) -> [u8; 32] {
        let number = match self {
            Self::Identity => 1,
            Self::NextIdentity => 2,
            Self::Signing => 3,
            Self::Possession => 4,
            Self::Approval => 5,
            Self::NewPossession => 6,
            Self::NewApproval => 7,
            Self::Stranger => 8,
        };
        [number; 32]
    }

    fn signing_key(self) -> Outcome<SigningKey> {
        Ok(SigningKey::from_slice(&self.scalar())?)
    }

    pub(super) fn public(self) -> Outcome<PublicKey> {
        let key = self.signing_key()?;
        Ok(PublicKey::from_uncompressed(key.verifying_key().to_sec1_point(false).as_bytes())?)
    }

    /// ECDSA with SHA-256, the nonce by RFC 6979.
    pub(super) fn sign_raw(self, bytes: &[u8]) -> Outcome<EcdsaSignature> {
        Ok(self.signing_key()?.sign(bytes))
    }

    pub(super) fn sign(self, bytes: &[u8]) -> Outcome<Signature> {
        Ok(Signature::from_fixed(&self.sign_raw(bytes)?.to_bytes())?)
    }

    /// Signs with `kid` in the header.
    pub(super) fn named<M: Message>(self, message: &M) -> Outcome<String> {
        self.finish(KeyReference::Kid(self.public()?.thumbprint()), message)
    }

    /// Signs with `jwk` in the header.
    pub(super) fn introduced<M: Message>(self, message: &M) -> Outcome<String> {
        self.finish(KeyReference::Jwk(self.public()?), message)
    }

    fn finish<M: Message>(self, reference: KeyReference, message: &M) -> Outcome<String> {
        let draft = Draft::new(reference, message)?;
        let signature = self.sign(draft.signing_input())?;
        Ok(draft.finish(&signature))
    }
}

/// `test-keys.json`.
pub(super) fn keys_file() -> Outcome<Value> {
    let keys = Cast::ALL
        .iter()
        .map(|key| {
            let public = key.public()?;
            Ok(json!({
                "name": key.name(),
                "private_scalar": encode(key.scalar()),
                "jwk": public,
                "thumbprint": public.thumbprint(),
            }))
        })
        .collect::<Outcome<Vec<_>>>()?;
    Ok(json!({
        "about": "TEST KEYS on P-256. The private scalars are published here: never use them for anything but tests. \
                  Signatures in the vectors are made with RFC 6979 nonces and a low S.",
        "keys": keys,
    }))
}

pub(super) fn server() -> Outcome<ServerName> {
    Ok("https://auth.example.jp".parse()?)
}

pub(super) fn device() -> Outcome<DeviceId> {
    Ok("019aa5b6-3c00-7000-8000-000000000001".parse()?)
}

pub(super) fn challenge_id() -> Outcome<ChallengeId> {
    Ok("019aa5b6-3c00-7000-8000-000000000002".parse()?)
}

pub(super) fn subject() -> Outcome<Subject> {
    Ok("019aa5b6-3c00-7000-8000-000000000003".parse()?)
}

pub(super) fn message_id(number: u8) -> Outcome<MessageId> {
    Ok(format!("019aa5b6-3c00-7000-8000-0000000001{number:02x}").parse()?)
}

pub(super) fn reveal() -> Reveal {
    Reveal([0x31; 32])
}

pub(super) fn secret() -> EnrollmentSecret {
    EnrollmentSecret::new([0x32; 32])
}

pub(super) fn return_token() -> ReturnToken {
    ReturnToken::new([0x33; 32])
}

pub(super) fn log_reference() -> LogReference {
    LogReference { row: 2, hash: Digest([0x34; 32]) }
}

pub(super) fn hash(compact: &str) -> Digest {
    Digest::of(compact.as_bytes())
}

pub(super) fn record() -> Outcome<DeviceRecord> {
    Ok(DeviceRecord {
        iss: server()?,
        aud: device()?,
        iat: ENROLLED,
        device: device()?,
        sub: subject()?,
        user: "c-0123".parse()?,
        account: "口座番号 ***1234".into(),
        possession_key: Cast::Possession.public()?,
        approval_key: Cast::Approval.public()?,
        attestation: AttestationResult::None,
        authentication: Authentication {
            methods: vec![AuthenticationMethod::Password, AuthenticationMethod::IdentityProof],
            at: ENROLLED - 120,
        },
        enroll_hash: Digest([0x35; 32]),
        enrollment_hash: Digest([0x36; 32]),
    })
}

/// A withdrawal in mode `number`.
pub(super) fn challenge() -> Outcome<Challenge> {
    Ok(Challenge {
        iss: server()?,
        aud: device()?,
        jti: challenge_id()?,
        sub: subject()?,
        iat: ASKED,
        exp: ASKED + 120,
        relying_party: "みほん証券".into(),
        account: "口座番号 ***1234".into(),
        operation: Operation::Withdrawal,
        details: vec![
            Detail::Amount { value: "1250000".into(), currency: "JPY".into() },
            Detail::BankAccount {
                bank: "みほん銀行".into(),
                branch: Some("銀座支店".into()),
                kind: "普通".into(),
                masked: "***4567".into(),
                new: Some(true),
                id: "ba-77".into(),
            },
            Detail::Reference { value: "A1B2-C3".into() },
        ],
        origin: Origin {
            client: "Windows / Chrome".into(),
            place: Some("東京都付近".into()),
            ip: Some("203.0.113.24".into()),
        },
        reasons: vec![Reason::UnusualPlace],
        start: Start::Number { digits: 6 },
        return_url: None,
        zone: "Asia/Tokyo".into(),
        locale: Locale::Ja,
        display: Template::newest(Operation::Withdrawal),
        nonce: Nonce([0x37; 32]),
    })
}

/// The same withdrawal, to be returned to the browser.
pub(super) fn returned_challenge() -> Outcome<Challenge> {
    Ok(Challenge {
        start: Start::Link {},
        return_url: Some("https://broker.example/approved".into()),
        ..challenge()?
    })
}

/// An answer to a challenge, given its compact form.
pub(super) fn answer(
    asked: &Challenge,
    compact: &str,
    decision: Decision,
    locale: Locale,
) -> Outcome<Answer> {
    let approve = decision == Decision::Approve;
    let number = approve && matches!(asked.start, Start::Number { .. });
    Ok(Answer {
        iss: asked.aud,
        aud: server()?,
        iat: DECIDED,
        challenge: asked.jti,
        challenge_hash: hash(compact),
        display_hash: display::render(&asked.shown(), locale)?.hash(),
        locale,
        decision,
        reason: None,
        number: number.then(|| "048213".into()),
        uv: approve.then_some(UserVerification::Biometric),
        return_hash: (approve && asked.return_url.is_some()).then(|| return_token().digest()),
        counter: 1,
    })
}
