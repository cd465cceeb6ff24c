//! From condition to alert.

use super::*;
use crate::{
    rule::{Comparison, Condition, Expr, Selector},
    testing::{gauge, minutes},
};

fn rule() -> Rule {
    Rule::new("A", Expr::value("g")).above(10.0)
}

/// What is sent and what changes, minute by minute, while a gauge has these values.
fn run(rule: Rule, values: &[f64]) -> (Vec<Vec<&'static str>>, Vec<Vec<&'static str>>) {
    let mut scene = Scene::new([rule]);
    let states = |alerts: &[Alert]| alerts.iter().map(|alert| alert.state.name()).collect::<Vec<_>>();
    let evaluations = values.iter().map(|value| scene.step([gauge("g", &[(&[], *value)])]));
    evaluations.map(|evaluation| (states(&evaluation.to_send), states(&evaluation.changed))).unzip()
}

#[test]
fn a_flap_that_is_shorter_than_the_waiting_time_sends_nothing() {
    let (sent, changed) = run(rule().hold(minutes(3)), &[11.0, 11.0, 11.0, 9.0, 11.0, 9.0]);
    assert!(sent.iter().all(Vec::is_empty), "{sent:?}");
    assert_eq!(
        changed,
        [vec!["pending"], vec![], vec![], vec!["inactive"], vec!["pending"], vec!["inactive"]]
    );
}

#[test]
fn without_a_waiting_time_an_alert_is_sent_at_the_first_evaluation_and_said_again_each_minute() {
    let (sent, changed) = run(rule(), &[11.0, 11.0, 9.0, 9.0]);
    assert_eq!(sent, [vec!["firing"], vec!["firing"], vec!["inactive"], vec!["inactive"]]);
    assert_eq!(changed, [vec!["firing"], vec![], vec!["inactive"], vec![]]);
}

#[test]
fn gaps_that_are_shorter_than_it_goes_on_for_are_not_heard_of() {
    let (sent, changed) = run(rule().keep_firing_for(minutes(2)), &[11.0, 9.0, 11.0, 9.0, 9.0, 9.0]);
    assert_eq!(sent.concat(), ["firing", "firing", "firing", "firing", "firing", "inactive"]);
    assert_eq!(changed.concat(), ["firing", "inactive"]);
}

#[test]
fn a_value_that_moves_about_the_threshold_does_not_flap_with_a_second_one() {
    let (_, changed) = run(rule().until(5.0), &[11.0, 9.0, 11.0, 6.0, 5.0, 9.0]);
    assert_eq!(changed.concat(), ["firing", "inactive"]);
}

#[test]
fn what_is_over_is_forgotten_after_a_quarter_of_an_hour() {
    let mut scene = Scene::new([rule()]);
    scene.step([gauge("g", &[(&[], 11.0)])]);
    for minute in 0..=15 {
        let evaluation = scene.step([gauge("g", &[(&[], 1.0)])]);
        assert_eq!(sent(&evaluation), [("A", "inactive")], "{minute}");
    }
    assert_eq!(sent(&scene.step([gauge("g", &[(&[], 1.0)])])), []);
    assert_eq!(scene.engine.alerts(), []);
}

#[test]
fn labels_and_annotations_are_templates_and_a_broken_one_loses_no_alert() {
    let rule = rule()
        .label("severity", "{% if value > 20 %}page{% else %}ticket{% endif %}")
        .label("queue_name", "")
        .annotation("summary", "{{ labels.severity }}: {{ value }}")
        .annotation("broken", "{{ value.a.b }}");
    let mut scene = Scene::new([rule]);
    scene.step([gauge("g", &[(&["queue.name=a"], 11.5)])]);
    assert_eq!(scene.firing(), [("severity=ticket".to_owned(), Some(11.5))]);
    let annotations = scene.engine.alerts()[0].annotations.clone();
    assert_eq!(annotations["summary"], "ticket: 11.5");
    assert!(annotations["broken"].starts_with("<error expanding template: "), "{annotations:?}");
    scene.step([gauge("g", &[(&["queue.name=a"], 30.0)])]);
    assert_eq!(scene.firing(), [("severity=page".to_owned(), Some(30.0))], "other labels are another alert");
    assert_eq!(scene.engine.alerts().len(), 2);
}

