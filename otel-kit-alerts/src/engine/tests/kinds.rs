//! Each kind of expression, from the metrics to the alert.

use opentelemetry::{SpanId, TraceId};
use otel_kit_core::metrics::{Data, Exemplar, Number};

use super::*;
use crate::{
    rule::{Comparison, Expr, Matcher, OnNoData, Over, Selector},
    testing::{buckets, counter, exponential, exponents, gauge, histogram, minutes},
};

const BOUNDS: [f64; 3] = [0.1, 0.5, 1.0];

/// Fires whatever the value is, so that the value is seen.
fn always(expr: Expr) -> Rule {
    Rule::new("A", expr).when(Comparison::NotEqual, -1.0).no_data(OnNoData::Normal)
}

fn requests(of: &[(&[&str], u64)]) -> Metric {
    let points = of.iter().map(|(attributes, count)| buckets(attributes, &BOUNDS, &[*count, 0, 0, 0]));
    histogram("http.server.request.duration", points.collect())
}

fn exemplar(value: f64, minute: u64, trace: u128) -> Exemplar {
    Exemplar {
        value: Number::Double(value),
        time: at(minute * MINUTE),
        trace_id: TraceId::from(trace),
        span_id: SpanId::from(1),
        filtered_attributes: Vec::new(),
    }
}

#[test]
fn a_gauge_alerts_by_its_last_value_one_alert_for_each_set_of_attributes() {
    let mut scene = Scene::new([Rule::new("A", Expr::value("queue.size")).above(10.0)]);
    let evaluation =
        scene.step([gauge("queue.size", &[(&["queue.name=a"], 11.0), (&["queue.name=b"], 9.0)])]);
    assert_eq!(scene.firing(), [("queue_name=a".to_owned(), Some(11.0))]);
    assert_eq!(sent(&evaluation), [("A", "firing")]);
    scene.step([gauge("queue.size", &[(&["queue.name=b"], 9.0)])]);
    assert_eq!(scene.firing(), []);
}

#[test]
fn gauges_are_added_up_by_the_attributes_that_tell_alerts_apart() {
    let mut scene = Scene::new([always(Expr::value(Selector::new("lag").by(["topic"])))]);
    scene.step([gauge(
        "lag",
        &[(&["topic=a", "p=0"], 3.0), (&["topic=a", "p=1"], 4.0), (&["topic=b", "p=0"], 5.0)],
    )]);
    assert_eq!(scene.firing(), [("topic=a".to_owned(), Some(7.0)), ("topic=b".to_owned(), Some(5.0))]);
}

#[test]
fn a_gauge_alerts_by_the_least_greatest_and_mean_of_a_window() {
    for (over, expected) in [(Over::Min, 2.0), (Over::Max, 6.0), (Over::Avg, 4.0), (Over::Last, 4.0)] {
        let mut scene = Scene::new([always(Expr::value_over("g", over, minutes(3)))]);
        for value in [100.0, 2.0, 6.0, 4.0] {
            scene.step([gauge("g", &[(&[], value)])]);
        }
        assert_eq!(scene.value(), Some(expected), "{over:?}");
    }
}

#[test]
fn a_rate_is_per_second_and_an_increase_is_not() {
    for (expr, expected) in [(Expr::rate("c", minutes(2)), 1.5), (Expr::increase("c", minutes(2)), 180.0)] {
        let mut scene = Scene::new([always(expr)]);
        for value in [0.0, 60.0, 120.0, 240.0] {
            scene.step([counter("c", &[(&[], value)])]);
        }
        assert_eq!(scene.value(), Some(expected));
    }
}

#[test]
fn a_counter_that_starts_anew_within_the_window_is_no_burst_and_no_loss() {
    let mut scene = Scene::new([always(Expr::increase("c", minutes(5)))]);
    for value in [100.0, 110.0, 4.0, 5.0] {
        scene.step([counter("c", &[(&[], value)])]);
    }
    assert_eq!(scene.value(), Some(10.0 + 4.0 + 1.0));
}

