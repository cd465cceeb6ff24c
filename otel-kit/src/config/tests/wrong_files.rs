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
    ("metrics: {prometheus: {port: 9464}}", "1:24: metrics.prometheus.port: unknown key; the keys here are enabled, listen"),
    ("metrics: {prometheus: {listen: '9464'}}", "1:24: metrics.prometheus.listen: `9464` is not an address and a port; write one such as 0.0.0.0:9464"),
    ("metrics: {prometheus: {listen: 'me@host:1'}}", "1:24: metrics.prometheus.listen: `me@host:1` is not an address and a port; write one such as 0.0.0.0:9464"),
    ("metrics: {cardinality_limit: 0}", "1:11: metrics.cardinality_limit: 0 would hold nothing; write at least 1"),
    ("metrics: {views: [{name: a}]}", "1:19: metrics.views[0]: `instrument` is missing; write its name, in which * stands for any characters"),
    ("metrics: {views: [{instrument: a}]}", "1:19: metrics.views[0]: the view changes nothing; write name, attributes, drop_attributes, buckets or exponential, or drop: true alone"),
    ("metrics: {views: [{instrument: a, name: b, drop: true}]}", "1:19: metrics.views[0]: the view drops what it changes; write name, attributes, drop_attributes, buckets or exponential, or drop: true alone"),
    ("metrics: {views: [{instrument: 'a.*', name: b}]}", "1:19: metrics.views[0]: several instruments would get one name; write the instrument's name without * and ?"),
    ("metrics: {views: [{instrument: a, attributes: [b], drop_attributes: [c]}]}", "1:19: metrics.views[0]: both kinds of attributes are named; write one of the two lists"),
    ("metrics: {views: [{instrument: a, buckets: [1, 2], exponential: true}]}", "1:19: metrics.views[0]: there are two kinds of buckets; write buckets or exponential"),
    ("metrics: {views: [{instrument: a, buckets: [2, 1]}]}", "1:19: metrics.views[0]: the buckets are not in order; write their upper bounds, each greater than the last"),
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
    ("sql: {explain: true}", "1:7: sql.explain: unknown key; the keys here are auto, query_text, slow"),
    ("service: {name: a, name: b}", "1:20: `name` stands here twice; keep one of the two"),
    ("service:\n\tname: a", "2:2: not YAML, tabs disallowed within this context (block indentation); correct the YAML; quote a value that holds ${...} between { } or [ ]"),
    ("servce:\n  name: a", "1:1: servce: unknown key; did you mean `service`?"),
    ("alerts: {}", "1:1: alerts: unknown key; the keys here are disabled, service, export, propagators, traces, metrics, logs, http, kafka, sql"),
    ("export:\n  endpiont: http://c", "2:3: export.endpiont: unknown key; did you mean `endpoint`?"),
    ("export: {traces: {kafka: {}}}", "1:19: export.traces.kafka: unknown key; the keys here are endpoint, protocol, headers, compression, timeout, insecure, tls"),
    ("traces:\n  sampler:\n    ratio: 1.5", "3:5: traces.sampler.ratio: 1.5 is not between 0 and 1; use a number such as 0.1"),
    ("traces:\n  sampler:\n    rules: []", "3:5: traces.sampler.rules: unknown key; the keys here are ratio, parent_based"),
    ("traces:\n  sampler: always_on", "2:3: traces.sampler: `always_on` stands here; write a mapping such as {key: value}"),
    ("traces: {filter: 'inof'}", "1:10: traces.filter: `inof` is not supported; did you mean `info`?"),
    ("traces: {batch: {size: 10, queue: 5}}", "1:18: traces.batch.size: a batch of 10 does not fit into a queue of 5; write at most 5, or a longer queue"),
    ("metrics:\n  interval: 10", "2:3: metrics.interval: `10` is not a duration; write one such as 500ms, 10s or 1m"),
    ("metrics: {interval: 0s}", "1:11: metrics.interval: 0 would never pause; write at least 1ms"),
    ("metrics: {temporality: Delta}", "1:11: metrics.temporality: `Delta` is not supported; did you mean `delta`?"),
    ("propagators: [tracecontext, xray]", "1:29: propagators[1]: `xray` is not supported; use tracecontext, baggage, b3, b3multi, jaeger or none"),
    ("propagators: tracecontext", "1:1: propagators: `tracecontext` stands here; write a list such as [a, b]"),
    ("export: {endpoint: 'collector:4318'}", "1:10: export.endpoint: `collector:4318` is not a URL to send to; write one such as http://collector:4318 or https://collector:4317"),
    ("export: {endpoint: ''}", "1:10: export.endpoint: the endpoint is empty; remove the key, or its quotes if a variable may be unset"),
    ("export: {protocol: htp/json}", "1:10: export.protocol: `htp/json` is not supported; did you mean `http/json`?"),
    ("export:\n  headers:\n    x key: s3cret", "3:5: export.headers.x key: not the name of a header; write one such as x-api-key"),
    ("export:\n  headers:\n    x-key: \"s3c\\nret\"", "3:5: export.headers.x-key: the value cannot stand in a header; write visible characters only"),
    ("export: {tls: {cert_file: c.pem}}", "1:16: export.tls.cert_file: a client needs both certificate and key; set key_file too"),
    ("export: {compression: brotli}", "1:10: export.compression: `brotli` is not supported; use none, gzip or zstd"),
    ("logs: {otlp: yes}", "1:8: logs.otlp: `yes` stands here; write true or false"),
    ("logs: {format: xml}", "1:8: logs.format: `xml` is not supported; use auto, json, pretty or ecs"),
    ("logs: {level: warning}", "1:8: logs.level: `warning` is not supported; did you mean `warn`?"),
    ("logs: {keys: {timestamp: level}}", "1:15: logs.keys.timestamp: `level` is the name of level; use another name"),
    ("logs: {keys: {level: x, target: x}}", "1:25: logs.keys.target: `x` is the name of level; use another name"),
    ("logs: {limits: {attributes: -1}}", "1:17: logs.limits.attributes: `-1` stands here; write a whole number from 0 to 4294967295"),
    ("service: {name: ' '}", "1:11: service.name: the text is empty; write one, or remove the key"),
    ("service:\n  attributes:\n    service.name: a", "3:5: service.attributes.service.name: this attribute has a key of its own; write service.name"),
    ("service: {attributes: {a: [1, x]}}", "1:24: service.attributes.a: the list holds several kinds of values; write texts, numbers or booleans only"),
    ("http: {server: {exclude: [health]}}", "1:27: http.server.exclude[0]: `health` is not a path; write one such as /healthz or /internal/*"),
    ("http: {server: {inbound_rules: [{peer: 10.0.0.0/8}]}}", "1:33: http.server.inbound_rules[0]: `inbound` is missing; write parent, link or ignore"),
    ("http: {server: {inbound_rules: [{inbound: link}]}}", "1:33: http.server.inbound_rules[0]: the rule has no condition; write path_prefix, peer or header, or use `http.server.inbound`"),
    ("http: {server: {inbound_rules: [{inbound: link, path_prefix: 'a*'}]}}", "1:33: http.server.inbound_rules[0]: `a*` is not the beginning of a path; write one such as /internal"),
    ("http: {server: {response_headers: [traceparnt]}}", "1:36: http.server.response_headers[0]: `traceparnt` is not supported; did you mean `traceparent`?"),
    ("http: {server: {trusted_proxies: [10.0.0.0/33]}}", "1:35: http.server.trusted_proxies[0]: `10.0.0.0/33` is not a network; write one such as 10.0.0.0/8 or 2001:db8::/32"),
    ("http: {server: {inbound: ignored}}", "1:17: http.server.inbound: `ignored` is not supported; did you mean `ignore`?"),
    ("http:\n  client:\n    propagate_to:\n      - http://a", "4:9: http.client.propagate_to[0]: `http://a` is not a host; write one without scheme and port, such as api.internal or *.example.com"),
    ("http: {client: {captured_request_headers: ['a b']}}", "1:44: http.client.captured_request_headers[0]: `a b` is not a header name; write one such as x-request-id"),
    ("service:\n  name: a\n  name: b", "3:3: `name` stands here twice; keep one of the two"),
    ("service:\n  name: ${1A}", "2:9: `${1A}` is not a reference to a variable; write ${NAME}, ${env:NAME} or ${NAME:-default}, and $$ for a dollar sign"),
];

#[test]
fn a_wrong_file_is_refused_with_line_key_and_remedy() {
    for (file, error) in WRONG {
        assert_eq!(given().file(file).error(), format!("otel-kit.yaml:{error}"), "{file}");
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
