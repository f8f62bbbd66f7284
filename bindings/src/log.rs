//! The log, to a listener of the shell, with everything that could be a secret or a person taken out.

use std::{
    fmt::{self, Write as _},
    panic,
    sync::Arc,
};

use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer, Registry,
    layer::{Context, SubscriberExt as _},
};

use inkan_core::failure::InternalFailure;

use crate::error::InkanError;

/// How grave an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum LogLevel {
    Debug,
    Info,
    Warn,
    Error,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LogEntry {
    pub level: LogLevel,
    pub target: String,
    pub message: String,
}

/// Why a listener did not take an entry. Nothing follows from it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum LogError {
    #[error("{reason}")]
    Unexpected { reason: String },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for LogError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unexpected { reason: error.reason }
    }
}

/// Takes the log's entries, on any thread. It must not call the authenticator.
#[uniffi::export(with_foreign)]
pub trait LogListener: Send + Sync {
    /// One entry.
    fn log(&self, entry: LogEntry) -> Result<(), LogError>;
}

/// From now on entries of this level and graver go to `listener`, panics included. Once in a process.
///
/// # Errors
/// Internal, if there is a listener already.
#[uniffi::export]
pub fn install_log(listener: Arc<dyn LogListener>, level: LogLevel) -> Result<(), InkanError> {
    let layer = ToShell { listener, level };
    tracing::subscriber::set_global_default(Registry::default().with(layer))
        .map_err(|_| InkanError::internal(InternalFailure::Other, "there is a log listener already"))?;
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        // the place and not the words: they may quote what was being worked on
        let place = panic.location().map(|place| format!("{}:{}", place.file(), place.line()));
        tracing::error!(target: "inkan", place, "panic");
        before(panic);
    }));
    Ok(())
}

struct ToShell {
    listener: Arc<dyn LogListener>,
    level: LogLevel,
}

impl<S: Subscriber> Layer<S> for ToShell {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = match *event.metadata().level() {
            Level::ERROR => LogLevel::Error,
            Level::WARN => LogLevel::Warn,
            Level::INFO => LogLevel::Info,
            Level::DEBUG | Level::TRACE => LogLevel::Debug,
        };
        // what libraries below say is not ours to answer for: their warnings alone
        let ours = event.metadata().target().starts_with("inkan");
        if level < self.level || (!ours && level < LogLevel::Warn) {
            return;
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        // a listener that fails has no one to tell
        let _ = self.listener.log(LogEntry {
            level,
            target: event.metadata().target().to_owned(),
            message: inkan_core::redaction::redact(&text.0),
        });
    }
}

struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let space = if self.0.is_empty() { "" } else { " " };
        let _ = if field.name() == "message" {
            write!(self.0, "{space}{value:?}")
        } else {
            write!(self.0, "{space}{}={value:?}", field.name())
        };
    }
}
