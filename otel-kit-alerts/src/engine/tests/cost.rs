//! What an evaluation costs. Run by hand: `cargo test --release -p otel-kit-alerts -- --ignored --nocapture cost`.

use super::*;
use crate::{
    rule::{Expr, Matcher, Selector},
    testing::{buckets, histogram, minutes},
};

/// A thousand series of 10 metrics, and a thousand rules, each over ten of them.
fn rules(threshold: f64) -> Vec<Rule> {
    let expr = |index: usize| {
        let metric = format!("metric.{}", index % 10);
        let selector =
            Selector::new(metric).matching(Matcher::equal("team", format!("t{}", index / 10 % 10)));
        match index % 4 {
            0 => Expr::error_ratio(selector.by(["http.route"]), minutes(5)),
            1 => Expr::quantile(0.90 + 0.0001 * (index % 1_000) as f64, selector, minutes(5)),
            2 => Expr::rate(selector, minutes(5 + index as u64 % 100)),
            _ => Expr::average(selector, minutes(5 + index as u64 % 100)),
        }
    };
    let rule = |index| {
        Rule::new(format!("Rule{index}"), expr(index))
            .above(threshold)
            .annotation("summary", "{{ labels.http_route }}: {{ value }}")
    };
    (0..1_000).map(rule).collect()
}

fn metrics(count: u64) -> [Metric; 10] {
    let names = [
        "metric.0", "metric.1", "metric.2", "metric.3", "metric.4", "metric.5", "metric.6", "metric.7",
        "metric.8", "metric.9",
    ];
    let bounds: Vec<f64> = (1..15).map(f64::from).collect();
    names.map(|name| {
        let point = |index: u64| {
            let attributes = [
                format!("team=t{}", index / 10),
                format!("http.route=/r{}", index % 10),
                "http.request.method=GET".to_owned(),
                "url.scheme=http".to_owned(),
                "http.response.status_code=500".to_owned(),
            ];
            let attributes: Vec<&str> = attributes.iter().map(String::as_str).collect();
            buckets(&attributes, &bounds, &[count; 15])
        };
        histogram(name, (0..100).map(point).collect())
    })
}

fn cpu(threshold: f64) -> (Duration, usize) {
    let settings = EngineSettings { memory: 64 << 20, ..settings() };
    let mut scene = Scene { engine: Engine::new(rules(threshold), &settings).unwrap(), minute: 0 };
    (0..200).for_each(|count| drop(scene.step(metrics(count))));
    let snapshot = snapshot(0, metrics(300));
    let before = cpu_time();
    for _ in 0..20 {
        scene.evaluate(Ok(&snapshot), &[]);
    }
    ((cpu_time() - before) / 20, scene.firing().len())
}

/// What this thread has used of the processors.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

#[test]
#[ignore = "a measurement"]
fn a_thousand_rules_over_a_thousand_series() {
    println!("quiet: {:?}", cpu(1e9));
    println!("all fire: {:?}", cpu(-1.0));
}
