//! Alert rules over the metrics and exceptions of telemetry of one's own.
#![cfg(feature = "alerts")]
#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use otel_kit::{
    Guard,
    opentelemetry::{
        KeyValue,
        metrics::MeterProvider,
        trace::{TraceContextExt, Tracer, TracerProvider},
    },
};
use otel_kit_testing::OtlpReceiver;
use serde_json::Value;
use support::{Lines, PLENTY, builder};

const RULES: &str = "
alerts:
  interval: 1s
  trace_url: https://traces.example/{trace_id}
  route: {group_wait: 0, group_interval: 1s}
  channels: {ops: {webhook: {url: '$URL'}}, log: {console: {}}}
  rules:
    - alert: SlowOrders
      expr: {average: {metric: shop.order.duration, by: [shop.country], window: 3s}}
      above: 1
      labels: {severity: page}
      annotations: {summary: 'orders take {{ value }} s'}
metrics: {runtime: false}
";

/// What is posted, and where to.
fn webhook() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (tell, told) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut text = String::new();
            let body = loop {
                let mut part = [0; 4096];
                let read = stream.read(&mut part).unwrap();
                text.push_str(std::str::from_utf8(&part[..read]).unwrap());
                let body = text.split_once("\r\n\r\n").and_then(|(_, body)| serde_json::from_str(body).ok());
                if let Some(body) = body {
                    break body;
                }
            };
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            if tell.send(body).is_err() {
                return;
            }
        }
    });
    (url, told)
}

/// Measures a slow order, and tells its trace.
fn slow_order(telemetry: &Guard) -> String {
    let tracer = telemetry.tracer_provider().tracer("shop");
    let meter = telemetry.pipeline().meter_provider().meter("shop");
    let durations = meter.f64_histogram("shop.order.duration").with_unit("s").build();
    tracer.in_span("order", |context| {
        durations.record(2.5, &[KeyValue::new("shop.country", "de")]);
        context.span().span_context().trace_id().to_string()
    })
}

#[test]
fn a_slow_order_fires_with_its_trace_and_is_over_when_there_are_none() {
    let ((url, told), lines) = (webhook(), Lines::default());
    let receiver = OtlpReceiver::start().unwrap();
    let builder = builder(&lines).config_text("otel-kit.yaml", RULES.replace("$URL", &url));
    let telemetry = builder.endpoint(receiver.http_endpoint()).build().unwrap();
    // What was measured before the first evaluation has no beginning.
    let mut traces = Vec::new();
    let fires = loop {
        traces.push(slow_order(&telemetry));
        match told.recv_timeout(Duration::from_millis(200)) {
            Ok(fires) => break fires,
            Err(_) => assert!(traces.len() < 100, "nobody is told"),
        }
    };
    assert_eq!((&fires["version"], &fires["status"]), (&"4".into(), &"firing".into()));
    let alert = &fires["alerts"][0];
    assert_eq!(alert["labels"]["alertname"], "SlowOrders");
    assert_eq!(
        (&alert["labels"]["shop_country"], &alert["labels"]["severity"]),
        (&"de".into(), &"page".into())
    );
    assert_eq!(alert["annotations"]["summary"], "orders take 2.5 s");
    assert!(traces.iter().any(|trace| fires.to_string().contains(trace)), "{traces:?}: {fires}");
    let firing = telemetry.alerts().remove(0);
    assert_eq!((firing.state.name(), firing.value), ("firing", Some(2.5)));

    let over = told.recv_timeout(PLENTY).unwrap();
    assert_eq!(
        (&over["status"], &over["alerts"][0]["fingerprint"]),
        (&"resolved".into(), &alert["fingerprint"])
    );
    assert!(telemetry.shutdown(PLENTY).is_complete());
    assert!(lines.text().contains("SlowOrders"), "{}", lines.text());
    let records = receiver.log_records();
    let states: Vec<_> = records.iter().filter(|record| record.event_name == "otel_kit.alert").collect();
    assert_eq!(states.len(), 2, "{states:?}");
    assert!(traces.contains(&states[0].trace_id), "{states:?}");
    assert!(receiver.metrics().iter().any(|metric| metric.name == "otel_kit.alerts.notifications"));
}

#[test]
fn what_is_wrong_is_refused_with_its_place() {
    let cases = [
        (
            "rules: [{alert: A, expr: {rate: {metric: a}}, above: 1}]",
            "1:36: alerts.rules[0].expr.rate: `window` is missing",
        ),
        (
            "rules: [{alert: A, expr: {rate: {metric: a, window: 0}}, above: 1}]",
            "alerts.rules[0].expr.window: ",
        ),
        (
            "rules: [{alert: A, expr: {rate: {metric: a, window: 1m}, absent: {metric: a}}}]",
            "alerts.rules[0].expr: there are both rate and absent",
        ),
        (
            "rules: [{alert: A, expr: {average: {metric: a, window: 1m, match: ['b=~\"(\"']}}, above: 1}]",
            "is no regular expression",
        ),
        (
            "presets: [http-error]",
            "alerts.presets[0]: `http-error` is not supported; did you mean `http-errors`?",
        ),
        ("channels: {ops: {}}", "alerts.channels.ops: the channel leads nowhere"),
        ("channels: {ops: {webhook: {url: 'nowhere'}}}", "alerts.channels.ops.webhook.url: "),
        ("route: {channels: [ops]}", "alerts.route.channels"),
        ("silences: [{match: ['a=b']}]", "alerts.silences[0]: `ends_at` is missing"),
    ];
    for (written, expected) in cases {
        let file = format!("alerts: {{{written}}}");
        let error = otel_kit::builder().environment(|_| None).config_text("otel-kit.yaml", file).build();
        let error = error.unwrap_err().to_string();
        assert!(error.starts_with("otel-kit.yaml:1:") && error.contains(expected), "{written}: {error}");
    }
}

#[test]
fn rules_and_channels_of_code_are_checked_too() {
    use otel_kit::alerts::{
        channel::{Channel, WebhookSettings},
        rule::{Expr, Rule},
    };
    let rule = Rule::new("A", Expr::average("a", Duration::ZERO)).above(1.0);
    let error = otel_kit::builder().environment(|_| None).alert_rule(rule).build().unwrap_err();
    assert!(error.to_string().contains("expr.window"), "{error}");
    let rule = Rule::new("A", Expr::average("a", PLENTY)).above(1.0);
    let nowhere = Channel::new(WebhookSettings::new("nowhere"));
    let builder = otel_kit::builder().environment(|_| None).alert_rule(rule).alert_channel("ops", nowhere);
    let error = builder.build().unwrap_err();
    assert!(error.to_string().contains("channels.ops.webhook.url"), "{error}");
}
