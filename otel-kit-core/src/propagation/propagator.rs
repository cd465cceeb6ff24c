use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    Context,
    propagation::{Extractor, Injector, TextMapPropagator, text_map_propagator::FieldIter},
    trace::TraceContextExt,
};

use super::{
    baggage,
    carrier::{FieldExtractor, FieldInjector, HeaderExtractor, HeaderInjector},
    context::Incoming,
    formats::{Format, Formats, Step, W3c},
    found::{FoundFields, FoundHeaders},
    traceparent, tracestate,
};

/// Carries the context over process boundaries in the chosen formats; cheap to clone.
///
/// The default is Trace Context and Baggage. It can be installed as OpenTelemetry's global propagator, and
/// it has a shorter way for HTTP headers:
///
/// ```
/// use http::{HeaderMap, HeaderValue};
/// use opentelemetry::{Context, trace::TraceContextExt};
/// use otel_kit_core::propagation::Propagator;
///
/// let propagator = Propagator::default();
/// let mut inbound = HeaderMap::new();
/// inbound.insert(
///     "traceparent",
///     HeaderValue::from_static("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-03"),
/// );
///
/// let context = propagator.extract_headers(&Context::new(), &inbound);
/// assert!(context.span().span_context().is_remote());
///
/// let mut outbound = HeaderMap::new();
/// propagator.inject_headers(&context, &mut outbound);
/// assert_eq!(outbound, inbound);
/// ```
#[derive(Clone, Debug)]
pub struct Propagator {
    formats: Arc<Formats>,
}

impl Propagator {
    /// A propagator of these formats; of none, it carries nothing.
    ///
    /// All are written. They are read in this order, each over what was found before it, as a composite
    /// propagator does: where several name a valid parent, the last one counts, and likewise for baggage.
    #[must_use]
    pub fn new(formats: &[Format]) -> Self {
        Self { formats: Arc::new(Formats::new(formats, true)) }
    }

    /// The same formats but for baggage, for peers that may know of the trace and of nothing else.
    #[must_use]
    pub fn without_baggage(&self) -> Self {
        let mut formats = self.formats.chosen.clone();
        formats.retain(|format| *format != Format::Baggage);
        Self { formats: Arc::new(Formats::new(&formats, false)) }
    }

    /// The base context with all that the headers hold: a remote parent, baggage.
    ///
    /// What is missing or malformed is left out, and the base keeps what it had there.
    #[must_use]
    pub fn extract_headers(&self, base: &Context, headers: &HeaderMap) -> Context {
        self.extract_headers_seeing(base, headers, |_, _| {})
    }

