//! What a build leaves out.

use super::*;

#[test]
fn what_a_build_leaves_out_is_an_error_that_names_the_feature() {
    let case = |file| given().features(NONE).file(file).error();
    let not_in_this_build = [
        ("export: {protocol: grpc}", "1:10: export.protocol: protocol grpc", "grpc"),
        ("export: {protocol: http/json}", "1:10: export.protocol: protocol http/json", "http"),
        ("export: {endpoint: 'http://c'}", "1:10: export.endpoint: protocol http/protobuf", "http"),
        ("export: {tls: {ca_file: a}}", "1:16: export.tls.ca_file: TLS", "tls"),
        ("export: {compression: zstd}", "1:10: export.compression: compression zstd", "zstd"),
        ("http: {server: {inbound: link}}", "1:8: http.server: `http.server`", "axum"),
        ("http: {client: {baggage_to: []}}", "1:8: http.client: `http.client`", "reqwest"),
        ("kafka: {body_size: true}", "1:1: kafka: `kafka`", "kafka"),
        ("sql: {slow: 1s}", "1:1: sql: `sql`", "sqlx"),
        ("alerts: {interval: 1s}", "1:1: alerts: `alerts`", "alerts"),
        ("exceptions: {burst: 1}", "1:1: exceptions: `exceptions`", "exceptions"),
    ];
    for (file, what, feature) in not_in_this_build {
        assert_eq!(
            case(file),
            format!("otel-kit.yaml:{what} is not in this build; enable feature `{feature}` of otel-kit")
        );
    }
    let without_tls =
        given().features(Features { tls: false, ..ALL }).file("export: {endpoint: 'https://c'}");
    assert_eq!(
        without_tls.error(),
        "otel-kit.yaml:1:10: export.endpoint: https is not in this build; enable feature `tls` of otel-kit"
    );
}

#[test]
fn what_a_build_leaves_out_is_a_warning_where_a_variable_asks_for_it() {
    let case = |variable, value| given().features(NONE).env(variable, value);
    assert_eq!(
        case("OTEL_TRACES_EXPORTER", "otlp").warnings(),
        [
            "OTEL_TRACES_EXPORTER: ignored, protocol http/protobuf is not in this build; enable feature `http` \
          of otel-kit"
        ]
    );
    assert_eq!(
        case("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c").warnings(),
        [
            "OTEL_EXPORTER_OTLP_ENDPOINT: ignored, protocol http/protobuf is not in this build; enable feature \
          `http` of otel-kit"
        ]
    );
    assert_eq!(
        case("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc").warnings(),
        [
            "OTEL_EXPORTER_OTLP_PROTOCOL: ignored, protocol grpc is not in this build; enable feature `grpc` of \
          otel-kit"
        ]
    );
    assert_eq!(
        case("OTEL_EXPORTER_OTLP_CERTIFICATE", "ca.pem").warnings(),
        [
            "OTEL_EXPORTER_OTLP_CERTIFICATE: ignored, TLS is not in this build; enable feature `tls` of otel-kit"
        ]
    );
}
