use std::path::Path;

use proptest::prelude::*;

use super::*;

/// A wrong file and what is said about it.
const WRONG: &[(&str, &str)] = &[
    ("servce:\n  name: a", "otel-kit.yaml:1:1: servce: unknown key; did you mean `service`?"),
    (
        "alerts: {}",
        "otel-kit.yaml:1:1: alerts: unknown key; the keys here are disabled, service, export, propagators, \
         traces, metrics, logs, http, kafka, sql",
    ),
    (
        "export:\n  endpiont: http://c",
        "otel-kit.yaml:2:3: export.endpiont: unknown key; did you mean `endpoint`?",
    ),
    (
        "export: {traces: {kafka: {}}}",
        "otel-kit.yaml:1:19: export.traces.kafka: unknown key; the keys here are endpoint, protocol, headers, \
         compression, timeout, insecure, tls",
    ),
    (
        "traces:\n  sampler:\n    ratio: 1.5",
        "otel-kit.yaml:3:5: traces.sampler.ratio: 1.5 is not between 0 and 1; use a number such as 0.1",
    ),
    (
        "traces:\n  sampler:\n    rules: []",
        "otel-kit.yaml:3:5: traces.sampler.rules: unknown key; the keys here are ratio, parent_based",
    ),
    (
        "traces:\n  sampler: always_on",
        "otel-kit.yaml:2:3: traces.sampler: `always_on` stands here; write a mapping such as {key: value}",
    ),
    (
        "traces: {filter: 'inof'}",
        "otel-kit.yaml:1:10: traces.filter: `inof` is not supported; did you mean `info`?",
    ),
    (
        "traces: {batch: {size: 10, queue: 5}}",
        "otel-kit.yaml:1:18: traces.batch.size: a batch of 10 does not fit into a queue of 5; write at most 5, \
         or a longer queue",
    ),
    (
        "metrics:\n  interval: 10",
        "otel-kit.yaml:2:3: metrics.interval: `10` is not a duration; write one such as 500ms, 10s or 1m",
    ),
    (
        "metrics: {interval: 0s}",
        "otel-kit.yaml:1:11: metrics.interval: 0 would never pause; write at least 1ms",
    ),
    (
        "metrics: {temporality: Delta}",
        "otel-kit.yaml:1:11: metrics.temporality: `Delta` is not supported; did you mean `delta`?",
    ),
    (
        "propagators: [tracecontext, xray]",
        "otel-kit.yaml:1:29: propagators[1]: `xray` is not supported; use tracecontext, baggage, b3, b3multi, \
         jaeger or none",
    ),
    (
        "propagators: tracecontext",
        "otel-kit.yaml:1:1: propagators: `tracecontext` stands here; write a list such as [a, b]",
    ),
    (
        "export: {endpoint: 'collector:4318'}",
        "otel-kit.yaml:1:10: export.endpoint: `collector:4318` is not a URL to send to; write one such as \
         http://collector:4318 or https://collector:4317",
    ),
    (
        "export: {endpoint: ''}",
        "otel-kit.yaml:1:10: export.endpoint: the endpoint is empty; remove the key, or its quotes if a \
         variable may be unset",
    ),
    (
        "export: {protocol: htp/json}",
        "otel-kit.yaml:1:10: export.protocol: `htp/json` is not supported; did you mean `http/json`?",
    ),
    (
        "export:\n  headers:\n    x key: s3cret",
        "otel-kit.yaml:3:5: export.headers.x key: not the name of a header; write one such as x-api-key",
    ),
    (
        "export:\n  headers:\n    x-key: \"s3c\\nret\"",
        "otel-kit.yaml:3:5: export.headers.x-key: the value cannot stand in a header; write visible characters \
         only",
    ),
    (
        "export: {tls: {cert_file: c.pem}}",
        "otel-kit.yaml:1:16: export.tls.cert_file: a client needs both certificate and key; set key_file too",
    ),
    (
        "export: {compression: brotli}",
        "otel-kit.yaml:1:10: export.compression: `brotli` is not supported; use none, gzip or zstd",
    ),
    ("logs: {otlp: yes}", "otel-kit.yaml:1:8: logs.otlp: `yes` stands here; write true or false"),
    (
        "logs: {format: xml}",
        "otel-kit.yaml:1:8: logs.format: `xml` is not supported; use auto, json, pretty or ecs",
    ),
    (
        "logs: {level: warning}",
        "otel-kit.yaml:1:8: logs.level: `warning` is not supported; did you mean `warn`?",
    ),
    (
        "logs: {keys: {timestamp: level}}",
        "otel-kit.yaml:1:15: logs.keys.timestamp: `level` is the name of level; use another name",
    ),
    (
        "logs: {keys: {level: x, target: x}}",
        "otel-kit.yaml:1:25: logs.keys.target: `x` is the name of level; use another name",
    ),
    (
        "logs: {limits: {attributes: -1}}",
        "otel-kit.yaml:1:17: logs.limits.attributes: `-1` stands here; write a whole number from 0 to 4294967295",
    ),
    (
        "service: {name: ' '}",
        "otel-kit.yaml:1:11: service.name: the text is empty; write one, or remove the key",
    ),
    (
        "service:\n  attributes:\n    service.name: a",
        "otel-kit.yaml:3:5: service.attributes.service.name: this attribute has a key of its own; write \
         service.name",
    ),
    (
        "service: {attributes: {a: [1, x]}}",
        "otel-kit.yaml:1:24: service.attributes.a: the list holds several kinds of values; write texts, numbers \
         or booleans only",
    ),
    (
        "http: {server: {exclude: [health]}}",
        "otel-kit.yaml:1:27: http.server.exclude[0]: `health` is not a path; write one such as /healthz or \
         /internal/*",
    ),
    (
        "http: {server: {inbound_rules: [{peer: 10.0.0.0/8}]}}",
        "otel-kit.yaml:1:33: http.server.inbound_rules[0]: `inbound` is missing; write parent, link or ignore",
    ),
    (
        "http: {server: {inbound_rules: [{inbound: link}]}}",
        "otel-kit.yaml:1:33: http.server.inbound_rules[0]: the rule has no condition; write path_prefix, peer \
         or header, or use `http.server.inbound`",
    ),
    (
        "http: {server: {inbound_rules: [{inbound: link, path_prefix: 'a*'}]}}",
        "otel-kit.yaml:1:33: http.server.inbound_rules[0]: `a*` is not the beginning of a path; write one such \
         as /internal",
    ),
    (
        "http: {server: {response_headers: [traceparnt]}}",
        "otel-kit.yaml:1:36: http.server.response_headers[0]: `traceparnt` is not supported; did you mean \
         `traceparent`?",
    ),
    (
        "http: {server: {trusted_proxies: [10.0.0.0/33]}}",
        "otel-kit.yaml:1:35: http.server.trusted_proxies[0]: `10.0.0.0/33` is not a network; write one such as \
         10.0.0.0/8 or 2001:db8::/32",
    ),
    (
        "http: {server: {inbound: ignored}}",
        "otel-kit.yaml:1:17: http.server.inbound: `ignored` is not supported; did you mean `ignore`?",
    ),
    (
        "http:\n  client:\n    propagate_to:\n      - http://a",
        "otel-kit.yaml:4:9: http.client.propagate_to[0]: `http://a` is not a host; write one without scheme and \
         port, such as api.internal or *.example.com",
    ),
    (
        "http: {client: {captured_request_headers: ['a b']}}",
        "otel-kit.yaml:1:44: http.client.captured_request_headers[0]: `a b` is not a header name; write one such \
         as x-request-id",
    ),
    ("service:\n  name: a\n  name: b", "otel-kit.yaml:3:3: `name` stands here twice; keep one of the two"),
    (
        "service:\n  name: ${1A}",
        "otel-kit.yaml:2:9: `${1A}` is not a reference to a variable; write ${NAME}, ${env:NAME} or \
         ${NAME:-default}, and $$ for a dollar sign",
    ),
];

