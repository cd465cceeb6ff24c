use std::io;

use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use otel_kit_core::Signal;
use prost::Message;

/// A decoded export request.
pub(crate) enum Payload {
    Traces(ExportTraceServiceRequest),
    Metrics(ExportMetricsServiceRequest),
    Logs(ExportLogsServiceRequest),
}

impl Payload {
    pub(crate) fn from_protobuf(signal: Signal, body: &[u8]) -> io::Result<Self> {
        match signal {
            Signal::Traces => Message::decode(body).map(Self::Traces),
            Signal::Metrics => Message::decode(body).map(Self::Metrics),
            Signal::Logs => Message::decode(body).map(Self::Logs),
        }
        .map_err(io::Error::from)
    }

    pub(crate) fn from_json(signal: Signal, body: &[u8]) -> io::Result<Self> {
        match signal {
            Signal::Traces => serde_json::from_slice(body).map(Self::Traces),
            Signal::Metrics => serde_json::from_slice(body).map(Self::Metrics),
            Signal::Logs => serde_json::from_slice(body).map(Self::Logs),
        }
        .map_err(io::Error::from)
    }

    /// As the Collector's file exporter writes it: the outer key tells the signal.
    pub(crate) fn from_json_line(line: &str) -> io::Result<Self> {
        let value: serde_json::Value = serde_json::from_str(line)?;
        let has = |key| value.get(key).is_some();
        if has("resourceSpans") {
            Ok(Self::Traces(serde_json::from_value(value)?))
        } else if has("resourceMetrics") {
            Ok(Self::Metrics(serde_json::from_value(value)?))
        } else if has("resourceLogs") {
            Ok(Self::Logs(serde_json::from_value(value)?))
        } else {
            Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "neither resourceSpans nor resourceMetrics nor resourceLogs",
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::received::Received;

    #[test]
    fn a_broken_line_is_named_by_its_number() {
        let error = Received::from_json_lines("{\"resourceSpans\":[]}\n\n{\"spans\":[]}\n").unwrap_err();
        assert!(error.to_string().starts_with("line 3: neither resourceSpans"), "{error}");
        let error = Received::from_json_lines("{").unwrap_err();
        assert!(error.to_string().starts_with("line 1: EOF"), "{error}");
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded_or_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
            for signal in Signal::ALL {
                for payload in [Payload::from_protobuf(signal, &body), Payload::from_json(signal, &body)] {
                    let mut received = Received::keeping(10);
                    if let Ok(payload) = payload {
                        received.add(payload);
                    }
                    let _ = format!("{received:?}{}", received.tree(""));
                }
            }
        }
    }
}
