//! From a measurement to its trace, whatever the way out.
#![cfg(feature = "grpc")]
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests

mod support;

use otel_kit::opentelemetry::{
    metrics::MeterProvider,
    trace::{Tracer, TracerProvider},
};
use otel_kit_testing::OtlpReceiver;
use support::PLENTY;

#[test]
fn an_exemplar_leads_to_its_trace_over_every_protocol() {
    for protocol in ["grpc", "http/protobuf", "http/json"] {
        let receiver = OtlpReceiver::start().unwrap();
        let endpoint = if protocol == "grpc" { receiver.grpc_endpoint() } else { receiver.http_endpoint() };
        let telemetry = otel_kit::builder()
            .config_text("none", format!("export: {{endpoint: '{endpoint}', protocol: {protocol}}}"))
            .environment(|_| None)
            .log_output(support::Lines::default())
            .build()
            .unwrap();
        let amounts = telemetry.pipeline().meter_provider().meter("shop").f64_histogram("amount").build();
        telemetry.tracer_provider().tracer("shop").in_span("order", |_| amounts.record(49.5, &[]));
        assert!(telemetry.shutdown(PLENTY).is_complete());
        let spans = receiver.wait_for_spans(1, PLENTY).unwrap();
        let metric = receiver.wait_for_metric("amount", PLENTY).unwrap();
        let [exemplar] = &metric.points[0].exemplars[..] else { panic!("{protocol}: {metric:?}") };
        assert_eq!((&exemplar.trace_id, &exemplar.span_id), (&spans[0].trace_id, &spans[0].span_id));
        assert_eq!(exemplar.value.as_f64(), Some(49.5), "{protocol}");
    }
}
