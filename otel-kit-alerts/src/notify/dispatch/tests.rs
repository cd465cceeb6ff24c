use std::{collections::BTreeSet, time::UNIX_EPOCH};

use proptest::prelude::*;

use super::*;
use crate::{
    notify::{GroupBy, Silence, Status},
    rule::Matcher,
};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

/// A service whose rules are evaluated every 15 s, with what its channels were told.
struct Service {
    dispatch: Dispatch,
    now: Duration,
    firing: BTreeMap<String, Alert>,
    resolved: BTreeMap<String, Alert>,
    /// Seconds since the start, channel, reason, alerts (capitals fire).
    told: Vec<(u64, String, &'static str, String)>,
    /// Channels that fail.
    broken: Vec<&'static str>,
}

impl Service {
    fn new(silences: &[Silence]) -> Self {
        Self::with(Route::default(), silences)
    }

    fn with(route: Route, silences: &[Silence]) -> Self {
        let receiver = |name: &str, send_resolved| Receiver { name: name.into(), send_resolved };
        let receivers = vec![receiver("hook", true), receiver("mail", false)];
        let silences = Silences::compile(silences).unwrap();
        let dispatch = Dispatch::new(route, receivers, silences, Arc::default());
        let (firing, resolved) = Default::default();
        Self { dispatch, now: Duration::ZERO, firing, resolved, told: Vec::new(), broken: Vec::new() }
    }

    fn at(&self) -> SystemTime {
        UNIX_EPOCH + HOUR + self.now
    }

    /// `name` is the instance, its rule `Rule`.
    fn fire(&mut self, name: &str) {
        let labels = [("alertname", "Rule"), ("instance", name)];
        let labels = labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut alert = Alert::new(labels, name.to_owned(), self.at());
        alert.fired_at = Some(self.at());
        self.resolved.remove(name);
        self.firing.insert(name.to_owned(), alert);
    }

    fn resolve(&mut self, name: &str) {
        let mut alert = self.firing.remove(name).unwrap();
        alert.resolved_at = Some(self.at());
        self.resolved.insert(name.to_owned(), alert);
    }

    /// Evaluates now and every 15 s, for as long; channels are asked each second.
    fn run(&mut self, duration: Duration) {
        let end = self.now + duration;
        while self.now < end {
            if self.now.as_secs().is_multiple_of(15) {
                let alerts: Vec<_> = self.firing.values().chain(self.resolved.values()).cloned().collect();
                let at = self.at();
                assert_eq!(self.dispatch.receive(at, &alerts, at + 4 * MINUTE), 0);
            }
            self.tell();
            self.now += SECOND;
        }
    }

    fn tell(&mut self) {
        for Due { notification, ticket } in self.dispatch.due(self.at()) {
            let is_broken = self.broken.contains(&notification.receiver.as_str());
            if !is_broken {
                let alerts = notification.alerts.iter().map(|alert| match alert.status {
                    Status::Firing => alert.fingerprint.to_uppercase(),
                    Status::Resolved => alert.fingerprint.clone(),
                });
                let told = (
                    self.now.as_secs(),
                    notification.receiver.clone(),
                    notification.reason.name(),
                    alerts.collect(),
                );
                self.told.push(told);
            }
            self.dispatch.done(ticket, !is_broken);
        }
    }

    fn told(&self, channel: &str) -> Vec<(u64, &str, &str)> {
        let told = self.told.iter().filter(|(_, to, ..)| to == channel);
        told.map(|(at, _, reason, alerts)| (*at, *reason, alerts.as_str())).collect()
    }
}

#[test]
fn a_new_group_waits_and_is_told_once() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(HOUR);
    assert_eq!(service.told("hook"), [(30, "first notification", "A")]);
    assert_eq!(service.told("mail"), [(30, "first notification", "A")]);
}

#[test]
fn what_is_resolved_within_group_wait_is_never_announced() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(20 * SECOND);
    service.resolve("a");
    service.run(HOUR);
    assert_eq!(service.told, []);
}

#[test]
fn a_second_instance_joins_the_group_at_its_next_interval() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(2 * MINUTE);
    service.fire("b");
    service.run(HOUR);
    assert_eq!(service.told("hook"), [(30, "first notification", "A"), (330, "new alerts added", "AB")]);
}

#[test]
fn what_does_not_change_is_repeated_after_four_hours_only() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(9 * HOUR);
    let told = service.told("hook");
    let expected = ["first notification", "repeat interval elapsed", "repeat interval elapsed"];
    assert_eq!(told.iter().map(|(_, reason, _)| *reason).collect::<Vec<_>>(), expected);
    assert_eq!(told.iter().map(|(at, ..)| *at).collect::<Vec<_>>(), [30, 30 + 4 * 3600, 30 + 8 * 3600]);
}

#[test]
fn the_repeat_interval_is_rounded_up_to_a_multiple_of_the_group_interval() {
    let route = Route { group_interval: 7 * MINUTE, repeat_interval: 10 * MINUTE, ..Route::default() };
    let mut service = Service::with(route, &[]);
    service.fire("a");
    service.run(30 * MINUTE);
    assert_eq!(
        service.told("hook").iter().map(|(at, ..)| *at).collect::<Vec<_>>(),
        [30, 30 + 14 * 60, 30 + 28 * 60]
    );
}

