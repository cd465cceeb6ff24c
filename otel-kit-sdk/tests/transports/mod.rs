//! Batches to send and receivers that say what they are told.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests
#![allow(dead_code, unreachable_pub)] // each test file uses a part

#[cfg(feature = "tls")]
pub mod tls;

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::mpsc,
    thread,
    time::Duration,
};

use opentelemetry_proto::tonic::{
    collector::{
        logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
        trace::v1::ExportTraceServiceRequest,
    },
    common::v1::{AnyValue, KeyValue, any_value::Value},
    logs::v1::{LogRecord, ResourceLogs, ScopeLogs},
    metrics::v1::{
        Gauge, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics, metric::Data, number_data_point,
    },
    trace::v1::{ResourceSpans, ScopeSpans, Span},
};
use otel_kit_core::{Delivery, OtlpRequest, Signal, Transport};
use prost::Message;

/// Nothing here takes longer on a slow machine.
pub const PLENTY: Duration = Duration::from_secs(20);

/// One item of the signal, named `name`.
pub fn batch(signal: Signal, name: &str) -> OtlpRequest {
    let body = match signal {
        Signal::Traces => spans(vec![span(name)]),
        Signal::Metrics => metrics(name),
        Signal::Logs => logs(name),
    };
    OtlpRequest::new(signal, 1, body.into())
}

pub fn span(name: &str) -> Span {
    Span {
        trace_id: vec![0x4b; 16],
        span_id: vec![0x01; 8],
        name: name.into(),
        start_time_unix_nano: 1_700_000_000_000_000_000,
        end_time_unix_nano: 1_700_000_000_012_300_000,
        attributes: vec![text("k", "v")],
        ..Default::default()
    }
}

pub fn spans(spans: Vec<Span>) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans { spans, ..Default::default() }];
    let resource_spans = vec![ResourceSpans { scope_spans, ..Default::default() }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn metrics(name: &str) -> Vec<u8> {
    let value = Some(number_data_point::Value::AsInt(7));
    let data_points = vec![NumberDataPoint { value, ..Default::default() }];
    let data = Some(Data::Gauge(Gauge { data_points }));
    let metrics = vec![Metric { name: name.into(), data, ..Default::default() }];
    let scope_metrics = vec![ScopeMetrics { metrics, ..Default::default() }];
    let resource_metrics = vec![ResourceMetrics { scope_metrics, ..Default::default() }];
    ExportMetricsServiceRequest { resource_metrics }.encode_to_vec()
}

fn logs(name: &str) -> Vec<u8> {
    let body = Some(AnyValue { value: Some(Value::StringValue(name.into())) });
    let log_records = vec![LogRecord { body, ..Default::default() }];
    let scope_logs = vec![ScopeLogs { log_records, ..Default::default() }];
    let resource_logs = vec![ResourceLogs { scope_logs, ..Default::default() }];
    ExportLogsServiceRequest { resource_logs }.encode_to_vec()
}

pub fn text(key: &str, value: &str) -> KeyValue {
    let value = AnyValue { value: Some(Value::StringValue(value.into())) };
    KeyValue { key: key.into(), value: Some(value), ..Default::default() }
}

/// Sends within a time limit, as the outlet does.
pub async fn send(transport: &impl Transport, request: OtlpRequest) -> Delivery {
    tokio::time::timeout(PLENTY, transport.send(request)).await.expect("no answer at all")
}

/// The reason of a delivery that nobody answered.
pub fn unanswered_reason(delivery: Delivery) -> String {
    match delivery {
        Delivery::Unanswered { reason } => reason,
        other => panic!("somebody answered: {other:?}"),
    }
}

/// The reason of a delivery that failed for good.
pub fn rejected_reason(delivery: Delivery) -> String {
    match delivery {
        Delivery::Rejected { reason } => reason,
        other => panic!("not rejected: {other:?}"),
    }
}

/// Answers each HTTP request with these bytes and closes; hands out the requests.
pub fn canned(answer: impl Into<Vec<u8>>) -> (String, mpsc::Receiver<String>) {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (requests, seen) = mpsc::channel();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let mut connection = connection;
            let request = read_request(&mut connection);
            if requests.send(request).is_err() {
                return;
            }
            let _ = connection.write_all(&answer);
        }
    });
    (url, seen)
}

/// A whole response with this body.
pub fn response(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head =
        format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

fn read_request(connection: &mut impl Read) -> String {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&request).into_owned();
        if let Some((head, _)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length:").map(str::to_owned))
                .map_or(0, |length| length.trim().parse::<usize>().unwrap());
            if request.len() >= head.len() + 4 + length {
                return text;
            }
        }
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => return text,
            Ok(read) => request.extend_from_slice(&buffer[..read]),
        }
    }
}
