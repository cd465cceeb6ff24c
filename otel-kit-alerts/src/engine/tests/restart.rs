//! A new process that goes on with what the old one knew.

use super::*;
use crate::{
    rule::Expr,
    testing::{gauge, minutes},
};

fn rule(hold: u64) -> Rule {
    Rule::new("A", Expr::value("g")).above(10.0).hold(minutes(hold)).no_data(crate::rule::OnNoData::Normal)
}

fn high() -> Metric {
    gauge("g", &[(&["queue=a"], 11.0)])
}

fn low() -> Metric {
    gauge("g", &[(&["queue=a"], 1.0)])
}

/// Another process with this rule, so many minutes later.
fn restarted(old: &Scene, rule: Rule, after: u64) -> Scene {
    let mut new = Scene::new([rule]);
    let last = at((old.minute - 1) * MINUTE);
    new.minute = old.minute - 1 + after;
    new.engine.restore(new.now(), old.engine.saved(last), old.engine.known_exceptions());
    new
}

#[test]
fn what_fires_goes_on_to_fire_since_when_it_did() {
    let mut old = Scene::new([rule(5)]);
    (0..7).for_each(|_| drop(old.step([high()])));
    let before = old.engine.alerts().remove(0);
    let mut new = restarted(&old, rule(5), 20);
    assert_eq!(sent(&new.step([high()])), [("A", "firing")]);
    let alert = new.engine.alerts().remove(0);
    assert_eq!((alert.active_at, alert.fired_at), (before.active_at, before.fired_at));
}

#[test]
fn what_fired_and_is_over_after_the_restart_is_said_to_be() {
    let mut old = Scene::new([rule(0)]);
    old.step([high()]);
    let mut new = restarted(&old, rule(0), 5);
    assert_eq!(sent(&new.step([low()])), [("A", "inactive")]);
}

#[test]
fn what_fired_goes_on_for_ten_minutes_until_there_is_a_value() {
    let mut old = Scene::new([rule(0)]);
    old.step([high()]);
    let mut new = restarted(&old, rule(0), 5);
    for _ in 0..10 {
        assert_eq!(sent(&new.step([])), [("A", "firing")]);
    }
    assert_eq!(sent(&new.step([])), [("A", "inactive")]);
}

#[test]
fn the_outage_is_no_part_of_the_waiting_time() {
    let mut old = Scene::new([rule(9)]);
    (0..4).for_each(|_| drop(old.step([high()])));
    let mut new = restarted(&old, rule(9), 30);
    let until_it_fires = (0..).position(|_| !new.step([high()]).to_send.is_empty());
    assert_eq!(until_it_fires, Some(6), "it had waited for three of nine minutes");
}

#[test]
fn a_long_waiting_time_that_is_nearly_over_takes_ten_minutes_more() {
    let mut old = Scene::new([rule(30)]);
    (0..28).for_each(|_| drop(old.step([high()])));
    let mut new = restarted(&old, rule(30), 1);
    let until_it_fires = (0..).position(|_| !new.step([high()]).to_send.is_empty());
    assert_eq!(until_it_fires, Some(10));
}

#[test]
fn after_an_hour_everything_begins_anew_and_what_fired_is_over() {
    let mut old = Scene::new([rule(5)]);
    (0..7).for_each(|_| drop(old.step([high()])));
    let mut new = restarted(&old, rule(5), 61);
    assert_eq!(sent(&new.step([high()])), []);
    assert_eq!(new.engine.alerts()[0].active_at, at(67 * MINUTE));

    let mut old = Scene::new([rule(0)]);
    old.step([high()]);
    let mut new = restarted(&old, rule(0), 61);
    assert_eq!(sent(&new.step([])), [("A", "inactive")]);
}

#[test]
fn what_has_no_rule_any_more_is_over() {
    let mut old = Scene::new([rule(0)]);
    old.step([high()]);
    let mut new = restarted(&old, Rule::new("B", Expr::value("g")).above(10.0), 1);
    let evaluation = new.step([high()]);
    assert_eq!(sent(&evaluation), [("B", "firing"), ("A", "inactive")]);
}

#[test]
fn a_rule_that_waits_for_longer_now_lets_an_alert_wait_again() {
    let mut old = Scene::new([rule(0)]);
    old.step([high()]);
    let mut new = restarted(&old, rule(10), 5);
    assert_eq!(sent(&new.step([high()])), []);
    assert_eq!(new.engine.alerts()[0].state, AlertState::Pending);
}

#[test]
fn what_waited_is_kept_over_a_second_restart() {
    let mut old = Scene::new([rule(9)]);
    (0..4).for_each(|_| drop(old.step([high()])));
    let mut between = restarted(&old, rule(9), 2);
    between.step([]);
    let mut new = restarted(&between, rule(9), 2);
    let until_it_fires = (0..).position(|_| !new.step([high()]).to_send.is_empty());
    assert_eq!(until_it_fires, Some(6));
}
