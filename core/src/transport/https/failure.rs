//! From reqwest's errors to the port's, and which of them may be tried again.

use std::error::Error;

use rustls::CertificateError;

use super::pinning::KeyNotPinned;
use crate::ports::TransportError;

/// Why an attempt has no answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The connection failed, or ended before the answer was complete.
    NoAnswer(TransportError),
    /// Trying again would change nothing.
    Final(TransportError),
}

impl Failure {
    pub(super) fn into_error(self) -> TransportError {
        match self {
            Self::NoAnswer(error) | Self::Final(error) => error,
        }
    }

    pub(super) fn from_reqwest(error: &reqwest::Error) -> Self {
        if let Some(tls) = chain(error).find_map(<dyn Error>::downcast_ref::<rustls::Error>) {
            return Self::Final(from_rustls(tls));
        }
        if error.is_timeout() {
            Self::NoAnswer(TransportError::TimedOut)
        } else if error.is_builder() || error.is_decode() {
            Self::Final(TransportError::Other(describe(error)))
        } else {
            Self::NoAnswer(TransportError::Offline)
        }
    }
}

fn from_rustls(error: &rustls::Error) -> TransportError {
    match error {
        rustls::Error::InvalidCertificate(CertificateError::Other(other)) if other.0.is::<KeyNotPinned>() => {
            TransportError::PinMismatch
        }
        other => TransportError::Tls(other.to_string()),
    }
}

/// The innermost cause in words; the outer ones repeat the URL, which may tell too much.
pub(super) fn describe(error: &reqwest::Error) -> String {
    chain(error).last().map_or_else(|| "unknown".to_owned(), ToString::to_string)
}

/// The causes of an error from the outside in. An `io::Error` hides the error that it carries from `source`.
fn chain<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(error.source(), |error| {
        let error: &'a (dyn Error + 'static) = *error;
        let Some(io) = error.downcast_ref::<std::io::Error>() else { return error.source() };
        let inner = io.get_ref()?;
        Some(inner)
    })
}
