use std::time::{Duration, SystemTime};

use otel_kit_core::alert::{Alert, AlertState};

/// One alert and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    pub(crate) alert: Alert,
    /// Since when it fires although its condition does not hold.
    pub(crate) keep_firing_since: Option<SystemTime>,
    /// When it was last sent.
    pub(crate) sent_at: Option<SystemTime>,
}

/// How long its rule waits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timing {
    pub(crate) hold: Duration,
    pub(crate) keep_firing_for: Duration,
}

/// What an evaluation makes of an alert.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    Stays,
    Changes,
    /// It is over, and nobody has to hear of it any more.
    Ends,
}

impl Instance {
    pub(crate) const fn new(alert: Alert) -> Self {
        Self { alert, keep_firing_since: None, sent_at: None }
    }

    /// Goes on to `now`, where the condition holds or not.
    pub(crate) fn advance(&mut self, holds: bool, now: SystemTime, timing: Timing) -> Fate {
        if holds { self.on(now, timing) } else { self.off(now, timing) }
    }

    /// True if whoever notifies has to be told, and not only now and then.
    pub(crate) fn is_due(&self, now: SystemTime) -> bool {
        let Some(sent_at) = self.sent_at else { return self.alert.state != AlertState::Pending };
        match self.alert.state {
            AlertState::Firing => since(sent_at, now) >= RESEND_DELAY,
            AlertState::Inactive => {
                self.alert.resolved_at.is_some_and(|resolved_at| resolved_at > sent_at)
                    || since(sent_at, now) >= RESEND_DELAY
            }
            _ => false,
        }
    }

    fn on(&mut self, now: SystemTime, timing: Timing) -> Fate {
        self.keep_firing_since = None;
        let before = self.alert.state;
        if before == AlertState::Inactive {
            self.alert.active_at = now;
            // Another trace is behind it than before.
            self.alert.exemplar = None;
            self.start();
        }
        let is_long_enough = since(self.alert.active_at, now) >= timing.hold;
        match self.alert.state {
            AlertState::Pending if is_long_enough => {
                self.alert.state = AlertState::Firing;
                self.alert.fired_at = Some(now);
            }
            // Its rule waits for longer than it did.
            AlertState::Firing if !is_long_enough => self.start(),
            _ => {}
        }
        if self.alert.state == before { Fate::Stays } else { Fate::Changes }
    }

    fn off(&mut self, now: SystemTime, timing: Timing) -> Fate {
        match self.alert.state {
            AlertState::Firing => {
                let last = *self.keep_firing_since.get_or_insert(now);
                if since(last, now) < timing.keep_firing_for {
                    return Fate::Stays;
                }
                self.keep_firing_since = None;
                self.alert.state = AlertState::Inactive;
                self.alert.resolved_at = Some(now);
                Fate::Changes
            }
            AlertState::Inactive => {
                let resolved_at = self.alert.resolved_at.unwrap_or(now);
                if since(resolved_at, now) > RESOLVED_RETENTION { Fate::Ends } else { Fate::Stays }
            }
            _ => {
                self.alert.state = AlertState::Inactive;
                Fate::Ends
            }
        }
    }

    const fn start(&mut self) {
        self.alert.state = AlertState::Pending;
        self.alert.fired_at = None;
        self.alert.resolved_at = None;
        self.sent_at = None;
    }
}

/// A clock that was set back makes nothing last longer than it did.
pub(crate) fn since(then: SystemTime, now: SystemTime) -> Duration {
    now.duration_since(then).unwrap_or_default()
}

