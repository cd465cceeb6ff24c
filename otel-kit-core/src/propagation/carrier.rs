//! Carriers: where a propagator reads and writes.

use http::{HeaderMap, HeaderName, HeaderValue};
use opentelemetry::propagation::{Extractor, Injector};

use super::older;

/// Reads from HTTP headers, all lines of a header included.
///
/// A value that is no UTF-8 text counts as a line of one replacement character, so that it is seen as
/// malformed rather than as absent. [`Propagator::extract_headers`](super::Propagator::extract_headers)
/// does the same work for less.
#[derive(Clone, Copy, Debug)]
pub struct HeaderExtractor<'a>(pub &'a HeaderMap);

impl Extractor for HeaderExtractor<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(|value| text(value.as_bytes()))
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }

    fn get_all(&self, key: &str) -> Option<Vec<&str>> {
        let lines: Vec<_> = self.0.get_all(key).iter().map(|value| text(value.as_bytes())).collect();
        (!lines.is_empty()).then_some(lines)
    }
}

/// Writes into HTTP headers; a header that is there already is replaced.
///
/// Names and values that cannot be headers are left out.
/// [`Propagator::inject_headers`](super::Propagator::inject_headers) does the same work for less.
#[derive(Debug)]
pub struct HeaderInjector<'a>(pub &'a mut HeaderMap);

impl Injector for HeaderInjector<'_> {
    fn set(&mut self, key: &str, value: String) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(key), HeaderValue::try_from(value)) {
            // A map that is full refuses, and the request goes out as it is.
            let _ = self.0.try_insert(name, value);
        }
    }
}

/// Reads from named fields in their order, such as Kafka headers or environment variables.
///
/// Names are compared without regard to case. A value that is no UTF-8 text counts as one replacement
/// character, so that it is seen as malformed rather than as absent. `get` answers the last field of a
/// name, as message headers are read; `get_all` answers all of them in order.
///
/// ```
/// use opentelemetry::{propagation::TextMapPropagator, trace::TraceContextExt};
/// use otel_kit_core::propagation::{FieldExtractor, Propagator};
///
/// let parent: &[u8] = b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
/// let fields = FieldExtractor::new([("content-type", &b"text"[..]), ("Traceparent", parent)]);
/// let context = Propagator::default().extract(&fields);
/// assert!(context.span().span_context().is_sampled());
/// ```
#[derive(Clone, Debug, Default)]
pub struct FieldExtractor<'a> {
    fields: Vec<(&'a str, &'a [u8])>,
}

impl<'a> FieldExtractor<'a> {
    /// Takes the fields, in their order.
    #[must_use]
    pub fn new(fields: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Self {
        Self { fields: fields.into_iter().collect() }
    }

    fn named(&self, name: &str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.fields
            .iter()
            .filter(move |(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| text(value))
    }
}

impl Extractor for FieldExtractor<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.named(key).next_back()
    }

    fn keys(&self) -> Vec<&str> {
        self.fields.iter().map(|(name, _)| *name).collect()
    }

    fn get_all(&self, key: &str) -> Option<Vec<&str>> {
        let values: Vec<_> = self.named(key).collect();
        (!values.is_empty()).then_some(values)
    }
}

/// Collects fields to be merged into a carrier: those that [`replaces`](Self::replaces) names go, these come.
///
/// ```
/// use opentelemetry::propagation::Injector;
/// use otel_kit_core::propagation::FieldInjector;
///
/// let mut carrier = vec![("Baggage".to_owned(), "a=1".to_owned()), ("kind".to_owned(), "order".to_owned())];
/// let mut fields = FieldInjector::new();
/// fields.set("baggage", "b=2".to_owned());
///
/// carrier.retain(|(name, _)| !fields.replaces(name));
/// carrier.extend(fields.into_fields());
/// assert_eq!(carrier, [("kind".to_owned(), "order".to_owned()), ("baggage".to_owned(), "b=2".to_owned())]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct FieldInjector {
    fields: Vec<(String, String)>,
}

impl FieldInjector {
    /// An empty collection.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// True if a field of this name, in any case, must leave the carrier: it was set here, or it is a
    /// `tracestate` next to a `traceparent` that was set here, and so belongs to another trace; likewise the
    /// optional fields of B3.
    #[must_use]
    pub fn replaces(&self, name: &str) -> bool {
        let set = |name: &str| self.fields.iter().any(|(other, _)| other.eq_ignore_ascii_case(name));
        set(name)
            || (name.eq_ignore_ascii_case("tracestate") && set("traceparent"))
            || older::is_outdated(name, set)
    }

    /// The fields in the order in which they were first set, names as they were given.
    #[must_use]
    pub fn into_fields(self) -> Vec<(String, String)> {
        self.fields
    }
}

impl Injector for FieldInjector {
    fn set(&mut self, key: &str, value: String) {
        match self.fields.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            Some((_, old)) => *old = value,
            None => self.fields.push((key.to_owned(), value)),
        }
    }

    fn reserve(&mut self, additional: usize) {
        self.fields.reserve(additional);
    }
}

/// A value as text, or what stands for one that is none.
pub(super) fn text(value: &[u8]) -> &str {
    std::str::from_utf8(value).unwrap_or("\u{fffd}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_carrier_answers_all_lines_in_any_case_of_the_name() {
        let mut headers = HeaderMap::new();
        headers.append("baggage", HeaderValue::from_static("a=1"));
        headers.append("baggage", HeaderValue::from_bytes(b"b=\xff").unwrap());
        let carrier = HeaderExtractor(&headers);
        assert_eq!(carrier.get_all("Baggage"), Some(vec!["a=1", "\u{fffd}"]));
        assert_eq!(carrier.get("BAGGAGE"), Some("a=1"));
        assert_eq!(carrier.keys(), ["baggage"]);
        assert_eq!((carrier.get("none"), carrier.get_all("none")), (None, None));
    }

    #[test]
    fn header_carrier_replaces_and_leaves_out_what_cannot_be_a_header() {
        let mut headers = HeaderMap::new();
        headers.append("baggage", HeaderValue::from_static("a=1"));
        headers.append("baggage", HeaderValue::from_static("b=2"));
        let mut carrier = HeaderInjector(&mut headers);
        carrier.set("Baggage", "c=3".to_owned());
        carrier.set("not a name", "x".to_owned());
        carrier.set("name", "line\nbreak".to_owned());
        assert_eq!(headers.len(), 1);
        assert_eq!(headers.get("baggage").unwrap(), "c=3");
    }

    #[test]
    fn field_carrier_keeps_order_and_tolerates_bytes() {
        let fields = FieldExtractor::new([("A", &b"1"[..]), ("b", b"\xffx"), ("a", b"2")]);
        assert_eq!(fields.get_all("a"), Some(vec!["1", "2"]));
        assert_eq!(fields.get("a"), Some("2"));
        assert_eq!(fields.get("B"), Some("\u{fffd}"));
        assert_eq!(fields.keys(), ["A", "b", "a"]);
        assert_eq!((fields.get("c"), fields.get_all("c")), (None, None));
    }

    #[test]
    fn field_injector_sets_each_name_once_and_knows_what_it_replaces() {
        let mut fields = FieldInjector::new();
        fields.set("traceparent", "1".to_owned());
        fields.set("other", "2".to_owned());
        fields.set("TraceParent", "3".to_owned());
        assert!(fields.replaces("TRACEPARENT") && fields.replaces("Tracestate"));
        assert!(!fields.replaces("baggage"));
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(fields.into_fields(), [pair("traceparent", "3"), pair("other", "2")]);
    }
}
