//! Structured log lines on standard error, without anything personal.
//!
//! Lines are written where something happens (`routes::request`): the matched route and never the path, codes and never
//! bodies. This file only says how they look and which are written: the server's own from the configured level on,
//! those of libraries from `warn`, because at lower levels some of them write what they carry.

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::config::{Log, LogFormat, LogLevel};

/// The process could not be given a log.
#[derive(Debug, thiserror::Error)]
#[error("the log was already set up")]
pub struct AlreadySet;

/// Writes to standard error from now on, for the whole process.
pub fn init(log: Log) -> Result<(), AlreadySet> {
    tracing::subscriber::set_global_default(subscriber(log, std::io::stderr)).map_err(|_| AlreadySet)
}

/// What `init` sets, over any writer.
pub fn subscriber<W>(log: Log, writer: W) -> Box<dyn Subscriber + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let builder =
        tracing_subscriber::fmt().with_writer(writer).with_env_filter(filter(log.level)).with_ansi(false);
    match log.format {
        LogFormat::Json => Box::new(builder.json().flatten_event(true).finish()),
        LogFormat::Text => Box::new(builder.finish()),
    }
}

fn filter(level: LogLevel) -> EnvFilter {
    let (libraries, own) = match level {
        LogLevel::Error => ("error", "error"),
        LogLevel::Warn => ("warn", "warn"),
        LogLevel::Info => ("warn", "info"),
        LogLevel::Debug => ("warn", "debug"),
        LogLevel::Trace => ("warn", "trace"),
    };
    EnvFilter::new(format!("{libraries},inkan_server={own},inkan={own}"))
}

#[cfg(test)]
mod tests;
