//! Enrollment: from the QR code to the record of an active device.
//!
//! ```text
//! URI / QR ──▶ inkan-enroll+jwt ──▶ inkan-enrollment+jwt ──▶ six digits ──▶ inkan-device+jwt
//! server       phone (both keys)     server shows `reveal`     customer        server's record
//! ```
//!
//! The ticket fixes the server's half of the six digits before the phone speaks, the phone's message fixes the other
//! half before `reveal` is shown: nobody between the two can try transcripts until two codes agree.

mod record;
mod uri;

pub(crate) mod uri_fields {
    pub(crate) use super::uri::{decimal, fields};
}

use std::collections::BTreeMap;

use ring::hmac;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::details::Locale;
use crate::encoding::{decode, decode_array, encode, hash_lines, mac_lines};
use crate::ids::{DeviceId, Digest, MessageId, NumericDate, Reveal, ServerName, Thumbprint, Ticket};
use crate::jwk::PublicKey;
use crate::jws::{JwsError, Message, Unverified};
use crate::text;

pub use self::record::{AttestationResult, Authentication, AuthenticationMethod, DeviceRecord};
pub use self::uri::{EnrollmentUri, TypedCode, UriError};

/// Version of this protocol, as device descriptions and URIs state it.
pub const PROTOCOL_VERSION: u64 = 1;

/// The one-time secret of an enrollment URI, 256 bits. It proves who scanned, and nothing after that.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct EnrollmentSecret([u8; 32]);

impl EnrollmentSecret {
    /// Wraps random bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for sealing them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The text that stands in the URI and in hashes.
    pub fn expose_text(&self) -> String {
        encode(self.0)
    }

    fn parse(text: &str) -> Option<Self> {
        decode_array(text).ok().map(Self)
    }

    /// The `proof` of an enrollment: HMAC-SHA256(secret, [`inkan-proof-v1`, aud, ticket, possession, approval]).
    pub fn derive_proof(
        &self,
        server: &ServerName,
        ticket: Ticket,
        possession: Thumbprint,
        approval: Thumbprint,
    ) -> Digest {
        Digest(mac_lines(
            &self.0,
            &[
                "inkan-proof-v1",
                server.as_str(),
                &ticket.to_string(),
                &possession.to_string(),
                &approval.to_string(),
            ],
        ))
    }

    /// Checks a `proof` in constant time.
    pub fn verify_proof(
        &self,
        server: &ServerName,
        ticket: Ticket,
        possession: Thumbprint,
        approval: Thumbprint,
        proof: Digest,
    ) -> bool {
        let message = [
            "inkan-proof-v1",
            server.as_str(),
            &ticket.to_string(),
            &possession.to_string(),
            &approval.to_string(),
        ]
        .join("\n");
        hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &self.0), message.as_bytes(), &proof.0).is_ok()
    }

    /// The attestation challenge of the possession key: SHA-256[`inkan-attest-v1`, aud, ticket, secret].
    pub fn derive_possession_challenge(&self, server: &ServerName, ticket: Ticket) -> [u8; 32] {
        hash_lines(&["inkan-attest-v1", server.as_str(), &ticket.to_string(), &self.expose_text()])
    }

    /// The attestation challenge of the approval key: as that of the possession key, with its thumbprint behind.
    pub fn derive_approval_challenge(
        &self,
        server: &ServerName,
        ticket: Ticket,
        possession: Thumbprint,
    ) -> [u8; 32] {
        hash_lines(&[
            "inkan-attest-v1",
            server.as_str(),
            &ticket.to_string(),
            &self.expose_text(),
            &possession.to_string(),
        ])
    }
}

/// `inkan-enroll+jwt`, signed by the possession key that its header introduces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enroll {
    /// Thumbprint of the possession key.
    pub iss: Thumbprint,
    /// The server's name.
    pub aud: ServerName,
    /// The phone's clock; recorded, not checked.
    pub iat: NumericDate,
    /// Which enrollment.
    pub ticket: Ticket,
    /// [`EnrollmentSecret::derive_proof`].
    pub proof: Digest,
    /// The approval key.
    pub approval_key: PublicKey,
    /// `inkan-approval-key+jwt` by the approval key.
    pub approval_signature: String,
    /// What kind of phone this is.
    pub device: DeviceDescription,
    /// Where its doorbell is, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub push: Option<Push>,
    /// Attestation statements of the keys, if the hardware gives any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<Attestation>,
}

impl Message for Enroll {
    const TYP: &'static str = "inkan-enroll+jwt";

    fn check(&self) -> Result<(), JwsError> {
        self.device.check()?;
        self.push.as_ref().map_or(Ok(()), Push::check)?;
        self.attestation.as_ref().map_or(Ok(()), Attestation::check)
    }
}

