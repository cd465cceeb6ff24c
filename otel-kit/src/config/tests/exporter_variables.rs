//! The variables that exist for all signals and for each.

use super::*;

/// End of the name, value, end of the key, how the key prints then.
#[rustfmt::skip]
pub(super) const GOOD: &[(&str, &str, &str, &str)] = &[
    ("PROTOCOL", "HTTP/JSON", "protocol", "http/json"),
    ("HEADERS", "X-Key=a%20b", "headers.x-key", "***"),
    ("COMPRESSION", "GZIP", "compression", "gzip"),
    ("TIMEOUT", "0", "timeout", "0s"),
    ("CERTIFICATE", "ca.pem", "tls.ca_file", "ca.pem"),
];

/// End of the name, bad value, what the warning says.
#[rustfmt::skip]
const BAD: &[(&str, &str, &str)] = &[
    ("PROTOCOL", "kafka", "ignored, `kafka` is not supported; use grpc, http/protobuf or http/json"),
    ("HEADERS", "a", "ignored, part 1 is not a pair; write name=value,name=value with percent-encoded values"),
    ("COMPRESSION", "br", "ignored, `br` is not supported; use none, gzip or zstd"),
    ("TIMEOUT", "10s", "ignored, `10s` is not a whole number of milliseconds; use one such as 5000"),
    ("CLIENT_CERTIFICATE", "c.pem", "ignored, a client needs both certificate and key; set key_file too"),
    ("CLIENT_KEY", "k.pem", "ignored, a client needs both certificate and key; set cert_file too"),
];

const SIGNALS: [&str; 3] = ["TRACES", "METRICS", "LOGS"];

pub(super) fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

#[test]
fn every_exporter_variable_counts_for_all_signals_and_for_its_own() {
    for (name, value, key, printed) in GOOD {
        let all = leak(format!("OTEL_EXPORTER_OTLP_{name}"));
        let with_endpoint = || given().env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c");
        for signal in SIGNALS {
            let own = leak(format!("OTEL_EXPORTER_OTLP_{signal}_{name}"));
            let path = format!("export.{}.{key}", signal.to_lowercase());
            assert_ne!(with_endpoint().value(&path).as_deref(), Some(*printed), "{own} would show nothing");
            assert_eq!(with_endpoint().env(all, value).value(&path).as_deref(), Some(*printed), "{all}");
            assert_eq!(with_endpoint().env(own, value).value(&path).as_deref(), Some(*printed), "{own}");
            for other in SIGNALS.into_iter().filter(|other| *other != signal) {
                let path = format!("export.{}.{key}", other.to_lowercase());
                assert_ne!(with_endpoint().env(own, value).value(&path).as_deref(), Some(*printed), "{own}");
            }
        }
    }
}

#[test]
fn every_bad_exporter_variable_is_one_warning_and_nothing_else() {
    for (name, bad, warning) in BAD {
        let signals = SIGNALS.map(|signal| format!("{signal}_"));
        for infix in signals.iter().map(String::as_str).chain([""]) {
            let variable = leak(format!("OTEL_EXPORTER_OTLP_{infix}{name}"));
            let with_endpoint = || given().env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c");
            let case = with_endpoint().env(variable, bad);
            assert_eq!(case.warnings(), [format!("{variable}: {warning}")]);
            assert_eq!(case.resolve().unwrap().0, with_endpoint().resolve().unwrap().0);
        }
    }
}

#[test]
fn endpoints_of_one_signal_are_taken_verbatim() {
    for signal in SIGNALS {
        let variable = leak(format!("OTEL_EXPORTER_OTLP_{signal}_ENDPOINT"));
        let key = format!("export.{}.endpoint", signal.to_lowercase());
        for (value, printed) in [("http://c/x", "http://c/x"), ("http://c", "http://c/")] {
            assert_eq!(given().env(variable, value).value(&key).as_deref(), Some(printed));
        }
        let bad = given().env(variable, "me:pw@c");
        assert_eq!(
            bad.warnings(),
            [format!(
                "{variable}: ignored, `REDACTED@c` is not a URL to send to; write one such as \
                 http://collector:4318 or https://collector:4317"
            )]
        );
    }
}

#[test]
fn a_client_certificate_needs_both_its_files() {
    let both = given()
        .env("OTEL_EXPORTER_OTLP_ENDPOINT", "https://c")
        .env("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "c.pem")
        .env("OTEL_EXPORTER_OTLP_TRACES_CLIENT_KEY", "k.pem")
        .env("OTEL_EXPORTER_OTLP_METRICS_CLIENT_KEY", "k.pem")
        .env("OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY", "k.pem");
    assert_eq!(both.value("export.traces.tls.cert_file").as_deref(), Some("c.pem"));
    assert_eq!(both.value("export.traces.tls.key_file").as_deref(), Some("k.pem"));
}

#[test]
fn insecure_counts_for_grpc_endpoints_without_a_scheme() {
    let grpc =
        || given().env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc").env("OTEL_EXPORTER_OTLP_ENDPOINT", "c:4317");
    assert_eq!(grpc().value("export.traces.endpoint").as_deref(), Some("https://c:4317/"));
    for variable in ["OTEL_EXPORTER_OTLP_INSECURE", "OTEL_EXPORTER_OTLP_TRACES_INSECURE"] {
        let insecure = grpc().env(variable, "true");
        assert_eq!(insecure.value("export.traces.endpoint").as_deref(), Some("http://c:4317/"));
        assert_eq!(
            grpc().env(variable, "1").warnings(),
            [format!("{variable}: read as false, `1` is not a boolean; use true or false")]
        );
    }
}

/// All of these variables.
pub(super) fn names() -> impl Iterator<Item = String> {
    let infixes = ["", "TRACES_", "METRICS_", "LOGS_"];
    let endings =
        GOOD.iter().map(|row| row.0).chain(BAD.iter().map(|row| row.0)).chain(["ENDPOINT", "INSECURE"]);
    endings.flat_map(move |name| infixes.map(|infix| format!("OTEL_EXPORTER_OTLP_{infix}{name}")))
}
