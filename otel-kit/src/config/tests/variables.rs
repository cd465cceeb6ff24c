use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

/// Variable, value, key, how the key prints then.
#[rustfmt::skip]
const GOOD: &[(&str, &str, &str, &str)] = &[
    ("OTEL_SDK_DISABLED", "TRUE", "disabled", "true"),
    ("OTEL_SERVICE_NAME", "shop", "service.name", "shop"),
    ("OTEL_RESOURCE_ATTRIBUTES", "team=a%20b", "service.attributes.team", "a b"),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.name=shop", "service.name", "shop"),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.version=2", "service.version", "2"),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.namespace=eu", "service.namespace", "eu"),
    ("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test", "service.environment", "test"),
    ("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=i", "service.instance_id", "i"),
    ("OTEL_LOG_LEVEL", "Debug", "logs.level", "otel_kit=debug,info"),
    ("RUST_LOG", "warn,app=debug", "logs.level", "app=debug,warn"),
    ("RUST_LOG", "app", "logs.level", "app=trace"),
    ("OTEL_PROPAGATORS", "Baggage,baggage", "propagators", "[baggage]"),
    ("OTEL_PROPAGATORS", "none", "propagators", "[]"),
    ("OTEL_PROPAGATORS", "tracecontext", "propagators", "[tracecontext]"),
    ("OTEL_PROPAGATORS", "b3,B3Multi, jaeger,b3", "propagators", "[b3, b3multi, jaeger]"),
    ("OTEL_TRACES_SAMPLER", "always_off", "traces.sampler.ratio", "0"),
    ("OTEL_TRACES_SAMPLER", "ALWAYS_ON", "traces.sampler.parent_based", "false"),
    ("OTEL_TRACES_SAMPLER", "traceidratio", "traces.sampler.parent_based", "false"),
    ("OTEL_TRACES_SAMPLER", "parentbased_always_off", "traces.sampler.ratio", "0"),
    ("OTEL_BSP_SCHEDULE_DELAY", "250", "traces.batch.delay", "250ms"),
    ("OTEL_BSP_EXPORT_TIMEOUT", "0", "traces.batch.timeout", "0s"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "4096", "traces.batch.queue", "4096"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "64", "traces.batch.size", "64"),
    ("OTEL_BLRP_SCHEDULE_DELAY", "250", "logs.batch.delay", "250ms"),
    ("OTEL_BLRP_EXPORT_TIMEOUT", "5000", "logs.batch.timeout", "5s"),
    ("OTEL_BLRP_MAX_QUEUE_SIZE", "4096", "logs.batch.queue", "4096"),
    ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "64", "logs.batch.size", "64"),
    ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "9", "traces.limits.value_length", "9"),
    ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "9", "logs.limits.value_length", "9"),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", "9", "traces.limits.attributes", "9"),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", "9", "traces.limits.event_attributes", "9"),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", "9", "traces.limits.link_attributes", "9"),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", "9", "logs.limits.attributes", "9"),
    ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "9", "traces.limits.value_length", "9"),
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "0", "traces.limits.attributes", "0"),
    ("OTEL_SPAN_EVENT_COUNT_LIMIT", "9", "traces.limits.events", "9"),
    ("OTEL_SPAN_LINK_COUNT_LIMIT", "9", "traces.limits.links", "9"),
    ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "9", "traces.limits.event_attributes", "9"),
    ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "9", "traces.limits.link_attributes", "9"),
    ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "9", "logs.limits.value_length", "9"),
    ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "9", "logs.limits.attributes", "9"),
    ("OTEL_TRACES_EXPORTER", "OTLP", "export.traces.endpoint", "http://localhost:4318/v1/traces"),
    ("OTEL_TRACES_EXPORTER", "console", "export.traces.protocol", "console"),
    ("OTEL_METRICS_EXPORTER", "otlp", "export.metrics.endpoint", "http://localhost:4318/v1/metrics"),
    ("OTEL_METRICS_EXPORTER", "console", "export.metrics.protocol", "console"),
    ("OTEL_METRICS_EXPORTER", "Prometheus", "metrics.prometheus.listen", "localhost:9464"),
    ("OTEL_METRICS_EXPORTER", "console, prometheus", "metrics.prometheus.enabled", "true"),
    ("OTEL_LOGS_EXPORTER", "otlp,otlp", "export.logs.endpoint", "http://localhost:4318/v1/logs"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "15000", "metrics.interval", "15s"),
    ("OTEL_METRIC_EXPORT_TIMEOUT", "0", "metrics.timeout", "0s"),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "LowMemory", "metrics.temporality", "lowmemory"),
    ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "base2_exponential_bucket_histogram", "metrics.histogram_aggregation", "base2_exponential_bucket_histogram"),
    ("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN", "logs/dup", "exceptions.span_events", "true"),
    ("OTEL_METRICS_EXEMPLAR_FILTER", "Always_Off", "metrics.exemplars", "always_off"),
    ("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "GET,QUERY", "http.known_methods", "[GET, QUERY]"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c", "export.logs.endpoint", "http://c/v1/logs"),
];

