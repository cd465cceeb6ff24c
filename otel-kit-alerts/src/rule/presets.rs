use std::time::Duration;

use otel_kit_core::semconv::{
    attribute::{
        DB_NAMESPACE, ERROR_TYPE, HTTP_ROUTE, MESSAGING_CONSUMER_GROUP_NAME, MESSAGING_DESTINATION_NAME,
        OTEL_COMPONENT_NAME,
    },
    metric::{
        DB_CLIENT_OPERATION_DURATION, HTTP_SERVER_REQUEST_DURATION, LIBRDKAFKA_CONSUMER_LAG,
        OTEL_SDK_EXPORTER_LOG_EXPORTED, OTEL_SDK_EXPORTER_METRIC_DATA_POINT_EXPORTED,
        OTEL_SDK_EXPORTER_SPAN_EXPORTED,
    },
};

use super::{Expr, Matcher, OnNoData, Rule, Selector};

/// Names of the rules that come with the kit, for [`preset`].
pub const PRESETS: [&str; 6] =
    ["http-errors", "http-latency", "db-errors", "kafka-lag", "exporter-failing", "new-exception"];

/// The rules of this name that come with the kit: a start, to be copied once the numbers do not fit.
///
/// | name | alerts if | for |
/// |---|---|---|
/// | `http-errors` | of the requests of a route more than 5 % fail, out of 20 or more in 5 minutes | 2 minutes |
/// | `http-latency` | of the requests of a route more than 5 % take longer than a second, of 20 or more in 5 minutes | 5 minutes |
/// | `db-errors` | of the statements to a database more than 5 % fail, out of 20 or more in 5 minutes | 2 minutes |
/// | `kafka-lag` | a consumer group is more than 10,000 messages behind in a topic (with librdkafka's statistics) | 5 minutes |
/// | `exporter-failing` | spans, log records or data points were lost in the last 5 minutes | |
/// | `new-exception` | a group of exceptions appeared within the last 10 minutes | |
///
/// ```
/// let rules = otel_kit_alerts::rule::preset("http-errors").unwrap();
/// assert_eq!(rules[0].alert, "HttpErrors");
/// ```
#[must_use]
pub fn preset(name: &str) -> Option<Vec<Rule>> {
    match name {
        "http-errors" => Some(vec![http_errors()]),
        "http-latency" => Some(vec![http_latency()]),
        "db-errors" => Some(vec![db_errors()]),
        "kafka-lag" => Some(vec![kafka_lag()]),
        "exporter-failing" => Some(exporter_failing()),
        "new-exception" => Some(vec![new_exception()]),
        _ => None,
    }
}

fn http_errors() -> Rule {
    let requests = Selector::new(HTTP_SERVER_REQUEST_DURATION).by([HTTP_ROUTE]);
    Rule::new("HttpErrors", Expr::error_ratio(requests, 5 * MINUTE).min_count(20))
        .above(0.05)
        .hold(2 * MINUTE)
        .keep_firing_for(2 * MINUTE)
        .label("severity", "critical")
        .annotation("summary", "Requests of {{ labels.http_route }} fail")
}

fn http_latency() -> Rule {
    let requests = Selector::new(HTTP_SERVER_REQUEST_DURATION).by([HTTP_ROUTE]);
    Rule::new("HttpLatency", Expr::quantile(0.95, requests, 5 * MINUTE).min_count(20))
        .above(1.0)
        .hold(5 * MINUTE)
        .label("severity", "warning")
        .annotation("summary", "Requests of {{ labels.http_route }} are slow")
}

fn db_errors() -> Rule {
    let statements = Selector::new(DB_CLIENT_OPERATION_DURATION).by([DB_NAMESPACE]);
    let ratio = Expr::error_ratio(statements, 5 * MINUTE).with_errors([Matcher::not_equal(ERROR_TYPE, "")]);
    Rule::new("DbErrors", ratio.min_count(20))
        .above(0.05)
        .hold(2 * MINUTE)
        .keep_firing_for(2 * MINUTE)
        .label("severity", "critical")
        .annotation("summary", "Statements to {{ labels.db_namespace }} fail")
}

fn kafka_lag() -> Rule {
    let lag = Selector::new(LIBRDKAFKA_CONSUMER_LAG)
        .by([MESSAGING_CONSUMER_GROUP_NAME, MESSAGING_DESTINATION_NAME]);
    Rule::new("KafkaLag", Expr::value(lag))
        .above(10_000.0)
        .hold(5 * MINUTE)
        .no_data(OnNoData::Normal)
        .label("severity", "warning")
        .annotation(
            "summary",
            "{{ labels.messaging_consumer_group_name }} lags behind in {{ labels.messaging_destination_name }}",
        )
}

fn exporter_failing() -> Vec<Rule> {
    let of = |(signal, metric)| {
        let lost = Selector::new(metric).matching(Matcher::not_equal(ERROR_TYPE, ""));
        Rule::new("ExporterFailing", Expr::increase(lost.by([OTEL_COMPONENT_NAME, ERROR_TYPE]), 5 * MINUTE))
            .above(0.0)
            .no_data(OnNoData::Normal)
            .label("severity", "warning")
            .label("signal", signal)
            .annotation("summary", format!("Telemetry is lost: {signal}, {{{{ labels.error_type }}}}"))
    };
    EXPORTED.map(of).into()
}

fn new_exception() -> Rule {
    Rule::new("NewException", Expr::new_exception(10 * MINUTE))
        .label("severity", "warning")
        .annotation("summary", "New exception: {{ labels.exception_type }}")
}

const MINUTE: Duration = Duration::from_secs(60);
const EXPORTED: [(&str, &str); 3] = [
    ("traces", OTEL_SDK_EXPORTER_SPAN_EXPORTED),
    ("logs", OTEL_SDK_EXPORTER_LOG_EXPORTED),
    ("metrics", OTEL_SDK_EXPORTER_METRIC_DATA_POINT_EXPORTED),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_preset_is_a_rule_that_passes() {
        for name in PRESETS {
            let rules = preset(name).expect(name);
            assert!(!rules.is_empty());
            for rule in rules {
                rule.validate().unwrap();
                assert!(rule.labels.contains_key("severity"), "{name}");
            }
        }
        assert_eq!(preset("http"), None);
    }
}
