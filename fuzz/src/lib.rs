//! What the targets share: inputs are lines of text, so that seeds can be read and written by hand.

pub mod events;
#[path = "../../otel-kit-logging/tests/common/line.rs"]
pub mod line;

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::{Context, propagation::TextMapPropagator};
use otel_kit_core::propagation::{
    FieldExtractor, FieldInjector, HeaderExtractor, HeaderInjector, Propagator,
};

/// The lines of an input that are headers, `name: value`.
pub fn header_lines(input: &[u8]) -> Vec<(HeaderName, HeaderValue)> {
    let lines = input.split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let value = line[colon + 1..].strip_prefix(b" ").unwrap_or(&line[colon + 1..]);
        Some((HeaderName::from_bytes(&line[..colon]).ok()?, HeaderValue::from_bytes(value).ok()?))
    });
    lines.take(200).collect()
}

/// The same as a map.
pub fn headers(lines: &[(HeaderName, HeaderValue)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in lines {
        map.append(name, value.clone());
    }
    map
}

/// Extracts over all roads, and asserts that they agree: what is found is what goes out again.
pub fn extract(propagator: &Propagator, lines: &[(HeaderName, HeaderValue)]) -> Context {
    let map = headers(lines);
    let fields: Vec<_> = lines.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let base = Context::new();
    let context = propagator.extract_headers(&base, &map);
    let sent = inject(propagator, &context);
    // Where a value is no text, headers keep what is legal in it, and carriers of texts have none of it.
    if !lines.iter().all(|(_, value)| std::str::from_utf8(value.as_bytes()).is_ok()) {
        return context;
    }
    for other in [
        propagator.extract_with_context(&base, &HeaderExtractor(&map)),
        propagator.extract_with_context(&base, &FieldExtractor::new(fields.iter().copied())),
        propagator.extract_fields(&base, fields.iter().copied()),
    ] {
        assert_eq!(inject(propagator, &other), sent);
    }
    context
}

/// Injects over all roads, and asserts that they agree and that each header is there once, as plain text.
pub fn inject(propagator: &Propagator, context: &Context) -> HeaderMap {
    let mut map = HeaderMap::new();
    propagator.inject_headers(context, &mut map);
    assert_eq!(map.len(), map.keys_len());
    assert!(map.values().all(|value| value.to_str().is_ok()), "{map:?}");

    let mut other = HeaderMap::new();
    propagator.inject_context(context, &mut HeaderInjector(&mut other));
    assert_eq!(other, map);
    let mut fields = FieldInjector::new();
    propagator.inject_context(context, &mut fields);
    let fields = fields.into_fields();
    assert_eq!(fields.len(), map.len());
    for (name, value) in fields {
        assert!(map.get(&name).is_some_and(|sent| sent.as_bytes() == value.as_bytes()), "{name}: {value}");
    }
    map
}

/// The lines of a map of headers.
pub fn lines_of(map: &HeaderMap) -> Vec<(HeaderName, HeaderValue)> {
    map.iter().map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// What went out must come in again as it is.
pub fn assert_stable(propagator: &Propagator, sent: &HeaderMap) {
    assert_eq!(inject(propagator, &extract(propagator, &lines_of(sent))), *sent);
}
