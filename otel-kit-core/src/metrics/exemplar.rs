use std::time::SystemTime;

use opentelemetry::{KeyValue, SpanId, TraceId};

use super::Number;

/// One [measurement](https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exemplars) out of those that
/// a point sums up, and the trace in which it was taken.
#[derive(Clone, Debug, PartialEq)]
pub struct Exemplar {
    /// What was measured.
    pub value: Number,
    /// When.
    pub time: SystemTime,
    /// The trace; invalid if it was measured outside of any.
    pub trace_id: TraceId,
    /// The span in it.
    pub span_id: SpanId,
    /// Attributes of the measurement that a view keeps from the point.
    pub filtered_attributes: Vec<KeyValue>,
}
