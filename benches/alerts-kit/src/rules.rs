//! What is asked of the series.

use std::time::Duration;

use otel_kit_alerts::rule::{Expr, Rule, Selector};

use crate::series::{INSTANCES, metric};

/// So many rules of all kinds, over so many series, ten instances each. A third of them fires.
pub(crate) fn rules(count: usize, series: usize) -> Vec<Rule> {
    let metrics = (series / INSTANCES).max(1);
    (0..count).map(|number| rule(number, &metric(number % metrics))).collect()
}

fn rule(number: usize, metric: &str) -> Rule {
    let selector = Selector::new(metric).by(["shop.country"]);
    // Windows that differ share nothing.
    let window = WINDOW + Duration::from_secs(15 * (number as u64 % 4));
    let expr = match number % 5 {
        0 => Expr::rate(selector, window),
        1 => Expr::increase(selector, window),
        2 => Expr::average(selector, window),
        3 => Expr::quantile(0.95, selector, window),
        _ => Expr::error_ratio(selector, window),
    };
    let threshold = if number.is_multiple_of(3) { 0.0 } else { 1e9 };
    Rule::new(format!("Rule{number}"), expr)
        .above(threshold)
        .hold(Duration::from_secs(60))
        .label("severity", "page")
        .annotation("summary", "{{ labels.shop_country }}: {{ value }}")
}

const WINDOW: Duration = Duration::from_secs(300);
