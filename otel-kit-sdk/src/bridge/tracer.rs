//! Where spans get what the layer of `tracing-opentelemetry` has no way for.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    time::SystemTime,
};

use opentelemetry::{
    Context, KeyValue,
    trace::{Span, SpanBuilder, SpanContext, Status, Tracer},
};

use super::fields::{KIND, SpanFields};

/// A tracer whose next span on this thread begins with what was [`prepare`]d.
#[derive(Clone, Debug)]
pub(super) struct BridgeTracer<T>(pub(super) T);

impl<T: Tracer> Tracer for BridgeTracer<T>
where
    T::Span: Send + Sync,
{
    type Span = BridgeSpan<T::Span>;

    fn span_builder<N: Into<Cow<'static, str>>>(&self, name: N) -> SpanBuilder {
        PREPARED.try_with(RefCell::take).ok().flatten().unwrap_or_else(|| SpanBuilder::from_name(name))
    }

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> Self::Span {
        if let Some(attributes) = &mut builder.attributes
            && attributes.iter().any(is_late)
        {
            attributes.retain(|attribute| !is_late(attribute));
        }
        BridgeSpan(self.0.build_with_context(builder, parent))
    }
}

/// A span that takes name and kind late, as attributes of names that nobody else uses.
#[derive(Debug)]
pub(super) struct BridgeSpan<P>(P);

impl<P: Span> Span for BridgeSpan<P> {
    fn add_event_with_timestamp<N: Into<Cow<'static, str>>>(
        &mut self,
        name: N,
        timestamp: SystemTime,
        attributes: Vec<KeyValue>,
    ) {
        self.0.add_event_with_timestamp(name, timestamp, attributes);
    }

    fn span_context(&self) -> &SpanContext {
        self.0.span_context()
    }

    fn is_recording(&self) -> bool {
        self.0.is_recording()
    }

    fn set_attribute(&mut self, attribute: KeyValue) {
        match attribute.key.as_str() {
            LATE_NAME => self.0.update_name(attribute.value.to_string()),
            LATE_KIND => self.0.set_attribute(KeyValue::new(KIND, attribute.value)),
            _ => self.0.set_attribute(attribute),
        }
    }

    fn set_status(&mut self, status: Status) {
        self.0.set_status(status);
    }

    fn update_name<N: Into<Cow<'static, str>>>(&mut self, name: N) {
        self.0.update_name(name);
    }

    fn add_link(&mut self, span: SpanContext, attributes: Vec<KeyValue>) {
        self.0.add_link(span, attributes);
    }

    fn end_with_timestamp(&mut self, timestamp: SystemTime) {
        let is_closing = CLOSING.try_with(Cell::get).unwrap_or(false);
        self.0.end_with_timestamp(if is_closing { SystemTime::now() } else { timestamp });
    }
}

/// For the span that this thread builds next.
pub(super) fn prepare(name: &'static str, fields: SpanFields) {
    let SpanFields { name: own_name, kind, status: _, attributes } = fields;
    let mut builder = SpanBuilder::from_name(own_name.unwrap_or(Cow::Borrowed(name)));
    builder.span_kind = kind;
    builder.attributes = Some(attributes);
    let _ending = PREPARED.try_with(|prepared| prepared.replace(Some(builder)));
}

/// Whatever spans `close` ends, they end now.
pub(super) fn closing(close: impl FnOnce()) {
    struct Reset;
    impl Drop for Reset {
        fn drop(&mut self) {
            let _ending = CLOSING.try_with(|closing| closing.set(false));
        }
    }
    let _ending = CLOSING.try_with(|closing| closing.set(true));
    let _reset = Reset;
    close();
}

fn is_late(attribute: &KeyValue) -> bool {
    matches!(attribute.key.as_str(), LATE_NAME | LATE_KIND)
}

thread_local! {
    static PREPARED: RefCell<Option<SpanBuilder>> = const { RefCell::new(None) };
    static CLOSING: Cell<bool> = const { Cell::new(false) };
}

pub(super) const LATE_NAME: &str = "otel_kit.late.name";
pub(super) const LATE_KIND: &str = "otel_kit.late.kind";
