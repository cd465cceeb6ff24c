use super::*;

fn protocols(case: &Given) -> [String; 3] {
    ["traces", "metrics", "logs"].map(|signal| case.value(&format!("export.{signal}.protocol")).unwrap())
}

#[test]
fn a_terminal_shows_traces_and_readable_lines() {
    let case = given().terminal();
    assert_eq!(protocols(&case), ["console", "none", "none"]);
    assert_eq!(case.value("logs.format").as_deref(), Some("pretty"));
}

#[test]
fn anything_else_gets_json_lines_only() {
    assert_eq!(protocols(&given()), ["none", "none", "none"]);
    assert_eq!(given().value("logs.format").as_deref(), Some("json"));
}

#[test]
fn a_protocol_alone_sends_nothing() {
    let case = given().terminal().file("export: {protocol: grpc}");
    assert_eq!(protocols(&case), ["console", "none", "none"]);
}

#[test]
fn any_endpoint_ends_the_console() {
    let case = given().terminal().env("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "http://c");
    assert_eq!(protocols(&case), ["none", "http/protobuf", "none"]);
    let all = given().terminal().env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c");
    assert_eq!(protocols(&all), ["http/protobuf", "http/protobuf", "http/protobuf"]);
    assert_eq!(all.value("logs.format").as_deref(), Some("pretty"));
}

#[test]
fn asking_for_otlp_means_this_machine() {
    let http = given().env("OTEL_TRACES_EXPORTER", "otlp").env("OTEL_LOGS_EXPORTER", "otlp");
    assert_eq!(http.value("export.traces.endpoint").as_deref(), Some("http://localhost:4318/v1/traces"));
    assert_eq!(protocols(&http), ["http/protobuf", "none", "http/protobuf"]);
    let grpc = given().env("OTEL_METRICS_EXPORTER", "otlp").env("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc");
    assert_eq!(grpc.value("export.metrics.endpoint").as_deref(), Some("http://localhost:4317/"));
    assert_eq!(protocols(&grpc.terminal()), ["none", "grpc", "none"]);
}

#[test]
fn the_console_can_be_asked_for_beside_an_endpoint() {
    let case = given().file("export: {endpoint: 'http://c', traces: {protocol: console}}");
    assert_eq!(protocols(&case), ["console", "http/protobuf", "http/protobuf"]);
}