#[test]
fn one_sample_is_no_value_but_what_was_not_there_before_is_counted_from_zero() {
    let mut scene = Scene::new([always(Expr::increase("c", minutes(5)))]);
    scene.step([counter("c", &[(&["a=1"], 100.0)])]);
    assert_eq!(scene.firing(), []);
    scene.step([counter("c", &[(&["a=1"], 101.0), (&["a=2"], 7.0)])]);
    assert_eq!(scene.firing(), [("a=1".to_owned(), Some(1.0)), ("a=2".to_owned(), Some(7.0))]);
}

#[test]
fn a_ratio_is_the_share_of_failures_of_all_attributes_together() {
    let mut scene = Scene::new([always(Expr::error_ratio("http.server.request.duration", minutes(5)))]);
    scene.step([requests(&[(&["http.response.status_code=200"], 10)])]);
    scene.step([requests(&[
        (&["http.response.status_code=200"], 80),
        (&["http.response.status_code=404"], 10),
        (&["http.response.status_code=500"], 10),
        (&["http.response.status_code=503", "error.type=503"], 5),
        (&["error.type=cancelled"], 5),
    ])]);
    assert_eq!(scene.firing(), [(String::new(), Some(20.0 / 100.0))]);
}

#[test]
fn a_ratio_tells_routes_apart_if_it_is_told_to() {
    let selector = Selector::new("http.server.request.duration").by(["http.route"]);
    let mut scene = Scene::new([Rule::new("A", Expr::error_ratio(selector, minutes(5))).above(0.5)]);
    scene.step([]);
    let ok = |route| [route, "http.response.status_code=200"];
    let failed = |route| [route, "http.response.status_code=500"];
    scene.step([requests(&[
        (&ok("http.route=/a"), 5),
        (&failed("http.route=/b"), 5),
        (&ok("http.route=/c"), 5),
        (&failed("http.route=/c"), 4),
    ])]);
    assert_eq!(scene.firing(), [("http_route=/b".to_owned(), Some(1.0))]);
}

#[test]
fn one_of_one_is_no_ratio_to_worry_about() {
    let expr = Expr::error_ratio("http.server.request.duration", minutes(5)).min_count(2);
    let mut scene = Scene::new([Rule::new("A", expr).above(0.5)]);
    scene.step([]);
    scene.step([requests(&[(&["error.type=x"], 1)])]);
    assert_eq!(scene.firing(), []);
    scene.step([requests(&[(&["error.type=x"], 2)])]);
    assert_eq!(scene.firing(), [(String::new(), Some(1.0))]);
}

#[test]
fn failures_are_what_the_rule_says() {
    let expr = Expr::error_ratio("jobs", minutes(5)).with_errors([Matcher::equal("outcome", "bad")]);
    let mut scene = Scene::new([always(expr)]);
    scene.step([]);
    scene.step([counter("jobs", &[(&["outcome=bad"], 1.0), (&["outcome=good"], 3.0)])]);
    assert_eq!(scene.value(), Some(0.25));
}

#[test]
fn a_quantile_is_that_of_the_window_and_of_all_series_together() {
    let expr = Expr::quantile(0.5, Selector::new("d").by(["r"]), minutes(2));
    let mut scene = Scene::new([always(expr)]);
    let of = |a: [u64; 4], b: [u64; 4]| {
        histogram("d", vec![buckets(&["r=1", "s=a"], &BOUNDS, &a), buckets(&["r=1", "s=b"], &BOUNDS, &b)])
    };
    scene.step([of([1000, 0, 0, 0], [0, 0, 0, 0])]);
    scene.step([of([1000, 5, 0, 0], [0, 5, 0, 0])]);
    assert_eq!(scene.firing(), [("r=1".to_owned(), Some(0.1 + 0.4 * 0.5))]);
}

#[test]
fn a_quantile_beyond_the_last_bound_is_the_last_bound() {
    let mut scene = Scene::new([Rule::new("A", Expr::quantile(0.95, "d", minutes(2))).above(0.9)]);
    scene.step([histogram("d", vec![buckets(&[], &BOUNDS, &[0, 0, 0, 0])])]);
    scene.step([histogram("d", vec![buckets(&[], &BOUNDS, &[1, 0, 0, 9])])]);
    assert_eq!(scene.value(), Some(1.0));
}

