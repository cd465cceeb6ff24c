//! Rules over groups of exceptions.

use opentelemetry::{SpanId, TraceId};

use super::*;
use crate::{
    rule::{ExceptionEvent, Exceptions, Expr, Matcher},
    testing::minutes,
};

fn group(fingerprint: &str, count: u64, first: u64, last: u64) -> Group {
    let mut group = Group::new(
        fingerprint.into(),
        "shop::Error: no stock".into(),
        "shop::Error".into(),
        at(first * MINUTE),
    );
    group.count = count;
    group.last_seen = at(last * MINUTE);
    group.operations = vec!["POST /orders".into(), "GET /".into()];
    group
}

fn fingerprints(scene: &Scene) -> Vec<String> {
    let firing = scene.engine.alerts().into_iter().filter(|alert| alert.state == AlertState::Firing);
    let fingerprints = firing.map(|mut alert| alert.labels.remove("exception_fingerprint").unwrap());
    let mut fingerprints: Vec<_> = fingerprints.collect();
    fingerprints.sort();
    fingerprints
}

#[test]
fn a_group_alerts_by_how_many_there_were_those_before_the_first_look_included() {
    let mut scene = Scene::new([Rule::new("A", Expr::exceptions(minutes(5))).above(2.0)]);
    scene.minute = 10;
    scene.groups(&[group("aa", 3, 9, 9), group("bb", 2, 9, 9), group("cc", 50, 0, 0)]);
    assert_eq!(fingerprints(&scene), ["aa", "cc"], "nobody knows when those of cc were");
    for _ in 0..6 {
        scene.groups(&[group("aa", 3, 9, 9), group("bb", 5, 9, 11), group("cc", 50, 0, 0)]);
    }
    assert_eq!(fingerprints(&scene), Vec::<String>::new());
}

#[test]
fn an_alert_has_type_title_and_trace_of_its_group() {
    let mut scene =
        Scene::new([Rule::new("A", Expr::new_exception(minutes(5)))
            .annotation("summary", "{{ labels.exception_type }}")]);
    let mut new = group("aa", 1, 0, 0);
    new.sample.trace_id = TraceId::from(7);
    new.sample.span_id = SpanId::from(8);
    scene.groups(&[new]);
    let alert = scene.engine.alerts().remove(0);
    assert_eq!(told(&alert), "exception_fingerprint=aa exception_type=shop::Error");
    assert_eq!(alert.annotations["exception"], "shop::Error: no stock");
    assert_eq!(alert.annotations["summary"], "shop::Error");
    assert_eq!(alert.exemplar, Some((TraceId::from(7), SpanId::from(8))));
}

#[test]
fn a_new_group_alerts_for_as_long_as_it_is_new() {
    let mut scene = Scene::new([Rule::new("A", Expr::new_exception(minutes(2)))]);
    let states: Vec<_> = (0..4)
        .map(|_| {
            scene.groups(&[group("aa", 1, 0, 0)]);
            fingerprints(&scene).len()
        })
        .collect();
    assert_eq!(states, [1, 1, 0, 0]);
}

#[test]
fn a_group_that_was_known_before_a_restart_is_not_new() {
    let rule = || Rule::new("A", Expr::new_exception(minutes(5)));
    let mut old = Scene::new([rule()]);
    old.groups(&[group("aa", 1, 0, 0)]);
    let mut new = Scene::new([rule()]);
    new.minute = 20;
    new.engine.restore(new.now(), Vec::new(), old.engine.known_exceptions());
    new.groups(&[group("aa", 1, 20, 20), group("bb", 1, 20, 20)]);
    assert_eq!(fingerprints(&new), ["bb"]);
}

#[test]
fn a_group_that_comes_back_after_a_quiet_period_alerts() {
    let mut scene = Scene::new([Rule::new("A", Expr::regression(minutes(10), minutes(3)))]);
    scene.groups(&[group("aa", 1, 0, 0)]);
    scene.groups(&[group("aa", 2, 0, 1)]);
    for _ in 0..12 {
        scene.groups(&[group("aa", 2, 0, 1)]);
        assert_eq!(fingerprints(&scene).len(), 0);
    }
    let mut states = Vec::new();
    for (count, last) in [(3, 14), (4, 15), (5, 16), (6, 17)] {
        scene.groups(&[group("aa", count, 0, last)]);
        states.push(fingerprints(&scene).len());
    }
    assert_eq!(states, [1, 1, 1, 0], "what follows is part of it, and it is over in time");
}

#[test]
fn matchers_look_at_type_fingerprint_and_operations() {
    let rule = |label: &str, value: &str| {
        let exceptions = Exceptions::new(ExceptionEvent::New { within: minutes(5) });
        let exceptions = exceptions.matching(Matcher::regex(label, value));
        Rule::new("A", Expr::Exceptions(exceptions))
    };
    let cases = [
        ("exception.type", "shop::.*", 2),
        ("exception.type", "other", 0),
        ("exception.fingerprint", "aa|xx", 1),
        ("operation", "POST .*", 1),
        ("operation", "", 1),
    ];
    for (label, value, expected) in cases {
        let mut scene = Scene::new([rule(label, value)]);
        let mut nowhere = group("bb", 1, 0, 0);
        nowhere.operations.clear();
        scene.groups(&[group("aa", 1, 0, 0), nowhere]);
        assert_eq!(fingerprints(&scene).len(), expected, "{label} {value}");
    }
}

#[test]
fn without_exceptions_there_is_nothing_to_say() {
    let mut scene = Scene::new([Rule::new("A", Expr::exceptions(minutes(5))).above(2.0)]);
    let evaluation = scene.groups(&[]);
    assert!(evaluation.to_send.is_empty() && evaluation.failed.is_empty(), "{evaluation:?}");
}
