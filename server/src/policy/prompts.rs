//! Growing pauses between prompts in mode `number` (`docs/protocol.md`, "Limits").
//!
//! ```text
//! 1st, 2nd, 3rd   freely
//! from the 4th    within 5 minutes: 10, 20, 40 s … 1 h since the last
//! an hour without a prompt begins anew; approved prompts are not counted
//! ```

use inkan_protocol::ids::{ChallengeId, NumericDate};
use serde::{Deserialize, Serialize};

/// Prompts that are free within [`WINDOW_SECONDS`].
const FREE: usize = 3;
const WINDOW_SECONDS: u64 = 300;
const FIRST_PAUSE_SECONDS: u64 = 10;
const LONGEST_PAUSE_SECONDS: u64 = 3600;
const RESET_SECONDS: u64 = 3600;

/// Prompts of one user in mode `number`, oldest first, without those that were approved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptLog(Vec<(ChallengeId, NumericDate)>);

impl PromptLog {
    /// Seconds until another prompt may be made; `None`: now.
    pub fn wait(&self, now: NumericDate) -> Option<u64> {
        let (level, last) = self.level(now)?;
        let pause = FIRST_PAUSE_SECONDS
            .checked_shl(level)
            .map_or(LONGEST_PAUSE_SECONDS, |pause| pause.min(LONGEST_PAUSE_SECONDS));
        let until = last.saturating_add(pause);
        (now < until).then(|| until - now)
    }

    /// Notes a prompt.
    #[must_use]
    pub fn with(mut self, challenge: ChallengeId, now: NumericDate) -> Self {
        match self.level(now) {
            // As long as there are pauses, each prompt counts; there are few, for the pauses grow.
            Some(_) => {}
            None if self.0.last().is_some_and(|(_, last)| now.saturating_sub(*last) >= RESET_SECONDS) => {
                self.0.clear();
            }
            // No later prompt looks back beyond the window.
            None => self.0.retain(|(_, at)| now.saturating_sub(*at) < WINDOW_SECONDS),
        }
        self.0.push((challenge, now));
        self
    }

    /// Takes back a prompt that was approved.
    #[must_use]
    pub fn without(mut self, challenge: ChallengeId) -> Self {
        self.0.retain(|(known, _)| *known != challenge);
        self
    }

    /// How many pauses have been used up already, and when the last prompt was; `None` where no pause is due.
    fn level(&self, now: NumericDate) -> Option<(u32, NumericDate)> {
        let times: Vec<NumericDate> = self.0.iter().map(|(_, at)| *at).collect();
        let last = *times.last()?;
        if now.saturating_sub(last) >= RESET_SECONDS {
            return None;
        }
        let crowded = |count: usize, at: NumericDate| {
            times.iter().take(count).filter(|earlier| at.saturating_sub(**earlier) < WINDOW_SECONDS).count()
                >= FREE
        };
        let mut used = None;
        for (count, at) in times.iter().enumerate() {
            used = match used {
                Some(level) => Some(level + 1),
                None if crowded(count, *at) => Some(1),
                None => None,
            };
        }
        match used {
            Some(level) => Some((level, last)),
            None if crowded(times.len(), now) => Some((0, last)),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(number: u128) -> ChallengeId {
        ChallengeId(uuid::Uuid::from_u128(number))
    }

    fn log(times: &[u64]) -> PromptLog {
        times.iter().enumerate().fold(PromptLog::default(), |log, (number, at)| {
            log.with(id(u128::try_from(number).unwrap()), *at)
        })
    }

    #[test]
    fn three_are_free_and_then_the_pause_doubles() {
        assert_eq!(log(&[]).wait(1000), None);
        assert_eq!(log(&[1000, 1001]).wait(1001), None);
        assert_eq!(log(&[1000, 1001, 1002]).wait(1002), Some(10));
        assert_eq!(log(&[1000, 1001, 1002]).wait(1012), None);
        assert_eq!(log(&[1000, 1001, 1002, 1012]).wait(1012), Some(20));
        assert_eq!(log(&[1000, 1001, 1002, 1012, 1032]).wait(1032), Some(40));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let slow: Vec<u64> = (0..1000).map(|number| 1000 + number * 150).collect();
        assert!(log(&slow).0.len() <= FREE);
    }

    #[test]
    fn slow_prompts_wait_for_nothing() {
        assert_eq!(log(&[1000, 1200, 1400, 1600, 1800]).wait(1800), None);
    }

    #[test]
    fn an_hour_without_begins_anew_and_an_approved_prompt_never_was() {
        let crowded = log(&[1000, 1001, 1002, 1012]);
        assert_eq!(crowded.wait(1012 + 3600), None);
        assert_eq!(crowded.clone().with(id(9), 1012 + 3600).wait(1012 + 3600), None);
        assert_eq!(log(&[1000, 1001, 1002]).without(id(1)).wait(1002), None);
    }

    proptest! {
        #[test]
        fn the_pause_never_passes_an_hour_and_waiting_always_helps(gaps in prop::collection::vec(0_u64..4000, 0..60)) {
            let mut now = 1_000_000;
            let mut log = PromptLog::default();
            for (number, gap) in gaps.into_iter().enumerate() {
                now += gap;
                if let Some(wait) = log.wait(now) {
                    prop_assert!((1..=3600).contains(&wait));
                    now += wait;
                    prop_assert_eq!(log.wait(now), None);
                }
                log = log.with(id(u128::try_from(number).unwrap()), now);
            }
        }
    }
}
