use opentelemetry::{SpanId, TraceId};
use otel_kit_core::metrics::Exemplar;

use crate::history::{Millis, millis};

/// What there is to know of a measurement that leads to a trace.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sighting {
    pub(crate) value: f64,
    pub(crate) time: Millis,
    pub(crate) trace: TraceId,
    pub(crate) span: SpanId,
}

impl Sighting {
    /// Nothing if it was measured outside of any trace.
    pub(crate) fn of(exemplar: &Exemplar) -> Option<Self> {
        let Exemplar { trace_id, span_id, .. } = *exemplar;
        let time = millis(exemplar.time);
        (trace_id != TraceId::INVALID).then(|| Self {
            value: exemplar.value.as_f64(),
            time,
            trace: trace_id,
            span: span_id,
        })
    }
}
