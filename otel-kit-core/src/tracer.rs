use std::{fmt, sync::Arc};

use opentelemetry::{
    Context,
    trace::{Span, SpanBuilder, TraceContextExt, Tracer as ApiTracer},
};

use crate::Clock;

/// Starts an adapter's spans: a tracer of one instrumentation scope, without its type.
///
/// It asks first whether the parent is sampled at all: below a span that is not, nothing is recorded and
/// nothing built, the parent's context is only carried on.
#[derive(Clone)]
pub struct Tracer {
    start: Arc<dyn Start>,
    clock: Clock,
}

impl Tracer {
    /// Wraps a tracer of the OpenTelemetry API.
    pub fn new<T>(tracer: T) -> Self
    where
        T: ApiTracer + Send + Sync + 'static,
        T::Span: Send + Sync + 'static,
    {
        Self { start: Arc::new(tracer), clock: Clock::system() }
    }

    /// Operations of this tracer are timed by `clock`.
    #[must_use]
    pub fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// The clock that times its operations.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The context of a new span below `parent`, to be attached while the operation runs.
    ///
    /// `build` is called only if the span may record. Where nothing records, the context still names what
    /// must be propagated; its span may then be the parent's, which is not the caller's to end.
    /// [`Operation`](crate::operation::Operation) knows the difference, and is what adapters start.
    ///
    /// ```
    /// use opentelemetry::{Context, trace::{SpanBuilder, TraceContextExt, noop::NoopTracer}};
    /// use otel_kit_core::Tracer;
    ///
    /// let tracer = Tracer::new(NoopTracer::new());
    /// let context = tracer.start(&Context::new(), || SpanBuilder::from_name("send orders"));
    /// context.span().end();
    /// ```
    pub fn start(&self, parent: &Context, build: impl FnOnce() -> SpanBuilder) -> Context {
        self.begin(parent, build).0
    }

    /// The same, and whether the context's span is a new one that records.
    pub(crate) fn begin(&self, parent: &Context, build: impl FnOnce() -> SpanBuilder) -> (Context, bool) {
        if is_unsampled(parent) { (parent.clone(), false) } else { self.start.start(build(), parent) }
    }
}

impl fmt::Debug for Tracer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracer").finish_non_exhaustive()
    }
}

/// True below a span that is valid and not sampled: there nothing is recorded, only propagated.
///
/// ```
/// assert!(!otel_kit_core::is_unsampled(&opentelemetry::Context::new()));
/// ```
#[must_use]
pub fn is_unsampled(context: &Context) -> bool {
    let span = context.span();
    let span_context = span.span_context();
    span_context.is_valid() && !span_context.is_sampled()
}

trait Start: Send + Sync {
    fn start(&self, builder: SpanBuilder, parent: &Context) -> (Context, bool);
}

impl<T> Start for T
where
    T: ApiTracer + Send + Sync,
    T::Span: Send + Sync + 'static,
{
    fn start(&self, builder: SpanBuilder, parent: &Context) -> (Context, bool) {
        let span = self.build_with_context(builder, parent);
        let is_recording = span.is_recording();
        let context = if is_recording {
            parent.with_span(span)
        } else if span.span_context().is_valid() {
            // Only the ids are needed: a box less for every root that the sampler drops.
            parent.with_remote_span_context(span.span_context().clone())
        } else {
            parent.clone()
        };
        (context, is_recording)
    }
}
