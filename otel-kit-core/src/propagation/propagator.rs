use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{
    Context,
    propagation::{Extractor, Injector, TextMapPropagator, text_map_propagator::FieldIter},
    trace::TraceContextExt,
};

use super::{
    baggage,
    context::Incoming,
    found::{FoundFields, FoundHeaders},
    traceparent, tracestate,
};

/// A way to write the context into headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Format {
    /// [W3C Trace Context, level 2](https://www.w3.org/TR/trace-context-2/): headers `traceparent` and `tracestate`.
    TraceContext,
    /// [W3C Baggage](https://www.w3.org/TR/baggage/): header `baggage`.
    Baggage,
}

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

#[derive(Debug)]
pub(super) struct Formats {
    pub(super) trace_context: bool,
    pub(super) baggage: bool,
    fields: Vec<String>,
}

impl Propagator {
    /// A propagator of these formats, in any order; of none, it carries nothing.
    #[must_use]
    pub fn new(formats: &[Format]) -> Self {
        let (trace_context, baggage) =
            (formats.contains(&Format::TraceContext), formats.contains(&Format::Baggage));
        let names = [(trace_context, &TRACEPARENT), (trace_context, &TRACESTATE), (baggage, &BAGGAGE)];
        let fields = names.iter().filter(|(on, _)| *on).map(|(_, name)| name.as_str().to_owned()).collect();
        Self { formats: Arc::new(Formats { trace_context, baggage, fields }) }
    }

    /// The same formats but for baggage, for peers that may know of the trace and of nothing else.
    #[must_use]
    pub fn without_baggage(&self) -> Self {
        let formats: &[Format] = if self.formats.trace_context { &[Format::TraceContext] } else { &[] };
        Self::new(formats)
    }

    /// The base context with all that the headers hold: a remote parent, baggage.
    ///
    /// What is missing or malformed is left out, and the base keeps what it had there.
    #[must_use]
    pub fn extract_headers(&self, base: &Context, headers: &HeaderMap) -> Context {
        let found = FoundHeaders::scan(&self.formats, headers);
        Incoming {
            traceparent: found.traceparent.only().map(HeaderValue::as_bytes),
            tracestate: || found.tracestate.all(headers, &TRACESTATE),
            baggage: || found.baggage.all(headers, &BAGGAGE),
        }
        .into_context(base)
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
        let found = FoundFields::scan(&self.formats, fields);
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
        if self.formats.trace_context && span.is_valid() {
            replace(headers, &TRACEPARENT, HeaderValue::from_bytes(&traceparent::format(span)).ok());
            match tracestate::outgoing(context, span) {
                Some(list) => replace(headers, &TRACESTATE, Some(list)),
                None => _ = headers.remove(&TRACESTATE),
            }
        }
        if self.formats.baggage {
            replace(headers, &BAGGAGE, baggage::outgoing(context));
        }
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
        if self.formats.trace_context && span.is_valid() {
            set(injector, &TRACEPARENT, String::from_utf8(traceparent::format(span).to_vec()).ok());
            set(injector, &TRACESTATE, tracestate::outgoing(context, span).as_ref().and_then(text));
        }
        if self.formats.baggage {
            set(injector, &BAGGAGE, baggage::outgoing(context).as_ref().and_then(text));
        }
    }

    fn extract_with_context(&self, base: &Context, extractor: &dyn Extractor) -> Context {
        let all = |on: bool, name: &HeaderName| {
            if on { extractor.get_all(name.as_str()).unwrap_or_default() } else { Vec::new() }
        };
        let traceparent = match *all(self.formats.trace_context, &TRACEPARENT) {
            [only] => Some(only.as_bytes()),
            _ => None,
        };
        let tracestate = all(traceparent.is_some(), &TRACESTATE);
        let baggage = all(self.formats.baggage, &BAGGAGE);
        let (tracestate, baggage) = (|| tracestate.iter().copied(), || baggage.iter().copied());
        Incoming { traceparent, tracestate, baggage }.into_context(base)
    }

    fn fields(&self) -> FieldIter<'_> {
        FieldIter::new(&self.formats.fields)
    }
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

fn text(value: &HeaderValue) -> Option<String> {
    value.to_str().ok().map(str::to_owned)
}

pub(super) static TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
pub(super) static TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
pub(super) static BAGGAGE: HeaderName = HeaderName::from_static("baggage");
