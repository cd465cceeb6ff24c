//! Each signal has its own way out.
#![cfg(feature = "grpc")]
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::fs;

use otel_kit::Builder;
use otel_kit_testing::{
    OtlpReceiver, Signal,
    received::{Protocol, ReceivedRequest},
};

use support::{Lines, PLENTY, builder, environment, folder, work_with};

/// The requests for traces, metrics and logs of a service that works once.
fn requests(receiver: &OtlpReceiver, builder: Builder) -> [Option<ReceivedRequest>; 3] {
    receiver.clear();
    let telemetry = builder.build().unwrap();
    work_with(&telemetry);
    let report = telemetry.shutdown(PLENTY);
    assert!(report.is_complete(), "{report}");
    let requests = receiver.requests();
    Signal::ALL.map(|signal| {
        let mut of_signal = requests.iter().filter(|request| request.signal == signal);
        let first = of_signal.next().cloned();
        assert!(of_signal.next().is_none());
        first
    })
}

fn new() -> Builder {
    builder(&Lines::default())
}

#[test]
fn endpoints_protocols_and_headers_are_chosen_signal_by_signal_in_the_file() {
    let receiver = OtlpReceiver::builder().path(Signal::Logs, "/own/logs").start().unwrap();
    let config = format!(
        "export:\n  endpoint: {http}/base/\n  headers: {{x-team: payments}}\n  \
         traces: {{endpoint: \"{grpc}\", protocol: grpc, headers: {{x-key: k1}}}}\n  \
         logs: {{endpoint: \"{http}/own/logs\", protocol: http/json}}\n",
        http = receiver.http_endpoint(),
        grpc = receiver.grpc_endpoint(),
    );
    let [traces, metrics, logs] =
        requests(&receiver, new().config_text("otel-kit.yaml", config)).map(Option::unwrap);
    assert_eq!(
        [&traces, &metrics, &logs].map(|request| request.protocol),
        [Protocol::Grpc, Protocol::HttpProtobuf, Protocol::HttpJson]
    );
    assert_eq!((&*metrics.path, &*logs.path), ("/base/v1/metrics", "/own/logs"));
    assert_eq!((traces.header("x-key"), traces.header("x-team")), (Some("k1"), None));
    assert_eq!((metrics.header("x-team"), logs.header("x-team")), (Some("payments"), Some("payments")));
    support::assert_work_arrived_apart(&receiver);
}

#[test]
fn endpoints_protocols_and_headers_are_chosen_signal_by_signal_in_the_environment() {
    let receiver = OtlpReceiver::start().unwrap();
    let (http, grpc) = (receiver.http_endpoint(), receiver.grpc_endpoint());
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", grpc.as_str()),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-team=payments"),
        ("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", &format!("{http}/v1/metrics")),
        ("OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", "http/json"),
        ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "x-key=k%201"),
        ("OTEL_LOGS_EXPORTER", "none"),
    ];
    let [traces, metrics, logs] = requests(&receiver, new().environment(environment(&variables)));
    let (traces, metrics) = (traces.unwrap(), metrics.unwrap());
    assert_eq!((traces.protocol, metrics.protocol), (Protocol::Grpc, Protocol::HttpJson));
    assert_eq!((traces.header("x-team"), traces.header("x-key")), (Some("payments"), None));
    assert_eq!((metrics.header("x-team"), metrics.header("x-key")), (None, Some("k 1")));
    assert!(logs.is_none());
}

#[test]
fn requests_are_compressed_as_asked_over_http_and_grpc() {
    let receiver = OtlpReceiver::start().unwrap();
    let endpoints = [
        ("grpc", receiver.grpc_endpoint()),
        ("http/protobuf", receiver.http_endpoint()),
        ("http/json", receiver.http_endpoint()),
    ];
    for (protocol, endpoint) in endpoints {
        for (compression, header) in [("none", None), ("gzip", Some("gzip")), ("zstd", Some("zstd"))] {
            if compression == "zstd" && cfg!(not(feature = "zstd")) {
                continue;
            }
            let config = format!(
                "export: {{endpoint: \"{endpoint}\", protocol: {protocol}, compression: {compression}}}"
            );
            for request in requests(&receiver, new().config_text("otel-kit.yaml", config)).map(Option::unwrap)
            {
                let name = if protocol == "grpc" { "grpc-encoding" } else { "content-encoding" };
                assert_eq!(request.header(name), header, "{protocol}");
                assert_eq!(
                    request.encoded_len < request.body.len(),
                    header.is_some(),
                    "{protocol} {compression} {request:?}"
                );
            }
            support::assert_work_arrived_apart(&receiver);
        }
    }
}