    /// The same, and shows the headers that are not its own to `see`, which may be looking for some of them: to
    /// find them in this pass costs less than to look them up.
    #[must_use]
    pub fn extract_headers_seeing<'a>(
        &self,
        base: &Context,
        headers: &'a HeaderMap,
        see: impl FnMut(&'a HeaderName, &'a HeaderValue),
    ) -> Context {
        let found = FoundHeaders::scan(self.formats.first, headers, see);
        let context = Incoming {
            traceparent: found.traceparent.only().map(HeaderValue::as_bytes),
            tracestate: || found.tracestate.all(headers, &TRACESTATE),
            baggage: || found.baggage.all(headers, &BAGGAGE),
        }
        .into_context(base);
        if self.formats.then.is_empty() {
            return context;
        }
        self.extract_further(context, &HeaderExtractor(headers))
    }

    /// The same for named fields in their order, such as Kafka headers, read as
    /// [`FieldExtractor`](super::FieldExtractor) reads them.
    ///
    /// ```
    /// use opentelemetry::{Context, trace::TraceContextExt};
    /// use otel_kit_core::propagation::Propagator;
    ///
    /// let parent: &[u8] = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    /// let fields = [("content-type", &b"text"[..]), ("Traceparent", parent)];
    /// let context = Propagator::default().extract_fields(&Context::new(), fields);
    /// assert!(context.span().span_context().is_sampled());
    /// ```
    #[must_use]
    pub fn extract_fields<'a>(
        &self,
        base: &Context,
        fields: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Context {
        if !self.formats.then.is_empty() {
            return self.extract_with_context(base, &FieldExtractor::new(fields));
        }
        let found = FoundFields::scan(self.formats.first, fields);
        Incoming {
            traceparent: found.traceparent.filter(|_| !found.ambiguous),
            tracestate: || found.tracestate.iter().copied(),
            baggage: || found.baggage.iter().copied(),
        }
        .into_context(base)
    }

    /// Writes the context into headers, in place of what they hold of the same formats.
    ///
    /// Without a valid span no trace headers are written, and without baggage no baggage: then those that
    /// are there stay. A `tracestate` of another trace never stays next to the new `traceparent`.
    pub fn inject_headers(&self, context: &Context, headers: &mut HeaderMap) {
        let span = context.span();
        let span = span.span_context();
        if self.formats.w3c.trace_context && span.is_valid() {
            replace(headers, &TRACEPARENT, HeaderValue::from_bytes(&traceparent::format(span)).ok());
            match tracestate::outgoing(context, span) {
                Some(list) => replace(headers, &TRACESTATE, Some(list)),
                None => _ = headers.remove(&TRACESTATE),
            }
        }
        if self.formats.w3c.baggage {
            replace(headers, &BAGGAGE, baggage::outgoing(context));
        }
        if !self.formats.then.is_empty() {
            self.inject_older(context, headers);
        }
    }

    /// The same for named fields such as Kafka headers, one by one in their order, without a copy of the values.
    /// What a carrier holds already is the caller's to replace: see
    /// [`FieldInjector::replaces`](super::FieldInjector::replaces).
    ///
    /// ```
    /// use opentelemetry::{Context, baggage::BaggageExt, KeyValue};
    /// use otel_kit_core::propagation::Propagator;
    ///
    /// let context = Context::new().with_baggage([KeyValue::new("tenant", "acme")]);
    /// let mut fields = Vec::new();
    /// Propagator::default().inject_fields(&context, |name, value| fields.push((name.to_owned(), value.to_vec())));
    /// assert_eq!(fields, [("baggage".to_owned(), b"tenant=acme".to_vec())]);
    /// ```
    pub fn inject_fields(&self, context: &Context, mut set: impl FnMut(&str, &[u8])) {
        if !self.formats.then.is_empty() {
            let mut fields = FieldInjector::new();
            self.inject_context(context, &mut fields);
            return fields.into_fields().iter().for_each(|(name, value)| set(name, value.as_bytes()));
        }
        let span = context.span();
        let span = span.span_context();
        if self.formats.w3c.trace_context && span.is_valid() {
            set(TRACEPARENT.as_str(), &traceparent::format(span));
            set_list(&mut set, &TRACESTATE, tracestate::outgoing(context, span));
        }
        if self.formats.w3c.baggage {
            set_list(&mut set, &BAGGAGE, baggage::outgoing(context));
        }
    }

    #[cold]
    fn inject_older(&self, context: &Context, headers: &mut HeaderMap) {
        for older in self.formats.then.iter().filter_map(Step::older) {
            if context.span().span_context().is_valid() {
                older.outdated().iter().for_each(|name| _ = headers.remove(*name));
            }
            older.inject(context, &mut HeaderInjector(headers));
        }
    }

    #[cold]
    fn extract_further(&self, mut context: Context, carrier: &dyn Extractor) -> Context {
        for step in &self.formats.then {
            match step {
                Step::W3c(w3c) => context = extract_w3c(*w3c, &context, carrier),
                Step::Older(older) => context = older.extract(&context, carrier).unwrap_or(context),
            }
        }
        context
    }
}

impl Default for Propagator {
    fn default() -> Self {
        Self::new(&[Format::TraceContext, Format::Baggage])
    }
}

