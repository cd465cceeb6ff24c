use std::fs;

use super::*;

/// Each key: how a file sets it, and how it prints then.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str)] = &[
    ("disabled", "disabled: true", "disabled: true"),
    ("service.name", "service: {name: shop}", "service.name: shop"),
    ("service.version", "service: {version: 1.10}", "service.version: 1.10"),
    ("service.namespace", "service: {namespace: eu}", "service.namespace: eu"),
    ("service.environment", "service: {environment: test}", "service.environment: test"),
    ("service.instance_id", "service: {instance_id: i}", "service.instance_id: i"),
    ("service.attributes", "service: {attributes: {a.b: 1}}", "service.attributes.a.b: 1"),
    ("export.endpoint", "export: {endpoint: 'http://c'}", "export.traces.endpoint: http://c/v1/traces"),
    ("export.protocol", "export: {protocol: grpc, endpoint: 'http://c'}", "export.logs.protocol: grpc"),
    ("export.headers", "export: {headers: {A: b}, endpoint: 'http://c'}", "export.logs.headers.a: ***"),
    ("export.compression", "export: {compression: zstd, endpoint: 'http://c'}", "export.logs.compression: zstd"),
    ("export.timeout", "export: {timeout: 1m, endpoint: 'http://c'}", "export.logs.timeout: 1m"),
    ("export.insecure", "export: {insecure: true, protocol: grpc, endpoint: c}", "export.logs.endpoint: http://c/"),
    ("export.tls.ca_file", "export: {tls: {ca_file: a.pem}, endpoint: 'https://c'}", "export.logs.tls.ca_file: a.pem"),
    ("export.tls.cert_file", "export: {tls: {cert_file: c.pem, key_file: k.pem}, endpoint: 'https://c'}", "export.logs.tls.cert_file: c.pem"),
    ("export.tls.key_file", "export: {tls: {cert_file: c.pem, key_file: k.pem}, endpoint: 'https://c'}", "export.logs.tls.key_file: k.pem"),
    ("propagators", "propagators: [baggage]", "propagators: [baggage]"),
    ("traces.filter", "traces: {filter: 'warn,app=debug'}", "traces.filter: app=debug,warn"),
    ("traces.sampler.ratio", "traces: {sampler: {ratio: 0.1}}", "traces.sampler.ratio: 0.1"),
    ("traces.sampler.parent_based", "traces: {sampler: {parent_based: false}}", "traces.sampler.parent_based: false"),
    ("traces.limits.attributes", "traces: {limits: {attributes: 1}}", "traces.limits.attributes: 1"),
    ("traces.limits.events", "traces: {limits: {events: 2}}", "traces.limits.events: 2"),
    ("traces.limits.links", "traces: {limits: {links: 3}}", "traces.limits.links: 3"),
    ("traces.limits.event_attributes", "traces: {limits: {event_attributes: 4}}", "traces.limits.event_attributes: 4"),
    ("traces.limits.link_attributes", "traces: {limits: {link_attributes: 5}}", "traces.limits.link_attributes: 5"),
    ("traces.limits.value_length", "traces: {limits: {value_length: 6}}", "traces.limits.value_length: 6"),
    ("traces.batch.delay", "traces: {batch: {delay: 1ms}}", "traces.batch.delay: 1ms"),
    ("traces.batch.size", "traces: {batch: {size: 7}}", "traces.batch.size: 7"),
    ("traces.batch.queue", "traces: {batch: {queue: 8}}", "traces.batch.queue: 8"),
    ("traces.batch.timeout", "traces: {batch: {timeout: 0}}", "traces.batch.timeout: 0s"),
    ("traces.events", "traces: {events: true}", "traces.events: true"),
    ("traces.error_status", "traces: {error_status: all}", "traces.error_status: all"),
    ("traces.source_location", "traces: {source_location: true}", "traces.source_location: true"),
    ("traces.threads", "traces: {threads: true}", "traces.threads: true"),
    ("metrics.interval", "metrics: {interval: 15s}", "metrics.interval: 15s"),
    ("metrics.timeout", "metrics: {timeout: 5s}", "metrics.timeout: 5s"),
    ("metrics.temporality", "metrics: {temporality: delta}", "metrics.temporality: delta"),
    ("metrics.histogram_aggregation", "metrics: {histogram_aggregation: base2_exponential_bucket_histogram}", "metrics.histogram_aggregation: base2_exponential_bucket_histogram"),
    ("metrics.exemplars", "metrics: {exemplars: always_on}", "metrics.exemplars: always_on"),
    ("metrics.cardinality_limit", "metrics: {cardinality_limit: 10}", "metrics.cardinality_limit: 10"),
    ("metrics.views", "metrics: {views: [{instrument: a, name: b, attributes: [c, d]}]}", "metrics.views: [a as b with attributes c d]"),
    ("metrics.runtime", "metrics: {runtime: false}", "metrics.runtime: false"),
    ("metrics.cpu_utilization", "metrics: {cpu_utilization: true}", "metrics.cpu_utilization: true"),
    ("metrics.prometheus.enabled", "metrics: {prometheus: {enabled: true}}", "metrics.prometheus.enabled: true"),
    ("metrics.prometheus.listen", "metrics: {prometheus: {listen: '0.0.0.0:9464'}}", "metrics.prometheus.listen: 0.0.0.0:9464"),
    ("logs.level", "logs: {level: 'info,sqlx=warn'}", "logs.level: sqlx=warn,info"),
    ("logs.format", "logs: {format: pretty}", "logs.format: pretty"),
    ("logs.stdout", "logs: {stdout: false}", "logs.stdout: false"),
    ("logs.file.path", "logs: {file: {path: app.log}}", "logs.file.path: app.log"),
    ("logs.file.rotate", "logs: {file: {path: app.log, rotate: hourly}}", "logs.file.rotate: hourly"),
    ("logs.file.max_files", "logs: {file: {path: app.log, max_files: 7}}", "logs.file.max_files: 7"),
    ("logs.file.max_bytes", "logs: {file: {path: app.log, max_bytes: 100}}", "logs.file.max_bytes: 100"),
    ("logs.limits.line", "logs: {limits: {line: 2048}}", "logs.limits.line: 2048"),
    ("logs.keys.timestamp", "logs: {keys: {timestamp: time}}", "logs.keys.timestamp: time"),
    ("logs.keys.level", "logs: {keys: {level: severity}}", "logs.keys.level: severity"),
    ("logs.keys.message", "logs: {keys: {message: msg}}", "logs.keys.message: msg"),
    ("logs.keys.target", "logs: {keys: {target: logger}}", "logs.keys.target: logger"),
    ("logs.keys.trace_id", "logs: {keys: {trace_id: trace.id}}", "logs.keys.trace_id: trace.id"),
    ("logs.keys.span_id", "logs: {keys: {span_id: span.id}}", "logs.keys.span_id: span.id"),
    ("logs.keys.trace_flags", "logs: {keys: {trace_flags: flags}}", "logs.keys.trace_flags: flags"),
    ("logs.batch.delay", "logs: {batch: {delay: 2h}}", "logs.batch.delay: 2h"),
    ("logs.batch.size", "logs: {batch: {size: 9}}", "logs.batch.size: 9"),
    ("logs.batch.queue", "logs: {batch: {queue: 10}}", "logs.batch.queue: 10"),
    ("logs.batch.timeout", "logs: {batch: {timeout: 3s}}", "logs.batch.timeout: 3s"),
    ("logs.limits.attributes", "logs: {limits: {attributes: 11}}", "logs.limits.attributes: 11"),
    ("logs.limits.value_length", "logs: {limits: {value_length: 12}}", "logs.limits.value_length: 12"),
    ("logs.blocking", "logs: {blocking: true}", "logs.blocking: true"),
    ("http.known_methods", "http: {known_methods: [GET]}", "http.known_methods: [GET]"),
    ("http.sensitive_query_parameters", "http: {sensitive_query_parameters: [key]}", "http.sensitive_query_parameters: [key]"),
    ("http.server.inbound", "http: {server: {inbound: link}}", "http.server.inbound: link"),
    ("http.server.inbound_rules", "http: {server: {inbound_rules: [{path_prefix: /a, peer: 10.0.0.0/8, header: X-A, inbound: link}]}}", "http.server.inbound_rules: [{path_prefix: /a, peer: 10.0.0.0/8, header: x-a, inbound: link}]"),
    ("http.server.baggage", "http: {server: {baggage: [tenant]}}", "http.server.baggage: [tenant]"),
    ("http.server.trusted_proxies", "http: {server: {trusted_proxies: [10.0.0.0/8, '::1']}}", "http.server.trusted_proxies: [10.0.0.0/8, ::1/128]"),
    ("http.server.response_headers", "http: {server: {response_headers: [traceparent, server-timing]}}", "http.server.response_headers: [traceparent, server-timing]"),
    ("http.server.body_size_metrics", "http: {server: {body_size_metrics: true}}", "http.server.body_size_metrics: true"),
    ("http.server.exclude", "http: {server: {exclude: [/a, '/b/*']}}", "http.server.exclude: [/a, /b/*]"),
    ("http.server.captured_request_headers", "http: {server: {captured_request_headers: [X-A]}}", "http.server.captured_request_headers: [x-a]"),
    ("http.server.captured_response_headers", "http: {server: {captured_response_headers: [X-A]}}", "http.server.captured_response_headers: [x-a]"),
    ("http.client.propagate_to", "http: {client: {propagate_to: ['*.a.b']}}", "http.client.propagate_to: [*.a.b]"),
    ("http.client.baggage_to", "http: {client: {baggage_to: []}}", "http.client.baggage_to: []"),
    ("http.client.captured_request_headers", "http: {client: {captured_request_headers: [X-A]}}", "http.client.captured_request_headers: [x-a]"),
    ("http.client.captured_response_headers", "http: {client: {captured_response_headers: [X-A]}}", "http.client.captured_response_headers: [x-a]"),
    ("http.client.metric_url_template", "http: {client: {metric_url_template: true}}", "http.client.metric_url_template: true"),
    ("kafka.process", "kafka: {process: link}", "kafka.process: link"),
    ("kafka.message_key", "kafka: {message_key: true}", "kafka.message_key: true"),
    ("kafka.body_size", "kafka: {body_size: true}", "kafka.body_size: true"),
    ("sql.auto", "sql: {auto: false}", "sql.auto: false"),
    ("sql.query_text", "sql: {query_text: false}", "sql.query_text: false"),
    ("sql.slow", "sql: {slow: 200ms}", "sql.slow: 200ms"),
    ("exceptions.enabled", "exceptions: {enabled: false}", "exceptions.enabled: false"),
    ("exceptions.stacktrace", "exceptions: {stacktrace: false}", "exceptions.stacktrace: false"),
    ("exceptions.in_app", "exceptions: {in_app: [shop]}", "exceptions.in_app: [shop]"),
    ("exceptions.ignore", "exceptions: {ignore: [{type: 'a::*', message: b, module: c}]}", "exceptions.ignore: [type a::* message b module c]"),
    ("exceptions.rules", "exceptions: {rules: [{when: {type: a}, fingerprint: [b], ignore: true, level: warn}]}", "exceptions.rules: [type a by b as warn ignored]"),
    ("exceptions.per_group_per_minute", "exceptions: {per_group_per_minute: 1}", "exceptions.per_group_per_minute: 1"),
    ("exceptions.burst", "exceptions: {burst: 2}", "exceptions.burst: 2"),
    ("exceptions.max_groups", "exceptions: {max_groups: 3}", "exceptions.max_groups: 3"),
    ("exceptions.log_lines", "exceptions: {log_lines: 0}", "exceptions.log_lines: 0"),
    ("exceptions.log_events", "exceptions: {log_events: false}", "exceptions.log_events: false"),
    ("exceptions.client_calls", "exceptions: {client_calls: true}", "exceptions.client_calls: true"),
    ("exceptions.panic_hook", "exceptions: {panic_hook: false}", "exceptions.panic_hook: false"),
    ("exceptions.span_events", "exceptions: {span_events: true}", "exceptions.span_events: true"),
    ("alerts.interval", "alerts: {interval: 1m}", "alerts.interval: 1m"),
    ("alerts.memory", "alerts: {memory: 1048576}", "alerts.memory: 1048576"),
    ("alerts.state_file", "alerts: {state_file: a.json}", "alerts.state_file: a.json"),
    ("alerts.external_url", "alerts: {external_url: 'http://a'}", "alerts.external_url: http://a"),
    ("alerts.trace_url", "alerts: {trace_url: 'http://t/{trace_id}'}", "alerts.trace_url: http://t/{trace_id}"),
    ("alerts.labels", "alerts: {labels: {region: eu}}", "alerts.labels: [region=eu]"),
    ("alerts.presets", "alerts: {presets: [http-errors]}", "alerts.presets: [http-errors]"),
    ("alerts.rules", "alerts: {rules: [{alert: Slow, expr: {average: {metric: a, window: 5m}}, above: 1}]}", "alerts.rules: [Slow]"),
    ("alerts.channels", "alerts: {channels: {ops: {console: {}}}}", "alerts.channels: [ops console]"),
    ("alerts.route.group_by", "alerts: {route: {group_by: [a, b]}}", "alerts.route.group_by: [a, b]"),
    ("alerts.route.group_wait", "alerts: {route: {group_wait: 0}}", "alerts.route.group_wait: 0s"),
    ("alerts.route.group_interval", "alerts: {route: {group_interval: 10s}}", "alerts.route.group_interval: 10s"),
    ("alerts.route.repeat_interval", "alerts: {route: {repeat_interval: 1h}}", "alerts.route.repeat_interval: 1h"),
    ("alerts.route.channels", "alerts: {channels: {a: {console: {}}}, route: {channels: [a]}}", "alerts.route.channels: [a]"),
    ("alerts.silences", "alerts: {silences: [{match: ['a=b'], ends_at: '2030-01-01T00:00:00Z'}]}", "alerts.silences: [a=b]"),
];

