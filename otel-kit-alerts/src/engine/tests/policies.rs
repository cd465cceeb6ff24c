//! Without data, and with evaluations that fail.

use super::*;
use crate::{
    rule::{Expr, OnError, OnNoData, Selector},
    testing::{buckets, gauge, histogram, minutes},
};

fn ratio() -> Rule {
    let requests = Selector::new("http.server.request.duration");
    Rule::new("A", Expr::error_ratio(requests, minutes(2))).above(0.5)
}

fn requests(good: u64, bad: u64) -> Metric {
    let of =
        |status: &str, count| buckets(&[&format!("http.response.status_code={status}")], &[1.0], &[count, 0]);
    histogram("http.server.request.duration", vec![of("200", good), of("500", bad)])
}

fn names(scene: &Scene) -> Vec<(String, &'static str)> {
    scene.engine.alerts().iter().map(|alert| (alert.labels[ALERT_NAME].clone(), alert.state.name())).collect()
}

fn own(name: &str, state: &'static str) -> (String, &'static str) {
    (name.to_owned(), state)
}

#[test]
fn an_empty_denominator_is_no_data_and_neither_zero_nor_an_alert() {
    // A ratio below a threshold would hold if it were zero, and one of none to none if it were all.
    let below = Rule::new("B", ratio().expr).below(0.5);
    let mut scene = Scene::new([ratio(), below.clone()]);
    for _ in 0..5 {
        let evaluation = scene.step([requests(0, 0)]);
        assert!(evaluation.to_send.is_empty() && evaluation.failed.is_empty(), "{evaluation:?}");
    }
    let mut scene = Scene::new([ratio().no_data(OnNoData::NoData), below.no_data(OnNoData::NoData)]);
    for _ in 0..3 {
        scene.step([requests(0, 0)]);
        assert_eq!(names(&scene), [], "nothing can be missed before the window has passed");
    }
    scene.step([requests(0, 0)]);
    assert_eq!(names(&scene), [own("DatasourceNoData", "firing"), own("DatasourceNoData", "firing")]);
}

#[test]
fn an_alert_ends_when_nobody_calls_any_more() {
    let mut scene = Scene::new([ratio()]);
    scene.step([requests(0, 0)]);
    scene.step([requests(0, 5)]);
    assert_eq!(names(&scene), [own("A", "firing")]);
    for _ in 0..2 {
        scene.step([requests(0, 5)]);
    }
    assert_eq!(names(&scene), [own("A", "inactive")]);
}

#[test]
fn having_no_data_is_an_alert_of_its_own_after_the_waiting_time() {
    let rule = Rule::new("A", Expr::value("g")).above(10.0).hold(minutes(1)).label("severity", "page");
    let mut scene = Scene::new([rule]);
    scene.step([]);
    assert_eq!(names(&scene), [], "what begins may come late");
    scene.step([]);
    assert_eq!(names(&scene), [own("DatasourceNoData", "pending")]);
    scene.step([]);
    assert_eq!(scene.firing(), [("rulename=A severity=page".to_owned(), None)]);
    assert_eq!(scene.engine.alerts()[0].annotations["summary"], "The rule A has no data");
    scene.step([gauge("g", &[(&[], 1.0)])]);
    assert_eq!(names(&scene), [own("DatasourceNoData", "inactive")]);
}

#[test]
fn a_rule_without_data_alerts_itself_or_not_or_keeps_what_it_has() {
    let cases = [
        (OnNoData::Alerting, vec!["firing"], vec!["firing"]),
        (OnNoData::Normal, vec!["inactive"], vec![]),
        (OnNoData::KeepLast, vec!["firing"], vec![]),
    ];
    for (policy, after, from_the_start) in cases {
        let rule = Rule::new("A", Expr::value("g")).above(10.0).no_data(policy);
        let mut scene = Scene::new([rule.clone()]);
        scene.step([gauge("g", &[(&[], 11.0)])]);
        scene.step([]);
        scene.step([]);
        assert_eq!(
            names(&scene),
            after.iter().map(|state| own("A", state)).collect::<Vec<_>>(),
            "{policy:?}"
        );
        let mut scene = Scene::new([rule]);
        scene.step([]);
        scene.step([]);
        assert_eq!(
            names(&scene),
            from_the_start.iter().map(|state| own("A", state)).collect::<Vec<_>>(),
            "{policy:?}"
        );
    }
}

#[test]
fn an_evaluation_that_fails_is_an_alert_of_its_own_and_ends_none() {
    let mut scene = Scene::new([Rule::new("A", Expr::value("g")).above(10.0)]);
    scene.step([gauge("g", &[(&[], 11.0)])]);
    let evaluation = scene.fail();
    assert_eq!(evaluation.failed, [("A".to_owned(), "no metrics".to_owned())]);
    assert_eq!(scene.firing(), [(String::new(), Some(11.0)), ("rulename=A".to_owned(), None)]);
    let summary = scene.engine.alerts().iter().find_map(|alert| alert.annotations.get("summary").cloned());
    assert_eq!(summary.as_deref(), Some("The rule A fails: no metrics"));
    scene.step([gauge("g", &[(&[], 12.0)])]);
    assert_eq!(scene.firing(), [(String::new(), Some(12.0))]);
}

#[test]
fn a_rule_that_fails_alerts_itself_or_not_or_keeps_what_it_has() {
    let cases = [
        (OnError::Alerting, vec!["firing"]),
        (OnError::Normal, vec!["inactive"]),
        (OnError::KeepLast, vec!["firing"]),
    ];
    for (policy, expected) in cases {
        let mut scene = Scene::new([Rule::new("A", Expr::value("g")).above(10.0).exec_err(policy)]);
        scene.step([gauge("g", &[(&[], 11.0)])]);
        scene.fail();
        assert_eq!(
            names(&scene),
            expected.iter().map(|state| own("A", state)).collect::<Vec<_>>(),
            "{policy:?}"
        );
    }
}

#[test]
fn what_waits_goes_on_to_wait_while_the_last_state_is_kept() {
    let rule = Rule::new("A", Expr::value("g")).above(10.0).hold(minutes(2)).exec_err(OnError::KeepLast);
    let mut scene = Scene::new([rule]);
    scene.step([gauge("g", &[(&[], 11.0)])]);
    scene.fail();
    assert_eq!(names(&scene), [own("A", "pending")]);
    scene.fail();
    assert_eq!(names(&scene), [own("A", "firing")]);
}

#[test]
fn a_missing_snapshot_is_no_reset_and_no_gap() {
    let mut scene = Scene::new([Rule::new("A", Expr::increase("c", minutes(5))).above(0.0)]);
    scene.step([crate::testing::counter("c", &[(&[], 5.0)])]);
    scene.fail();
    scene.step([crate::testing::counter("c", &[(&[], 9.0)])]);
    assert_eq!(scene.firing(), [(String::new(), Some(4.0))]);
}

#[test]
fn a_rule_that_fails_is_no_longer_one_without_data() {
    let mut scene = Scene::new([Rule::new("A", Expr::value("g")).above(10.0)]);
    scene.step([]);
    scene.step([]);
    scene.fail();
    let mut names = names(&scene);
    names.sort();
    assert_eq!(names, [own("DatasourceError", "firing"), own("DatasourceNoData", "inactive")]);
}
