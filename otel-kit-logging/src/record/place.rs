//! Where a line belongs: the ids of its span and the log context.

use std::sync::OnceLock;

use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt},
};
use otel_kit_core::{CarriedContext, LogContext};
use tracing::{Dispatch, dispatcher::WeakDispatch, span::Id};
use tracing_core::Event;
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::{
    Registry,
    registry::{LookupSpan, SpanRef},
};

/// The span and the log context of a line.
#[derive(Debug, Default)]
pub(crate) struct Place {
    pub(crate) ids: Option<Ids>,
    pub(crate) context: LogContext,
}

/// A valid span context, without its tracestate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) flags: TraceFlags,
}

impl Place {
    /// An explicit parent or root of the event comes first, else the current OpenTelemetry context. The
    /// current span of the `tracing` registry is never asked: adapters' spans are not in it.
    pub(crate) fn of(event: &Event<'_>, dispatch: &OnceLock<WeakDispatch>) -> Self {
        if event.is_contextual() {
            return Self::current();
        }
        let Some(parent) = event.parent() else { return Self::default() };
        let dispatch = dispatch.get().and_then(WeakDispatch::upgrade);
        match dispatch.and_then(|dispatch| context_of(parent, &dispatch)) {
            Some(context) => Self::in_context(&context),
            None => Self::current(),
        }
    }

    fn current() -> Self {
        Context::map_current(Self::in_context)
    }

    pub(crate) fn in_context(context: &Context) -> Self {
        Self { ids: Ids::of(context.span().span_context()), context: LogContext::of(context) }
    }
}

impl Ids {
    fn of(span: &SpanContext) -> Option<Self> {
        span.is_valid().then(|| Self {
            trace_id: span.trace_id(),
            span_id: span.span_id(),
            flags: span.trace_flags(),
        })
    }
}

/// The context of a `tracing` span, or of the nearest span around it that has one.
fn context_of(span: &Id, dispatch: &Dispatch) -> Option<Context> {
    let Some(registry) = dispatch.downcast_ref::<Registry>() else {
        return get_otel_context(span, dispatch);
    };
    registry
        .span(span)?
        .scope()
        .find_map(|span| carried(&span).or_else(|| get_otel_context(&span.id(), dispatch)))
}

/// The extensions are released at once: making an OpenTelemetry span locks them too.
fn carried<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> Option<Context> {
    span.extensions().get::<CarriedContext>().map(|carried| carried.context().clone())
}
