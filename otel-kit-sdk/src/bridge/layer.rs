use std::sync::atomic::{AtomicUsize, Ordering};

use opentelemetry::{
    Context,
    trace::{Status, TraceContextExt, Tracer},
};
use otel_kit_core::{CarriedContext, is_unsampled};
use tracing::{
    Event, Metadata, Subscriber, Value,
    field::FieldSet,
    span::{Attributes, Id, Record},
};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{Layer, layer::Context as LayerContext, registry::LookupSpan};

use super::{
    entries::{self, Entry, Key},
    event,
    fields::{STATUS_CODE, STATUS_DESCRIPTION, SpanFields},
    one_by_one::OneByOne,
    settings::SpanSettings,
    source,
    tracer::{BridgeTracer, closing, prepare},
};

/// A layer around the layer of `tracing-opentelemetry`; see [`span_layer`](super::span_layer).
pub(super) struct Bridge<S, T> {
    inner: OpenTelemetryLayer<S, BridgeTracer<T>>,
    settings: SpanSettings,
    number: usize,
}

impl<S, T> Bridge<S, T> {
    pub(super) fn new(inner: OpenTelemetryLayer<S, BridgeTracer<T>>, settings: SpanSettings) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { inner, settings, number }
    }

    fn key(&self, span: &Id) -> Key {
        Key { bridge: self.number, span: span.clone() }
    }

    fn fields(&self, attributes: &Attributes<'_>) -> SpanFields {
        let mut fields = SpanFields::with_capacity(attributes.fields().len());
        attributes.record(&mut fields);
        if self.settings.source_location {
            fields.attributes.extend(source::location(attributes.metadata()));
        }
        if self.settings.threads {
            fields.attributes.extend(source::thread());
        }
        fields
    }
}

impl<S, T> Bridge<S, T>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    T: Tracer + 'static,
    T::Span: Send + Sync,
{
    /// Has `tracing-opentelemetry` hold a span that begins with `fields`; it sees none of the values itself.
    fn hold(&self, attributes: &Attributes<'_>, fields: SpanFields, id: &Id, context: LayerContext<'_, S>) {
        let metadata = attributes.metadata();
        let no_fields = FieldSet::new(&[], metadata.callsite());
        let no_values = no_fields.value_set(&[]);
        let bare = match attributes.parent() {
            Some(parent) => Attributes::child_of(parent.clone(), metadata, &no_values),
            None if attributes.is_root() => Attributes::new_root(metadata, &no_values),
            None => Attributes::new(metadata, &no_values),
        };
        let status = fields.status.clone();
        prepare(metadata.name(), fields);
        self.inner.on_new_span(&bare, id, context.clone());
        if let Some(status) = status {
            self.hold_status(&status, metadata, id, context);
        }
    }

    /// The status has no place in what a span begins with.
    fn hold_status(
        &self,
        status: &Status,
        metadata: &'static Metadata<'static>,
        id: &Id,
        context: LayerContext<'_, S>,
    ) {
        let (name, value) = match status {
            Status::Error { description } => (STATUS_DESCRIPTION, description.as_ref()),
            Status::Ok => (STATUS_CODE, "ok"),
            Status::Unset => return,
        };
        let fields = FieldSet::new(&[STATUS_CODE, STATUS_DESCRIPTION], metadata.callsite());
        let Some(field) = fields.field(name) else { return };
        let value = [(&field, Some(&value as &dyn Value))];
        self.inner.on_record(id, &Record::new(&fields.value_set(&value)), context);
    }

    fn enter(&self, id: &Id, context: LayerContext<'_, S>) -> Entry {
        match carried(id, &context, |kept| (!is_current(kept)).then(|| kept.clone())) {
            Some(Some(kept)) => Entry::Attached(kept.attach()),
            Some(None) => Entry::Skipped,
            None => {
                self.inner.on_enter(id, context);
                Entry::Forwarded
            }
        }
    }

    /// The context of a span that is not carried; it starts if it has not.
    fn own(&self, id: &Id, context: &LayerContext<'_, S>) -> Context {
        self.inner.on_enter(id, context.clone());
        let own = Context::current();
        self.inner.on_exit(id, context.clone());
        own
    }
}

impl<S, T> Layer<S> for Bridge<S, T>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    T: Tracer + Send + Sync + 'static,
    T::Span: Send + Sync,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: LayerContext<'_, S>) {
        let kept = match attributes.parent() {
            // Not even a root: what a suppressed thread does is nobody's telemetry.
            _ if Context::is_current_telemetry_suppressed() => Some(Context::current()),
            Some(parent) => carried(parent, &context, Context::clone),
            None if attributes.is_contextual() => unsampled_current(),
            None => None,
        };
        match kept {
            Some(kept) => carry(kept, id, &context),
            // The values are looked at before anything is locked: their `Debug` may log.
            None => self.hold(attributes, self.fields(attributes), id, context),
        }
    }

    fn on_enter(&self, id: &Id, context: LayerContext<'_, S>) {
        let key = self.key(id);
        let entry = if entries::is_innermost(&key) { Entry::Skipped } else { self.enter(id, context) };
        entries::push(key, entry);
    }

    fn on_exit(&self, id: &Id, context: LayerContext<'_, S>) {
        if let Some(Entry::Forwarded) = entries::pop(&self.key(id)) {
            self.inner.on_exit(id, context);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: LayerContext<'_, S>) {
        let Some(metadata) = context.metadata(id) else { return };
        if carried(id, &context, |_| ()).is_none() {
            let record = |value: &Record<'_>| self.inner.on_record(id, value, context.clone());
            values.record(&mut OneByOne::new(metadata, record));
        }
    }

    fn on_follows_from(&self, id: &Id, follows: &Id, context: LayerContext<'_, S>) {
        self.inner.on_follows_from(id, follows, context);
    }

    fn on_event(&self, event: &Event<'_>, context: LayerContext<'_, S>) {
        let Some(span) = context.event_span(event) else { return };
        let id = span.id();
        if carried(&id, &context, |_| ()).is_none() {
            let own = self.own(&id, &context);
            // What happens below an adapter's span says nothing of the end of this one.
            let is_about_span = !event.is_contextual() || is_current(&own);
            event::tell(&own.span(), event, self.settings.inside(is_about_span));
        }
    }

    // The wrapped layer would take the last exit for the end.
    fn on_close(&self, id: Id, context: LayerContext<'_, S>) {
        closing(|| self.inner.on_close(id, context));
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
        span.extensions_mut().replace(CarriedContext::new(kept));
    }
}

/// Asks about the context that the span carries, if it carries one. Its extensions are locked meanwhile.
fn carried<S, A>(id: &Id, context: &LayerContext<'_, S>, ask: impl FnOnce(&Context) -> A) -> Option<A>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    context.span(id)?.extensions().get::<CarriedContext>().map(|kept| ask(kept.context()))
}

/// True if the current context already has the span of `kept`: what was attached since then stays.
fn is_current(kept: &Context) -> bool {
    let span = kept.span().span_context().span_id();
    Context::map_current(|current| {
        current.span().span_context().span_id() == span
            && current.is_telemetry_suppressed() >= kept.is_telemetry_suppressed()
    })
}