#[test]
fn a_quantile_of_an_exponential_histogram_survives_a_change_of_its_scale() {
    let mut scene = Scene::new([always(Expr::quantile(0.5, "d", minutes(5)))]);
    scene.step([exponential("d", vec![exponents(&[], 1, 0, &[4, 4, 0, 0])])]);
    scene.step([exponential("d", vec![exponents(&[], 0, 0, &[8, 10])])]);
    assert_eq!(scene.value(), Some(2.0_f64.powf(1.5)));
}

#[test]
fn an_average_is_the_sum_by_the_count() {
    let mut scene = Scene::new([always(Expr::average("d", minutes(5)))]);
    let of = |sum: f64, count: u64| {
        let mut point = buckets(&[], &BOUNDS, &[count, 0, 0, 0]);
        point.sum = sum;
        histogram("d", vec![point])
    };
    scene.step([of(100.0, 1)]);
    scene.step([of(103.0, 3)]);
    assert_eq!(scene.value(), Some(1.5));
}

#[test]
fn a_metric_is_absent_after_the_window_and_back_at_once() {
    let heartbeat = Selector::new("heartbeat").matching(Matcher::equal("job.name", "nightly"));
    let mut scene = Scene::new([Rule::new("A", Expr::absent(heartbeat, minutes(3)))]);
    scene.minute = 100;
    let beat = || gauge("heartbeat", &[(&["job.name=nightly"], 1.0)]);
    let other = || gauge("heartbeat", &[(&["job.name=daily"], 1.0)]);
    scene.step([beat()]);
    for _ in 0..2 {
        scene.step([other()]);
        assert_eq!(scene.firing(), []);
    }
    scene.step([other()]);
    assert_eq!(scene.firing(), [("job_name=nightly".to_owned(), Some(1.0))]);
    scene.step([other()]);
    assert_eq!(scene.firing().len(), 1, "it does not end because there is no data");
    scene.step([beat()]);
    assert_eq!(scene.firing(), []);
}

#[test]
fn a_process_that_is_younger_than_the_window_does_not_say_that_a_metric_is_absent() {
    let mut scene = Scene::new([Rule::new("A", Expr::absent("heartbeat", minutes(3)))]);
    scene.minute = 100;
    for _ in 0..3 {
        scene.step([]);
        assert_eq!(scene.firing(), []);
    }
    scene.step([]);
    assert_eq!(scene.firing().len(), 1);
}

#[test]
fn a_budget_burns_only_if_it_does_in_both_windows() {
    let expr = Expr::burn_rate("http.server.request.duration", 0.9, 2.0, (minutes(10), minutes(2)));
    let mut scene = Scene::new([Rule::new("A", expr)]);
    let of = |good, bad| {
        requests(&[(&["http.response.status_code=200"], good), (&["http.response.status_code=500"], bad)])
    };
    scene.step([of(0, 0)]);
    scene.step([of(50, 50)]);
    let burning = scene.firing();
    assert_eq!(burning.len(), 1);
    assert!((burning[0].1.unwrap() - 5.0).abs() < 1e-9, "half of all, and a tenth is allowed");
    scene.step([of(60, 50)]);
    assert_eq!(scene.firing().len(), 1);
    scene.step([of(70, 50)]);
    assert_eq!(scene.firing(), [], "nothing fails in the short window");
    for _ in 0..9 {
        scene.step([of(70, 50)]);
    }
    scene.step([of(1_070, 60)]);
    assert_eq!(scene.firing(), [], "little fails in both");
    scene.step([of(1_070, 400)]);
    assert_eq!(scene.firing().len(), 1);
}

#[test]
fn the_set_for_too_many_attributes_never_alerts_by_itself() {
    let (each, all) =
        (Expr::increase("c", minutes(5)), Expr::increase(Selector::new("c").by([""; 0]), minutes(5)));
    let mut scene = Scene::new([always(each), always(all).label("all", "yes")]);
    scene.step([]);
    scene.step([counter("c", &[(&["user=1"], 2.0), (&["otel.metric.overflow=true"], 50.0)])]);
    assert_eq!(scene.firing(), [("all=yes".to_owned(), Some(52.0)), ("user=1".to_owned(), Some(2.0))]);
}

