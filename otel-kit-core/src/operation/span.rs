use std::time::{Duration, SystemTime};

use opentelemetry::{
    Context, ContextGuard,
    trace::{SpanBuilder, SpanRef, TraceContextExt},
};

use super::{Outcome, Role};
use crate::{Clock, Moment, Tracer, clock::Steady, instrument::Occasion};

/// A span under way and the clock that times it.
///
/// The span is only touched if it is this operation's own and records: below an unsampled parent, or where
/// the tracer has been shut down, the context is the parent's, and its span is somebody else's to end.
#[derive(Debug)]
pub struct Operation {
    context: Context,
    clock: Clock,
    started: Steady,
    /// The span's start, if it records.
    recording_since: Option<SystemTime>,
}

impl Operation {
    /// Starts a span below `parent` now. `build` is called only if the span may record.
    pub fn start(tracer: &Tracer, parent: &Context, build: impl FnOnce() -> SpanBuilder) -> Self {
        let clock = tracer.clock();
        // The time on the wall is read only for a span: each reading is a good part of what all else costs.
        Self::begin(tracer, parent, clock.steady(), || (build, clock.wall()))
    }

    /// The same for what began earlier and is known only now, such as a poll that gave a message. `started` is
    /// of the tracer's clock.
    pub fn start_at(
        tracer: &Tracer,
        parent: &Context,
        started: Moment,
        build: impl FnOnce() -> SpanBuilder,
    ) -> Self {
        Self::begin(tracer, parent, started.steady(), || (build, started.wall()))
    }

    fn begin<B: FnOnce() -> SpanBuilder>(
        tracer: &Tracer,
        parent: &Context,
        started: Steady,
        build_and_start: impl FnOnce() -> (B, SystemTime),
    ) -> Self {
        let mut start = None;
        let (context, is_recording) = tracer.begin(parent, || {
            let (build, wall) = build_and_start();
            start = Some(wall);
            let mut builder = build();
            // Its own method would copy it.
            builder.start_time = Some(wall);
            builder
        });
        let recording_since = start.filter(|_| is_recording);
        Self { context, clock: tracer.clock().clone(), started, recording_since }
    }

    /// The context for everything below, and for propagation.
    #[must_use]
    pub const fn context(&self) -> &Context {
        &self.context
    }

    /// Makes the context current until the guard is dropped.
    #[must_use = "the context is current only as long as the guard lives"]
    pub fn attach(&self) -> ContextGuard {
        self.context.clone().attach()
    }

    /// The span, to add attributes to, if it records.
    #[must_use]
    pub fn recording(&self) -> Option<SpanRef<'_>> {
        self.recording_since.map(|_| self.context.span())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.since_steady(self.started)
    }

    /// Takes the measurements of this operation, `elapsed` after its start: their exemplars name its span and that
    /// time, attached or not.
    pub fn measure<T>(&self, elapsed: Duration, measure: impl FnOnce() -> T) -> T {
        Occasion::of(&self.context, self.wall_after(elapsed)).during(measure)
    }

    /// Ends the span `elapsed` after its start with this outcome. Its metrics are given the same `elapsed`, most
    /// often within [`measure`](Self::measure).
    pub fn end(&self, outcome: &Outcome, role: Role, elapsed: Duration) {
        if let Some(end) = self.wall_after(elapsed) {
            let span = self.context.span();
            outcome.describe(&span, role);
            span.end_with_timestamp(end);
        }
    }

    /// The time on the wall `elapsed` after the start of a span that records.
    fn wall_after(&self, elapsed: Duration) -> Option<SystemTime> {
        self.recording_since.map(|start| start.checked_add(elapsed).unwrap_or(start))
    }
}
