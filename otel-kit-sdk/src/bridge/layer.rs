use std::sync::atomic::{AtomicUsize, Ordering};

use opentelemetry::{Context, trace::TraceContextExt};
use otel_kit_core::{CarriedContext, is_unsampled};
use tracing::{
    Dispatch, Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_subscriber::{Layer, layer::Context as LayerContext, registry::LookupSpan};

use super::entries::{self, Entry, Key};

/// A layer around the layer of `tracing-opentelemetry`; see [`span_layer`](super::span_layer).
#[derive(Debug)]
pub struct Bridge<L> {
    inner: L,
    events: bool,
    number: usize,
}

impl<L> Bridge<L> {
    /// Wraps `inner`; with `events`, it sees the events of sampled spans.
    pub fn new(inner: L, events: bool) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self { inner, events, number: NEXT.fetch_add(1, Ordering::Relaxed) }
    }

    fn key(&self, span: &Id) -> Key {
        Key { bridge: self.number, span: span.clone() }
    }
}

impl<S, L> Layer<S> for Bridge<L>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    L: Layer<S>,
{
    fn on_register_dispatch(&self, dispatch: &Dispatch) {
        self.inner.on_register_dispatch(dispatch);
    }

    fn on_layer(&mut self, subscriber: &mut S) {
        self.inner.on_layer(subscriber);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_event() && !self.events {
            return Interest::never();
        }
        self.inner.register_callsite(metadata)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: LayerContext<'_, S>) {
        let kept = match attributes.parent() {
            // Not even a root: what a suppressed thread does is nobody's telemetry.
            _ if Context::is_current_telemetry_suppressed() => Some(Context::current()),
            Some(parent) => carried(parent, &context),
            None if attributes.is_contextual() => unsampled_current(),
            None => None,
        };
        match kept {
            Some(kept) => carry(kept, id, &context),
            None => self.inner.on_new_span(attributes, id, context),
        }
    }

    fn on_enter(&self, id: &Id, context: LayerContext<'_, S>) {
        let key = self.key(id);
        let entry = if entries::is_innermost(&key) {
            Entry::Skipped
        } else if let Some(kept) = carried(id, &context) {
            if is_current(&kept) { Entry::Skipped } else { Entry::Attached(kept.attach()) }
        } else {
            self.inner.on_enter(id, context);
            Entry::Forwarded
        };
        entries::push(key, entry);
    }

    fn on_exit(&self, id: &Id, context: LayerContext<'_, S>) {
        if let Some(Entry::Forwarded) = entries::pop(&self.key(id)) {
            self.inner.on_exit(id, context);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: LayerContext<'_, S>) {
        if !is_carried(id, &context) {
            self.inner.on_record(id, values, context);
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: LayerContext<'_, S>) {
        if !is_carried(id, &context) && !is_carried(follows, &context) {
            self.inner.on_follows_from(id, follows, context);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: LayerContext<'_, S>) {
        if self.events && !Context::map_current(is_unsampled) {
            self.inner.on_event(event, context);
        }
    }

    fn on_close(&self, id: Id, context: LayerContext<'_, S>) {
        if !is_carried(&id, &context) {
            self.inner.on_close(id, context);
        }
    }
}

fn unsampled_current() -> Option<Context> {
    Context::map_current(|current| is_unsampled(current).then(|| current.clone()))
}

fn carry<S>(kept: Context, id: &Id, context: &LayerContext<'_, S>)
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    if let Some(span) = context.span(id) {
        span.extensions_mut().insert(CarriedContext::new(kept));
    }
}

fn carried<S>(id: &Id, context: &LayerContext<'_, S>) -> Option<Context>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    context.span(id)?.extensions().get::<CarriedContext>().map(|kept| kept.context().clone())
}

fn is_carried<S>(id: &Id, context: &LayerContext<'_, S>) -> bool
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    context.span(id).is_some_and(|span| span.extensions().get::<CarriedContext>().is_some())
}

/// True if the current context already has the span of `kept`: what was attached since then stays.
fn is_current(kept: &Context) -> bool {
    let span = kept.span().span_context().span_id();
    Context::map_current(|current| {
        current.span().span_context().span_id() == span
            && current.is_telemetry_suppressed() >= kept.is_telemetry_suppressed()
    })
}