/// All keys, as the reader itself names them when it meets one that it does not know.
fn all_keys() -> Vec<String> {
    fn below(path: &str, keys: &mut Vec<String>) {
        let names: Vec<&str> = path.split('.').filter(|name| !name.is_empty()).collect();
        let unknown =
            names.iter().rev().fold("{?: 1}".to_owned(), |inner, name| format!("{{{name}: {inner}}}"));
        match FileConfig::parse("f", &unknown, &|_| None) {
            Err(error) if error.to_string().contains("the keys here are ") => {
                let text = error.to_string();
                let (_, list) = text.split_once("the keys here are ").unwrap();
                for name in list.split(", ") {
                    below(&if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }, keys);
                }
            }
            _ => keys.push(path.to_owned()),
        }
    }
    let mut keys = Vec::new();
    below("", &mut keys);
    keys
}

/// The keys of one signal are those of all signals.
fn is_of_one_signal(key: &str) -> bool {
    ["export.traces.", "export.metrics.", "export.logs."].iter().any(|section| key.starts_with(section))
}

#[test]
fn every_key_is_applied() {
    let defaults = given().printed();
    for (key, file, line) in ROWS {
        let has_line = |printed: &str| printed.lines().any(|printed| printed == *line);
        assert!(!has_line(&defaults), "{key} would show nothing");
        let printed = given().file(file).printed();
        assert!(has_line(&printed), "{key}: no `{line}` in\n{printed}");
    }
}

