//! One request to a provider and its answer, within a time that the clock measures.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, Response};

use super::Outcome;
use crate::clock::Clock;
use crate::outbound::describe;

/// A try ends by then, whatever the provider does: shorter than [`super::LONGEST_TRY`].
pub(super) const PATIENCE: Duration = Duration::from_secs(14);
/// More than any documented error.
const LARGEST_ANSWER: usize = 16 * 1024;
/// A provider that asks for more is asked again after a day all the same.
const LONGEST_PAUSE: Duration = Duration::from_hours(24);

/// What a provider answered.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    /// Cut after 16 KiB.
    pub(super) body: Vec<u8>,
}

/// Does `work` within [`PATIENCE`] on this clock; what is not done by then is given up.
pub(super) async fn within<T>(clock: &Arc<dyn Clock>, work: impl Future<Output = T>) -> Option<T> {
    tokio::select! {
        done = work => Some(done),
        () = clock.sleep(PATIENCE) => None,
    }
}

/// Sends, and reads what comes back. A provider that does not answer is [`Outcome::ProviderDown`].
pub(super) async fn send(
    provider: &'static str,
    clock: &Arc<dyn Clock>,
    request: RequestBuilder,
) -> Result<Answer, Outcome> {
    let down = |error: reqwest::Error| {
        tracing::warn!(provider, error = describe(error), "the push provider does not answer");
        Outcome::ProviderDown
    };
    let mut response = request.send().await.map_err(down)?;
    let status = response.status().as_u16();
    let retry_after = retry_after(&response, clock.now());
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(down)? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_ANSWER {
            body.truncate(LARGEST_ANSWER);
            break;
        }
    }
    Ok(Answer { status, retry_after, body })
}

/// `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
pub(super) fn retry_after(response: &Response, now: u64) -> Option<Duration> {
    let text = response.headers().get(RETRY_AFTER)?.to_str().ok()?;
    pause(text.trim(), now)
}

fn pause(text: &str, now: u64) -> Option<Duration> {
    let until = || {
        let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?;
        Some(u64::try_from(date.as_second()).ok()?.saturating_sub(now))
    };
    let seconds = text.parse::<u64>().ok().or_else(until)?;
    Some(Duration::from_secs(seconds).min(LONGEST_PAUSE))
}

impl Answer {
    /// Too much at once: after what the provider says, or else after this.
    pub(super) fn throttled(&self, otherwise: Duration) -> Outcome {
        Outcome::Throttled { retry_after: self.retry_after.unwrap_or(otherwise) }
    }

    /// The provider failed. Where it says until when, that is how long it is left alone.
    pub(super) fn down(&self) -> Outcome {
        self.retry_after.map_or(Outcome::ProviderDown, |retry_after| Outcome::Throttled { retry_after })
    }
}

/// A word of a provider's as it may stand in a log: what is not a word of an API is left out.
pub(super) fn word(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_seconds_or_a_date_and_at_most_a_day() {
        let seconds = |text| pause(text, 784_111_777).map(|pause| pause.as_secs());
        assert_eq!(seconds("120"), Some(120));
        assert_eq!(seconds("0"), Some(0));
        assert_eq!(seconds("99999999"), Some(86_400));
        // RFC 9110 §5.6.7: 784111777 is this moment
        assert_eq!(seconds("Sun, 06 Nov 1994 08:50:37 GMT"), Some(60));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:00:00 GMT"), Some(0));
        for wrong in ["", "-1", "soon", "1.5", "99999999999999999999999"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_word_carries_neither_text_nor_lines() {
        assert_eq!(word("BadDeviceToken"), "BadDeviceToken");
        assert_eq!(word("a b\n\u{1b}[31m{\"x\""), "ab31mx");
        assert_eq!(word(&"x".repeat(100)).len(), 64);
    }
}
