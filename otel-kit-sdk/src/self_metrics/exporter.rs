use std::sync::Arc;

use opentelemetry::{KeyValue, metrics::Meter};
use otel_kit_core::{
    Signal,
    semconv::{
        attribute::ERROR_TYPE,
        metric::{
            DATA_POINTS, LOG_RECORDS, OTEL_SDK_EXPORTER_LOG_EXPORTED, OTEL_SDK_EXPORTER_LOG_INFLIGHT,
            OTEL_SDK_EXPORTER_METRIC_DATA_POINT_EXPORTED, OTEL_SDK_EXPORTER_METRIC_DATA_POINT_INFLIGHT,
            OTEL_SDK_EXPORTER_SPAN_EXPORTED, OTEL_SDK_EXPORTER_SPAN_INFLIGHT, SPANS,
        },
    },
};

use super::{component, with};
use crate::{outlet::Ledger, stats::LossReason};

/// Registers what is on its way over an exporter of the type `kind`, and how it ended.
pub(super) fn register(meter: &Meter, signal: Signal, ledger: &Arc<Ledger>, kind: &str) {
    let (unit, in_flight, exported) = names(signal);
    let attributes = component(kind);
    let (of_in_flight, book) = (attributes.clone(), Arc::clone(ledger));
    let _ = meter
        .i64_observable_up_down_counter(in_flight)
        .with_unit(unit)
        .with_description("Items on their way to the receiver.")
        .with_callback(move |it| {
            it.observe(i64::try_from(book.flow().in_flight).unwrap_or(i64::MAX), &of_in_flight);
        })
        .build();
    let reason = |reason: LossReason| (reason, with(&attributes, KeyValue::new(ERROR_TYPE, reason.name())));
    let (reasons, book) = (LossReason::ALL.map(reason), Arc::clone(ledger));
    let _ = meter
        .u64_observable_counter(exported)
        .with_unit(unit)
        .with_description("Items whose export has ended, well or badly.")
        .with_callback(move |it| {
            let flow = book.flow();
            it.observe(flow.exported, &attributes);
            for (reason, attributes) in &reasons {
                let lost = flow.lost.get(*reason);
                if lost > 0 {
                    it.observe(lost, attributes);
                }
            }
        })
        .build();
}

const fn names(signal: Signal) -> (&'static str, &'static str, &'static str) {
    match signal {
        Signal::Traces => (SPANS, OTEL_SDK_EXPORTER_SPAN_INFLIGHT, OTEL_SDK_EXPORTER_SPAN_EXPORTED),
        Signal::Logs => (LOG_RECORDS, OTEL_SDK_EXPORTER_LOG_INFLIGHT, OTEL_SDK_EXPORTER_LOG_EXPORTED),
        Signal::Metrics => (
            DATA_POINTS,
            OTEL_SDK_EXPORTER_METRIC_DATA_POINT_INFLIGHT,
            OTEL_SDK_EXPORTER_METRIC_DATA_POINT_EXPORTED,
        ),
    }
}
