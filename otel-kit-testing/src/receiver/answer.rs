use bytes::Bytes;
use opentelemetry_proto::tonic::collector::{
    logs::v1::{ExportLogsPartialSuccess, ExportLogsServiceResponse},
    metrics::v1::{ExportMetricsPartialSuccess, ExportMetricsServiceResponse},
    trace::v1::{ExportTracePartialSuccess, ExportTraceServiceResponse},
};
use otel_kit_core::Signal;
use prost::Message;
use serde_json::json;

use super::fault::Failure;

/// An answer in words of neither protocol.
pub(super) enum Answer {
    Accepted { rejected: i64, message: String },
    Garbage,
    Failed(Failure),
}

impl Answer {
    pub(super) const ACCEPTED: Self = Self::Accepted { rejected: 0, message: String::new() };
}

/// The `Export*ServiceResponse` of a signal as protobuf.
pub(super) fn protobuf(signal: Signal, rejected: i64, error_message: String) -> Bytes {
    let partial = rejected != 0 || !error_message.is_empty();
    let body = match signal {
        Signal::Traces => {
            let success = ExportTracePartialSuccess { rejected_spans: rejected, error_message };
            ExportTraceServiceResponse { partial_success: partial.then_some(success) }.encode_to_vec()
        }
        Signal::Metrics => {
            let success = ExportMetricsPartialSuccess { rejected_data_points: rejected, error_message };
            ExportMetricsServiceResponse { partial_success: partial.then_some(success) }.encode_to_vec()
        }
        Signal::Logs => {
            let success = ExportLogsPartialSuccess { rejected_log_records: rejected, error_message };
            ExportLogsServiceResponse { partial_success: partial.then_some(success) }.encode_to_vec()
        }
    };
    body.into()
}

/// The same as JSON, as the protobuf mapping asks: 64-bit numbers are text.
pub(super) fn json(signal: Signal, rejected: i64, error_message: &str) -> Bytes {
    if rejected == 0 && error_message.is_empty() {
        return Bytes::from_static(b"{}");
    }
    let key = match signal {
        Signal::Traces => "rejectedSpans",
        Signal::Metrics => "rejectedDataPoints",
        Signal::Logs => "rejectedLogRecords",
    };
    let success = json!({ key: rejected.to_string(), "errorMessage": error_message });
    json!({ "partialSuccess": success }).to_string().into()
}

/// Neither protobuf (a field number that never ends) nor JSON.
pub(super) const GARBAGE: &[u8] = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff<html>";