impl Enroll {
    /// Verifies that the approval key says that it belongs to this pair and this enrollment. `possession` is the
    /// thumbprint of the key that signed the message.
    pub fn verify_statement(&self, possession: Thumbprint) -> Result<(), JwsError> {
        let approval = self.approval_key.thumbprint();
        if approval == possession {
            return Err(JwsError::Payload("one key for both purposes".into()));
        }
        let said = Unverified::<KeyStatement>::parse(&self.approval_signature)?
            .verify_introduced_as(&self.approval_key)?;
        if said.payload() == &KeyStatement::of_enrollment(&self.aud, self.ticket, possession, approval) {
            Ok(())
        } else {
            Err(JwsError::Payload("the approval key's statement about something else".into()))
        }
    }
}

/// `inkan-approval-key+jwt`: a new key says that it belongs to this pair and this ceremony. It has no `iat`.
///
/// In an enrollment `iss` is the thumbprint of the key that signs and `ticket` the ticket; in a renewal `iss` is the
/// device id and `ticket` holds the renewal's `jti`, so that no statement can be carried to another device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyStatement {
    /// Who speaks.
    pub iss: String,
    /// The server's name.
    pub aud: ServerName,
    /// The ticket, or the renewal's `jti`.
    pub ticket: String,
    /// Thumbprint of the pair's possession key.
    pub possession: Thumbprint,
    /// Thumbprint of the pair's approval key.
    pub approval: Thumbprint,
}

impl Message for KeyStatement {
    const TYP: &'static str = "inkan-approval-key+jwt";
}

impl KeyStatement {
    /// The statement of an enrollment's approval key.
    pub fn of_enrollment(
        server: &ServerName,
        ticket: Ticket,
        possession: Thumbprint,
        approval: Thumbprint,
    ) -> Self {
        Self {
            iss: approval.to_string(),
            aud: server.clone(),
            ticket: ticket.to_string(),
            possession,
            approval,
        }
    }

    /// The statement that each of the two new keys signs in a renewal.
    pub fn of_renewal(
        server: &ServerName,
        device: DeviceId,
        renewal: MessageId,
        possession: Thumbprint,
        approval: Thumbprint,
    ) -> Self {
        Self {
            iss: device.to_string(),
            aud: server.clone(),
            ticket: renewal.to_string(),
            possession,
            approval,
        }
    }
}

/// What a phone says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceDescription {
    /// The name that the customer gave it, 1–64 characters.
    pub name: String,
    /// Its model, 1–64 characters.
    pub model: String,
    /// Operating system and version, 1–64 characters.
    pub os: String,
    /// The app's version, 1–64 characters.
    pub app_version: String,
    /// The language it shows.
    pub locale: Locale,
    /// Protocol version it speaks.
    pub version: u64,
    /// The newest version of each template that it can show.
    pub templates: BTreeMap<String, u32>,
}

impl DeviceDescription {
    fn check(&self) -> Result<(), JwsError> {
        for value in [&self.name, &self.model, &self.os, &self.app_version] {
            text::check(value, 64).map_err(|error| JwsError::Payload(error.to_string()))?;
        }
        if self.version == 0 || !are_templates(&self.templates) {
            return Err(JwsError::Payload("templates".into()));
        }
        Ok(())
    }
}

/// Whether these can be the templates that a phone knows.
pub(crate) fn are_templates(templates: &BTreeMap<String, u32>) -> bool {
    let fits = |(name, version): (&String, &u32)| (1..=64).contains(&name.len()) && *version > 0;
    templates.len() <= 32 && templates.iter().all(fits)
}

/// Where a phone's doorbell is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Push {
    /// Who rings.
    pub provider: PushProvider,
    /// APNs and FCM: the token. Web Push: the endpoint's URL. 1–2048 characters.
    pub token: String,
    /// Web Push: the client's P-256 public key, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p256dh: Option<String>,
    /// Web Push: the authentication secret, base64url.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<String>,
}

impl Push {
    /// Lengths, and that exactly a Web Push registration has keys.
    pub fn check(&self) -> Result<(), JwsError> {
        let web = self.provider == PushProvider::Webpush;
        let printable = |value: &String, most: usize| {
            (1..=most).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic())
        };
        let keys = [&self.p256dh, &self.auth].iter().all(|key| match key {
            Some(value) => web && printable(value, 128),
            None => !web,
        });
        if printable(&self.token, 2048) && keys { Ok(()) } else { Err(JwsError::Payload("push".into())) }
    }
}

/// Push providers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PushProvider {
    /// Apple Push Notification service.
    Apns,
    /// Firebase Cloud Messaging.
    Fcm,
    /// Web Push (RFC 8030), UnifiedPush included.
    Webpush,
}

/// Attestation statements of both keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// Of the possession key.
    pub possession: AttestationStatement,
    /// Of the approval key.
    pub approval: AttestationStatement,
}

impl Attestation {
    /// Lengths and characters of both statements.
    pub fn check(&self) -> Result<(), JwsError> {
        let fits = |statement: &AttestationStatement| {
            let named = (1..=64).contains(&statement.format.len())
                && statement.format.bytes().all(|byte| byte.is_ascii_graphic());
            named && decode(&statement.statement).is_ok_and(|bytes| !bytes.is_empty())
        };
        if fits(&self.possession) && fits(&self.approval) {
            Ok(())
        } else {
            Err(JwsError::Payload("attestation".into()))
        }
    }
}

