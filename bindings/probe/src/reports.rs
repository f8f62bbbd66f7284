//! What the log says of a panic. Each library has a hook and a listener of its own, so the ones of this library are put
//! in by the core's own function, and can be taken away again.

use std::{panic, sync::Arc};

use inkan::log::{LogEntry, LogError, LogLevel, LogListener, install_log};

use crate::ProbeError;

/// Hears the log of this library.
#[uniffi::export(with_foreign)]
pub trait ProbeListener: Send + Sync {
    /// One entry: its level as a word, its target and its message.
    ///
    /// # Errors
    /// Whatever the listener fails with; nothing follows from it.
    fn heard(&self, level: String, target: String, message: String) -> Result<(), ProbeError>;
}

impl From<uniffi::UnexpectedUniFFICallbackError> for ProbeError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Refused { reason: error.reason }
    }
}

struct Passing(Arc<dyn ProbeListener>);

impl LogListener for Passing {
    fn log(&self, entry: LogEntry) -> Result<(), LogError> {
        let heard = self.0.heard(format!("{:?}", entry.level), entry.target, entry.message);
        heard.map_err(|error| LogError::Unexpected { reason: error.to_string() })
    }
}

/// The core's own listener and hook, in this library. Once in a process.
///
/// # Errors
/// Failed, if there is a listener already.
#[uniffi::export]
pub fn install_probe_log(listener: Arc<dyn ProbeListener>) -> Result<(), ProbeError> {
    install_log(Arc::new(Passing(listener)), LogLevel::Debug)
        .map_err(|error| ProbeError::Failed { key: error.key(), detail: error.detail() })
}

/// Takes the hook away: for the control.
///
/// # Errors
/// None.
#[uniffi::export]
pub fn take_panic_hook() -> Result<(), ProbeError> {
    drop(panic::take_hook());
    Ok(())
}
