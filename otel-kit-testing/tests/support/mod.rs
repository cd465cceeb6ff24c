//! What the tests of the receiver send.

#![allow(dead_code)] // each test binary uses a part

use std::{net::SocketAddr, time::Duration};

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::{ExportLogsServiceRequest, logs_service_client::LogsServiceClient},
        metrics::v1::{ExportMetricsServiceRequest, metrics_service_client::MetricsServiceClient},
        trace::v1::{ExportTraceServiceRequest, trace_service_client::TraceServiceClient},
    },
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{Metric, ResourceMetrics, ScopeMetrics},
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use otel_kit_testing::OtlpReceiver;
use prost::Message;
use reqwest::blocking::{Client, RequestBuilder, Response};
use tonic::transport::Channel;

/// Longer than anything may take.
pub(crate) const SOON: Duration = Duration::from_secs(10);
pub(crate) const PROTOBUF: &str = "application/x-protobuf";
pub(crate) const JSON: &str = "application/json";

pub(crate) fn spans<const N: usize>(names: [&str; N]) -> ExportTraceServiceRequest {
    let spans = names.into_iter().map(|name| Span { name: name.into(), ..Span::default() }).collect();
    let scope_spans = vec![ScopeSpans { spans, ..ScopeSpans::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..ResourceSpans::default() }];
    ExportTraceServiceRequest { resource_spans }
}

pub(crate) fn metric(name: &str) -> ExportMetricsServiceRequest {
    let metrics = vec![Metric { name: name.into(), ..Metric::default() }];
    let scope_metrics = vec![ScopeMetrics { metrics, ..ScopeMetrics::default() }];
    let resource_metrics = vec![ResourceMetrics { scope_metrics, ..ResourceMetrics::default() }];
    ExportMetricsServiceRequest { resource_metrics }
}

pub(crate) fn log_record(severity: &str) -> ExportLogsServiceRequest {
    let log_records = vec![LogRecord { severity_text: severity.into(), ..LogRecord::default() }];
    let scope_logs = vec![ScopeLogs { log_records, ..ScopeLogs::default() }];
    let resource_logs = vec![ResourceLogs { scope_logs, ..ResourceLogs::default() }];
    ExportLogsServiceRequest { resource_logs }
}

/// A request over a connection of its own.
pub(crate) fn http(receiver: &OtlpReceiver, path: &str, content_type: &str) -> RequestBuilder {
    let url = format!("{}{path}", receiver.http_endpoint());
    Client::new().post(url).header("content-type", content_type)
}

/// One span over HTTP.
pub(crate) fn send_span(receiver: &OtlpReceiver, name: &str) -> reqwest::Result<Response> {
    http(receiver, "/v1/traces", PROTOBUF).body(spans([name]).encode_to_vec()).send()
}

pub(crate) async fn traces(receiver: &OtlpReceiver) -> TraceServiceClient<Channel> {
    TraceServiceClient::connect(receiver.grpc_endpoint()).await.unwrap()
}

pub(crate) async fn metrics(receiver: &OtlpReceiver) -> MetricsServiceClient<Channel> {
    MetricsServiceClient::connect(receiver.grpc_endpoint()).await.unwrap()
}

pub(crate) async fn logs(receiver: &OtlpReceiver) -> LogsServiceClient<Channel> {
    LogsServiceClient::connect(receiver.grpc_endpoint()).await.unwrap()
}

pub(crate) fn address(endpoint: &str) -> SocketAddr {
    endpoint.strip_prefix("http://").unwrap().parse().unwrap()
}