impl TextMapPropagator for Propagator {
    fn inject_context(&self, context: &Context, injector: &mut dyn Injector) {
        let span = context.span();
        let span = span.span_context();
        if self.formats.w3c.trace_context && span.is_valid() {
            set(injector, &TRACEPARENT, String::from_utf8(traceparent::format(span).to_vec()).ok());
            set(injector, &TRACESTATE, tracestate::outgoing(context, span).as_ref().and_then(text));
        }
        if self.formats.w3c.baggage {
            set(injector, &BAGGAGE, baggage::outgoing(context).as_ref().and_then(text));
        }
        self.formats.then.iter().filter_map(Step::older).for_each(|older| older.inject(context, injector));
    }

    fn extract_with_context(&self, base: &Context, extractor: &dyn Extractor) -> Context {
        self.extract_further(extract_w3c(self.formats.first, base, extractor), extractor)
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.formats.fields)
    }
}

fn extract_w3c(w3c: W3c, base: &Context, carrier: &dyn Extractor) -> Context {
    let all = |on: bool, name: &HeaderName| {
        if on { carrier.get_all(name.as_str()).unwrap_or_default() } else { Vec::new() }
    };
    let traceparent = match *all(w3c.trace_context, &TRACEPARENT) {
        [only] => Some(only.as_bytes()),
        _ => None,
    };
    let tracestate = all(traceparent.is_some(), &TRACESTATE);
    let baggage = all(w3c.baggage, &BAGGAGE);
    let (tracestate, baggage) = (|| tracestate.iter().copied(), || baggage.iter().copied());
    Incoming { traceparent, tracestate, baggage }.into_context(base)
}

fn replace(headers: &mut HeaderMap, name: &HeaderName, value: Option<HeaderValue>) {
    if let Some(value) = value {
        // A map that is full refuses, and the request goes out as it is.
        let _ = headers.try_insert(name, value);
    }
}

fn set(injector: &mut dyn Injector, name: &HeaderName, value: Option<String>) {
    if let Some(value) = value {
        injector.set(name.as_str(), value);
    }
}

fn set_list(set: &mut impl FnMut(&str, &[u8]), name: &HeaderName, list: Option<HeaderValue>) {
    // Only ever text.
    if let Some(list) = list.as_ref().and_then(|list| list.to_str().ok()) {
        set(name.as_str(), list.as_bytes());
    }
}

fn text(value: &HeaderValue) -> Option<String> {
    value.to_str().ok().map(str::to_owned)
}

pub(super) static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) static TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
pub(super) static BAGGAGE: HeaderName = HeaderName::from_static("baggage");

#[cfg(test)]
mod tests {
    use opentelemetry::{
        KeyValue, SpanId, TraceFlags, TraceId,
        baggage::BaggageExt,
        trace::{SpanContext, TraceState},
    };

    use super::*;

    #[test]
    fn fields_are_written_one_by_one_as_they_are_into_any_carrier() {
        let state = TraceState::from_key_value([("a", "1")]).unwrap();
        let span = SpanContext::new(TraceId::from(7), SpanId::from(8), TraceFlags::SAMPLED, false, state);
        let context = Context::new().with_remote_span_context(span);
        let with_baggage = context.with_baggage([KeyValue::new("tenant", "acme")]);
        let formats = [
            &[Format::TraceContext, Format::Baggage][..],
            &[Format::Baggage],
            &[Format::TraceContext, Format::B3, Format::Jaeger],
            &[],
        ];
        for propagator in formats.map(Propagator::new) {
            for context in [&context, &with_baggage, &Context::new()] {
                let mut carrier = FieldInjector::new();
                propagator.inject_context(context, &mut carrier);
                let mut fields = Vec::new();
                propagator.inject_fields(context, |name, value| {
                    fields.push((name.to_owned(), String::from_utf8(value.to_vec()).unwrap()));
                });
                assert_eq!(fields, carrier.into_fields(), "{propagator:?}");
            }
        }
    }
}
