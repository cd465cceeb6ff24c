//! What is said at start, and what is never said.
#![allow(clippy::unwrap_used)] // helpers of tests

mod support;

use std::sync::Arc;

use otel_kit::{Builder, InitError, sdk::transport::Memory, transport::Signal};
use otel_kit_testing::OtlpReceiver;
use proptest::prelude::*;
use tracing::dispatcher::with_default;

use support::{Lines, PLENTY, builder, environment, subscriber, work_with};

/// What the host's subscriber hears while this telemetry is built.
fn said(builder: Builder) -> Vec<String> {
    let lines = Lines::default();
    let host = support::builder(&lines).build().unwrap();
    let telemetry = with_default(&subscriber(&host), || builder.build()).unwrap();
    assert!(host.flush(PLENTY).is_complete());
    drop(telemetry);
    lines
        .json()
        .iter()
        .map(|line| format!("{} {}", line["level"], line["message"]).replace('"', ""))
        .collect()
}

#[test]
fn one_line_says_what_goes_where() {
    let new = || builder(&Lines::default());
    let variables = |pairs: &[(&str, &str)]| new().environment(environment(pairs));
    let all = "INFO exporting traces to http://c:4318/v1/traces (http/protobuf), \
               metrics to http://c:4318/v1/metrics (http/protobuf), logs to http://c:4318/v1/logs (http/protobuf)";
    assert_eq!(said(new().endpoint("http://c:4318")), [all]);
    assert_eq!(said(variables(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318/")])), [all]);
    assert_eq!(
        said(variables(&[
            ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://c/x"),
            ("OTEL_METRICS_EXPORTER", "console")
        ])),
        ["INFO exporting traces to http://c/x (http/protobuf), metrics to console"],
    );
    let memory = Arc::new(Memory::new());
    assert_eq!(
        said(new().endpoint("http://c:1").transport(Signal::Metrics, memory).configure(|config| {
            config.logs.otlp = Some(false);
        })),
        ["INFO exporting traces to http://c:1/v1/traces (http/protobuf), metrics to memory"],
    );
    assert_eq!(said(new()), ["INFO no exporter is configured"]);
    assert_eq!(said(new().terminal(true)), ["INFO exporting traces to console"]);
    assert_eq!(said(variables(&[("OTEL_SDK_DISABLED", "true")])), ["INFO telemetry is disabled"]);
}

#[test]
fn a_variable_that_cannot_be_used_is_one_warning() {
    let bad = [
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "smoke"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "authorization"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-1"),
        ("OTEL_TRACES_SAMPLER", "sometimes"),
        ("OTEL_RESOURCE_ATTRIBUTES", "team"),
        ("OTEL_PROPAGATORS", "pigeon"),
        ("RUST_LOG", "app[span]=loud"),
    ];
    let mut said = said(builder(&Lines::default()).environment(environment(&bad)));
    assert_eq!(said.remove(0), "INFO no exporter is configured");
    assert_eq!(said.len(), bad.len(), "{said:#?}");
    for (variable, _) in bad {
        assert_eq!(
            said.iter().filter(|line| line.starts_with(&format!("WARN {variable}: "))).count(),
            1,
            "{said:#?}"
        );
    }
}

#[test]
fn secrets_go_to_the_receiver_and_nowhere_else() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let endpoint = receiver.http_endpoint() + "/?sig=hunter2";
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=hunter2"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "authorization=Bearer%20hunter2,x-bad=hunter2%0A"),
    ];
    let new = || builder(&lines).environment(environment(&variables));
    let mut shown = said(new());
    assert!(shown[0].contains("http://127.0.0.1:"), "{shown:?}");
    shown.push(format!(
        "{:?}",
        new().configure(|config| {
            config.export.all.headers.insert("x-more".into(), "hunter2".into());
            config.export.all.endpoint = Some(endpoint.as_str().into());
        })
    ));

    let telemetry = new().build().unwrap();
    shown.push(format!("{telemetry:?} {} {:?}", telemetry.config(), telemetry.config()));
    work_with(&telemetry);
    assert!(telemetry.flush(PLENTY).is_complete());
    let headers = |signal: Signal, name: &str| {
        let requests = receiver.requests();
        let request = requests.iter().find(|request| request.signal == signal).unwrap();
        request.header(name).map(str::to_owned)
    };
    assert_eq!(headers(Signal::Traces, "authorization").as_deref(), Some("Bearer hunter2"));
    assert_eq!(headers(Signal::Logs, "x-api-key").as_deref(), Some("hunter2"));

    for broken in ["ftp://ada:hunter2@c", "http://ada:hunter2@c:port", "http://ada:hunter2/@c"] {
        let error = builder(&lines).endpoint(broken).build().unwrap_err();
        shown.push(format!("{error} {error:?} {:?}", new().endpoint(broken)));
    }
    shown.push(lines.text());
    assert!(shown.iter().all(|shown| !shown.contains("hunter2")), "{shown:#?}");
}

#[test]
fn user_and_password_of_an_endpoint_are_sent_as_authorization_and_shown_to_nobody() {
    let (receiver, lines) = (OtlpReceiver::start().unwrap(), Lines::default());
    let endpoint = receiver.http_endpoint().replace("://", "://ada:hunter2@");
    let variables = [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str())];
    let file = format!("export: {{traces: {{endpoint: '{endpoint}/v1/traces'}}}}");
    let ways = [
        builder(&lines).environment(environment(&variables)),
        builder(&lines).endpoint(endpoint.as_str()),
        builder(&lines).config_text("otel-kit.yaml", file),
    ];
    for new in ways {
        let telemetry = new.build().unwrap();
        work_with(&telemetry);
        assert!(telemetry.shutdown(PLENTY).is_complete());
        let shown = format!("{telemetry:?} {}", telemetry.config());
        assert!(!shown.contains("hunter2") && !shown.contains("ada"), "{shown}");
    }
    let requests = receiver.requests();
    assert_eq!(requests.len(), 3 + 3 + 1);
    for request in requests {
        assert_eq!(request.header("authorization"), Some("Basic YWRhOmh1bnRlcjI="));
    }
    assert!(!lines.text().contains("hunter2"), "{}", lines.text());
}