#[test]
fn what_is_over_is_told_to_those_who_want_to_know() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.fire("b");
    service.run(MINUTE);
    service.resolve("a");
    service.run(6 * MINUTE);
    service.resolve("b");
    service.run(HOUR);
    let expected = [
        (30, "first notification", "AB"),
        (330, "some alerts resolved", "Ba"),
        (630, "all alerts resolved", "b"),
    ];
    assert_eq!(service.told("hook"), expected);
    assert_eq!(service.told("mail"), [(30, "first notification", "AB")]);
}

#[test]
fn what_fires_again_after_it_was_over_is_announced_again() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(MINUTE);
    service.resolve("a");
    service.run(20 * MINUTE);
    service.fire("a");
    service.run(MINUTE);
    let reasons: Vec<_> = service.told("hook").iter().map(|(_, reason, _)| *reason).collect();
    assert_eq!(reasons, ["first notification", "all alerts resolved", "first notification"]);
    let to_mail: Vec<_> = service.told("mail").iter().map(|(_, reason, _)| *reason).collect();
    assert_eq!(to_mail, ["first notification", "first notification"]);
}

#[test]
fn a_silence_in_the_middle_of_it_keeps_quiet_and_a_message_follows_its_end() {
    let from = UNIX_EPOCH + HOUR;
    let silence = Silence::new([Matcher::equal("instance", "a")], from + 10 * MINUTE, from + 10 * HOUR);
    let mut service = Service::new(&[silence]);
    service.fire("a");
    service.run(11 * HOUR);
    let told = service.told("hook");
    assert_eq!(told, [(30, "first notification", "A"), (10 * 3600 + 30, "first notification", "A")]);
}

#[test]
fn a_silence_mutes_an_alert_and_not_its_group() {
    let silence = Silence::new([Matcher::equal("instance", "a")], UNIX_EPOCH, UNIX_EPOCH + 2 * HOUR);
    let mut service = Service::new(&[silence]);
    service.fire("a");
    service.fire("b");
    service.run(2 * HOUR);
    assert_eq!(service.told("hook"), [(30, "first notification", "B"), (3630, "new alerts added", "AB")]);
}

#[test]
fn what_ends_under_a_silence_is_over_without_a_word() {
    let from = UNIX_EPOCH + HOUR;
    let silence = Silence::new([Matcher::equal("instance", "a")], from + MINUTE, from + HOUR);
    let mut service = Service::new(&[silence]);
    service.fire("a");
    service.run(30 * MINUTE);
    service.resolve("a");
    service.run(9 * HOUR);
    assert_eq!(service.told("hook"), [(30, "first notification", "A")]);
}

#[test]
fn what_could_not_be_told_is_told_with_the_next_interval() {
    let mut service = Service::new(&[]);
    service.broken = vec!["hook"];
    service.fire("a");
    service.run(4 * MINUTE);
    service.broken.clear();
    service.run(4 * MINUTE);
    assert_eq!(service.told("hook"), [(330, "first notification", "A")]);
    assert_eq!(service.told("mail"), [(30, "first notification", "A")], "others are not disturbed");
}

#[test]
fn an_end_that_could_not_be_told_is_told_later() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(MINUTE);
    service.resolve("a");
    service.broken = vec!["hook"];
    service.run(20 * MINUTE);
    service.resolved.clear();
    service.run(MINUTE);
    service.broken.clear();
    service.run(10 * MINUTE);
    assert_eq!(service.told("hook").last(), Some(&(1530, "all alerts resolved", "a")));
}

#[test]
fn what_is_not_spoken_of_any_more_is_over_while_others_are() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.fire("b");
    service.run(MINUTE);
    service.firing.remove("a");
    service.run(20 * MINUTE);
    assert_eq!(service.told("hook")[1], (330, "some alerts resolved", "Ba"));
}

#[test]
fn nothing_is_over_because_nobody_evaluates() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(MINUTE);
    for _ in 0..3600 {
        service.tell();
        service.now += SECOND;
    }
    service.run(MINUTE);
    assert_eq!(service.told("hook"), [(30, "first notification", "A")]);
}

#[test]
fn after_a_restart_nothing_is_told_twice_and_an_end_is_told() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.fire("b");
    service.run(10 * MINUTE);
    let mut restarted = Service::new(&[]);
    restarted.dispatch.restore(service.dispatch.log(), service.at());
    (restarted.now, restarted.firing) = (service.now, service.firing);
    restarted.resolve("b");
    restarted.run(HOUR);
    let at = restarted.told[0].0;
    assert_eq!(restarted.told("hook"), [(at, "some alerts resolved", "Ab")]);

    let mut restarted_later = Service::new(&[]);
    restarted_later.dispatch.restore(restarted.dispatch.log(), restarted.at());
    (restarted_later.now, restarted_later.firing) = (restarted.now, restarted.firing);
    restarted_later.resolve("a");
    restarted_later.run(HOUR);
    assert_eq!(restarted_later.told.len(), 1, "{:?}", restarted_later.told);
    assert_eq!(restarted_later.told("hook")[0].1, "all alerts resolved");
}

