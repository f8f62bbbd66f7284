//! Long polls: an answer as soon as something changed, or after the time that the caller gave.

use std::future::Future;
use std::time::Duration;

use crate::app::Shared;
use crate::hub::Topic;
use crate::routes::refusal::Refusal;

/// Longest wait of a long poll, in seconds.
pub const LONGEST_SECONDS: u64 = 25;

/// What a look at the store found.
pub enum Look<T> {
    /// Worth an answer now.
    News(T),
    /// Nothing new; the answer if the wait ends. It may change by itself at this time.
    Same(T, Option<u64>),
}

/// Looks once; where nothing is new, waits until a topic is rung or `wait` seconds are over, and looks again.
///
/// The subscription comes before the first look, so nothing between is missed. Nobody looks while nothing happens.
pub async fn poll<T, F>(
    app: &Shared,
    topic: Topic,
    wait: Option<u64>,
    look: impl Fn() -> F,
) -> Result<T, Refusal>
where
    F: Future<Output = Result<Look<T>, Refusal>>,
{
    let mut waiting = app.hub.subscribe(topic);
    let longest = wait.unwrap_or(0).min(LONGEST_SECONDS) * 1000;
    let until = app.clock.now_millis().saturating_add(longest);
    loop {
        let (value, changes_at) = match look().await? {
            Look::News(value) => return Ok(value),
            Look::Same(value, changes_at) => (value, changes_at),
        };
        let now = app.clock.now_millis();
        // More is left than there was: the clock was set back, and nobody waits longer for it.
        if now >= until || until - now > longest {
            return Ok(value);
        }
        let next = changes_at.map_or(until, |at| until.min(at.saturating_mul(1000).max(now + 1)));
        tokio::select! {
            () = waiting.changed() => {}
            () = app.clock.sleep(Duration::from_millis(next - now)) => {}
            () = app.drained() => return Ok(value),
        }
    }
}
