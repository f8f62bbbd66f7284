//! The one file of this crate that looks at the clock or waits.
//!
//! The programs here start other programs and have to wait for them; nothing here decides anything by the time.

use std::time::{Duration, Instant};

/// How long something has taken so far.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "the wrapping file: how long a step took is printed, never decided on"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// A bounded wait: `attempts` times, `pause` apart.
#[derive(Clone, Copy)]
pub(crate) struct Patience {
    pub(crate) attempts: u32,
    pub(crate) pause: Duration,
}

impl Patience {
    /// Asks until there is an answer; `None` when the patience is at its end.
    pub(crate) fn wait_for<T>(self, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
        for attempt in 1..=self.attempts {
            if let Some(answer) = ask() {
                return Some(answer);
            }
            if attempt < self.attempts {
                pause(self.pause);
            }
        }
        None
    }
}

/// Lets another program go on for a moment.
#[expect(
    clippy::disallowed_methods,
    reason = "the wrapping file: a launcher has nothing to do until its programs are ready"
)]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}

/// `0.4 s`, `42 s`, `3 min 07 s`.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else if seconds >= 10 {
        format!("{seconds} s")
    } else {
        format!("{}.{} s", seconds, time.subsec_millis() / 100)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Patience, in_words};

    #[test]
    fn times_are_written_as_a_person_reads_them() {
        assert_eq!(in_words(Duration::from_millis(449)), "0.4 s");
        assert_eq!(in_words(Duration::from_millis(9_990)), "9.9 s");
        assert_eq!(in_words(Duration::from_millis(42_999)), "42 s");
        assert_eq!(in_words(Duration::from_secs(187)), "3 min 07 s");
    }

    #[test]
    fn patience_ends() {
        let patience = Patience { attempts: 3, pause: Duration::ZERO };
        let mut asked = 0;
        assert_eq!(
            patience.wait_for(|| {
                asked += 1;
                None::<()>
            }),
            None
        );
        assert_eq!(asked, 3);
        assert_eq!(patience.wait_for(|| Some(7)), Some(7));
    }
}