#[test]
fn every_key_of_the_reader_is_tested() {
    // `logs.otlp` shows only beside others, so `precedence` has its test.
    let tested: Vec<&str> = ROWS.iter().map(|row| row.0).chain(["logs.otlp"]).collect();
    let (of_one_signal, of_all): (Vec<_>, Vec<_>) =
        all_keys().into_iter().partition(|key| is_of_one_signal(key));
    assert_eq!(of_one_signal.len(), 3 * 9);
    for key in of_all {
        assert!(tested.contains(&key.as_str()), "no test for {key}");
    }
}

#[test]
fn every_key_of_one_signal_is_applied_to_it_alone() {
    for (key, file, line) in ROWS.iter().filter(|row| row.0.starts_with("export.")) {
        let inner = file.strip_prefix("export: ").unwrap();
        let own_line = line.replace("export.logs", "export.metrics").replace("traces", "metrics");
        let own_line = own_line.replace("http://c/v1/metrics", "http://c/");
        let printed = given().file(&format!("export: {{metrics: {inner}}}")).printed();
        assert!(printed.lines().any(|line| line == own_line), "{key}: no `{own_line}` in\n{printed}");
        assert!(printed.contains("export.logs.protocol: none"), "{printed}");
    }
}

#[test]
fn every_key_and_variable_is_documented() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/config.md");
    let docs = fs::read_to_string(path).unwrap();
    for key in all_keys().into_iter().filter(|key| !is_of_one_signal(key)) {
        assert!(docs.contains(&format!("| `{key}` |")), "{key} is not in docs/config.md");
    }
    for variable in variables::names() {
        assert!(docs.contains(&format!("`{variable}`")), "{variable} is not in docs/config.md");
    }
}

