//! Rules that were exported for Prometheus, in the hands of its own tool.

use std::{fs, path::Path, process::Output, time::Duration};

use otel_kit_alerts::{
    rule::{Comparison, Expr, Instrument, Matcher, Over, PRESETS, Rule, Selector, preset},
    to_prometheus,
};

use crate::prometheus::promtool;

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

/// A rule of each kind, and all that a rule may have.
fn rules() -> Vec<Rule> {
    let requests = || Selector::new("http.server.request.duration").by(["http.route"]);
    let jobs = Selector::new("job.runs").matching(Matcher::regex("job.name", "a\"\\d+|é")).by([""; 0]);
    let queue = Selector::new("queue.fill").measured_with(Instrument::Gauge, "1");
    let summary = "{{ labels.http_route }}: {{ value }} {{ value|round }} {% if value %}x{% endif %}";
    let below = |name: &str, expr| Rule::new(name, expr).when(Comparison::AtMost, 1e-7).until(2e-7);
    vec![
        Rule::new("Ratio", Expr::error_ratio(requests(), minutes(5)).min_count(50))
            .above(0.05)
            .hold(minutes(1))
            .keep_firing_for(minutes(10))
            .label("severity", "page")
            .annotation("summary", summary),
        Rule::new("RatioOfAll", Expr::error_ratio("http.client.request.duration", minutes(5)).min_count(5))
            .above(0.5),
        Rule::new("Quantile", Expr::quantile(0.5, requests(), minutes(5)).min_count(5)).above(0.2),
        Rule::new("Average", Expr::average(requests(), minutes(5))).above(100.0),
        Rule::new("Rate", Expr::rate(jobs.clone(), minutes(90))).above(3.0),
        below("Increase", Expr::increase(jobs.clone(), Duration::from_millis(90_500))),
        Rule::new("Value", Expr::value(queue.clone())).above(0.9).query_offset(minutes(2)),
        Rule::new("Least", Expr::value_over(queue.by(["queue.name"]), Over::Min, minutes(5))).above(0.5),
        Rule::new("Absent", Expr::absent(jobs, minutes(10))),
        Rule::new("Burn", Expr::burn_rate(requests(), 0.999, 14.4, (minutes(60), minutes(5)))),
        Rule::new("Exceptions", Expr::exceptions(minutes(5))).above(3.0),
        Rule::new("New", Expr::new_exception(minutes(10))),
        Rule::new("Back", Expr::regression(minutes(60), minutes(10))),
    ]
}

/// What the tool says to these rules and this test of them.
fn tool(rules: &[Rule], arguments: &[&str], test: &str) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(Path::new(folder.path()).join(name), text).unwrap();
    write("rules.yml", &to_prometheus(rules));
    write("test.yml", test);
    promtool().args(arguments).current_dir(folder.path()).output().unwrap()
}

#[track_caller]
fn succeeds(output: &Output, rules: &[Rule]) {
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{}", to_prometheus(rules));
}

#[test]
fn promtool_accepts_exported_rules_of_each_kind_and_all_presets() {
    let presets = PRESETS.iter().flat_map(|name| preset(name).unwrap());
    for rules in [rules(), presets.collect(), Vec::new()] {
        succeeds(&tool(&rules, &["check", "rules", "rules.yml"], ""), &rules);
    }
}

#[test]
fn in_prometheus_exported_rules_fire_and_stay_silent_as_they_do_here() {
    succeeds(&tool(&rules(), &["test", "rules", "test.yml"], TEST), &rules());
}

#[test]
fn promtool_notices_a_rule_that_should_not_fire() {
    let output = tool(&rules(), &["test", "rules", "test.yml"], &TEST.replace("/failing\"", "/other\""));
    assert!(!output.status.success());
}

