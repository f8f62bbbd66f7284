//! Values that are computed: `docs/vectors/derived.json`.

use inkan_protocol::{
    answer::ReturnToken,
    challenge::ScanSecret,
    encoding::{decode_array, encode},
    enrollment::{EnrollmentSecret, derive_confirmation_code, derive_renewal_challenge},
    ids::{Digest, Reveal, ServerName},
    log::derive_row_hash,
};

use crate::{ProbeError, parse, refused};

/// What an enrollment's values are computed from.
#[derive(Clone, Debug, uniffi::Record)]
pub struct EnrollmentInput {
    /// The server's name.
    pub aud: String,
    /// The server's half.
    pub reveal: String,
    /// The link's secret.
    pub secret: String,
    /// Thumbprint of the possession key.
    pub possession: String,
    /// Thumbprint of the approval key.
    pub approval: String,
    /// Thumbprint of the identity key.
    pub identity: String,
    /// Hash of the enroll message.
    pub enroll_hash: String,
}

/// An enrollment's values.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct EnrollmentValues {
    /// SHA-256 of `reveal`.
    pub ticket: String,
    /// The MAC over both keys.
    pub proof: String,
    /// The attestation challenge of the possession key.
    pub possession_challenge: String,
    /// The attestation challenge of the approval key.
    pub approval_challenge: String,
    /// The six digits.
    pub code: String,
}

/// All that an enrollment computes.
///
/// # Errors
/// Refused: a value is not of its form.
#[uniffi::export]
pub fn enrollment_values(input: EnrollmentInput) -> Result<EnrollmentValues, ProbeError> {
    let aud: ServerName = parse(&input.aud)?;
    let reveal: Reveal = parse(&input.reveal)?;
    let ticket = reveal.ticket();
    let secret = EnrollmentSecret::new(decode_array(&input.secret).map_err(refused)?);
    let (possession, approval) = (parse(&input.possession)?, parse(&input.approval)?);
    let (identity, enroll_hash) = (parse(&input.identity)?, parse(&input.enroll_hash)?);
    Ok(EnrollmentValues {
        ticket: ticket.to_string(),
        proof: secret.derive_proof(&aud, ticket, possession, approval).to_string(),
        possession_challenge: encode(secret.derive_possession_challenge(&aud, ticket)),
        approval_challenge: encode(secret.derive_approval_challenge(&aud, ticket, possession)),
        code: derive_confirmation_code(&aud, ticket, identity, enroll_hash, reveal),
    })
}

/// The six digits of an enrollment.
///
/// # Errors
/// Refused: a value is not of its form.
#[uniffi::export]
pub fn confirmation_code(
    aud: String,
    ticket: String,
    identity: String,
    enroll_hash: String,
    reveal: String,
) -> Result<String, ProbeError> {
    Ok(derive_confirmation_code(
        &parse(&aud)?,
        parse(&ticket)?,
        parse(&identity)?,
        parse(&enroll_hash)?,
        parse(&reveal)?,
    ))
}

/// The attestation challenge of a renewal.
///
/// # Errors
/// Refused: a value is not of its form.
#[uniffi::export]
pub fn renewal_challenge(aud: String, jti: String, old_approval: String) -> Result<String, ProbeError> {
    Ok(encode(derive_renewal_challenge(&parse(&aud)?, parse(&jti)?, parse(&old_approval)?)))
}

/// The MAC of a scanned code.
///
/// # Errors
/// Refused: a value is not of its form.
#[uniffi::export]
pub fn scan_mac(secret: String, challenge: String, step: u64) -> Result<String, ProbeError> {
    let secret = ScanSecret::new(decode_array(&secret).map_err(refused)?);
    Ok(secret.derive_mac(parse(&challenge)?, step).expose_text())
}

/// The hash of a return token.
///
/// # Errors
/// Refused: not a token.
#[uniffi::export]
pub fn return_hash(token: String) -> Result<String, ProbeError> {
    Ok(parse::<ReturnToken>(&token)?.digest().to_string())
}

/// SHA-256 of a text, as the protocol writes it.
///
/// # Errors
/// None.
#[uniffi::export]
pub fn digest(text: String) -> Result<String, ProbeError> {
    Ok(Digest::of(text.as_bytes()).to_string())
}

/// The hash of a row of the log.
///
/// # Errors
/// Refused: a value is not of its form.
#[uniffi::export]
pub fn row_hash(
    row: u64,
    time: u64,
    kind: String,
    body: String,
    previous: String,
) -> Result<String, ProbeError> {
    Ok(derive_row_hash(row, time, &kind, parse(&body)?, parse(&previous)?).to_string())
}
