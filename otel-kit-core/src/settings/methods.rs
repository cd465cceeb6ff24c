use std::borrow::Cow;

use opentelemetry::StringValue;

/// Value of `http.request.method` for a method that is not known.
const OTHER: &str = "_OTHER";

/// Word for such a method in span names.
const OTHER_IN_NAME: &str = "HTTP";

/// The methods of RFC 9110 and RFC 5789; everything else is one label, so that nobody can grow the set.
const DEFAULT: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "CONNECT", "TRACE"];

/// Methods that have a name of their own in telemetry
/// ([`OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS`](https://opentelemetry.io/docs/specs/semconv/http/http-spans/)).
///
/// ```
/// use otel_kit_core::settings::KnownMethods;
///
/// let known = KnownMethods::default();
/// assert_eq!(known.names("GET").in_span_name, "GET");
/// let other = known.names("get"); // methods are case-sensitive
/// assert_eq!((other.attribute.as_str(), &*other.in_span_name), ("_OTHER", "HTTP"));
/// assert!(!other.is_known);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct KnownMethods {
    methods: Vec<Cow<'static, str>>,
}

/// How telemetry calls a method.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MethodNames {
    /// Value of `http.request.method`.
    pub attribute: StringValue,
    /// Word in the span's name.
    pub in_span_name: Cow<'static, str>,
    /// False if `http.request.method_original` must tell what was sent.
    pub is_known: bool,
}

impl KnownMethods {
    /// Exactly these methods are known.
    pub fn new<M: Into<Cow<'static, str>>>(methods: impl IntoIterator<Item = M>) -> Self {
        Self { methods: methods.into_iter().map(Into::into).collect() }
    }

    /// The names of `method`.
    #[must_use]
    pub fn names(&self, method: &str) -> MethodNames {
        match self.methods.iter().find(|known| **known == *method) {
            Some(known) => {
                MethodNames { attribute: known.clone().into(), in_span_name: known.clone(), is_known: true }
            }
            None => {
                MethodNames { attribute: OTHER.into(), in_span_name: OTHER_IN_NAME.into(), is_known: false }
            }
        }
    }
}

impl Default for KnownMethods {
    fn default() -> Self {
        Self::new(DEFAULT)
    }
}
