use std::sync::Arc;

use opentelemetry::{KeyValue, metrics::Meter};
use otel_kit_core::semconv::{
    attribute::ERROR_TYPE,
    metric::{
        LOG_RECORDS, OTEL_SDK_LOG_CREATED, OTEL_SDK_PROCESSOR_LOG_PROCESSED,
        OTEL_SDK_PROCESSOR_LOG_QUEUE_CAPACITY, OTEL_SDK_PROCESSOR_LOG_QUEUE_SIZE,
        OTEL_SDK_PROCESSOR_SPAN_PROCESSED, OTEL_SDK_PROCESSOR_SPAN_QUEUE_CAPACITY,
        OTEL_SDK_PROCESSOR_SPAN_QUEUE_SIZE, SPANS as UNIT_OF_SPANS,
    },
};

use super::{component, with};
use crate::outlet::Ledger;

/// The names for one signal.
pub(super) struct Names {
    kind: &'static str,
    unit: &'static str,
    size: &'static str,
    capacity: &'static str,
    processed: &'static str,
    /// None where it is counted elsewhere.
    created: Option<&'static str>,
}

pub(super) const SPANS: Names = Names {
    kind: "batching_span_processor",
    unit: UNIT_OF_SPANS,
    size: OTEL_SDK_PROCESSOR_SPAN_QUEUE_SIZE,
    capacity: OTEL_SDK_PROCESSOR_SPAN_QUEUE_CAPACITY,
    processed: OTEL_SDK_PROCESSOR_SPAN_PROCESSED,
    created: None,
};

pub(super) const LOGS: Names = Names {
    kind: "batching_log_processor",
    unit: LOG_RECORDS,
    size: OTEL_SDK_PROCESSOR_LOG_QUEUE_SIZE,
    capacity: OTEL_SDK_PROCESSOR_LOG_QUEUE_CAPACITY,
    processed: OTEL_SDK_PROCESSOR_LOG_PROCESSED,
    created: Some(OTEL_SDK_LOG_CREATED),
};

pub(super) fn register(meter: &Meter, names: &Names, ledger: &Arc<Ledger>) {
    let size = (names.size, "Items in the queue.");
    gauge(meter, names, size, ledger, |ledger| ledger.flow().waiting);
    let capacity = (names.capacity, "Most items that the queue holds.");
    gauge(meter, names, capacity, ledger, |ledger| ledger.flow().capacity);
    processed(meter, names, ledger);
    if let Some(created) = names.created {
        let ledger = Arc::clone(ledger);
        let callback = move |it: &dyn opentelemetry::metrics::AsyncInstrument<u64>| {
            it.observe(ledger.flow().created(), &[]);
        };
        let counter = meter.u64_observable_counter(created).with_unit(names.unit);
        let _ = counter.with_description("Log records that were made.").with_callback(callback).build();
    }
}

fn gauge(
    meter: &Meter,
    names: &Names,
    (name, description): (&'static str, &'static str),
    ledger: &Arc<Ledger>,
    read: fn(&Ledger) -> usize,
) {
    let (ledger, attributes) = (Arc::clone(ledger), component(names.kind));
    let _ = meter
        .i64_observable_up_down_counter(name)
        .with_unit(names.unit)
        .with_description(description)
        .with_callback(move |it| it.observe(i64::try_from(read(&ledger)).unwrap_or(i64::MAX), &attributes))
        .build();
}

/// Counts at the hand-over to the exporter, whatever becomes of it there.
fn processed(meter: &Meter, names: &Names, ledger: &Arc<Ledger>) {
    let (ledger, handed_over) = (Arc::clone(ledger), component(names.kind));
    let dropped = with(&handed_over, KeyValue::new(ERROR_TYPE, "queue_full"));
    let late = with(&handed_over, KeyValue::new(ERROR_TYPE, "already_shutdown"));
    let _ = meter
        .u64_observable_counter(names.processed)
        .with_unit(names.unit)
        .with_description("Items that were handed to the exporter, or dropped.")
        .with_callback(move |it| {
            let flow = ledger.flow();
            it.observe(flow.processed, &handed_over);
            for (lost, attributes) in [(flow.dropped, &dropped), (flow.late, &late)] {
                if lost > 0 {
                    it.observe(lost, attributes);
                }
            }
        })
        .build();
}
