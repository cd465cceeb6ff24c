use std::time::Duration;

use opentelemetry::{
    Context, ContextGuard,
    trace::{SpanBuilder, SpanRef, TraceContextExt},
};

use super::{Outcome, Role};
use crate::{Clock, Moment, Tracer};

/// A span under way and the clock that times it.
///
/// The span is only touched if it is this operation's own and records: below an unsampled parent, or where
/// the tracer has been shut down, the context is the parent's, and its span is somebody else's to end.
#[derive(Debug)]
pub struct Operation {
    context: Context,
    clock: Clock,
    started: Moment,
    is_recording: bool,
}

impl Operation {
    /// Starts a span below `parent` now. `build` is called only if the span may record.
    pub fn start(tracer: &Tracer, parent: &Context, build: impl FnOnce() -> SpanBuilder) -> Self {
        let clock = tracer.clock().clone();
        let started = clock.now();
        let (context, is_recording) = tracer.begin(parent, || build().with_start_time(started.wall()));
        Self { context, clock, started, is_recording }
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
        self.is_recording.then(|| self.context.span())
    }

    /// Time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.clock.since(&self.started)
    }

    /// Ends the span `elapsed` after its start with this outcome. A metric is given the same `elapsed`, before
    /// this and with the context attached, so that its exemplar finds the span.
    pub fn end(&self, outcome: &Outcome, role: Role, elapsed: Duration) {
        if let Some(span) = self.recording() {
            outcome.describe(&span, role);
            let start = self.started.wall();
            span.end_with_timestamp(start.checked_add(elapsed).unwrap_or(start));
        }
    }
}