/// Variable, bad value, what the warning says.
#[rustfmt::skip]
const BAD: &[(&str, &str, &str)] = &[
    ("OTEL_SDK_DISABLED", "1", "read as false, `1` is not a boolean; use true or false"),
    ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b", "ignored, part 2 is not a pair; write name=value,name=value with percent-encoded values"),
    ("OTEL_LOG_LEVEL", "loud", "ignored, `loud` is not supported; use none, error, warn, info, debug or trace"),
    ("RUST_LOG", "app=loud", "ignored, `loud` is not supported; use off, error, warn, info, debug or trace"),
    ("RUST_LOG", "a[b]=info", "ignored, `a[b]` names spans or fields; write targets only, such as info,sqlx=warn"),
    ("OTEL_PROPAGATORS", "ottrace", "ignored, `ottrace` is not supported; use tracecontext, baggage, b3, b3multi, jaeger or none"),
    ("OTEL_PROPAGATORS", "xray", "ignored, `xray` is not supported; use tracecontext, baggage, b3, b3multi, jaeger or none"),
    ("OTEL_PROPAGATORS", "none,baggage", "ignored, `none` stands beside others; write it alone, or leave it out"),
    ("OTEL_TRACES_SAMPLER", "xray", SAMPLER),
    ("OTEL_BSP_SCHEDULE_DELAY", "0", "ignored, 0 would never pause; write at least 1ms"),
    ("OTEL_BSP_EXPORT_TIMEOUT", "-1", "ignored, `-1` is not a whole number of milliseconds; use one such as 5000"),
    ("OTEL_BSP_MAX_QUEUE_SIZE", "0", "ignored, 0 would hold nothing; write at least 1"),
    ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", "a batch of 4096 does not fit into a queue of 2048; 2048 is used"),
    ("OTEL_BLRP_SCHEDULE_DELAY", "1s", "ignored, `1s` is not a whole number of milliseconds; use one such as 5000"),
    ("OTEL_BLRP_EXPORT_TIMEOUT", "x", MILLIS),
    ("OTEL_BLRP_MAX_QUEUE_SIZE", "1.5", "ignored, `1.5` is not a whole number; use one such as 512"),
    ("OTEL_BLRP_MAX_EXPORT_BATCH_SIZE", "x", NUMBER),
    ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "x", NUMBER),
    ("OTEL_ATTRIBUTE_COUNT_LIMIT", "x", NUMBER),
    ("OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "x", NUMBER),
    ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "x", NUMBER),
    ("OTEL_SPAN_EVENT_COUNT_LIMIT", "x", NUMBER),
    ("OTEL_SPAN_LINK_COUNT_LIMIT", "x", NUMBER),
    ("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "x", NUMBER),
    ("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "x", NUMBER),
    ("OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT", "x", NUMBER),
    ("OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT", "x", NUMBER),
    ("OTEL_TRACES_EXPORTER", "zipkin", "ignored, `zipkin` is not supported; use otlp, console or none"),
    ("OTEL_TRACES_EXPORTER", "otlp/stdout", "ignored, `otlp/stdout` is not supported; use otlp, console or none"),
    ("OTEL_METRICS_EXPORTER", "statsd", "ignored, `statsd` is not supported; use otlp, console or none"),
    ("OTEL_TRACES_EXPORTER", "prometheus", "ignored, `prometheus` is not supported; use otlp, console or none"),
    ("OTEL_EXPORTER_PROMETHEUS_HOST", "a b", "ignored, `a b` is not a host; use one such as 0.0.0.0"),
    ("OTEL_EXPORTER_PROMETHEUS_PORT", "x", "ignored, `x` is not a port; use one such as 9464"),
    ("OTEL_METRICS_EXPORTER", "otlp,none", "ignored, `none` would be a second exporter; name one exporter for each signal"),
    ("OTEL_LOGS_EXPORTER", "logging", "ignored, `logging` is not supported; use otlp, console or none"),
    ("OTEL_METRIC_EXPORT_INTERVAL", "0", "ignored, 0 would never pause; write at least 1ms"),
    ("OTEL_METRIC_EXPORT_TIMEOUT", "x", MILLIS),
    ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "big", "ignored, `big` is not supported; use cumulative, delta or lowmemory"),
    ("OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION", "big", "ignored, `big` is not supported; use explicit_bucket_histogram or base2_exponential_bucket_histogram"),
    ("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN", "some", "ignored, `some` is not supported; use logs or logs/dup"),
    ("OTEL_METRICS_EXEMPLAR_FILTER", "some", "ignored, `some` is not supported; use trace_based, always_on or always_off"),
    ("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "GE T", "ignored, `GE T` is not a method; write one such as GET"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "c:4318", "ignored, `c:4318` is not a URL to send to; write one such as http://collector:4318 or https://collector:4317"),
];

const NUMBER: &str = "ignored, `x` is not a whole number; use one such as 512";
const MILLIS: &str = "ignored, `x` is not a whole number of milliseconds; use one such as 5000";
const SAMPLER: &str = "ignored, `xray` is not supported; use always_on, always_off, traceidratio, \
                       parentbased_always_on, parentbased_always_off or parentbased_traceidratio";

#[test]
fn every_variable_reaches_its_key() {
    let defaults = given();
    for (variable, value, key, printed) in GOOD {
        assert_ne!(defaults.value(key).as_deref(), Some(*printed), "{variable} would show nothing");
        assert_eq!(given().env(variable, value).value(key).as_deref(), Some(*printed), "{variable}={value}");
    }
}

#[test]
fn every_bad_variable_is_one_warning_and_nothing_else() {
    for (variable, bad, warning) in BAD {
        let case = given().env(variable, bad);
        assert_eq!(case.warnings(), [format!("{variable}: {warning}")], "{variable}={bad}");
        let config = case.resolve().unwrap().0;
        // A list keeps its good part, and a batch is cut.
        if *bad != "otlp,none" && !warning.ends_with("is used") {
            assert_eq!(config, given().resolve().unwrap().0, "{variable}={bad}");
        }
    }
}

#[test]
fn the_argument_of_the_sampler_is_its_ratio() {
    for (sampler, parent_based) in [("traceidratio", "false"), ("parentbased_traceidratio", "true")] {
        let case = || given().env("OTEL_TRACES_SAMPLER", sampler);
        let sampled = case().env("OTEL_TRACES_SAMPLER_ARG", "0.25");
        assert_eq!(sampled.value("traces.sampler.ratio").as_deref(), Some("0.25"));
        assert_eq!(sampled.value("traces.sampler.parent_based").as_deref(), Some(parent_based));

        for (bad, message) in [
            ("much", "`much` is not a number; use one such as 0.1"),
            ("1.5", "1.5 is not between 0 and 1; use a number such as 0.1"),
            ("NaN", "NaN is not between 0 and 1; use a number such as 0.1"),
        ] {
            let case = case().env("OTEL_TRACES_SAMPLER_ARG", bad);
            assert_eq!(case.warnings(), [format!("OTEL_TRACES_SAMPLER_ARG: ignored, {message}")]);
            assert_eq!(case.resolve().unwrap().0.traces.sampler.ratio, 1.0);
        }
    }
    for later in ["jaeger_remote", "parentbased_jaeger_remote"] {
        let [warning] = given().env("OTEL_TRACES_SAMPLER", later).warnings().try_into().unwrap();
        assert!(warning.starts_with(&format!("OTEL_TRACES_SAMPLER: ignored, `{later}` is not supported")));
    }
    let on =
        given().file("traces: {sampler: {ratio: 0.1}}").env("OTEL_TRACES_SAMPLER", "parentbased_always_on");
    assert_eq!(on.value("traces.sampler.ratio").as_deref(), Some("1"));
    let unused = given().env("OTEL_TRACES_SAMPLER", "always_on").env("OTEL_TRACES_SAMPLER_ARG", "0.25");
    assert_eq!(unused.value("traces.sampler.ratio").as_deref(), Some("1"));
}

#[test]
fn a_limit_of_its_own_beats_the_general_one() {
    let case = given().env("OTEL_ATTRIBUTE_COUNT_LIMIT", "7").env("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "9");
    assert_eq!(case.value("traces.limits.attributes").as_deref(), Some("9"));
    assert_eq!(case.value("logs.limits.attributes").as_deref(), Some("7"));
}

#[test]
fn the_service_name_beats_the_resource_attributes() {
    let case = given()
        .env("OTEL_RESOURCE_ATTRIBUTES", "service.name=a,service.version=1")
        .env("OTEL_SERVICE_NAME", "b");
    assert_eq!(case.value("service.name").as_deref(), Some("b"));
    assert_eq!(case.value("service.version").as_deref(), Some("1"));
}

#[test]
fn a_directive_for_the_kit_beats_its_log_level() {
    let case = given().env("OTEL_LOG_LEVEL", "debug").env("RUST_LOG", "info,otel_kit=off");
    assert_eq!(case.value("logs.level").as_deref(), Some("otel_kit=off,info"));
}

#[test]
fn empty_variables_and_those_of_the_conventions_change_nothing() {
    let variables: BTreeSet<&str> = GOOD.iter().map(|row| row.0).collect();
    let empty = variables.iter().fold(given(), |case, variable| case.env(variable, " "));
    assert_eq!(empty.printed(), given().printed());
    let opt_in = given().env("OTEL_SEMCONV_STABILITY_OPT_IN", "http/dup");
    assert_eq!(opt_in.printed(), given().printed());
}

#[test]
fn declarative_configuration_is_refused_by_name() {
    for variable in ["OTEL_CONFIG_FILE", "OTEL_EXPERIMENTAL_CONFIG_FILE"] {
        assert_eq!(
            given().env(variable, "otel.yaml").error(),
            format!(
                "{variable}: declarative configuration files of OpenTelemetry are not supported yet; unset it \
                 and write an otel-kit.yaml, which OTEL_KIT_CONFIG may name"
            )
        );
    }
}

proptest! {
    #[test]
    fn no_environment_stops_the_service(value in "\\PC{0,12}", other in "[a-z0-9=,:/%.\\[\\]*-]{0,16}") {
        let all = GOOD.iter().enumerate().fold(given(), |case, (index, row)| {
            case.env(row.0, if index % 2 == 0 { &value } else { &other })
        });
        let exporters = exporter_variables::GOOD.iter().fold(all, |case, row| {
            case.env(exporter_variables::leak(format!("OTEL_EXPORTER_OTLP_{}", row.0)), &other)
        });
        let (config, warnings) = exporters.resolve().unwrap();
        let _ = (config.to_string(), format!("{config:?} {warnings:?}"), config.settings(), config.propagator());
    }
}

/// All variables that are read.
pub(super) fn names() -> BTreeSet<String> {
    let others = [
        "OTEL_CONFIG_FILE",
        "OTEL_EXPERIMENTAL_CONFIG_FILE",
        "OTEL_EXPORTER_PROMETHEUS_HOST",
        "OTEL_EXPORTER_PROMETHEUS_PORT",
        "OTEL_KIT_CONFIG",
        "OTEL_SEMCONV_STABILITY_OPT_IN",
        "OTEL_TRACES_SAMPLER_ARG",
    ];
    let rows = GOOD.iter().map(|row| row.0).chain(others).map(str::to_owned);
    rows.chain(exporter_variables::names()).collect()
}
