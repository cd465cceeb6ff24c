use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use opentelemetry::{
    Context, KeyValue,
    metrics::Meter,
    trace::{SpanContext, TraceContextExt},
};
use otel_kit_core::semconv::{
    attribute::{OTEL_SPAN_PARENT_ORIGIN, OTEL_SPAN_SAMPLING_RESULT},
    metric::{OTEL_SDK_SPAN_LIVE, OTEL_SDK_SPAN_STARTED, SPANS},
};

/// Counts spans as they start and end.
///
/// Spans that were never asked for because their parent is not sampled are not among them.
#[derive(Debug, Default)]
pub(crate) struct SpanCounts {
    /// By the parent's origin, and by the sampler's decision.
    started: [[AtomicU64; 3]; 3],
    /// By the sampler's decision; dropped ones never live.
    ended: [AtomicU64; 3],
}

impl SpanCounts {
    /// A recording span starts.
    pub(crate) fn start(&self, span: &SpanContext, parent: &Context) {
        self.add(parent, recorded(span));
    }

    /// It ends.
    pub(crate) fn end(&self, span: &SpanContext) {
        if let Some(ended) = self.ended.get(recorded(span)) {
            ended.fetch_add(1, Ordering::Release);
        }
    }

    /// The sampler dropped a span.
    pub(crate) fn skip(&self, parent: &Context) {
        self.add(parent, DROP);
    }

    /// Recording spans that have not ended.
    fn live(&self, result: usize) -> i64 {
        // Those that ended are read first, as each of them has started before.
        let ended = self.ended.get(result).map_or(0, |ended| ended.load(Ordering::Acquire));
        let started = self.started.iter().filter_map(|results| results.get(result));
        let started: u64 = started.map(|count| count.load(Ordering::Acquire)).sum();
        i64::try_from(started.saturating_sub(ended)).unwrap_or(i64::MAX)
    }

    fn add(&self, parent: &Context, result: usize) {
        let count = self.started.get(origin(parent)).and_then(|results| results.get(result));
        if let Some(count) = count {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn register(self: &Arc<Self>, meter: &Meter) {
        let counts = Arc::clone(self);
        let _ = meter
            .u64_observable_counter(OTEL_SDK_SPAN_STARTED)
            .with_unit(SPANS)
            .with_description("Spans that were started.")
            .with_callback(move |it| {
                for (origin, results) in ORIGINS.iter().zip(&counts.started) {
                    for (result, count) in RESULTS.iter().zip(results) {
                        let count = count.load(Ordering::Relaxed);
                        if count > 0 {
                            let origin = KeyValue::new(OTEL_SPAN_PARENT_ORIGIN, *origin);
                            it.observe(count, &[origin, KeyValue::new(OTEL_SPAN_SAMPLING_RESULT, *result)]);
                        }
                    }
                }
            })
            .build();
        let counts = Arc::clone(self);
        let _ = meter
            .i64_observable_up_down_counter(OTEL_SDK_SPAN_LIVE)
            .with_unit(SPANS)
            .with_description("Recording spans that have not ended.")
            .with_callback(move |it| {
                for result in [RECORD_ONLY, RECORD_AND_SAMPLE] {
                    let word = RESULTS.get(result).copied().unwrap_or_default();
                    it.observe(counts.live(result), &[KeyValue::new(OTEL_SPAN_SAMPLING_RESULT, word)]);
                }
            })
            .build();
    }
}

fn recorded(span: &SpanContext) -> usize {
    if span.is_sampled() { RECORD_AND_SAMPLE } else { RECORD_ONLY }
}

fn origin(parent: &Context) -> usize {
    let parent = parent.span();
    match parent.span_context() {
        context if !context.is_valid() => 0,
        context if context.is_remote() => 2,
        _ => 1,
    }
}

const ORIGINS: [&str; 3] = ["none", "local", "remote"];
const RESULTS: [&str; 3] = ["DROP", "RECORD_ONLY", "RECORD_AND_SAMPLE"];
const DROP: usize = 0;
const RECORD_ONLY: usize = 1;
const RECORD_AND_SAMPLE: usize = 2;
