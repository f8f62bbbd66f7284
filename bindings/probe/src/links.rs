//! Links, typed codes and names of servers: the second half of `docs/vectors/derived.json`.

use inkan_protocol::{
    challenge::ChallengeLink,
    enrollment::{EnrollmentUri, TypedCode},
    ids::ServerName,
};

use crate::{ProbeError, parse};

/// What an enrollment link says.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct EnrollmentLink {
    /// The device host.
    pub server: String,
    /// Names the enrollment.
    pub ticket: String,
    /// Proves that the link was seen.
    pub secret: String,
    /// Thumbprint of the identity key.
    pub identity: String,
    /// The lowest version of the key set.
    pub key_set_version: u64,
    /// Pinned TLS keys.
    pub pins: Vec<String>,
}

/// What a challenge link says: `step` and `mac` of a scanned code, or the `token` of an opened link.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct StartLink {
    /// The device host.
    pub server: String,
    /// Which challenge.
    pub challenge: String,
    /// When the code was made, in steps of five seconds.
    pub step: Option<u64>,
    /// Its MAC.
    pub mac: Option<String>,
    /// The link's token.
    pub token: Option<String>,
}

/// A typed code as it is sent.
///
/// # Errors
/// Refused: no code.
#[uniffi::export]
pub fn typed_code(typed: String) -> Result<String, ProbeError> {
    Ok(parse::<TypedCode>(&typed)?.expose_text().to_owned())
}

/// The name of a server, back again.
///
/// # Errors
/// Refused: no name.
#[uniffi::export]
pub fn server_name(name: String) -> Result<String, ProbeError> {
    Ok(parse::<ServerName>(&name)?.to_string())
}

/// Reads an enrollment link.
///
/// # Errors
/// Refused: none of ours.
#[uniffi::export]
pub fn enrollment_link(uri: String) -> Result<EnrollmentLink, ProbeError> {
    let uri: EnrollmentUri = parse(&uri)?;
    Ok(EnrollmentLink {
        server: uri.server.to_string(),
        ticket: uri.ticket.to_string(),
        secret: uri.secret.expose_text(),
        identity: uri.identity.to_string(),
        key_set_version: uri.key_set_version,
        pins: uri.pins.iter().map(ToString::to_string).collect(),
    })
}

/// Reads a challenge link.
///
/// # Errors
/// Refused: none of ours.
#[uniffi::export]
pub fn start_link(link: String) -> Result<StartLink, ProbeError> {
    Ok(match parse(&link)? {
        ChallengeLink::Scan { server, challenge, step, mac } => StartLink {
            server: server.to_string(),
            challenge: challenge.to_string(),
            step: Some(step),
            mac: Some(mac.expose_text()),
            token: None,
        },
        ChallengeLink::Open { server, challenge, token } => StartLink {
            server: server.to_string(),
            challenge: challenge.to_string(),
            step: None,
            mac: None,
            token: Some(token.expose_text()),
        },
    })
}