#[test]
fn an_endpoint_of_the_environment_that_a_password_breaks_is_one_warning_without_it() {
    for broken in ["http://ada:hunter2/@c:4318", "http://ada:hunt#er2@c:4318", "ftp://ada:hunter2@c"] {
        let variables = environment(&[("OTEL_EXPORTER_OTLP_ENDPOINT", broken)]);
        let said = said(builder(&Lines::default()).environment(variables));
        let [start, warning] = said.as_slice() else { panic!("{said:?}") };
        assert_eq!(start, "INFO no exporter is configured");
        assert!(warning.starts_with("WARN OTEL_EXPORTER_OTLP_ENDPOINT: ignored, `"), "{warning}");
        assert!(!warning.contains("hunt") && warning.contains("write one such as"), "{warning}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_endpoint_of_the_environment_stops_the_service(
        scheme in prop::sample::select(vec!["http://", "https://", "", "ftp://", "://"]),
        login in prop::sample::select(vec!["", "u@", "u:p@", ":@", "u:p@w@", "%zz@", "u:%00@", "ü:p@", "u:/p@"]),
        host in prop::sample::select(vec!["c", "[::1]", "127.0.0.1", "", "c d", "-", "ü", "[::1"]),
        rest in prop::sample::select(vec!["", ":4318", ":99999", ":x", ":", "/a", "?k=v", "/a@b", "/%zz", "#f"]),
        protocol in prop::sample::select(vec!["http/protobuf", "http/json", "grpc"]),
    ) {
        let endpoint = [scheme, login, host, rest].concat();
        let variables =
            [("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol)];
        let built = builder(&Lines::default()).environment(environment(&variables)).build();
        prop_assert!(built.is_ok(), "{}: {:?}", endpoint, built.err());
    }
}

#[test]
fn what_cannot_start_says_why() {
    let missing = builder(&Lines::default())
        .endpoint("https://127.0.0.1:4318")
        .configure(|config| config.export.all.tls.ca_file = Some("/nowhere/ca.pem".into()))
        .build()
        .unwrap_err();
    assert!(matches!(missing, InitError::Transport { signal: "traces", .. }));
    assert_eq!(missing.to_string(), "traces cannot be exported: cannot read /nowhere/ca.pem");
    assert!(
        format!("{missing:?}")
            .starts_with("traces cannot be exported: cannot read /nowhere/ca.pem: No such file")
    );
}
