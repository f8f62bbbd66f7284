//! The one file of this crate that looks at the clock.

use std::time::SystemTime;

/// The present as the API takes it (RFC 3339, UTC, whole seconds).
#[expect(clippy::disallowed_methods, reason = "this file wraps the real clock")]
pub(crate) fn now() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    jiff::Timestamp::from_second(seconds).map(|time| time.to_string()).unwrap_or_default()
}
