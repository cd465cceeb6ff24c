use std::time::Duration;

use tokio::time::Instant;

use crate::{outlet::backoff::delay, phase::Phase};

/// How a try failed.
#[derive(Clone, Copy)]
pub(in crate::outlet) enum Failure {
    /// The receiver has no time now, and may have said how long.
    Busy(Option<Duration>),
    /// Nobody answered, or (`ever_since`) nobody has since the start.
    Silent { ever_since: bool },
}

/// Why the gate is closed, and since when.
#[derive(Clone, Copy)]
pub(super) struct Closed {
    since: Instant,
    failures: u32,
    failed_at: Instant,
    not_before: Instant,
    /// The receiver itself named the time.
    asked: bool,
    /// Nobody answered the last try.
    pub(super) silent: bool,
    /// Nobody has answered any try.
    unknown: bool,
}

impl Closed {
    pub(super) fn first(now: Instant, failure: Failure) -> Self {
        Self {
            since: now,
            failures: 1,
            failed_at: now,
            not_before: now + delay(1, failure.asked()),
            asked: failure.asked().is_some(),
            silent: matches!(failure, Failure::Silent { .. }),
            unknown: matches!(failure, Failure::Silent { ever_since: true }),
        }
    }

    pub(super) fn again(self, now: Instant, failure: Failure) -> Self {
        let failures = self.failures.saturating_add(1);
        let not_before = now + delay(failures, failure.asked());
        Self { since: self.since, failures, not_before, ..Self::first(now, failure) }
    }

    /// A request that was in flight with the one that failed first is no news, except for what it was asked.
    pub(super) fn straggler(self, now: Instant, failure: Failure) -> Self {
        let asked_until = failure.asked().map(|asked| now + delay(1, Some(asked)));
        let not_before = asked_until.map_or(self.not_before, |until| until.max(self.not_before));
        let Self { asked, silent, unknown, .. } = Self::first(now, failure);
        Self {
            failed_at: now,
            not_before,
            asked: self.asked || asked,
            silent: self.silent && silent,
            unknown: self.unknown && unknown,
            ..self
        }
    }

    /// When to probe; `None` if there is no use in it any more.
    ///
    /// A shutdown gives a receiver that was down one more chance, at once unless it asked for time; likewise
    /// one that has never been there. A receiver that went down only then is tried as long as there is time.
    pub(super) fn due(&self, phase: Phase, now: Instant) -> Option<Instant> {
        match phase {
            Phase::Running => Some(self.not_before),
            Phase::Cancelled => None,
            Phase::Draining { since, until } => {
                let untried = self.failed_at < since;
                let due = if untried && !self.asked { now } else { self.not_before };
                let hopeless = !untried && (self.unknown || self.since < since);
                (due < until && !hopeless).then_some(due)
            }
        }
    }
}

impl Failure {
    const fn asked(self) -> Option<Duration> {
        match self {
            Self::Busy(asked) => asked,
            Self::Silent { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUSY: Failure = Failure::Busy(None);
    const SECOND: Duration = Duration::from_secs(1);

    fn closed(now: Instant, asked: bool) -> Closed {
        Closed { not_before: now + 8 * SECOND, asked, ..Closed::first(now, BUSY) }
    }

    #[tokio::test(start_paused = true)]
    async fn a_shutdown_gives_an_old_outage_one_chance_at_once() {
        let began = Instant::now();
        let now = began + SECOND;
        let phase = Phase::Draining { since: now, until: now + 5 * SECOND };
        let before = closed(began, false);
        assert_eq!(before.due(Phase::Running, now), Some(before.not_before));
        assert_eq!(before.due(phase, now), Some(now));
        assert_eq!(before.again(now, BUSY).due(phase, now), None);
        assert_eq!(before.due(Phase::Cancelled, now), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_that_begins_in_the_shutdown_is_waited_for_within_the_time() {
        let now = Instant::now();
        let phase = Phase::Draining { since: now, until: now + 5 * SECOND };
        let first = Closed::first(now, BUSY);
        assert_eq!(first.due(phase, now), Some(first.not_before));
        assert_eq!(closed(now, false).due(phase, now), None); // too late
    }

    #[tokio::test(start_paused = true)]
    async fn a_receiver_that_was_never_there_is_tried_once_in_a_shutdown() {
        let now = Instant::now();
        let phase = Phase::Draining { since: now, until: now + 5 * SECOND };
        let never = Closed::first(now, Failure::Silent { ever_since: true });
        assert_eq!(never.due(phase, now), None);
        assert_eq!(never.due(Phase::Running, now), Some(never.not_before));
        let gone = Closed::first(now, Failure::Silent { ever_since: false });
        assert_eq!(gone.due(phase, now), Some(gone.not_before));
        // It was silent and is there now.
        assert!(never.again(now, BUSY).due(phase, now).is_some());
        assert!(never.straggler(now, BUSY).due(phase, now).is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn a_shutdown_does_not_press_a_receiver_that_asked_for_time() {
        let began = Instant::now();
        let now = began + SECOND;
        let asked = closed(began, true);
        let until = |seconds: u32| Phase::Draining { since: now, until: now + seconds * SECOND };
        assert_eq!(asked.due(until(5), now), None);
        assert_eq!(asked.due(until(10), now), Some(asked.not_before));
    }
}