#[test]
fn annotations_follow_the_value() {
    let mut scene = Scene::new([rule().annotation("summary", "{{ value }}")]);
    for value in [11.0, 12.0] {
        scene.step([gauge("g", &[(&[], value)])]);
        assert_eq!(scene.engine.alerts()[0].annotations["summary"], format!("{value:.1}"));
    }
}

#[test]
fn labels_of_the_service_are_on_all_alerts_that_have_no_own_ones() {
    let labels = [("region".to_owned(), "eu".to_owned()), ("team".to_owned(), "x".to_owned())];
    let settings = EngineSettings { labels: labels.into(), ..settings() };
    let engine = Engine::new(vec![rule().label("team", "y")], &settings).unwrap();
    let mut scene = Scene { engine, minute: 0 };
    scene.step([gauge("g", &[(&[], 11.0)])]);
    assert_eq!(scene.firing(), [("region=eu team=y".to_owned(), Some(11.0))]);
}

#[test]
fn two_results_with_the_same_labels_are_a_failure() {
    let mut scene = Scene::new([rule().label("queue", "")]);
    let failed = scene.step([gauge("g", &[(&["queue=a"], 11.0), (&["queue=b"], 12.0)])]).failed;
    assert!(failed[0].1.starts_with("two results have the same labels"), "{failed:?}");
    assert_eq!(scene.firing().len(), 1);
    assert_eq!(scene.engine.alerts()[0].labels[ALERT_NAME], "DatasourceError");
}

#[test]
fn more_alerts_than_the_limit_are_a_failure_and_end_those_there_were() {
    let mut scene = Scene::new([rule().limit(1)]);
    scene.step([gauge("g", &[(&["queue=a"], 11.0)])]);
    let evaluation = scene.step([gauge("g", &[(&["queue=a"], 11.0), (&["queue=b"], 12.0)])]);
    assert_eq!(sent(&evaluation), [("A", "inactive"), ("DatasourceError", "firing")]);
}

#[test]
fn more_series_than_the_rule_allows_are_a_failure() {
    let selector = Selector::new("g").max_series(2);
    let mut scene = Scene::new([Rule::new("A", Expr::value(selector)).above(10.0)]);
    let failed = scene.step([gauge("g", &[(&["a=1"], 1.0), (&["a=2"], 1.0), (&["a=3"], 1.0)])]).failed;
    assert_eq!(failed, [("A".to_owned(), "more than 2 series are selected".to_owned())]);
}

#[test]
fn rules_that_make_no_sense_are_refused_with_their_place() {
    let refused = |broken: Rule| Engine::new(vec![rule(), broken], &settings()).unwrap_err();
    let long = Selector::new("m").max_series(2_000_000);
    let cases = [
        (Rule::new("B", Expr::rate("c", Duration::ZERO)).above(1.0), "rules[1].expr.window"),
        (Rule::new("B", Expr::rate("c", Duration::from_secs(59))).above(1.0), "rules[1].expr.window"),
        (Rule::new("B", Expr::rate(long, minutes(5))).above(1.0), "rules[1].expr"),
        (Rule::new("B", Expr::value("g")), "rules[1]"),
        (rule().annotation("summary", "{{ value"), "rules[1].annotations.summary"),
        (rule().label("severity", "{% if %}"), "rules[1].labels.severity"),
    ];
    for (rule, place) in cases {
        let error = refused(rule);
        assert_eq!(error.path, place, "{error}");
    }
}

#[test]
fn presets_are_accepted_together_with_the_memory_that_there_is_by_default() {
    let rules: Vec<Rule> =
        crate::rule::PRESETS.iter().flat_map(|name| crate::rule::preset(name).unwrap()).collect();
    for interval in [10, 15, 60] {
        let settings = EngineSettings { interval: Duration::from_secs(interval), ..settings() };
        Engine::new(rules.clone(), &settings).unwrap();
    }
}

#[test]
fn conditions_can_be_given_as_they_are() {
    let mut rule = Rule::new("A", Expr::value("g"));
    rule.condition = Some(Condition::new(Comparison::AtMost, 1.0));
    let (_, changed) = run(rule, &[2.0, 1.0, 2.0]);
    assert_eq!(changed.concat(), ["firing", "inactive"]);
}
