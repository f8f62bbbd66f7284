//! Times as the relying party reads them: RFC 3339, UTC, whole seconds.

use inkan_protocol::ids::NumericDate;
use jiff::Timestamp;

/// A NumericDate as RFC 3339 text.
pub(crate) fn rfc3339(seconds: NumericDate) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| Timestamp::from_second(seconds).ok());
    time.unwrap_or(Timestamp::MAX).to_string()
}

/// A NumericDate from RFC 3339 text; parts of a second are dropped.
pub(crate) fn parse_rfc3339(text: &str) -> Option<NumericDate> {
    let time: Timestamp = text.parse().ok()?;
    u64::try_from(time.as_second()).ok()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_time_is_written_in_utc() {
        assert_eq!(super::rfc3339(1_795_583_109), "2026-11-25T05:05:09Z");
    }
}
