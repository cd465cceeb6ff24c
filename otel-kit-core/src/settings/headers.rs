use http::{HeaderMap, HeaderName};
use opentelemetry::{Array, Key, KeyValue, StringValue, Value};

/// Headers that may be put on spans: nothing is captured that is not named here.
///
/// ```
/// use http::{HeaderMap, HeaderName};
/// use otel_kit_core::{semconv::attribute::HTTP_REQUEST_HEADER, settings::HeaderAllowList};
///
/// let allowed = HeaderAllowList::new(HTTP_REQUEST_HEADER, [HeaderName::from_static("x-tenant")]);
/// let mut headers = HeaderMap::new();
/// headers.insert("x-tenant", "acme".parse().unwrap());
/// headers.insert("authorization", "secret".parse().unwrap());
/// let captured: Vec<_> = allowed.capture(&headers).collect();
/// assert_eq!(captured.len(), 1);
/// assert_eq!(captured[0].key.as_str(), "http.request.header.x-tenant");
/// ```
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct HeaderAllowList {
    headers: Vec<(HeaderName, Key)>,
}

impl HeaderAllowList {
    /// Allows `names`; `prefix` is the attribute's, one of
    /// [`HTTP_REQUEST_HEADER`](crate::semconv::attribute::HTTP_REQUEST_HEADER) and
    /// [`HTTP_RESPONSE_HEADER`](crate::semconv::attribute::HTTP_RESPONSE_HEADER).
    pub fn new(prefix: &str, names: impl IntoIterator<Item = HeaderName>) -> Self {
        let attribute = |name: &HeaderName| Key::from(format!("{prefix}.{name}"));
        Self { headers: names.into_iter().map(|name| (name.clone(), attribute(&name))).collect() }
    }

    /// The allowed headers.
    pub fn names(&self) -> impl Iterator<Item = &HeaderName> {
        self.headers.iter().map(|(name, _)| name)
    }

    /// An attribute for each allowed header that is there, its values always an array of strings.
    pub fn capture<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = KeyValue> + 'a {
        self.headers.iter().filter(|(name, _)| headers.contains_key(name)).map(|(name, key)| {
            let values = headers.get_all(name).iter();
            let texts =
                values.map(|value| StringValue::from(String::from_utf8_lossy(value.as_bytes()).into_owned()));
            KeyValue::new(key.clone(), Value::Array(Array::String(texts.collect())))
        })
    }

    /// True if no header may be captured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty()
    }
}
