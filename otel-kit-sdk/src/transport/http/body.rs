use std::io::Write;

use bytes::Bytes;
use opentelemetry_proto::tonic::collector::{
    logs::v1::ExportLogsServiceRequest, metrics::v1::ExportMetricsServiceRequest,
    trace::v1::ExportTraceServiceRequest,
};
use otel_kit_core::{OtlpRequest, Signal};
use prost::Message;
use serde::Serialize;
use serde_json::Value;

use crate::transport::{Compression, HttpEncoding};

/// What goes over the wire; the error says why it cannot.
pub(super) fn encode(
    request: &OtlpRequest,
    encoding: HttpEncoding,
    compression: Compression,
) -> Result<Bytes, String> {
    let body = match encoding {
        HttpEncoding::Protobuf => request.body.clone(),
        HttpEncoding::Json => json(request)?,
    };
    compress(body, compression).map_err(|error| format!("the batch cannot be compressed: {error}"))
}

pub(super) const fn content_type(encoding: HttpEncoding) -> &'static str {
    match encoding {
        HttpEncoding::Protobuf => PROTOBUF,
        HttpEncoding::Json => JSON,
    }
}

pub(super) const fn content_encoding(compression: Compression) -> Option<&'static str> {
    match compression {
        Compression::None => None,
        Compression::Gzip => Some("gzip"),
        #[cfg(feature = "zstd")]
        Compression::Zstd => Some("zstd"),
    }
}

pub(super) const PROTOBUF: &str = "application/x-protobuf";
pub(super) const JSON: &str = "application/json";

fn json(request: &OtlpRequest) -> Result<Bytes, String> {
    match request.signal {
        Signal::Traces => transcode::<ExportTraceServiceRequest>(&request.body),
        Signal::Metrics => transcode::<ExportMetricsServiceRequest>(&request.body),
        Signal::Logs => transcode::<ExportLogsServiceRequest>(&request.body),
    }
}

fn transcode<M: Message + Default + Serialize>(body: &Bytes) -> Result<Bytes, String> {
    let batch = M::decode(body.clone()).map_err(|error| format!("the batch is no protobuf: {error}"))?;
    let mut tree =
        serde_json::to_value(&batch).map_err(|error| format!("the batch cannot be JSON: {error}"))?;
    strip_nulls(&mut tree);
    Ok(tree.to_string().into())
}

/// Absent fields and numbers that are none (`NaN`) become `null`, over which a Collector refuses the
/// whole batch.
fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_nulls),
        _ => {}
    }
}

fn compress(body: Bytes, compression: Compression) -> std::io::Result<Bytes> {
    match compression {
        Compression::None => Ok(body),
        Compression::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&body)?;
            Ok(encoder.finish()?.into())
        }
        #[cfg(feature = "zstd")]
        Compression::Zstd => Ok(zstd::bulk::compress(&body, zstd::DEFAULT_COMPRESSION_LEVEL)?.into()),
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::{
        common::v1::{AnyValue, KeyValue, any_value},
        metrics::v1::{
            Gauge, Histogram, HistogramDataPoint, Metric, NumberDataPoint, ResourceMetrics, ScopeMetrics,
            metric::Data, number_data_point,
        },
        trace::v1::{ResourceSpans, ScopeSpans, Span},
    };
    use proptest::prelude::*;

    use super::*;

    fn spans(span: Span) -> OtlpRequest {
        let scope_spans = vec![ScopeSpans { spans: vec![span], ..Default::default() }];
        let resource_spans = vec![ResourceSpans { scope_spans, ..Default::default() }];
        let body = ExportTraceServiceRequest { resource_spans }.encode_to_vec();
        OtlpRequest::new(Signal::Traces, 1, body.into())
    }

    fn metrics(data: Data) -> OtlpRequest {
        let metrics = vec![Metric { name: "m".into(), data: Some(data), ..Default::default() }];
        let scope_metrics = vec![ScopeMetrics { metrics, ..Default::default() }];
        let resource_metrics = vec![ResourceMetrics { scope_metrics, ..Default::default() }];
        let body = ExportMetricsServiceRequest { resource_metrics }.encode_to_vec();
        OtlpRequest::new(Signal::Metrics, 1, body.into())
    }

    fn as_json(request: &OtlpRequest) -> Value {
        serde_json::from_slice(&encode(request, HttpEncoding::Json, Compression::None).unwrap()).unwrap()
    }

    #[test]
    fn json_has_hex_ids_camel_case_names_and_large_numbers_as_strings() {
        let value = AnyValue { value: Some(any_value::Value::IntValue(i64::MAX)) };
        let attributes = vec![KeyValue { key: "n".into(), value: Some(value), ..Default::default() }];
        let json = as_json(&spans(Span {
            trace_id: vec![0xAB; 16],
            span_id: vec![0x01; 8],
            start_time_unix_nano: u64::MAX,
            kind: 2,
            attributes,
            ..Default::default()
        }));
        let span = &json["resourceSpans"][0]["scopeSpans"][0]["spans"][0];
        assert_eq!(span["traceId"], "ab".repeat(16));
        assert_eq!(span["spanId"], "01".repeat(8));
        assert_eq!(span["startTimeUnixNano"], u64::MAX.to_string());
        assert_eq!(span["kind"], 2);
        assert_eq!(span["attributes"][0]["value"]["intValue"], i64::MAX.to_string());
    }

    #[test]
    fn json_never_has_a_null() {
        let nan = NumberDataPoint {
            value: Some(number_data_point::Value::AsDouble(f64::NAN)),
            ..Default::default()
        };
        let no_extremes = HistogramDataPoint { sum: Some(f64::INFINITY), ..Default::default() };
        for data in [
            Data::Gauge(Gauge { data_points: vec![nan] }),
            Data::Histogram(Histogram { data_points: vec![no_extremes], aggregation_temporality: 2 }),
        ] {
            let json = as_json(&metrics(data)).to_string();
            assert!(!json.contains("null"), "{json}");
        }
    }

    #[test]
    fn what_is_no_protobuf_cannot_become_json() {
        let request = OtlpRequest::new(Signal::Logs, 1, Bytes::from_static(b"\xff\xff\xff"));
        assert!(encode(&request, HttpEncoding::Json, Compression::None).is_err());
        assert!(encode(&request, HttpEncoding::Protobuf, Compression::None).is_ok());
    }

    proptest! {
        #[test]
        fn what_was_compressed_comes_out_again(body: Vec<u8>) {
            let request = OtlpRequest::new(Signal::Logs, 1, body.clone().into());
            let gzip = encode(&request, HttpEncoding::Protobuf, Compression::Gzip).unwrap();
            let mut plain = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&gzip[..]), &mut plain).unwrap();
            prop_assert_eq!(&plain, &body);
            let zstd = encode(&request, HttpEncoding::Protobuf, Compression::Zstd).unwrap();
            prop_assert_eq!(&zstd::bulk::decompress(&zstd, body.len()).unwrap(), &body);
        }
    }
}
