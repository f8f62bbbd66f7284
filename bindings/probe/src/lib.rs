//! For the tests of Kotlin and Swift alone: the protocol's own functions, so that the vectors of `docs/vectors` can be
//! checked from there, and calls that panic or never end, through the wrapper that every call of `bindings` has.
//!
//! A library of its own, so that nothing of this is in what ships. JSON goes in and out as text, bytes as base64url.

#![expect(clippy::needless_pass_by_value, reason = "what comes across the border is owned")]

pub mod derived;
pub mod links;
pub mod messages;
pub mod reports;
pub mod runtime;
pub mod shown;

uniffi::setup_scaffolding!("inkan_probe");

/// The one error of every call here.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum ProbeError {
    /// The protocol refuses it, or it is not of the form that is asked.
    #[error("{reason}")]
    Refused {
        /// Why, for whoever reads a failed test.
        reason: String,
    },
    /// The call failed as a call of the core does.
    #[error("{key}: {detail}")]
    Failed {
        /// The error's key.
        key: String,
        /// Its detail.
        detail: String,
    },
    /// The call was cancelled.
    #[error("cancelled")]
    Cancelled,
}

/// Whatever the protocol says no with.
pub(crate) fn refused(reason: impl std::fmt::Display) -> ProbeError {
    ProbeError::Refused { reason: reason.to_string() }
}

/// A value of the protocol from its text.
pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, ProbeError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(refused)
}
