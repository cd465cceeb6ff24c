use std::time::Duration;

/// How often a channel may be told: so many at once, then so many a minute.
#[derive(Debug)]
pub(super) struct Budget {
    per_second: f64,
    most: f64,
    left: f64,
    /// Since the start; what the channel asked to be left alone until is later than now.
    at: Duration,
}

impl Budget {
    pub(super) fn new(per_minute: u32) -> Self {
        let per_minute = f64::from(per_minute.max(1));
        let most = (per_minute / 6.0).max(1.0);
        Self { per_second: per_minute / 60.0, most, left: most, at: Duration::ZERO }
    }

    /// How long the next message has to wait; its place is taken. `now` is the time since the start.
    pub(super) fn take(&mut self, now: Duration) -> Duration {
        let paused = self.at.saturating_sub(now);
        let since = now.saturating_sub(self.at);
        self.at = self.at.max(now);
        self.left = (self.left + since.as_secs_f64() * self.per_second).min(self.most) - 1.0;
        paused + Duration::from_secs_f64((-self.left / self.per_second).max(0.0))
    }

    /// The message was not sent after all.
    pub(super) fn give_back(&mut self) {
        self.left += 1.0;
    }

    /// Nothing more for so long.
    pub(super) fn pause(&mut self, now: Duration, pause: Duration) {
        self.at = self.at.max(now.saturating_add(pause));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn some_go_at_once_and_the_others_one_by_one() {
        let mut budget = Budget::new(60);
        let waits: Vec<_> = (0..12).map(|_| budget.take(SECOND).as_secs()).collect();
        assert_eq!(waits, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
        assert_eq!(budget.take(4 * SECOND), Duration::ZERO, "time gives places back");
    }

    #[test]
    fn what_was_not_sent_takes_no_place() {
        let mut budget = Budget::new(60);
        for _ in 0..1000 {
            budget.take(SECOND);
            budget.give_back();
        }
        assert_eq!(budget.take(SECOND), Duration::ZERO);
    }

    #[test]
    fn a_channel_that_asks_for_it_is_left_alone() {
        let mut budget = Budget::new(60);
        budget.pause(SECOND, 30 * SECOND);
        assert_eq!(budget.take(11 * SECOND), 20 * SECOND);
        assert_eq!(budget.take(31 * SECOND), Duration::ZERO);
    }

    #[test]
    fn however_few_are_allowed_one_is() {
        let mut budget = Budget::new(0);
        assert_eq!([0, 60].map(|second| budget.take(second * SECOND)), [Duration::ZERO; 2]);
    }
}