/// One attestation statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttestationStatement {
    /// For instance `android-key` or `apple-appattest`; 1–64 printable ASCII characters.
    pub format: String,
    /// The statement, base64url, as the format defines it.
    pub statement: String,
}

/// `inkan-enrollment+jwt`: the server's answer, with `reveal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrollmentAnswer {
    /// The server's name.
    pub iss: ServerName,
    /// Thumbprint of the possession key.
    pub aud: Thumbprint,
    /// The server's clock.
    pub iat: NumericDate,
    /// The id that the device has from now on.
    pub device: DeviceId,
    /// SHA-256 of the enroll message as it arrived.
    pub enroll_hash: Digest,
    /// What the ticket committed to.
    pub reveal: Reveal,
    /// Whose account this is, masked, as the phone shows it.
    pub display_name: String,
    /// The relying party.
    pub relying_party: RelyingParty,
    /// Reserved; an empty object in this version.
    pub policy: Policy,
}

impl Message for EnrollmentAnswer {
    const TYP: &'static str = "inkan-enrollment+jwt";

    fn check(&self) -> Result<(), JwsError> {
        text::check(&self.display_name, 64)
            .and_then(|()| text::check(&self.relying_party.name, 64))
            .and_then(|()| text::check(&self.relying_party.id, 64))
            .map_err(|error| JwsError::Payload(error.to_string()))
    }
}

/// The relying party of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RelyingParty {
    /// Its id, `aud` of verdicts, 1–64 characters.
    pub id: String,
    /// Its name as shown, 1–64 characters.
    pub name: String,
}

/// Reserved for what a server asks of a phone; empty in this version.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {}

/// The six digits that the phone shows and the customer types into the page that showed the QR code:
/// SHA-256[`inkan-code-v1`, aud, ticket, k, enroll_hash, reveal], first 8 bytes big-endian, mod 10⁶.
pub fn derive_confirmation_code(
    server: &ServerName,
    ticket: Ticket,
    identity: Thumbprint,
    enroll_hash: Digest,
    reveal: Reveal,
) -> String {
    let hash = hash_lines(&[
        "inkan-code-v1",
        server.as_str(),
        &ticket.to_string(),
        &identity.to_string(),
        &enroll_hash.to_string(),
        &reveal.to_string(),
    ]);
    let number = hash.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

/// The attestation challenge of a renewal's keys: SHA-256[`inkan-attest-v1`, aud, `jti`, old approval thumbprint].
pub fn derive_renewal_challenge(
    server: &ServerName,
    renewal: MessageId,
    old_approval: Thumbprint,
) -> [u8; 32] {
    hash_lines(&["inkan-attest-v1", server.as_str(), &renewal.to_string(), &old_approval.to_string()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Key, server};

    #[test]
    fn a_proof_binds_secret_server_ticket_and_both_keys() {
        let secret = EnrollmentSecret::new([1; 32]);
        let (one, two) = (Key::number(1).public().thumbprint(), Key::number(2).public().thumbprint());
        let ticket = Reveal([3; 32]).ticket();
        let proof = secret.derive_proof(&server(), ticket, one, two);
        assert!(secret.verify_proof(&server(), ticket, one, two, proof));
        assert!(!secret.verify_proof(&server(), ticket, two, one, proof));
        assert!(!secret.verify_proof(&server(), Reveal([4; 32]).ticket(), one, two, proof));
        assert!(!secret.verify_proof(&"https://other.example.jp".parse().unwrap(), ticket, one, two, proof));
        assert!(!EnrollmentSecret::new([2; 32]).verify_proof(&server(), ticket, one, two, proof));
    }

    #[test]
    fn a_code_has_six_digits_and_keeps_leading_zeros() {
        let identity = Key::number(1).public().thumbprint();
        let codes: Vec<String> = (0..=255)
            .map(|byte| {
                let reveal = Reveal([byte; 32]);
                derive_confirmation_code(&server(), reveal.ticket(), identity, Digest([byte; 32]), reveal)
            })
            .collect();
        assert!(codes.iter().all(|code| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())));
        assert!(codes.iter().any(|code| code.starts_with('0')), "one in ten begins with a zero");
    }

    #[test]
    fn only_web_push_has_keys() {
        let push = |provider, keys: Option<&str>| Push {
            provider,
            token: "t".into(),
            p256dh: keys.map(Into::into),
            auth: keys.map(Into::into),
        };
        assert!(push(PushProvider::Apns, None).check().is_ok());
        assert!(push(PushProvider::Webpush, Some("k")).check().is_ok());
        assert!(push(PushProvider::Webpush, None).check().is_err());
        assert!(push(PushProvider::Fcm, Some("k")).check().is_err());
        assert!(Push { token: "a b".into(), ..push(PushProvider::Fcm, None) }.check().is_err());
    }
}
