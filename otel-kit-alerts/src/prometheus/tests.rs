use std::time::Duration;

use super::*;
use crate::{
    rule::{
        Comparison, ExceptionEvent, Exceptions, Expr, Instrument, Matcher, Over, PRESETS, Selector, preset,
    },
    testing::minutes,
};

fn promql(rule: Rule) -> String {
    promql::of_rule(&rule)
}

fn expr(expr: Expr) -> String {
    let rule = Rule::new("A", expr);
    promql(if rule.expr.condition().is_some() { rule } else { rule.above(1.5) })
}

fn requests() -> Selector {
    Selector::new("http.server.request.duration")
}

#[test]
fn values_are_series_or_functions_over_time() {
    assert_eq!(expr(Expr::value("http.server.active_requests")), "http_server_active_requests > 1.5");
    assert_eq!(expr(Expr::value("process.cpu.utilization")), "process_cpu_utilization_ratio > 1.5");
    assert_eq!(expr(Expr::value("process.cpu.time")), "process_cpu_time_seconds_total > 1.5");
    let lag = Selector::new("librdkafka.consumer.lag").by(["messaging.destination.name"]);
    assert_eq!(expr(Expr::value(lag)), "sum by (messaging_destination_name) (librdkafka_consumer_lag) > 1.5");
    let all = Selector::new("queue.size").by([""; 0]).measured_with(Instrument::Gauge, "By");
    let over = |over| expr(Expr::value_over(all.clone(), over, minutes(90)));
    assert_eq!(over(Over::Max), "max(max_over_time(queue_size_bytes[1h30m])) > 1.5");
    assert_eq!(over(Over::Last), "sum(last_over_time(queue_size_bytes[1h30m])) > 1.5");
}

#[test]
fn growth_is_that_of_counters_or_of_the_counts_of_histograms() {
    assert_eq!(expr(Expr::rate("shop.orders", minutes(5))), "rate(shop_orders_total[5m]) > 1.5");
    let failed = requests().matching(Matcher::regex("http.route", "/a\"\\d.*")).by(["http.route"]);
    assert_eq!(
        expr(Expr::increase(failed, Duration::from_millis(90_500))),
        r#"sum by (http_route) (increase(http_server_request_duration_seconds_count{http_route=~"/a\"\\d.*"}[1m30s500ms])) > 1.5"#
    );
}

#[test]
fn a_ratio_counts_each_failure_once_and_is_zero_without_any() {
    let ratio = Expr::error_ratio(requests().by(["http.route"]), minutes(5)).min_count(20);
    let name = "http_server_request_duration_seconds_count";
    let all = format!("sum by (http_route) (rate({name}[5m]))");
    let failed = format!(
        r#"sum by (http_route) (rate({name}{{error_type!=""}}[5m]) or rate({name}{{http_response_status_code=~"5.."}}[5m]))"#
    );
    let enough = format!("sum by (http_route) (increase({name}[5m])) >= 20");
    assert_eq!(expr(ratio), format!("({failed} or {all} * 0) / ({all} > 0) > 1.5 and {enough}"));
}

#[test]
fn quantiles_averages_and_absence_have_functions() {
    assert_eq!(
        expr(Expr::quantile(0.99, requests().by(["http.route"]), minutes(5))),
        "histogram_quantile(0.99, sum by (http_route, le) (rate(http_server_request_duration_seconds_bucket[5m]))) > 1.5"
    );
    assert_eq!(
        expr(Expr::average(Selector::new("size").measured_with(Instrument::Histogram, "By"), minutes(5))),
        "rate(size_bytes_sum[5m]) / (rate(size_bytes_count[5m]) > 0) > 1.5"
    );
    let job = Selector::new("job.runs").matching(Matcher::equal("job", "nightly"));
    let job = job.measured_with(Instrument::Counter, "{run}");
    assert_eq!(
        expr(Expr::absent(job, minutes(10))),
        r#"absent_over_time(job_runs_total{job="nightly"}[10m])"#
    );
}

#[test]
fn a_budget_burns_in_both_windows() {
    let text = expr(Expr::burn_rate(requests(), 0.999, 14.4, (minutes(60), minutes(5))));
    let (long, short) = text.split_once(" and ").unwrap();
    assert_eq!(long.replace("1h", "5m"), short);
    assert!(short.starts_with("((sum(rate(") && short.ends_with("/ (1 - 0.999) > 14.4"), "{short}");
}

#[test]
fn exceptions_are_a_counter_by_group() {
    let by = "sum by (exception_type, exception_fingerprint)";
    let name = "otel_kit_exceptions_total";
    assert_eq!(expr(Expr::exceptions(minutes(5))), format!("{by} (increase({name}[5m])) > 1.5"));
    let new = Exceptions::new(ExceptionEvent::New { within: minutes(60) });
    let new =
        new.matching(Matcher::equal("exception.type", "E")).matching(Matcher::equal("operation", "GET /"));
    let rule = Rule::new("A", Expr::Exceptions(new));
    let selected = format!(r#"{name}{{exception_type="E"}}"#);
    assert_eq!(promql(rule.clone()), format!("{by} ({selected}) > 0 unless {by} ({selected} offset 1h)"));
    assert!(to_prometheus(&[rule]).contains("# matchers for the operation: PromQL has no word for it\n"));
    assert_eq!(
        expr(Expr::regression(minutes(60), minutes(10))),
        format!(
            "({by} (increase({name}[10m])) > 0 and {by} ({name} offset 1h10m)) unless {by} (increase({name}[1h] offset 10m)) > 0"
        )
    );
}

#[test]
fn what_looks_into_the_past_does_so_there_too() {
    let rule = Rule::new("A", Expr::rate("shop.orders", minutes(5))).when(Comparison::AtMost, 2.0);
    assert_eq!(promql(rule.query_offset(minutes(1))), "rate(shop_orders_total[5m] offset 1m) <= 2");
}

#[test]
fn templates_are_carried_over_as_far_as_they_are_known() {
    let cases = [
        ("{{ labels.http_route }} is {{value}}", "{{ $labels.http_route }} is {{ $value }}"),
        ("{{ externalLabels.region }}", "{{ $externalLabels.region }}"),
        ("{{ value|round }}", "{{ \"{{\" }} value|round }}"),
        ("plain", "plain"),
    ];
    for (text, expected) in cases {
        assert_eq!(templates::template(text), expected);
    }
}

#[test]
fn all_of_a_rule_is_in_the_file() {
    let rule = Rule::new("A \"b\"", Expr::value("queue.size"))
        .above(10.0)
        .until(5.0)
        .hold(minutes(5))
        .keep_firing_for(minutes(1))
        .label("severity", "page")
        .annotation("summary", "é\n{{ value }}");
    let expected = "\
# Made by otel-kit of the alert rules of the service.
groups:
  - name: otel-kit
    rules:
      # resolve: PromQL has no word for it
      - alert: \"A \\\"b\\\"\"
        expr: \"queue_size > 10\"
        for: 5m
        keep_firing_for: 1m
        labels:
          severity: \"page\"
        annotations:
          summary: \"é\\n{{ $value }}\"
";
    assert_eq!(to_prometheus(&[rule]), expected);
    assert_eq!(to_prometheus(&[]), "groups: []\n");
}

#[test]
fn presets_name_what_the_kit_exposes() {
    for name in PRESETS {
        let text = to_prometheus(&preset(name).unwrap());
        assert!(!text.contains("expr: \"\""), "{text}");
    }
}