#[test]
fn a_rule_looks_into_the_past_if_it_is_told_to() {
    let rules = [
        always(Expr::value("g")).query_offset(minutes(2)).label("of", "gauge"),
        always(Expr::increase("c", minutes(1))).query_offset(minutes(2)).label("of", "counter"),
    ];
    let mut scene = Scene::new(rules);
    for (value, count) in [(1.0, 1.0), (2.0, 3.0), (3.0, 6.0), (4.0, 10.0)] {
        scene.step([gauge("g", &[(&[], value)]), counter("c", &[(&[], count)])]);
    }
    assert_eq!(scene.firing(), [("of=counter".to_owned(), Some(2.0)), ("of=gauge".to_owned(), Some(2.0))]);
}

#[test]
fn an_alert_names_the_trace_of_the_slowest_or_of_the_last_failed_request() {
    let selector = || Selector::new("d").by([""; 0]);
    let rules = [
        always(Expr::quantile(0.5, selector(), minutes(5))).label("of", "quantile"),
        always(Expr::error_ratio(selector(), minutes(5))).label("of", "ratio"),
    ];
    let mut scene = Scene::new(rules);
    scene.step([]);
    let mut good = buckets(&["http.response.status_code=200"], &BOUNDS, &[3, 0, 0, 0]);
    good.exemplars = vec![exemplar(0.9, 1, 0xa), exemplar(0.2, 1, 0xb)];
    let mut bad = buckets(&["http.response.status_code=500"], &BOUNDS, &[3, 0, 0, 0]);
    bad.exemplars = vec![exemplar(0.1, 0, 0xc), exemplar(0.2, 1, 0xd), exemplar(0.3, 1, 0)];
    bad.exemplars[2].trace_id = TraceId::INVALID;
    scene.step([histogram("d", vec![good, bad])]);
    let traces: Vec<_> =
        scene.engine.alerts().iter().map(|alert| (told(alert), alert.exemplar.unwrap().0)).collect();
    let expected = [("of=quantile", 0xa), ("of=ratio", 0xd)];
    assert_eq!(traces, expected.map(|(of, trace)| (of.to_owned(), TraceId::from(trace))));
}

#[test]
fn what_an_expression_cannot_look_at_fails_with_a_reason() {
    let cases = [
        (Expr::value("d"), "a histogram has no value"),
        (Expr::rate("g", minutes(5)), "this is no counter or histogram"),
        (Expr::quantile(0.5, "c", minutes(5)), "only histograms have quantiles"),
    ];
    for (expr, expected) in cases {
        let mut scene = Scene::new([always(expr)]);
        let metrics = || {
            [
                requests(&[]),
                gauge("g", &[(&[], 1.0)]),
                counter("c", &[(&[], 1.0)]),
                histogram("d", vec![buckets(&[], &BOUNDS, &[1; 4])]),
            ]
        };
        let failed = scene.step(metrics()).failed;
        assert!(failed[0].1.starts_with(expected), "{failed:?}");
    }
}

#[test]
fn measurements_of_two_libraries_with_the_same_names_are_one() {
    let mut scene = Scene::new([always(Expr::increase("c", minutes(5)))]);
    let mut taken = snapshot(0, [counter("c", &[(&["a=1"], 2.0)])]);
    let mut other = taken.scopes[0].clone();
    other.scope = opentelemetry::InstrumentationScope::builder("other").build();
    taken.scopes.push(other);
    let empty = snapshot(0, []);
    scene.evaluate(Ok(&empty), &[]);
    scene.evaluate(Ok(&taken), &[]);
    assert_eq!(scene.firing(), [("a=1".to_owned(), Some(4.0))]);
}

#[test]
fn differences_are_not_taken_of_what_is_one_already() {
    let mut scene = Scene::new([always(Expr::increase("c", minutes(5)))]);
    for value in [5.0, 6.0] {
        let mut metric = counter("c", &[(&[], value)]);
        if let Data::Sum { temporality, .. } = &mut metric.data {
            *temporality = otel_kit_core::metrics::Temporality::Delta;
        }
        scene.step([metric]);
    }
    assert_eq!(scene.firing().len(), 0);
}