/// How often what is known is said again.
pub(crate) const RESEND_DELAY: Duration = Duration::from_secs(60);
/// How long what is over is said again, in case nobody heard.
const RESOLVED_RETENTION: Duration = Duration::from_secs(15 * 60);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::at;

    const SECOND: Duration = Duration::from_secs(1);

    fn timing(hold: u32, keep_firing_for: u32) -> Timing {
        Timing { hold: hold * SECOND, keep_firing_for: keep_firing_for * SECOND }
    }

    fn instance() -> Instance {
        Instance::new(Alert::new([].into(), String::new(), at(0)))
    }

    /// States at each second in which the condition holds (`1`) or not (`0`), as letters.
    fn states(timing: Timing, conditions: &str) -> String {
        let mut instance = instance();
        let mut out = String::new();
        for (second, condition) in (0..).zip(conditions.chars()) {
            let fate = instance.advance(condition == '1', at(second * 1000), timing);
            out.push(match (fate, instance.alert.state) {
                (Fate::Ends, _) => 'x',
                (_, AlertState::Pending) => 'p',
                (_, AlertState::Firing) => 'F',
                _ => '-',
            });
        }
        out
    }

    #[test]
    fn without_a_waiting_time_an_alert_fires_at_the_first_evaluation() {
        assert_eq!(states(timing(0, 0), "1100"), "FF--");
    }

    #[test]
    fn an_alert_fires_when_its_condition_has_held_for_long_enough() {
        assert_eq!(states(timing(3, 0), "111110"), "pppFF-");
    }

    #[test]
    fn a_flap_that_is_shorter_than_the_waiting_time_is_never_heard_of() {
        let mut flapping = instance();
        let fates: Vec<_> =
            (0..3).map(|second| flapping.advance(second < 2, at(second * 1000), timing(3, 0))).collect();
        assert_eq!(fates, [Fate::Stays, Fate::Stays, Fate::Ends]);
        assert_eq!(flapping.alert.fired_at, None);
    }

    #[test]
    fn an_alert_goes_on_to_fire_over_gaps() {
        assert_eq!(states(timing(0, 3), "1001100001"), "FFFFFFFF-F");
    }

    #[test]
    fn an_alert_that_is_over_and_begins_again_waits_again() {
        assert_eq!(states(timing(1, 0), "110110"), "pF-pF-");
    }

    #[test]
    fn an_alert_whose_rule_waits_for_longer_than_before_waits_again() {
        let mut alert = instance();
        alert.advance(true, at(0), timing(0, 0));
        alert.sent_at = Some(at(0));
        assert_eq!(alert.advance(true, at(1000), timing(5, 0)), Fate::Changes);
        assert_eq!((alert.alert.state, alert.sent_at), (AlertState::Pending, None));
        alert.advance(true, at(5000), timing(5, 0));
        assert_eq!(alert.alert.fired_at, Some(at(5000)));
    }

    #[test]
    fn what_fires_is_said_each_minute_and_what_is_over_at_once_and_for_a_quarter_of_an_hour() {
        let mut alert = instance();
        let mut said = Vec::new();
        for second in (0..1200).step_by(15) {
            let fate = alert.advance(second < 90, at(second * 1000), timing(0, 0));
            if fate == Fate::Ends {
                assert_eq!(second, 90 + 900 + 15);
                break;
            }
            if alert.is_due(at(second * 1000)) {
                alert.sent_at = Some(at(second * 1000));
                said.push((second, alert.alert.state));
            }
        }
        let firing = [0, 60].map(|second| (second, AlertState::Firing));
        let over = (90..=990).step_by(60).map(|second| (second, AlertState::Inactive));
        assert_eq!(said, firing.into_iter().chain(over).collect::<Vec<_>>());
    }

    proptest! {
        #[test]
        fn nothing_fires_before_its_time_or_stops_before_it(
            hold in 0_u32..10,
            keep in 0_u32..10,
            conditions in prop::collection::vec(any::<bool>(), 1..60),
        ) {
            let mut instance = Instance::new(Alert::new([].into(), String::new(), at(0)));
            instance.alert.state = AlertState::Inactive;
            let (mut held, mut last_held) = (0, None);
            for (second, holds) in (0_u32..).zip(conditions) {
                let was_firing = instance.alert.state == AlertState::Firing;
                instance.advance(holds, at(u64::from(second) * 1000), timing(hold, keep));
                held = if holds { held + 1 } else { 0 };
                let fires = instance.alert.state == AlertState::Firing;
                if fires && !was_firing {
                    prop_assert!(held > hold, "{held} of {hold}");
                }
                if holds {
                    last_held = Some(second);
                } else if was_firing && !fires {
                    prop_assert!(second > last_held.unwrap() + keep);
                } else if fires {
                    prop_assert!(second <= last_held.unwrap() + keep);
                }
            }
        }
    }
}
