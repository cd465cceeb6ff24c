use std::sync::OnceLock;

use opentelemetry::Context;
use otel_kit_core::CarriedContext;
use tracing::{Dispatch, Subscriber as _, dispatcher::WeakDispatch, span::Id};
use tracing_core::Event;
use tracing_opentelemetry::get_otel_context;
use tracing_subscriber::{
    Registry,
    registry::{LookupSpan, SpanRef},
};

/// Where an event belongs to: to its explicit parent or root if it names one, else to the current OpenTelemetry
/// context, whose span the registry need not know.
pub(crate) fn with_context<T>(
    event: &Event<'_>,
    dispatch: &OnceLock<WeakDispatch>,
    then: impl FnOnce(&Context) -> T,
) -> T {
    if event.is_root() {
        return then(&Context::new());
    }
    let parent = event.parent().and_then(|parent| {
        let dispatch = dispatch.get().and_then(WeakDispatch::upgrade)?;
        context_of(parent, &dispatch)
    });
    match parent {
        Some(context) => then(&context),
        // A copy: what follows may change which one is current.
        None => then(&Context::current()),
    }
}

/// Names of the spans around an event, outermost first, whichever layer asked for them.
pub(crate) fn span_path(event: &Event<'_>, dispatch: &OnceLock<WeakDispatch>) -> Vec<String> {
    let dispatch = dispatch.get().and_then(WeakDispatch::upgrade);
    let Some(registry) = dispatch.as_ref().and_then(|dispatch| dispatch.downcast_ref::<Registry>()) else {
        return Vec::new();
    };
    let current = registry.current_span();
    let span = event.parent().or_else(|| current.id().filter(|_| event.is_contextual()));
    let Some(span) = span.and_then(|id| registry.span(id)) else { return Vec::new() };
    span.scope().from_root().map(|span| span.name().to_owned()).collect()
}

/// The context of a `tracing` span, or of the nearest span around it that has one.
fn context_of(span: &Id, dispatch: &Dispatch) -> Option<Context> {
    let Some(registry) = dispatch.downcast_ref::<Registry>() else {
        return get_otel_context(span, dispatch);
    };
    let mut scope = registry.span(span)?.scope();
    scope.find_map(|span| carried(&span).or_else(|| get_otel_context(&span.id(), dispatch)))
}

/// The extensions are released at once: making an OpenTelemetry span locks them too.
fn carried<'a, R: LookupSpan<'a>>(span: &SpanRef<'a, R>) -> Option<Context> {
    span.extensions().get::<CarriedContext>().map(|carried| carried.context().clone())
}
