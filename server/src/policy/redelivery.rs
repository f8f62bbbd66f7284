//! When a webhook's delivery is tried again: at the pauses that the Standard Webhooks specification recommends, over
//! three days, each a little longer or shorter, so that what failed together does not come back together.

/// Pauses after the first try, the second, …, in seconds. After the tenth try there is none.
const PAUSES: [u64; 9] = [5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600];
/// The longest pause that a receiver may ask for, in seconds.
const LONGEST_ASKED: u64 = 24 * 3600;

/// How long to wait, in milliseconds, after `tries` tries; `None` where no further one is made.
///
/// `chance` is any random number; the pause lies within a tenth of the schedule's. `asked` is what `Retry-After` said, in
/// seconds: it makes the pause longer, never shorter, and never longer than a day.
pub fn pause(tries: u32, asked: Option<u64>, chance: u16) -> Option<u64> {
    let place = usize::try_from(tries.checked_sub(1)?).ok()?;
    let seconds = PAUSES.get(place)?;
    // 900 to 1100 thousandths
    let scheduled = seconds * (900 + u64::from(chance) % 201);
    Some(scheduled.max(hold(asked.unwrap_or_default())))
}

/// How long a receiver that asked for so many seconds is left alone altogether, in milliseconds.
pub fn hold(asked: u64) -> u64 {
    asked.min(LONGEST_ASKED) * 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_tries_over_three_days() {
        let pauses: Vec<u64> = (1..).map_while(|tries| pause(tries, None, 100)).collect();
        assert_eq!(pauses.len(), 9);
        assert_eq!(pauses[..3], [5_000, 300_000, 1_800_000]);
        // the specification's table: the last try begins 75:35:05 after the first
        assert_eq!(pauses.iter().sum::<u64>(), (75 * 3600 + 35 * 60 + 5) * 1000);
        assert_eq!(pause(0, None, 0), None);
    }

    #[test]
    fn a_pause_is_within_a_tenth_of_the_schedule() {
        let of = |chance| pause(2, None, chance).unwrap();
        assert_eq!((of(0), of(200), of(201)), (270_000, 330_000, 270_000));
        assert!((0..=u16::MAX).all(|chance| (270_000..=330_000).contains(&of(chance))));
    }

    #[test]
    fn retry_after_makes_a_pause_longer_and_no_longer_than_a_day() {
        assert_eq!(pause(1, Some(60), 100), Some(60_000));
        assert_eq!(pause(2, Some(60), 100), Some(300_000));
        assert_eq!(pause(1, Some(u64::MAX), 100), Some(24 * 3_600_000));
        assert_eq!(pause(10, Some(60), 100), None);
    }
}
