//! Metrics for those who scrape them.
#![cfg(feature = "prometheus")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
};

use otel_kit::{
    Builder, Guard, InitError,
    opentelemetry::{
        metrics::MeterProvider,
        trace::{TraceContextExt, Tracer, TracerProvider},
    },
    prometheus::Endpoint,
};
use support::{Lines, PLENTY, builder, environment};

/// Telemetry with a port for Prometheus, and none other.
fn scraped(lines: &Lines) -> Builder {
    let variables = [
        ("OTEL_METRICS_EXPORTER", "prometheus"),
        ("OTEL_EXPORTER_PROMETHEUS_HOST", "127.0.0.1"),
        ("OTEL_EXPORTER_PROMETHEUS_PORT", "0"),
    ];
    builder(lines).environment(environment(&variables))
}

fn measure(telemetry: &Guard) {
    telemetry.pipeline().meter_provider().meter("shop").u64_counter("shop.orders").build().add(3, &[]);
}

/// The whole answer, as it comes over the wire.
fn scrape(address: SocketAddr) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = "GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: application/openmetrics-text\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_port_of_its_own_serves_what_was_measured_as_long_as_telemetry_lives() {
    let lines = Lines::default();
    let telemetry = scraped(&lines).service_name("shop").build().unwrap();
    let address = telemetry.prometheus_addr().unwrap();
    measure(&telemetry);
    let answer = scrape(address);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\nshop_orders_total{otel_scope_name=\"shop\"} 3"), "{answer}");
    assert!(answer.contains("service_name=\"shop\""), "{answer}");

    assert!(telemetry.shutdown(PLENTY).is_complete());
    let answer = scrape(address);
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.ends_with("no metrics: telemetry has been shut down\n"), "{answer}");
    drop(telemetry);
    assert!(TcpStream::connect(address).is_err(), "the port is free");
}

#[test]
fn a_number_leads_to_the_trace_in_which_it_was_measured() {
    let telemetry = scraped(&Lines::default()).build().unwrap();
    let trace = telemetry.tracer_provider().tracer("shop").in_span("order", |context| {
        measure(&telemetry);
        context.span().span_context().trace_id()
    });
    let answer = scrape(telemetry.prometheus_addr().unwrap());
    let line = answer.lines().find(|line| line.starts_with("shop_orders_total")).unwrap();
    assert!(line.contains(&format!(" # {{trace_id=\"{trace}\",span_id=\"")), "{line}");
}

#[test]
fn a_port_that_is_taken_is_an_error_that_names_it() {
    let first = scraped(&Lines::default()).build().unwrap();
    let address = first.prometheus_addr().unwrap();
    let text = format!("metrics: {{prometheus: {{listen: '{address}'}}}}");
    let error = builder(&Lines::default()).config_text("otel-kit.yaml", text).build().unwrap_err();
    assert!(matches!(&error, InitError::Prometheus { .. }), "{error}");
    let message = error.to_string();
    assert!(message.starts_with(&format!("Prometheus cannot be served at {address}: ")), "{message}");
    assert!(message.ends_with("; write another metrics.prometheus.listen"), "{message}");
}

#[test]
fn disabled_telemetry_listens_nowhere() {
    let text = "{disabled: true, metrics: {prometheus: {listen: '127.0.0.1:0'}}}";
    let telemetry = builder(&Lines::default()).config_text("otel-kit.yaml", text).build().unwrap();
    assert_eq!(telemetry.prometheus_addr(), None);
}

#[tokio::test]
async fn a_router_of_ones_own_needs_no_exporter_and_no_port() {
    let text = "metrics: {runtime: false, prometheus: {enabled: true}}";
    let telemetry = builder(&Lines::default()).config_text("otel-kit.yaml", text).build().unwrap();
    assert_eq!(telemetry.prometheus_addr(), None);
    measure(&telemetry);

    let router = Endpoint::new().with(telemetry.kit()).router();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let answer = tokio::task::spawn_blocking(move || scrape(address)).await.unwrap();
    assert!(answer.contains("\nshop_orders_total{otel_scope_name=\"shop\"} 3"), "{answer}");
}