/// `/failing` fails by a fifth, by way of a status and by way of an error (in rates that are whole numbers, as sums in
/// another order would differ in their last digit), `/good` does not, `/rare` has too few, and
/// nobody calls `/idle`. The group `aa` is old, `bb` is new after half an hour, `cc` is back then.
const TEST: &str = r#"
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'http_server_request_duration_seconds_count{http_route="/failing",http_response_status_code="200"}', values: '0+480x60'}
      - {series: 'http_server_request_duration_seconds_count{http_route="/failing",http_response_status_code="500",error_type="500"}', values: '0+60x60'}
      - {series: 'http_server_request_duration_seconds_count{http_route="/failing",error_type="cancelled"}', values: '0+60x60'}
      - {series: 'http_server_request_duration_seconds_count{http_route="/good",http_response_status_code="200"}', values: '0+90x60'}
      - {series: 'http_server_request_duration_seconds_count{http_route="/good",http_response_status_code="500"}', values: '0+1x60'}
      - {series: 'http_server_request_duration_seconds_count{http_route="/rare",http_response_status_code="500"}', values: '0+1x60'}
      - {series: 'http_server_request_duration_seconds_count{http_route="/idle",http_response_status_code="200"}', values: '7x60'}
      - {series: 'http_client_request_duration_seconds_count{error_type="timeout",server_address="a"}', values: '0+9x60'}
      - {series: 'http_client_request_duration_seconds_count{http_response_status_code="200",server_address="b"}', values: '0+1x60'}
      - {series: 'http_server_request_duration_seconds_bucket{http_route="/failing",le="0.1"}', values: '0+10x60'}
      - {series: 'http_server_request_duration_seconds_bucket{http_route="/failing",le="0.5"}', values: '0+90x60'}
      - {series: 'http_server_request_duration_seconds_bucket{http_route="/failing",le="+Inf"}', values: '0+100x60'}
      - {series: 'queue_fill_ratio{queue_name="a"}', values: '0.5x20 0.95x40'}
      - {series: 'otel_kit_exceptions_total{exception_type="E",exception_fingerprint="aa"}', values: '0+1x60'}
      - {series: 'otel_kit_exceptions_total{exception_type="E",exception_fingerprint="bb"}', values: '_x119 1x30'}
      - {series: 'otel_kit_exceptions_total{exception_type="E",exception_fingerprint="cc"}', values: '1x119 2x30'}
    alert_rule_test:
      - eval_time: 30m
        alertname: Ratio
        exp_alerts:
          - exp_labels: {http_route: "/failing", severity: page}
            exp_annotations: {summary: '/failing: 0.2 {{ value|round }} {% if value %}x{% endif %}'}
      - eval_time: 30m
        alertname: RatioOfAll
        exp_alerts: [{exp_labels: {}}]
      - eval_time: 30m
        alertname: Quantile
        exp_alerts: [{exp_labels: {http_route: "/failing"}}]
      - {eval_time: 30m, alertname: Average, exp_alerts: []}
      - {eval_time: 30m, alertname: Rate, exp_alerts: []}
      - {eval_time: 20m, alertname: Value, exp_alerts: []}
      - eval_time: 24m
        alertname: Value
        exp_alerts: [{exp_labels: {queue_name: a}}]
      - {eval_time: 23m, alertname: Least, exp_alerts: []}
      - eval_time: 30m
        alertname: Least
        exp_alerts: [{exp_labels: {queue_name: a}}]
      - eval_time: 30m
        alertname: Burn
        exp_alerts: [{exp_labels: {http_route: "/failing"}}, {exp_labels: {http_route: "/rare"}}]
      - eval_time: 30m
        alertname: Exceptions
        exp_alerts: [{exp_labels: {exception_type: E, exception_fingerprint: aa}}]
      - eval_time: 122m
        alertname: New
        exp_alerts: [{exp_labels: {exception_type: E, exception_fingerprint: bb}}]
      - {eval_time: 135m, alertname: New, exp_alerts: []}
      - eval_time: 122m
        alertname: Back
        exp_alerts: [{exp_labels: {exception_type: E, exception_fingerprint: cc}}]
"#;