#[test]
fn the_example_of_the_documentation_is_accepted() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/config.md");
    let docs = fs::read_to_string(path).unwrap();
    let (_, after) = docs.split_once("```yaml\n").unwrap();
    let (example, _) = after.split_once("```").unwrap();
    given().file(example).printed();
}

#[test]
fn types_are_seen_after_substitution_and_quotes_force_text() {
    let case = |file: &str| given().env("N", "12").env("NAME", "12").file(file);
    assert_eq!(
        case("traces: {batch: {size: \"${N}\"}}").error().split_once(": ").unwrap().1,
        "traces.batch.size: the text \"12\" stands here; write a whole number from 0 to 4294967295"
    );
    assert_eq!(case("traces:\n  batch:\n    size: ${N}").value("traces.batch.size").as_deref(), Some("12"));
    assert_eq!(case("service: {name: \"${NAME}\"}").value("service.name").as_deref(), Some("12"));
    let typed = "service:\n  attributes:\n    number: ${N}\n    text: \"${N}\"\n    unset: ${NOTHING}";
    let (config, _) = case(typed).resolve().unwrap();
    assert_eq!(
        config.service.attributes,
        [opentelemetry::KeyValue::new("number", 12), opentelemetry::KeyValue::new("text", "12")]
    );
}

#[test]
fn a_file_whose_variables_are_unset_is_as_good_as_no_file() {
    let file = "export:\n  endpoint: ${OTLP_ENDPOINT}\n  headers:\n    x-key: ${OTLP_KEY}\nservice:\nhttp: ~";
    assert_eq!(given().file(file).printed(), given().printed());
}

#[test]
fn marks_and_line_ends_of_other_systems_are_read() {
    let case = given().file("\u{feff}service:\r\n  name: shop\r\n  version: '1'\r\n");
    assert_eq!(case.value("service.name").as_deref(), Some("shop"));
    assert_eq!(case.value("service.version").as_deref(), Some("1"));
}