#[test]
fn a_wrong_file_is_refused_with_line_key_and_remedy() {
    for (file, error) in WRONG {
        assert_eq!(given().file(file).error(), *error);
    }
}

#[test]
fn what_is_not_yaml_is_refused_with_its_position() {
    let error = given().file("export:\n  headers: {x-key: ${KEY}}\n").error();
    assert!(error.starts_with("otel-kit.yaml:2:2"), "{error}");
    assert!(
        error.ends_with("correct the YAML; quote a value that holds ${...} between { } or [ ]"),
        "{error}"
    );
}

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
fn a_named_file_must_be_there_and_the_default_one_may_be() {
    let nowhere = Path::new("/nonexistent");
    assert_eq!(FileConfig::find(nowhere, &|_| None).unwrap(), None);
    let named = |name: &str| (name == "OTEL_KIT_CONFIG").then(|| "/nonexistent/a.yaml".to_owned());
    assert_eq!(
        FileConfig::find(nowhere, &named).unwrap_err().to_string(),
        "/nonexistent/a.yaml: cannot be read; make it readable, or name another file with OTEL_KIT_CONFIG"
    );
}

#[test]
fn the_file_of_the_directory_is_read_under_its_bare_name() {
    let directory = std::env::temp_dir().join(format!("otel-kit-config-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("otel-kit.yaml"), "nmae: 1").unwrap();
    std::fs::write(directory.join("other.yaml"), "service: {name: other}").unwrap();

    let error = FileConfig::find(&directory, &|_| None).unwrap_err().to_string();
    let other = directory.join("other.yaml").display().to_string();
    let file =
        FileConfig::find(&directory, &|name| (name == "OTEL_KIT_CONFIG").then(|| other.clone())).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();

    assert!(error.starts_with("otel-kit.yaml:1:1: nmae: unknown key"), "{error}");
    assert_eq!(file.unwrap().values().service.name.as_deref(), Some("other"));
}

/// Text that comes close to a configuration.
fn nearly_a_file() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "service",
        "export",
        "traces",
        "logs",
        "http",
        "sampler",
        "ratio",
        "headers",
        "endpoint",
        "batch",
        "size",
        "keys",
        "level",
        "propagators",
        "attributes",
        "name",
        ":",
        ": ",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "'",
        "\"",
        "&a ",
        "*a",
        "!!str ",
        "${A}",
        "${A:-",
        "$$",
        "0",
        "1.5",
        "10s",
        "http://c",
        "# ",
        "~",
        "|\n",
        "é",
        "\t",
        "---\n",
        "<<: ",
    ]);
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

proptest! {
    #[test]
    fn any_text_is_a_configuration_or_an_error(text in "\\PC{0,80}", lines in "([ a-z:\\[\\]{},&*'\"|>#-]|\n){0,80}") {
        for file in [text, lines] {
            let _ = given().env("A", &file).file(&file).resolve();
        }
    }

    #[test]
    fn any_text_near_a_file_is_a_configuration_or_an_error_with_a_place(text in nearly_a_file()) {
        match given().env("A", "a: [").file(&text).resolve() {
            Ok((config, _)) => drop((config.to_string(), config.settings())),
            Err(error) => prop_assert!(error.to_string().starts_with("otel-kit.yaml:"), "{}", error),
        }
    }
}
