//! What is said about a wrong file, word for word, but for the name of the file.

use super::*;

#[rustfmt::skip]
const WRONG: &[(&str, &str)] = &[
    ("service: [a]", "1:1: service: a list stands here; write a mapping such as {key: value}"),
    ("- a", "1:1: a list stands here; write a mapping such as {key: value}"),
    ("service", "1:1: `service` stands here; write a mapping such as {key: value}"),
    ("service: {name: [a]}", "1:11: service.name: a list stands here; write a text"),
    ("service: {attributes: {'': 1}}", "1:24: service.attributes.: the attribute has no name; write one such as team"),
    ("disabled: maybe", "1:1: disabled: `maybe` stands here; write true or false"),
    ("export: {endpoint: 'ftp://c'}", "1:10: export.endpoint: `ftp://c` is not a URL to send to; write one such as http://collector:4318 or https://collector:4317"),
    ("export: {endpoint: 'http://'}", "1:10: export.endpoint: `http://` is not a URL to send to; write one such as http://collector:4318 or https://collector:4317"),
    ("export: {endpoint: 'http://c:99999'}", "1:10: export.endpoint: `http://c:99999` is not a URL to send to; write one such as http://collector:4318 or https://collector:4317"),
    ("export: {timeout: -1s}", "1:10: export.timeout: `-1s` is not a duration; write one such as 500ms, 10s or 1m"),
    ("export: {headers: [a]}", "1:10: export.headers: a list stands here; write a mapping such as {key: value}"),
    ("export: {traces: {protocol: kafka}}", "1:19: export.traces.protocol: `kafka` is not supported; use grpc, http/protobuf, http/json, console or none"),
    ("export: {tls: {key_file: k.pem}}", "1:16: export.tls.key_file: a client needs both certificate and key; set cert_file too"),
    ("export: {insecure: 'true'}", "1:10: export.insecure: the text \"true\" stands here; write true or false"),
    ("traces: {sampler: {parent_based: 1}}", "1:20: traces.sampler.parent_based: `1` stands here; write true or false"),
    ("traces: {sampler: {ratio: half}}", "1:20: traces.sampler.ratio: `half` stands here; write a number such as 0.1"),
    ("traces: {sampler: {ratio: -0.1}}", "1:20: traces.sampler.ratio: -0.1 is not between 0 and 1; use a number such as 0.1"),
    ("traces: {batch: {queue: 0}}", "1:18: traces.batch.queue: 0 would hold nothing; write at least 1"),
    ("traces: {batch: {delay: 5}}", "1:18: traces.batch.delay: `5` is not a duration; write one such as 500ms, 10s or 1m"),
    ("traces: {events: 1}", "1:10: traces.events: `1` stands here; write true or false"),
    ("traces: {error_status: some}", "1:10: traces.error_status: `some` is not supported; use off, errors or all"),
    ("traces: {limits: {spans: 1}}", "1:19: traces.limits.spans: unknown key; the keys here are attributes, events, links, event_attributes, link_attributes, value_length"),
    ("traces: {limits: {links: 1.5}}", "1:19: traces.limits.links: `1.5` stands here; write a whole number from 0 to 4294967295"),
    ("metrics: {temporality: sum}", "1:11: metrics.temporality: `sum` is not supported; use cumulative, delta or lowmemory"),
    ("metrics: {histogram_aggregation: exponential}", "1:11: metrics.histogram_aggregation: `exponential` is not supported; use explicit_bucket_histogram or base2_exponential_bucket_histogram"),
    ("metrics: {prometheus: {}}", "1:11: metrics.prometheus: unknown key; the keys here are interval, timeout, temporality, histogram_aggregation"),
    ("logs: {keys: {time: t}}", "1:15: logs.keys.time: unknown key; the keys here are timestamp, level, message, target, trace_id, span_id, trace_flags"),
    ("logs: {keys: {level: ''}}", "1:15: logs.keys.level: the text is empty; write one, or remove the key"),
    ("logs: {level: 'app=loud'}", "1:8: logs.level: `loud` is not supported; use off, error, warn, info, debug or trace"),
    ("logs: {blocking: no}", "1:8: logs.blocking: `no` stands here; write true or false"),
    ("http: {known_methods: ['G T']}", "1:24: http.known_methods[0]: `G T` is not a method; write one such as GET"),
    ("http: {server: {exclude: /a}}", "1:17: http.server.exclude: `/a` stands here; write a list such as [a, b]"),
    ("http: {server: {captured_response_headers: ['']}}", "1:45: http.server.captured_response_headers[0]: `` is not a header name; write one such as x-request-id"),
    ("http: {client: {baggage_to: ['']}}", "1:30: http.client.baggage_to[0]: `` is not a host; write one without scheme and port, such as api.internal or *.example.com"),
    ("http: {sensitive_query_parameters: a}", "1:8: http.sensitive_query_parameters: `a` stands here; write a list such as [a, b]"),
    ("propagators: [none, b3]", "1:1: propagators: `none` stands beside others; write it alone, or leave it out"),
    ("propagators: [b4]", "1:15: propagators[0]: `b4` is not supported; did you mean `b3`?"),
    ("propagators: [ottrace]", "1:15: propagators[0]: `ottrace` is not supported; use tracecontext, baggage, b3, b3multi, jaeger or none"),
    ("propagators: [1]", "1:15: propagators[0]: `1` is not supported; use tracecontext, baggage, b3, b3multi, jaeger or none"),
    ("db: {}", "1:1: db: unknown key; the keys here are disabled, service, export, propagators, traces, metrics, logs, http, kafka, sql"),
    ("sql: {slow: 200}", "1:7: sql.slow: `200` is not a duration; write one such as 500ms, 10s or 1m"),
    ("sql: {auto: true}", "1:7: sql.auto: unknown key; the keys here are query_text, slow"),
    ("service: {name: a, name: b}", "1:20: `name` stands here twice; keep one of the two"),
    ("service:\n\tname: a", "2:2: not YAML, tabs disallowed within this context (block indentation); correct the YAML; quote a value that holds ${...} between { } or [ ]"),
];

#[test]
fn a_value_of_the_wrong_kind_is_refused_with_line_key_and_remedy() {
    for (file, error) in WRONG {
        assert_eq!(given().file(file).error(), format!("otel-kit.yaml:{error}"), "{file}");
    }
}