#[test]
fn the_file_is_the_one_that_code_or_the_environment_names() {
    let receiver = OtlpReceiver::start().unwrap();
    let folder = folder("exporters");
    let file = |name: &str, key: &str| {
        let path = folder.join(name);
        let config = format!("export: {{endpoint: \"${{ENDPOINT}}\", headers: {{x-key: \"{key}\"}}}}");
        fs::write(&path, config).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let (by_code, by_variable) = (file("code.yaml", "code"), file("variable.yaml", "variable"));
    let endpoint = receiver.http_endpoint();
    let named = [("ENDPOINT", endpoint.as_str()), ("OTEL_KIT_CONFIG", &by_variable)];
    let settings = || otel_kit::builder().log_output(std::io::sink()).environment(environment(&named));
    for (builder, key) in [(settings(), "variable"), (settings().config_file(&by_code), "code")] {
        for request in requests(&receiver, builder).map(Option::unwrap) {
            assert_eq!(request.header("x-key"), Some(key));
        }
    }

    let gone = [("OTEL_KIT_CONFIG", "/nowhere/otel-kit.yaml")];
    let error = otel_kit::builder().environment(environment(&gone)).build().unwrap_err();
    assert!(error.to_string().starts_with("/nowhere/otel-kit.yaml: cannot be read"), "{error}");
}

#[test]
fn an_exporter_may_be_none_for_all_or_for_one_signal() {
    let receiver = OtlpReceiver::start().unwrap();
    let endpoint = receiver.http_endpoint();
    let config = |section: &str| {
        new().config_text("otel-kit.yaml", format!("export: {{endpoint: \"{endpoint}\", {section}}}"))
    };
    assert_eq!(requests(&receiver, config("protocol: none")).map(|request| request.is_some()), [false; 3]);
    let without_metrics = requests(&receiver, config("metrics: {protocol: none}"));
    assert_eq!(without_metrics.map(|request| request.is_some()), [true, false, true]);
}

#[test]
fn propagation_formats_are_those_that_are_configured() {
    use std::collections::HashMap;

    use otel_kit::opentelemetry::propagation::TextMapPropagator;

    let fields = |propagators: &str| -> Vec<String> {
        let telemetry =
            new().config_text("otel-kit.yaml", format!("propagators: {propagators}")).build().unwrap();
        let incoming = HashMap::from(
            [("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), ("baggage", "k=v")]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        let propagator = telemetry.kit().propagator();
        let mut outgoing: HashMap<String, String> = HashMap::new();
        propagator.inject_context(&propagator.extract(&incoming), &mut outgoing);
        let mut fields: Vec<_> = outgoing.into_keys().collect();
        fields.sort();
        fields
    };
    assert_eq!(fields("[tracecontext, baggage]"), ["baggage", "traceparent"]);
    assert_eq!(fields("[tracecontext]"), ["traceparent"]);
    assert_eq!(fields("[baggage]"), ["baggage"]);
    assert_eq!(fields("[tracecontext, b3]"), ["b3", "traceparent"]);
    assert_eq!(
        fields("[tracecontext, b3multi]"),
        ["traceparent", "x-b3-sampled", "x-b3-spanid", "x-b3-traceid"]
    );
    assert_eq!(
        fields("[tracecontext, baggage, jaeger]"),
        ["baggage", "traceparent", "uber-trace-id", "uberctx-k"]
    );
    assert!(fields("[none]").is_empty());
}

/// The specification's composite propagator calls the formats in their order, each with the context of the one
/// before: <https://opentelemetry.io/docs/specs/otel/context/api-propagators/#composite-propagator>.
#[test]
fn where_several_formats_name_a_parent_the_last_one_of_the_configured_order_counts() {
    use std::collections::HashMap;

    use otel_kit::opentelemetry::{propagation::TextMapPropagator, trace::TraceContextExt};

    let id = |digit: &str| digit.repeat(16);
    let all = [
        ("traceparent", format!("00-{}-{}-01", id("1").repeat(2), id("1"))),
        ("b3", format!("{}-{}-1", id("2").repeat(2), id("2"))),
        ("x-b3-traceid", id("3").repeat(2)),
        ("x-b3-spanid", id("3")),
        ("uber-trace-id", format!("{}:{}:0:1", id("4").repeat(2), id("4"))),
    ];
    let parent = |propagators: &str, broken: &str| {
        let telemetry = new().environment(environment(&[("OTEL_PROPAGATORS", propagators)])).build().unwrap();
        let incoming: HashMap<String, String> = all
            .iter()
            .map(|(name, value)| {
                ((*name).to_owned(), if *name == broken { "?".to_owned() } else { value.clone() })
            })
            .collect();
        let context = telemetry.kit().propagator().extract(&incoming);
        context.span().span_context().span_id().to_string()
    };
    let rows = [
        ("tracecontext,b3", "", "2"),
        ("b3,tracecontext", "", "1"),
        ("tracecontext,b3,b3multi,jaeger", "", "4"),
        ("jaeger,b3multi,tracecontext", "", "1"),
        // B3 has an order of its own: the single header before the others, whichever of the two is configured.
        ("b3multi", "", "2"),
        ("b3multi", "b3", "3"),
        ("tracecontext,jaeger", "uber-trace-id", "1"),
        ("baggage", "", "0"),
        ("none", "", "0"),
    ];
    for (propagators, broken, expected) in rows {
        assert_eq!(parent(propagators, broken), id(expected), "{propagators} without {broken}");
    }
}
