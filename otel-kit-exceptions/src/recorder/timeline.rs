use std::time::{Duration, SystemTime};

use otel_kit_core::{Clock, Moment};

/// Time in nanoseconds since the start, in one number.
#[derive(Clone, Debug)]
pub(crate) struct Timeline {
    clock: Clock,
    start: Moment,
}

impl Timeline {
    pub(crate) fn new(clock: Clock) -> Self {
        Self { start: clock.now(), clock }
    }

    /// Now.
    #[inline]
    pub(crate) fn nanos(&self) -> u64 {
        u64::try_from(self.clock.since(&self.start).as_nanos()).unwrap_or(u64::MAX)
    }

    /// The time on the wall now.
    pub(crate) fn now(&self) -> SystemTime {
        self.clock.now().wall()
    }

    /// The time on the wall at `nanos`.
    pub(crate) fn wall(&self, nanos: u64) -> SystemTime {
        let ago = Duration::from_nanos(self.nanos().saturating_sub(nanos));
        let now = self.now();
        now.checked_sub(ago).unwrap_or(now)
    }
}

/// Whole seconds, from 1 on, so that 0 is never.
pub(crate) fn seconds(nanos: u64) -> u32 {
    u32::try_from(nanos / 1_000_000_000 + 1).unwrap_or(u32::MAX)
}
