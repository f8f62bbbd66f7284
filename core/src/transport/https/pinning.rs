//! Pins on top of rustls' own check of a certificate, never instead of it.
//!
//! A key counts as shown only if it stands on a path that was verified from the server's certificate to a root: a
//! server may send any certificates of others along, and these prove nothing. RFC 7469 section 2.6.

use std::{collections::BTreeSet, fmt, sync::Arc, time::Duration};

use ring::digest::{SHA256, digest};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::VerifierBuilderError,
    time_provider::TimeProvider,
};
use webpki::{EndEntityCert, KeyUsage, VerifiedPath};

use crate::ports::{Clock, Pin, Timestamp};

/// The hashes of the keys of which a server must show one; none for the public roots alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct PinnedKeys(BTreeSet<[u8; 32]>);

impl PinnedKeys {
    /// Those of `pins` that count at `now`.
    pub(super) fn in_date(pins: &[Pin], now: Timestamp) -> Self {
        let counts = |pin: &&Pin| pin.not_after.is_none_or(|not_after| now.seconds() < not_after);
        Self(pins.iter().filter(counts).map(|pin| pin.sha256).collect())
    }

    fn has(&self, key_info: &[u8]) -> bool {
        // a hash of something public: no need for constant time
        self.0.iter().any(|pin| pin.as_slice() == digest(&SHA256, key_info).as_ref())
    }
}

/// The certificate is good, and none of the keys on its paths is pinned.
#[derive(Debug, thiserror::Error)]
#[error("none of the server's keys is pinned")]
pub(super) struct KeyNotPinned;

/// rustls' check, and then the pins.
#[derive(Debug)]
pub(super) struct PinningVerifier {
    ordinary: Arc<WebPkiServerVerifier>,
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    keys: PinnedKeys,
}

impl PinningVerifier {
    pub(super) fn new(
        roots: Arc<RootCertStore>,
        provider: Arc<CryptoProvider>,
        keys: PinnedKeys,
    ) -> Result<Self, VerifierBuilderError> {
        let ordinary =
            WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider)).build()?;
        Ok(Self { ordinary, roots, provider, keys })
    }

    /// Looks for a verified path with a pinned key on it.
    fn has_pinned_path(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> bool {
        let Ok(end_entity) = EndEntityCert::try_from(leaf) else { return false };
        let pinned = |path: &VerifiedPath<'_>| {
            let shown = self.keys.has(&path.end_entity().subject_public_key_info())
                || path
                    .intermediate_certificates()
                    .any(|cert| self.keys.has(&cert.subject_public_key_info()))
                || self.keys.has(&key_info(&path.anchor().subject_public_key_info));
            // any error makes the search go on to the next path
            if shown { Ok(()) } else { Err(webpki::Error::UnknownIssuer) }
        };
        end_entity
            .verify_for_usage(
                self.provider.signature_verification_algorithms.all,
                &self.roots.roots,
                others,
                now,
                KeyUsage::server_auth(),
                None,
                Some(&pinned),
            )
            .is_ok()
    }
}

impl ServerCertVerifier for PinningVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        // 1. names, dates, issuer, usage
        let verified =
            self.ordinary.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)?;
        // 2. the pins, where there are any
        if self.keys.0.is_empty() || self.has_pinned_path(end_entity, intermediates, now) {
            return Ok(verified);
        }
        Err(Error::InvalidCertificate(CertificateError::Other(OtherError(Arc::new(KeyNotPinned)))))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.ordinary.verify_tls12_signature(message, cert, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.ordinary.verify_tls13_signature(message, cert, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.ordinary.supported_verify_schemes()
    }
}

/// A root keeps the content of its SubjectPublicKeyInfo without the tag and length that are hashed too.
fn key_info(content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    let mut whole = vec![0x30];
    match significant.as_slice() {
        [short] if *short < 0x80 => whole.push(*short),
        long => {
            whole.push(0x80 | u8::try_from(long.len()).unwrap_or(0));
            whole.extend_from_slice(long);
        }
    }
    whole.extend_from_slice(content);
    whole
}

/// The port's clock, by which certificates are in date or not.
pub(super) struct PortClock(Arc<dyn Clock>);

impl PortClock {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self(clock)
    }
}

impl fmt::Debug for PortClock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PortClock")
    }
}

impl TimeProvider for PortClock {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.now().seconds())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pin_counts_until_its_date() {
        let pin = |not_after| Pin { sha256: [1; 32], not_after };
        let counts = |pin: Pin, now| PinnedKeys::in_date(&[pin], Timestamp::from_seconds(now)).0.len();
        assert_eq!(counts(pin(None), u64::MAX), 1);
        assert_eq!(counts(pin(Some(100)), 99), 1);
        assert_eq!(counts(pin(Some(100)), 100), 0);
    }

    #[test]
    fn the_length_of_a_key_is_written_in_der() {
        for (length, front) in [
            (0x59, vec![0x30, 0x59]),
            (0x7F, vec![0x30, 0x7F]),
            (0x80, vec![0x30, 0x81, 0x80]),
            (0x122, vec![0x30, 0x82, 0x01, 0x22]),
        ] {
            assert_eq!(key_info(&vec![7; length])[..front.len()], front);
        }
    }
}
