//! How long to wait before the next try: twice as long each time, up to a bound, and not everybody at once.

use std::time::Duration;

/// The pause before the next of `tries` tries so far: between half of `first · 2^(tries-1)` and all of it, never more
/// than `longest`. `jitter` is a random byte.
pub fn pause(first: Duration, longest: Duration, tries: u32, jitter: u8) -> Duration {
    let doubled = 2u32.checked_pow(tries.saturating_sub(1)).unwrap_or(u32::MAX);
    let whole = first.saturating_mul(doubled).min(longest);
    (whole / 2).saturating_add(whole / 2 / 255 * u32::from(jitter))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_doubles_up_to_its_bound_and_half_of_it_is_chance() {
        let pause = |tries, jitter| pause(Duration::from_secs(1), Duration::from_secs(30), tries, jitter);
        assert_eq!((pause(1, 0), pause(2, 0), pause(3, 0)), (ms(500), ms(1000), ms(2000)));
        assert!(pause(1, 255) > ms(999) && pause(1, 255) <= ms(1000));
        assert!(pause(1, 127) > pause(1, 0) && pause(1, 127) < pause(1, 255));
        for tries in [6, 40, u32::MAX] {
            assert_eq!(pause(tries, 0), ms(15_000));
        }
        assert_eq!(pause(0, 0), ms(500));
    }

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }
}
