use std::time::Duration;

use opentelemetry::{
    KeyValue,
    metrics::{Histogram, Meter},
};
use otel_kit_core::{
    Delivery,
    instrument::BoundHistogram,
    semconv::{
        attribute::ERROR_TYPE,
        metric::{
            DURATION_BUCKETS, OTEL_SDK_EXPORTER_OPERATION_DURATION,
            OTEL_SDK_METRIC_READER_COLLECTION_DURATION, SECONDS,
        },
    },
};

use super::{component, with};

/// How long the tries to send batches take, by how they end.
#[derive(Debug)]
pub(crate) struct Tries {
    accepted: BoundHistogram<f64>,
    rejected: BoundHistogram<f64>,
    /// The receiver asks for another try.
    retryable: BoundHistogram<f64>,
    unanswered: BoundHistogram<f64>,
}

impl Tries {
    /// Of an exporter of the type `kind`.
    pub(super) fn new(meter: &Meter, kind: &str) -> Self {
        let (durations, accepted) = (
            histogram(meter, OTEL_SDK_EXPORTER_OPERATION_DURATION, "Duration of a try to send a batch."),
            component(kind),
        );
        let failed = |error: &'static str| {
            BoundHistogram::new(&durations, with(&accepted, KeyValue::new(ERROR_TYPE, error)))
        };
        let (rejected, retryable, unanswered) =
            (failed("rejected"), failed("retryable"), failed("unanswered"));
        Self { accepted: BoundHistogram::new(&durations, accepted), rejected, retryable, unanswered }
    }

    pub(crate) fn record(&self, took: Duration, delivery: &Delivery) {
        let series = match delivery {
            Delivery::Accepted { .. } => &self.accepted,
            Delivery::Rejected { .. } => &self.rejected,
            Delivery::Unanswered { .. } => &self.unanswered,
            _ => &self.retryable,
        };
        series.record(took.as_secs_f64());
    }
}

/// How long it takes to collect all metrics, users' callbacks included.
#[derive(Debug)]
pub(crate) struct Collections {
    collected: BoundHistogram<f64>,
    failed: BoundHistogram<f64>,
}

impl Collections {
    pub(crate) fn new(meter: &Meter) -> Self {
        let durations = histogram(
            meter,
            OTEL_SDK_METRIC_READER_COLLECTION_DURATION,
            "Duration of a collection of all metrics.",
        );
        let reader = component("periodic_metric_reader");
        let failed = with(&reader, KeyValue::new(ERROR_TYPE, "_OTHER"));
        Self {
            collected: BoundHistogram::new(&durations, reader),
            failed: BoundHistogram::new(&durations, failed),
        }
    }

    pub(crate) fn record(&self, took: Duration, is_collected: bool) {
        let series = if is_collected { &self.collected } else { &self.failed };
        series.record(took.as_secs_f64());
    }
}

fn histogram(meter: &Meter, name: &'static str, description: &'static str) -> Histogram<f64> {
    let histogram = meter.f64_histogram(name).with_unit(SECONDS).with_description(description);
    histogram.with_boundaries(DURATION_BUCKETS.to_vec()).build()
}
