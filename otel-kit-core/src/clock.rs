use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// Where an operation gets its time from: the system, or a test that moves the hands itself.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use otel_kit_core::Clock;
///
/// let clock = Clock::manual(SystemTime::UNIX_EPOCH);
/// let started = clock.now();
/// clock.advance(Duration::from_millis(250));
/// assert_eq!(clock.since(&started), Duration::from_millis(250));
/// assert_eq!(clock.now().wall(), SystemTime::UNIX_EPOCH + Duration::from_millis(250));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Clock {
    manual: Option<Arc<Manual>>,
}

/// A point in time, on the wall and on a clock that never goes back.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    wall: SystemTime,
    steady: Steady,
}

/// A point in time on the clock that never goes back.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Steady {
    System(Instant),
    Manual(Duration),
}

#[derive(Debug)]
struct Manual {
    start: SystemTime,
    nanos: AtomicU64,
}

impl Clock {
    /// The system's clocks.
    #[must_use]
    pub const fn system() -> Self {
        Self { manual: None }
    }

    /// A clock that stands at `start` until somebody [advances](Self::advance) it: for tests.
    #[must_use]
    pub fn manual(start: SystemTime) -> Self {
        Self { manual: Some(Arc::new(Manual { start, nanos: AtomicU64::new(0) })) }
    }

    /// Moves a manual clock, and all its clones, forward; the system's goes by itself.
    pub fn advance(&self, by: Duration) {
        if let Some(manual) = &self.manual {
            manual.nanos.fetch_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    /// True if it has to be [advanced](Self::advance) by hand.
    #[must_use]
    pub const fn is_manual(&self) -> bool {
        self.manual.is_some()
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment { wall: self.wall(), steady: self.steady() }
    }

    /// The moment that was `elapsed` ago: for what is known only when it is over.
    ///
    /// ```
    /// use std::time::Duration;
    /// use otel_kit_core::Clock;
    ///
    /// let clock = Clock::system();
    /// let started = clock.ago(Duration::from_millis(250));
    /// assert!(clock.since(&started) >= Duration::from_millis(250));
    /// ```
    #[must_use]
    pub fn ago(&self, elapsed: Duration) -> Moment {
        let (wall, steady) = (self.wall(), self.steady());
        Moment { wall: wall.checked_sub(elapsed).unwrap_or(wall), steady: steady.before(elapsed) }
    }

    /// Time since `moment`, which this clock or a clone of it gave.
    #[must_use]
    pub fn since(&self, moment: &Moment) -> Duration {
        self.since_steady(moment.steady)
    }

    /// The half of [`now`](Self::now) that only a span needs.
    pub(crate) fn wall(&self) -> SystemTime {
        match &self.manual {
            None => SystemTime::now(),
            Some(manual) => manual.start.checked_add(manual.since_start()).unwrap_or(manual.start),
        }
    }

    /// The half of [`now`](Self::now) that durations are measured from.
    pub(crate) fn steady(&self) -> Steady {
        match &self.manual {
            None => Steady::System(Instant::now()),
            Some(manual) => Steady::Manual(manual.since_start()),
        }
    }

    pub(crate) fn since_steady(&self, then: Steady) -> Duration {
        match (then, &self.manual) {
            (Steady::System(instant), _) => instant.elapsed(),
            (Steady::Manual(then), Some(manual)) => manual.since_start().saturating_sub(then),
            (Steady::Manual(_), None) => Duration::ZERO,
        }
    }
}

impl Moment {
    /// The time on the wall.
    #[must_use]
    pub const fn wall(&self) -> SystemTime {
        self.wall
    }

    pub(crate) const fn steady(&self) -> Steady {
        self.steady
    }
}

impl Steady {
    fn before(self, elapsed: Duration) -> Self {
        match self {
            Self::System(instant) => Self::System(instant.checked_sub(elapsed).unwrap_or(instant)),
            Self::Manual(since_start) => Self::Manual(since_start.saturating_sub(elapsed)),
        }
    }
}

impl Manual {
    fn since_start(&self) -> Duration {
        Duration::from_nanos(self.nanos.load(Ordering::Relaxed))
    }
}
