//! The ID token: what was approved, in the standard's claims, signed by the same keys as verdicts.

use inkan_protocol::answer::UserVerification;
use inkan_protocol::challenge::Tier;
use inkan_protocol::encoding::{encode, sha256};
use inkan_protocol::ids::{ChallengeId, Digest, NumericDate};
use inkan_protocol::jws::Message;
use inkan_protocol::receipt::KeyKind;
use serde::{Deserialize, Serialize};

use crate::redeeming::Permitted;

/// Its life: it is read at once.
const SECONDS: u64 = 300;

/// An ID token (OpenID Connect core §2, CIBA core §10.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct IdToken {
    /// The issuer, as discovery spells it.
    pub(crate) iss: String,
    /// The customer, as the relying party names them: what `login_hint` takes.
    pub(crate) sub: String,
    /// The client.
    pub(crate) aud: String,
    pub(crate) iat: NumericDate,
    pub(crate) exp: NumericDate,
    /// When the customer approved.
    pub(crate) auth_time: NumericDate,
    /// The tier.
    pub(crate) acr: Tier,
    /// RFC 8176.
    pub(crate) amr: Vec<String>,
    at_hash: String,
    #[serde(rename = "urn:openid:params:jwt:claim:auth_req_id")]
    auth_req_id: String,
    /// The challenge: its evidence is found by it.
    #[serde(rename = "inkan_challenge")]
    challenge: ChallengeId,
    /// SHA-256 of the challenge as the device was sent it: what was approved.
    #[serde(rename = "inkan_challenge_hash")]
    challenge_hash: Digest,
    /// SHA-256 of the verdict that comes beside this token.
    #[serde(rename = "inkan_verdict_hash")]
    verdict_hash: Digest,
}

impl Message for IdToken {
    const TYP: &'static str = "JWT";
}

/// What an ID token is made from.
pub(super) struct Basis<'a> {
    pub(super) issuer: String,
    pub(super) client: &'a str,
    pub(super) auth_req_id: &'a str,
    pub(super) access_token: &'a str,
    pub(super) spent: &'a Permitted,
    pub(super) auth_time: NumericDate,
    pub(super) now: NumericDate,
}

impl IdToken {
    pub(super) fn new(basis: Basis<'_>) -> Self {
        let verdict = &basis.spent.claims;
        Self {
            iss: basis.issuer,
            sub: verdict.user.as_str().to_owned(),
            aud: basis.client.to_owned(),
            iat: basis.now,
            exp: basis.now.saturating_add(SECONDS),
            auth_time: basis.auth_time,
            acr: verdict.tier,
            amr: methods(verdict.key_kind, verdict.uv),
            at_hash: at_hash(basis.access_token),
            auth_req_id: basis.auth_req_id.to_owned(),
            challenge: verdict.challenge,
            challenge_hash: verdict.challenge_hash,
            verdict_hash: Digest::of(basis.spent.verdict.as_bytes()),
        }
    }
}

/// The left half of SHA-256 (OpenID Connect core §3.1.3.6).
fn at_hash(access_token: &str) -> String {
    encode(sha256(access_token.as_bytes()).get(..16).unwrap_or_default())
}

/// RFC 8176: another channel and a key always; that the key lives in hardware only where its attestation says so; the
/// second factor as the phone says it. There is no value for a biometric feature of which nobody knows the kind.
fn methods(kind: KeyKind, verification: Option<UserVerification>) -> Vec<String> {
    let key = match kind {
        KeyKind::Tee | KeyKind::Strongbox | KeyKind::SecureEnclave => "hwk",
        KeyKind::Unattested | KeyKind::Test => "swk",
    };
    let mut methods = vec!["mca", key];
    match verification {
        Some(UserVerification::Biometric) => methods.extend(["mfa", "user"]),
        Some(UserVerification::DeviceCredential) => methods.extend(["mfa", "pin"]),
        Some(UserVerification::Unknown) | None => methods.push("user"),
    }
    methods.into_iter().map(ToOwned::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// OpenID Connect core, appendix A.3.
    #[test]
    fn an_access_token_is_hashed_as_the_standards_example() {
        assert_eq!(at_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    }

    #[test]
    fn methods_claim_no_more_than_is_known() {
        let (biometric, code) = (UserVerification::Biometric, UserVerification::DeviceCredential);
        for (key, uv, expected) in [
            (KeyKind::Strongbox, Some(biometric), "mca hwk mfa user"),
            (KeyKind::SecureEnclave, Some(code), "mca hwk mfa pin"),
            (KeyKind::Tee, Some(UserVerification::Unknown), "mca hwk user"),
            (KeyKind::Unattested, Some(biometric), "mca swk mfa user"),
            (KeyKind::Test, None, "mca swk user"),
        ] {
            assert_eq!(methods(key, uv).join(" "), expected, "{key:?} {uv:?}");
        }
    }
}
