use std::time::{Duration, Instant};

/// The instant in `time` from now; far away if there is no such instant.
pub(crate) fn deadline_in(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time).or_else(|| now.checked_add(FAR)).unwrap_or(now)
}

const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);
