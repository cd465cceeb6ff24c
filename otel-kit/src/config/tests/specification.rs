//! What becomes of each variable that the specification names.

use std::{cell::RefCell, collections::BTreeSet};

use super::*;

/// What a variable does here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fate {
    /// It has a key: `variables` shows which, its unit, and what a bad value does.
    Applied,
    /// The service does not start: what it names would be silently missing.
    Refused,
    /// It does nothing, and says so.
    Warned,
    /// It may choose between an old and a new way, and here is only the new one.
    AlwaysSo,
}

use Fate::{AlwaysSo, Applied, Refused, Warned};

/// Of [SDK](https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/),
/// [OTLP exporter](https://opentelemetry.io/docs/specs/otel/protocol/exporter/) and
/// [HTTP conventions](https://opentelemetry.io/docs/specs/semconv/http/http-spans/).
#[rustfmt::skip]
const SPECIFIED: &[(&str, Fate)] = &[
    ("OTEL_SDK_DISABLED", Applied),
    ("OTEL_CONFIG_FILE", Refused),
    ("OTEL_EXPERIMENTAL_CONFIG_FILE", Refused),
    ("OTEL_SERVICE_NAME", Applied),
    ("OTEL_RESOURCE_ATTRIBUTES", Applied),
    ("OTEL_ENTITIES", Warned),
    ("OTEL_LOG_LEVEL", Applied),
    ("OTEL_PROPAGATORS", Applied),
    ("OTEL_TRACES_SAMPLER", Applied),
    ("OTEL_TRACES_SAMPLER_ARG", Applied),
    ("OTEL_BSP_SCHEDULE_DELAY", Applied),
    ("OTEL_BSP_EXPORT_TIMEOUT", Applied),
    ("OTEL_BSP_MAX_QUEUE_SIZE", Applied),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", Applied),
    ("OTEL_BLRP_SCHEDULE_DELAY", Applied),
    ("OTEL_BLRP_EXPORT_TIMEOUT", Applied),
    ("OTEL_BLRP_MAX_QUEUE_SIZE", Applied),
    ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", Applied),
    ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", Applied),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", Applied),
    ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", Applied),
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", Applied),
    ("OTEL_SPAN_EVENT_COUNT_LIMIT", Applied),
    ("OTEL_SPAN_LINK_COUNT_LIMIT", Applied),
    ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", Applied),
    ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", Applied),
    ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", Applied),
    ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", Applied),
    ("OTEL_TRACES_EXPORTER", Applied),
    ("OTEL_METRICS_EXPORTER", Applied),
    ("OTEL_LOGS_EXPORTER", Applied),
    ("OTEL_METRIC_EXPORT_INTERVAL", Applied),
    ("OTEL_METRIC_EXPORT_TIMEOUT", Applied),
    ("OTEL_METRICS_EXEMPLAR_FILTER", Applied),
    ("OTEL_EXPORTER_PROMETHEUS_HOST", Applied),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", Applied),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", Applied),
    ("OTEL_EXPORTER_OTLP_PROTOCOL", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_PROTOCOL", Applied),
    ("OTEL_EXPORTER_OTLP_HEADERS", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_HEADERS", Applied),
    ("OTEL_EXPORTER_OTLP_COMPRESSION", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_COMPRESSION", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_COMPRESSION", Applied),
    ("OTEL_EXPORTER_OTLP_TIMEOUT", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", Applied),
    ("OTEL_EXPORTER_OTLP_INSECURE", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_INSECURE", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_INSECURE", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_INSECURE", Applied),
    ("OTEL_EXPORTER_OTLP_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_CLIENT_KEY", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY", Applied),
    ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_CLIENT_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_LOGS_CLIENT_CERTIFICATE", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", Applied),
    ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", Applied),
    ("OTEL_SEMCONV_STABILITY_OPT_IN", AlwaysSo),
    ("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN", Applied),
    ("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", Applied),
];

/// All variables that are looked at.
fn asked() -> BTreeSet<String> {
    let asked = RefCell::new(BTreeSet::new());
    let env = |name: &str| {
        asked.borrow_mut().insert(name.to_owned());
        // The argument is looked at only where there is something to argue with.
        (name == "OTEL_TRACES_SAMPLER").then(|| "traceidratio".to_owned())
    };
    resolve_for(ALL, PartialConfig::default(), &env, None, false).unwrap();
    asked.into_inner()
}

#[test]
fn every_variable_of_the_specification_is_obeyed_or_says_that_it_is_not() {
    assert_eq!(SPECIFIED.len(), 77);
    let (asked, tested, unset) = (asked(), variables::names(), given().printed());
    for (variable, fate) in SPECIFIED {
        let case = given().env(variable, "x");
        match fate {
            Applied => assert!(asked.contains(*variable) && tested.contains(*variable), "{variable}"),
            Refused => assert!(case.error().starts_with(&format!("{variable}: ")), "{}", case.error()),
            AlwaysSo => assert_eq!(case.printed(), unset, "{variable}"),
            Warned => {
                let [warning] = case.warnings().try_into().unwrap();
                assert!(warning.starts_with(&format!("{variable}: ignored, ")), "{warning}");
                assert!(warning.ends_with(" not supported yet; unset it"), "{warning}");
                assert_eq!(case.resolve().unwrap().0.to_string(), unset, "{variable}");
            }
        }
    }
}

#[test]
fn no_variable_is_invented() {
    let specified: BTreeSet<_> = SPECIFIED.iter().map(|(variable, _)| *variable).collect();
    assert_eq!(specified.len(), SPECIFIED.len());
    for variable in asked().iter().filter(|variable| variable.starts_with("OTEL_")) {
        assert!(specified.contains(variable.as_str()), "{variable}");
    }
}

/// The specification counts times in milliseconds, and so does nothing else here.
#[test]
fn times_are_milliseconds() {
    let times = [
        ("OTEL_BSP_SCHEDULE_DELAY", "traces.batch.delay"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "traces.batch.timeout"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "logs.batch.delay"),
        ("OTEL_BLRP_EXPORT_TIMEOUT", "logs.batch.timeout"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "metrics.interval"),
        ("OTEL_METRIC_EXPORT_TIMEOUT", "metrics.timeout"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "export.traces.timeout"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "export.traces.timeout"),
        ("OTEL_EXPORTER_OTLP_METRICS_TIMEOUT", "export.metrics.timeout"),
        ("OTEL_EXPORTER_OTLP_LOGS_TIMEOUT", "export.logs.timeout"),
    ];
    for (variable, key) in times {
        let case = given().env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c").env(variable, "1234");
        assert_eq!(case.value(key).as_deref(), Some("1234ms"), "{variable}");
    }
    let named = SPECIFIED
        .iter()
        .filter(|(name, _)| ["DELAY", "INTERVAL", "TIMEOUT"].iter().any(|ending| name.ends_with(ending)));
    assert_eq!(named.count(), times.len());
}
