//! What the series that rules select have measured until now, as exact as the rules' windows need it.

mod buckets;
mod exponential;
mod levels;
mod numbers;
mod of_series;

pub(crate) use self::{
    buckets::{Counts, Distribution},
    exponential::Exponential,
    levels::{Levels, extent},
    numbers::{Total, Unbroken, Values},
    of_series::{History, Needs, Reading},
};

/// Milliseconds since 1970.
pub(crate) type Millis = u64;

/// As milliseconds; what was before 1970 is then.
pub(crate) fn millis(time: std::time::SystemTime) -> Millis {
    length(time.duration_since(std::time::UNIX_EPOCH).unwrap_or_default())
}

/// As milliseconds.
pub(crate) fn length(duration: std::time::Duration) -> Millis {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
