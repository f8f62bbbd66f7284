//! Signed messages: `docs/vectors/{keys,identity,enroll,…}.json` and `evidence.json`.

use inkan_protocol::{
    answer::Answer,
    challenge::{Challenge, DeviceRequest, StartProof},
    encoding::encode,
    enrollment::{DeviceRecord, Enroll, EnrollmentAnswer, KeyStatement},
    evidence::{self, Evidence},
    jwk::PublicKey,
    jws::{Message, Unverified},
    keys::{IdentityChange, KeySet},
    log::LogHead,
    receipt::{Receipt, Verdict},
    renewal::Renew,
};

use crate::{ProbeError, parse, refused};

/// A public key, as JSON.
fn key_of(jwk: &str) -> Result<PublicKey, ProbeError> {
    serde_json::from_str(jwk).map_err(refused)
}

/// The RFC 7638 thumbprint of a JWK.
///
/// # Errors
/// Refused: not a key of the protocol.
#[uniffi::export]
pub fn thumbprint(jwk: String) -> Result<String, ProbeError> {
    Ok(key_of(&jwk)?.thumbprint().to_string())
}

/// The point of a JWK, 65 bytes (`0x04 || x || y`), base64url.
///
/// # Errors
/// Refused: not a key of the protocol.
#[uniffi::export]
pub fn key_point(jwk: String) -> Result<String, ProbeError> {
    Ok(encode(key_of(&jwk)?.as_uncompressed()))
}

/// Verifies a message of the kind `typ` under a JWK: its payload, written again as JSON.
///
/// # Errors
/// Refused: whatever a verifier refuses.
#[uniffi::export]
pub fn read_message(typ: String, compact: String, jwk: String) -> Result<String, ProbeError> {
    fn of<M: Message>(compact: &str, key: &PublicKey) -> Result<String, ProbeError> {
        let verified = Unverified::<M>::parse(compact).map_err(refused)?.verify(key).map_err(refused)?;
        serde_json::to_string(verified.payload()).map_err(refused)
    }
    let key = key_of(&jwk)?;
    match typ.as_str() {
        KeySet::TYP => of::<KeySet>(&compact, &key),
        IdentityChange::TYP => of::<IdentityChange>(&compact, &key),
        Enroll::TYP => of::<Enroll>(&compact, &key),
        KeyStatement::TYP => of::<KeyStatement>(&compact, &key),
        EnrollmentAnswer::TYP => of::<EnrollmentAnswer>(&compact, &key),
        DeviceRecord::TYP => of::<DeviceRecord>(&compact, &key),
        Challenge::TYP => of::<Challenge>(&compact, &key),
        DeviceRequest::TYP => of::<DeviceRequest>(&compact, &key),
        StartProof::TYP => of::<StartProof>(&compact, &key),
        Answer::TYP => of::<Answer>(&compact, &key),
        Renew::TYP => of::<Renew>(&compact, &key),
        Receipt::TYP => of::<Receipt>(&compact, &key),
        Verdict::TYP => of::<Verdict>(&compact, &key),
        LogHead::TYP => of::<LogHead>(&compact, &key),
        other => Err(refused(format!("an unknown kind: {other}"))),
    }
}

/// What a bundle of evidence proves under the identity of that thumbprint, as JSON.
///
/// # Errors
/// Refused: it proves nothing.
#[uniffi::export]
pub fn prove(bundle: String, identity: String) -> Result<String, ProbeError> {
    let bundle: Evidence = serde_json::from_str(&bundle).map_err(refused)?;
    let report = evidence::verify(&bundle, parse(&identity)?, &[]).map_err(refused)?;
    serde_json::to_string(&report).map_err(refused)
}
