use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

/// Time to wait after `failures` (at least one) failed tries in a row: it grows by half each time, with jitter.
pub(super) fn delay(failures: u32) -> Duration {
    let growth = GROWTH.powf(f64::from(failures.saturating_sub(1).min(MOST_STEPS)));
    FIRST.mul_f64(growth).min(LONGEST).mul_f64(0.5 + random())
}

/// Uniform in `[0, 1)`. Not for secrets.
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    u32::try_from(bits).map_or(0.0, f64::from) / (f64::from(u32::MAX) + 1.0)
}

const FIRST: Duration = Duration::from_millis(500);
const GROWTH: f64 = 1.5;
const LONGEST: Duration = Duration::from_secs(60);
/// Enough to get to the longest.
const MOST_STEPS: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_by_half_from_half_a_second_to_a_minute_and_is_spread_by_half() {
        for (failures, middle) in
            [(1, 0.5), (2, 0.75), (3, 1.125), (12, 43.248), (13, 60.0), (u32::MAX, 60.0)]
        {
            for _ in 0..100 {
                let seconds = delay(failures).as_secs_f64();
                assert!((middle * 0.499..=middle * 1.501).contains(&seconds), "{failures}: {seconds}");
            }
        }
        assert!((0..100).map(|_| delay(1)).any(|other| other != delay(1)));
    }
}
