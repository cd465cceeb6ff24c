use std::time::{Duration, Instant};

/// The instant in `duration` from now; far away if there is no such instant.
pub(crate) fn after(duration: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration).or_else(|| now.checked_add(FAR)).unwrap_or(now)
}

/// Time from now to `deadline`.
pub(crate) fn left(deadline: Instant) -> Duration {
    deadline.saturating_duration_since(Instant::now())
}

const FAR: Duration = Duration::from_secs(365 * 24 * 3_600);
