//! Calls that go wrong on purpose, through the wrapper that every call of `bindings` has.

#![expect(clippy::panic, clippy::missing_panics_doc, reason = "what they are for")]

use std::{future::pending, sync::Arc};

use inkan::{
    call::{Cancellation, run},
    error::{CallError, InkanError},
};

use crate::ProbeError;

impl From<CallError> for ProbeError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Cancelled => Self::Cancelled,
            CallError::Failed { error } => Self::Failed { key: error.key(), detail: error.detail() },
        }
    }
}

/// Panics in a call that runs at once.
///
/// # Errors
/// Never one that is declared here: the generated code throws its own.
#[uniffi::export]
pub fn panic_at_once() -> Result<String, ProbeError> {
    panic!("on purpose, at once")
}

/// Panics in a call that waits, before it has waited.
///
/// # Errors
/// Failed, with the key `internal.panic`.
#[uniffi::export]
pub async fn panic_in_a_call() -> Result<String, ProbeError> {
    Ok(run::<String, InkanError>("probe", None, async { panic!("on purpose, in a call") }).await?)
}

/// Panics after a wait, in a task of the call's own.
///
/// # Errors
/// Failed, with the key `internal.panic`.
#[uniffi::export]
pub async fn panic_after_a_wait() -> Result<String, ProbeError> {
    let work = async {
        tokio::task::yield_now().await;
        panic!("on purpose, after a wait")
    };
    Ok(run::<String, InkanError>("probe", None, work).await?)
}

/// Ends calls of this library early: the core's own [`Cancellation`] under a name of this library.
#[derive(uniffi::Object)]
pub struct ProbeCancellation {
    inner: Arc<Cancellation>,
}

#[uniffi::export]
impl ProbeCancellation {
    /// One that has not been cancelled.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::new(Self { inner: Cancellation::new() })
    }

    /// Ends the calls that hold it.
    pub fn cancel(&self) {
        self.inner.cancel();
    }
}

/// Waits until it is cancelled.
///
/// # Errors
/// Cancelled.
#[uniffi::export]
pub async fn wait_for_ever(cancellation: Arc<ProbeCancellation>) -> Result<String, ProbeError> {
    Ok(run::<String, InkanError>("probe", Some(Arc::clone(&cancellation.inner)), pending()).await?)
}
