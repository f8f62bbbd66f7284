//! The one file of this crate that looks at the clock.

use std::time::SystemTime;

/// Seconds from now until `time` (RFC 3339, as the API says it); 0 once it is over.
pub(crate) fn seconds_until(time: &str) -> u64 {
    let Ok(time) = time.parse::<jiff::Timestamp>() else { return 0 };
    u64::try_from(time.as_second().saturating_sub(unix())).unwrap_or(0)
}

/// The present as the API takes it (RFC 3339, UTC, whole seconds).
pub(crate) fn now() -> String {
    jiff::Timestamp::from_second(unix()).map(|time| time.to_string()).unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "this file wraps the real clock")]
fn unix() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or_default()
}
