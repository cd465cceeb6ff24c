//! All roads into a propagator and out of it, which have to agree.
#![allow(clippy::unwrap_used, reason = "a helper that cannot build its input fails the test")]

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{Context, baggage::BaggageExt, propagation::TextMapPropagator, trace::TraceContextExt};
use otel_kit_core::propagation::{
    FieldExtractor, FieldInjector, Format, HeaderExtractor, HeaderInjector, Propagator,
};

pub(crate) const ALL: &[Format] =
    &[Format::TraceContext, Format::Baggage, Format::B3, Format::B3Multi, Format::Jaeger];

pub(crate) fn headers<'a>(lines: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, HeaderValue::from_bytes(value).unwrap());
    }
    map
}

/// Extracts over all roads, and asserts that they agree.
pub(crate) fn extract(propagator: &Propagator, lines: &[(&str, &[u8])]) -> Context {
    let map = headers(lines.iter().copied());
    let context = propagator.extract_headers(&Context::new(), &map);
    let everything = Propagator::new(ALL);
    for other in [
        propagator.extract_with_context(&Context::new(), &HeaderExtractor(&map)),
        propagator.extract_with_context(&Context::new(), &FieldExtractor::new(lines.iter().copied())),
        propagator.extract_fields(&Context::new(), lines.iter().copied()),
    ] {
        assert_eq!(other.span().span_context(), context.span().span_context());
        assert_eq!(entries(&other), entries(&context));
        assert_eq!(inject(&everything, &other), inject(&everything, &context));
    }
    context
}

/// Injects over all roads, and asserts that they agree.
pub(crate) fn inject(propagator: &Propagator, context: &Context) -> HeaderMap {
    let mut map = HeaderMap::new();
    propagator.inject_headers(context, &mut map);
    let mut other = HeaderMap::new();
    propagator.inject_context(context, &mut HeaderInjector(&mut other));
    assert_eq!(other, map);
    let mut fields = FieldInjector::new();
    propagator.inject_context(context, &mut fields);
    let fields = fields.into_fields();
    assert_eq!(fields.len(), map.len());
    for (name, value) in fields {
        assert_eq!(map.get(&name).unwrap(), value.as_str());
    }
    map
}

/// Name, value and metadata of the baggage, sorted.
pub(crate) fn entries(context: &Context) -> Vec<(String, String, String)> {
    let baggage = context.baggage().iter();
    let mut all: Vec<_> = baggage
        .map(|(key, (value, metadata))| (key.to_string(), value.to_string(), metadata.to_string()))
        .collect();
    all.sort();
    all
}
