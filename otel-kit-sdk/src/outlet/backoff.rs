use std::{
    hash::{BuildHasher, Hasher, RandomState},
    time::Duration,
};

/// Time to wait after `failures` (at least one) failed tries in a row: exponential, with jitter, so that
/// the clients of a receiver that comes back do not all come at once.
///
/// `asked` is what the receiver asked for; it is kept, not shortened, within [`LONGEST_ASKED`].
pub(super) fn delay(failures: u32, asked: Option<Duration>) -> Duration {
    match asked {
        Some(asked) => asked.min(LONGEST_ASKED).mul_f64(1.0 + 0.1 * random()),
        None => {
            let doublings = failures.saturating_sub(1).min(16);
            FIRST.saturating_mul(1 << doublings).min(LONGEST).mul_f64(0.75 + 0.5 * random())
        }
    }
}

/// Uniform in `[0, 1)`. Not for secrets.
fn random() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 32;
    u32::try_from(bits).map_or(0.0, f64::from) / (f64::from(u32::MAX) + 1.0)
}

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);
/// A receiver may ask for a pause, not for silence.
const LONGEST_ASKED: Duration = Duration::from_secs(3_600);

#[cfg(test)]
mod tests {
    use super::*;

    fn within(delay: Duration, from: f64, to: f64) {
        assert!((from..=to).contains(&delay.as_secs_f64()), "{delay:?} is not in {from}..={to}");
    }

    #[test]
    fn it_doubles_from_one_second_to_ten_and_is_spread_by_a_quarter() {
        for (failures, middle) in [(1, 1.0), (2, 2.0), (3, 4.0), (4, 8.0), (5, 10.0), (u32::MAX, 10.0)] {
            for _ in 0..100 {
                within(delay(failures, None), middle * 0.75, middle * 1.25);
            }
        }
        assert!((0..100).map(|_| delay(1, None)).any(|other| other != delay(1, None)));
    }

    #[test]
    fn what_the_receiver_asks_for_is_never_cut_short() {
        for _ in 0..100 {
            within(delay(9, Some(Duration::from_millis(1_200))), 1.2, 1.32);
        }
        within(delay(1, Some(Duration::MAX)), 3_600.0, 3_960.0);
        assert_eq!(delay(1, Some(Duration::ZERO)), Duration::ZERO);
    }
}
