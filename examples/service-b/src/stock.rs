use std::time::Instant;

use otel_kit::opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Histogram},
    trace::{Span, Status, Tracer},
};

use crate::BROKEN_PRODUCT;

/// The shelves, with a span, a counter and a histogram of their own.
pub struct Stock {
    counted: Counter<u64>,
    duration: Histogram<f64>,
}

impl Stock {
    pub fn new() -> Self {
        let meter = global::meter("service-b");
        let counted = meter.u64_counter("stock.counted").with_unit("{product}").build();
        let duration = meter
            .f64_histogram("stock.count.duration")
            .with_unit("s")
            .with_boundaries(vec![0.0001, 0.001, 0.01, 0.1, 1.0])
            .build();
        Self { counted, duration }
    }

    /// Pieces on the shelf; `None` if it cannot be read.
    pub fn count(&self, product: u64) -> Option<u64> {
        let started = Instant::now();
        let mut span = global::tracer("service-b").start("count stock"); // a child of the server span
        span.set_attribute(KeyValue::new("product", product.cast_signed()));

        let pieces = (product != BROKEN_PRODUCT).then(|| product * 3 % 50);
        if pieces.is_none() {
            span.set_status(Status::error("shelf cannot be read"));
        }

        let found = [KeyValue::new("found", pieces.is_some())];
        self.counted.add(1, &found);
        self.duration.record(started.elapsed().as_secs_f64(), &found);
        pieces
    }
}
