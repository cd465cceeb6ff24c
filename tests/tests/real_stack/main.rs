//! The example services against a real OpenTelemetry Collector: what it wrote is what holds. The adapters of databases
//! and brokers against real ones, metrics in a real Prometheus, and alerts in a real Alertmanager.
//!
//! `OTEL_KIT_COLLECTOR` names the Collector's binary; `scripts/collector/build.sh` makes one.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // a test may
#![allow(clippy::duplicate_mod)] // what holds on each database is compiled for each

mod alerts;
mod collector;
mod kafka;
mod mariadb;
mod metrics;
mod postgres;
mod prometheus;
mod rules;
mod service;
mod shop;
mod sql;
mod volume;

use std::{collections::HashSet, process::Command, time::Duration};

use demo::Sent;
use otel_kit_testing::received::{Received, ReceivedMetric, ReceivedSpan};

use crate::collector::Collector;

const REQUESTS: usize = 100;

/// Those that answer requests of others.
const SERVICES: [&str; 5] = ["api-gateway", "service-a", "service-b", "service-d", "third-party"];

/// Spans, then log records and metrics: each exporter of the Collector flushes on its own.
const ARRIVAL: Duration = Duration::from_secs(30);

#[test]
fn over_http_all_traces_log_records_and_metrics_are_whole_at_a_real_collector() {
    run("http/protobuf", &[]);
}

#[test]
fn over_http_with_json_all_traces_log_records_and_metrics_are_whole_at_a_real_collector() {
    run("http/json", &[]);
}

#[test]
fn over_grpc_all_traces_log_records_and_metrics_are_whole_at_a_real_collector() {
    run("grpc", &[]);
}

#[test]
fn through_a_real_postgresql_and_kafka_all_traces_log_records_and_metrics_are_whole_too() {
    run("http/protobuf", &["--postgres", &postgres::server().address, "--kafka", &kafka::server().address]);
}

fn run(protocol: &str, services: &[&str]) {
    let collector = Collector::start();
    let endpoint = if protocol == "grpc" { collector.grpc_endpoint() } else { collector.http_endpoint() };
    let status = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "-p", "demo", "--", "--otlp", &endpoint, "--protocol", protocol])
        .args(["--requests", &REQUESTS.to_string()])
        .args(services)
        .status();
    assert!(status.unwrap().success(), "the demo failed");

    let received = collector.wait_for(ARRIVAL, |received| {
        demo::complete(received, &Sent::of(received)).len() == REQUESTS
            && received.log_records().iter().any(|record| record.body == "order shown")
            && requests_answered(received) == Some(REQUESTS)
            && SERVICES.iter().all(|service| has_no_active_request(received, service))
    });
    every_trace_is_whole(&received);
    every_resource_is_described(&received);
    every_log_record_belongs_to_a_span(&received);
    durations_have_the_buckets_of_the_convention(&received);
    no_request_is_left_active(&received);
}

fn every_trace_is_whole(received: &Received) {
    let sent = Sent::of(received);
    let complete = demo::complete(received, &sent).len();
    assert_eq!((sent.len(), complete), (REQUESTS, REQUESTS), "{received:?}");
}

fn every_resource_is_described(received: &Received) {
    for span in received.spans() {
        let resource = &span.resource;
        for attribute in [
            "service.name",
            "service.instance.id",
            "telemetry.sdk.name",
            "telemetry.distro.version",
            "host.name",
            "process.pid",
        ] {
            assert!(!resource.attr(attribute).is_absent(), "{attribute} of {span:?}");
        }
        assert_eq!(resource.attr("telemetry.distro.name"), "otel-kit");
        assert_eq!(resource.attr("telemetry.sdk.language"), "rust");
    }
    let services: HashSet<_> = received.spans().iter().map(ReceivedSpan::service).collect();
    let expected = ["demo", "api-gateway", "service-a", "service-b", "service-c", "service-d", "third-party"];
    assert_eq!(services, HashSet::from(expected));
}

fn every_log_record_belongs_to_a_span(received: &Received) {
    let spans: HashSet<_> =
        received.spans().iter().map(|span| (&span.trace_id, &span.span_id, span.service())).collect();
    let records: Vec<_> =
        received.log_records().iter().filter(|record| !record.trace_id.is_empty()).collect();
    assert!(records.len() >= REQUESTS, "{} log records with ids", records.len());
    for record in records {
        assert!(spans.contains(&(&record.trace_id, &record.span_id, record.service())), "{record:?}");
        let field = if record.service() == "service-c" { "messaging.destination.name" } else { "http.route" };
        // An alert leads to a request, and is about all of its kind.
        assert!(record.event_name == "otel_kit.alert" || !record.attr(field).is_absent(), "{record:?}");
    }
}

fn durations_have_the_buckets_of_the_convention(received: &Received) {
    let buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];
    for (name, services) in [
        ("http.server.request.duration", &["api-gateway", "service-a", "service-b", "service-d"][..]),
        ("http.client.request.duration", &["api-gateway", "service-a"]),
    ] {
        for service in services {
            let metric = last(received, service, name);
            assert_eq!(metric.unit, "s");
            for point in &metric.points {
                assert_eq!(point.bounds, buckets, "{metric:?}");
                assert!(!point.attr("http.request.method").is_absent(), "{metric:?}");
            }
        }
    }
    assert_eq!(requests_answered(received), Some(REQUESTS));
}

/// Those of the gateway.
fn requests_answered(received: &Received) -> Option<usize> {
    let metric = find_last(received, "api-gateway", "http.server.request.duration")?;
    usize::try_from(metric.points.iter().map(|point| point.count).sum::<u64>()).ok()
}

fn no_request_is_left_active(received: &Received) {
    for service in SERVICES {
        assert!(has_no_active_request(received, service), "{service}: {received:?}");
    }
}

fn has_no_active_request(received: &Received, service: &str) -> bool {
    let metric = find_last(received, service, "http.server.active_requests");
    metric.is_some_and(|metric| metric.points.iter().all(|point| point.value == 0))
}

fn last<'a>(received: &'a Received, service: &str, name: &str) -> &'a ReceivedMetric {
    find_last(received, service, name).unwrap_or_else(|| panic!("no {name} of {service}"))
}

fn find_last<'a>(received: &'a Received, service: &str, name: &str) -> Option<&'a ReceivedMetric> {
    let of_service = |metric: &&ReceivedMetric| metric.name == name && metric.service() == service;
    received.metrics().iter().rev().find(of_service)
}
