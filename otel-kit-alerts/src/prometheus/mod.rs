//! The same rules for a [Prometheus](https://prometheus.io) that scrapes the service.

mod family;
mod kinds;
mod promql;
mod templates;
mod unit;
mod yaml;

use crate::rule::Rule;

/// A [rule file](https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/) with these rules, in the
/// names that the kit's Prometheus endpoint gives to metrics and labels.
///
/// What PromQL has no word for is a comment: `resolve`, and matchers for the operations that an exception hit.
/// What is about the evaluation stays behind: `no_data`, `exec_err`, `limit`, `max_series`. Rates are those of
/// Prometheus, which extrapolates to the edges of a window and does not see the first value of a new series.
/// Templates are carried over as far as they name `labels`, `value` and `externalLabels`.
///
/// Names depend on unit and instrument: those of the kit's own metrics are known, others are what
/// [`Selector`](crate::rule::Selector) says.
///
/// ```
/// use std::time::Duration;
/// use otel_kit_alerts::{to_prometheus, rule::{Expr, Rule}};
///
/// let expr = Expr::quantile(0.95, "http.server.request.duration", Duration::from_secs(300));
/// let rule = Rule::new("Slow", expr).above(1.0).hold(Duration::from_secs(60)).annotation("summary", "{{ value }} s");
/// let file = to_prometheus(&[rule]);
/// assert_eq!(file.lines().skip(1).collect::<Vec<_>>(), [
///     "groups:",
///     "  - name: otel-kit",
///     "    rules:",
///     "      - alert: \"Slow\"",
///     "        expr: \"histogram_quantile(0.95, rate(http_server_request_duration_seconds_bucket[5m])) > 1\"",
///     "        for: 1m",
///     "        annotations:",
///     "          summary: \"{{ $value }} s\"",
/// ]);
/// ```
#[must_use]
pub fn to_prometheus(rules: &[Rule]) -> String {
    yaml::file(rules)
}

#[cfg(test)]
mod tests;
