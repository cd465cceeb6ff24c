//! Instruments that know their attributes, and the occasion of what they measure.
//!
//! With the feature `bound` the SDK looks the attributes up once, when the instrument is bound, and a
//! measurement costs next to nothing. Without it they are stored and given with each measurement, so that
//! an adapter works with any SDK: the API's own `bind` drops everything where the SDK does not support it.
//!
//! ```
//! use opentelemetry::KeyValue;
//! use otel_kit_core::{Kit, instrument::BoundHistogram};
//!
//! let meter = Kit::builder().build().meter("my-adapter", "0.1.0");
//! let durations = meter.f64_histogram("my.duration").with_unit("s").build();
//!
//! // Once for each attribute set, then kept:
//! let of_orders = BoundHistogram::new(&durations, vec![KeyValue::new("my.route", "/orders")]);
//! of_orders.record(0.003);
//! ```

mod bound;
mod occasion;

pub use self::{
    bound::{BoundCounter, BoundHistogram, BoundUpDownCounter},
    occasion::Occasion,
};
