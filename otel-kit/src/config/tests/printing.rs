use super::*;

#[test]
fn secrets_print_nowhere() {
    let case = given()
        .file("export: {endpoint: 'https://me:s3cret@c', headers: {x-key: s3cret}}")
        .env("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "x-key=s3cret")
        .env("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "s3cret")
        .code(|code| drop(code.export.metrics.headers.insert("x-key".to_owned(), "s3cret".into())));
    let (config, warnings) = case.resolve().unwrap();
    let file = FileConfig::parse("f", &case.file, &|_| None).unwrap();
    let printed = format!("{config}{config:?}{warnings:?}{file:?}{:?}", case.code);
    assert!(!printed.contains("s3cret"), "{printed}");
    assert!(config.to_string().contains("export.logs.endpoint: https://REDACTED:REDACTED@c/v1/logs\n"));
}

#[test]
fn secrets_in_the_user_part_and_in_the_query_of_an_endpoint_print_nowhere() {
    for endpoint in [
        "https://s3cret@c/?a=1",
        "https://me:s3cret@c/",
        "https://c/?api_key=s3cret",
        "https://c/?sig=s3cret&a=1",
    ] {
        let file = format!("export: {{traces: {{endpoint: '{endpoint}'}}}}");
        if let Ok((config, _)) = given().file(&file).resolve() {
            let printed = format!("{config}{config:?}");
            assert!(!printed.contains("s3cret"), "{endpoint}: {printed}");
        } else {
            let said = given().file(&file).error();
            assert!(!said.contains("s3cret"), "{endpoint}: {said}");
        }
    }
}

#[test]
fn the_defaults_print_in_full() {
    let expected = "\
disabled: false
export.traces.protocol: none
export.metrics.protocol: none
export.logs.protocol: none
propagators: [tracecontext, baggage]
traces.filter: info
traces.sampler.ratio: 1
traces.sampler.parent_based: true
traces.limits.attributes: 128
traces.limits.events: 128
traces.limits.links: 128
traces.limits.event_attributes: 128
traces.limits.link_attributes: 128
traces.batch.delay: 5s
traces.batch.size: 512
traces.batch.queue: 2048
traces.batch.timeout: 30s
traces.events: false
traces.error_status: errors
traces.source_location: false
traces.threads: false
metrics.interval: 1m
metrics.timeout: 30s
metrics.temporality: cumulative
metrics.histogram_aggregation: explicit_bucket_histogram
metrics.exemplars: trace_based
metrics.cardinality_limit: 2000
metrics.views: []
metrics.runtime: true
metrics.cpu_utilization: false
metrics.prometheus.enabled: false
logs.level: info
logs.stdout: true
logs.format: json
logs.keys.timestamp: timestamp
logs.keys.level: level
logs.keys.message: message
logs.keys.target: target
logs.keys.trace_id: trace_id
logs.keys.span_id: span_id
logs.keys.trace_flags: trace_flags
logs.batch.delay: 1s
logs.batch.size: 512
logs.batch.queue: 2048
logs.batch.timeout: 30s
logs.limits.line: 262144
logs.limits.attributes: 128
logs.blocking: false
http.server.inbound: parent
http.server.inbound_rules: []
http.server.trusted_proxies: []
http.server.response_headers: []
http.server.body_size_metrics: false
http.server.exclude: []
http.server.captured_request_headers: []
http.server.captured_response_headers: []
http.client.propagate_to: [*]
http.client.baggage_to: [*]
http.client.captured_request_headers: []
http.client.captured_response_headers: []
http.client.metric_url_template: false
kafka.process: parent
kafka.message_key: false
kafka.body_size: false
sql.auto: true
sql.query_text: true
exceptions.enabled: true
exceptions.stacktrace: true
exceptions.in_app: []
exceptions.ignore: []
exceptions.rules: []
exceptions.per_group_per_minute: 10
exceptions.burst: 20
exceptions.max_groups: 1000
exceptions.log_lines: 20
exceptions.log_events: true
exceptions.client_calls: false
exceptions.panic_hook: true
exceptions.span_events: false
alerts.interval: 15s
alerts.memory: 16777216
alerts.labels: []
alerts.presets: []
alerts.rules: []
alerts.channels: []
alerts.silences: []
";
    assert_eq!(given().printed(), expected);
}

#[test]
fn adapters_are_told_what_is_in_force() {
    let file = "http:
  known_methods: [GET]
  sensitive_query_parameters: [key]
  server: {inbound: ignore, exclude: [/healthz], captured_request_headers: [x-a]}
  client: {propagate_to: [a.b], baggage_to: [], captured_response_headers: [x-b], metric_url_template: true}
kafka: {process: link, message_key: true, body_size: true}
sql: {auto: false, query_text: false, slow: 200ms}
exceptions: {burst: 5}";
    let (config, _) = given().file(file).resolve().unwrap();
    let settings = config.settings();
    assert_eq!(settings.http_server.inbound, otel_kit_core::settings::Inbound::Ignore);
    assert!(settings.http_server.exclude.matches("/healthz"));
    assert!(!settings.http_server.captured_request_headers.is_empty());
    assert!(settings.http_server.captured_response_headers.is_empty());
    assert!(!settings.http_server.known_methods.names("POST").is_known);
    assert_eq!(settings.http_server.url_policy.query("key=1&sig=2"), "key=REDACTED&sig=2");
    assert!(settings.http_client.propagate_to.matches("a.b"));
    assert!(!settings.http_client.propagate_to.matches("b.c"));
    assert!(!settings.http_client.baggage_to.matches("a.b"));
    assert!(!settings.http_client.captured_response_headers.is_empty());
    assert!(settings.http_client.metric_url_template);
    assert_eq!(settings.kafka.process, otel_kit_core::settings::ProcessParent::Ambient);
    assert!(settings.kafka.message_key && settings.kafka.body_size);
    assert_eq!(settings.exceptions.burst, 5);
    assert!(!settings.sql.auto && !settings.sql.query_text);
    assert_eq!(settings.sql.slow, Some(std::time::Duration::from_millis(200)));
}

#[test]
fn the_service_becomes_resource_attributes() {
    let file = "service: {name: shop, version: 1.2, environment: test, attributes: {team: [a, b]}}";
    let (config, _) = given().file(file).resolve().unwrap();
    let printed: Vec<String> =
        config.service.resource().map(|pair| format!("{}={}", pair.key, pair.value)).collect();
    assert_eq!(
        printed,
        [
            "service.name=shop",
            "service.version=1.2",
            "deployment.environment.name=test",
            "team=[\"a\",\"b\"]"
        ]
    );
}