#[test]
fn a_clock_that_was_set_back_does_not_put_off_the_repetition() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(MINUTE);
    let mut restarted = Service::new(&[]);
    let from_the_future =
        service.dispatch.log().into_iter().map(|entry| LogEntry { at: entry.at + 100 * HOUR, ..entry });
    restarted.dispatch.restore(from_the_future.collect(), service.at());
    (restarted.now, restarted.firing) = (service.now, service.firing);
    restarted.run(5 * HOUR);
    assert_eq!(restarted.told("hook").len(), 1, "{:?}", restarted.told);
}

#[test]
fn without_grouping_each_alert_is_a_message_of_its_own() {
    let mut service = Service::with(Route { group_by: GroupBy::All, ..Route::default() }, &[]);
    service.fire("a");
    service.run(10 * SECOND);
    service.fire("b");
    service.run(MINUTE);
    let told: Vec<_> = service.told("hook").iter().map(|(at, _, alerts)| (*at, *alerts)).collect();
    assert_eq!(told, [(30, "A"), (45, "B")]);
}

#[test]
fn a_channel_that_is_still_being_told_is_not_told_again() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(30 * SECOND);
    let due = service.dispatch.due(service.at());
    assert_eq!(due.len(), 2);
    let in_flight = due.into_iter().find(|due| due.notification.receiver == "hook").unwrap();
    service.fire("b");
    service.run(5 * MINUTE + 5 * SECOND);
    assert_eq!(service.told("hook"), []);
    service.dispatch.done(in_flight.ticket, true);
    service.run(SECOND);
    assert_eq!(service.told("hook"), [(335, "new alerts added", "AB")]);
}

#[test]
fn a_word_that_never_comes_back_holds_nobody_up_for_ever() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(30 * SECOND);
    drop(service.dispatch.due(service.at()));
    service.run(HOUR);
    assert_eq!(service.told("hook"), [(340, "first notification", "A")]);
}

#[test]
fn a_group_that_is_over_is_forgotten() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.run(MINUTE);
    service.resolve("a");
    service.run(15 * MINUTE);
    service.resolved.clear();
    service.run(10 * HOUR);
    assert!(service.dispatch.groups.is_empty());
    assert_eq!(service.dispatch.log(), []);
}

#[test]
fn a_notification_says_what_its_alerts_share() {
    let mut service = Service::new(&[]);
    service.fire("a");
    service.fire("b");
    let alerts: Vec<_> = service.firing.values().cloned().collect();
    service.dispatch.receive(service.at(), &alerts, service.at() + MINUTE);
    let due = service.dispatch.due(service.at() + MINUTE);
    let notification = &due[0].notification;
    let rule = BTreeMap::from([("alertname".to_owned(), "Rule".to_owned())]);
    assert_eq!((&notification.group_labels, &notification.common_labels), (&rule, &rule));
    assert_eq!(notification.title(), "[FIRING:2] Rule");
    assert_eq!(notification.group_key, r#"{}:{alertname="Rule"}"#);
}

#[test]
fn beyond_the_most_groups_alerts_are_refused_and_counted() {
    let mut service = Service::with(Route { group_by: GroupBy::All, ..Route::default() }, &[]);
    let at = service.at();
    let alert = |number: usize| {
        let labels = BTreeMap::from([("number".to_owned(), number.to_string())]);
        Alert::new(labels, number.to_string(), at)
    };
    let alerts: Vec<_> = (0..MOST_GROUPS + 3).map(alert).collect();
    assert_eq!(service.dispatch.receive(at, &alerts, at + MINUTE), 3);
    assert_eq!(service.dispatch.due(at + MINUTE).len(), 2 * MOST_GROUPS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever begins, ends and fails: each message is news, and in the end everybody knows what fires.
    #[test]
    fn in_the_end_channels_know_what_fires(steps in prop::collection::vec((0..3_usize, any::<bool>(), 1..400_u32), 1..40)) {
        let mut service = Service::new(&[]);
        for (instance, is_broken, seconds) in steps {
            let name = ["a", "b", "c"][instance];
            if service.firing.contains_key(name) { service.resolve(name) } else { service.fire(name) }
            service.broken = if is_broken { vec!["hook"] } else { vec![] };
            service.run(seconds * SECOND);
        }
        service.broken.clear();
        service.run(11 * MINUTE);
        let fires: BTreeSet<_> = service.firing.keys().map(|name| name.to_uppercase()).collect();
        let mut known = BTreeSet::new();
        for (at, reason, alerts) in service.told("hook") {
            let now = alerts.chars().filter(char::is_ascii_uppercase).map(String::from).collect();
            prop_assert!(now != known || reason == "repeat interval elapsed", "{at} {reason} {alerts}: no news");
            known = now;
        }
        prop_assert_eq!(known, fires);
    }
}
