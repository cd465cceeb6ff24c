use std::{fmt, slice};

use opentelemetry_proto::tonic::common::v1::KeyValue;

use super::Value;

/// Attributes in the order they were sent.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let span = received.span("GET /orders/{id}").ok_or("no such span")?;
/// assert_eq!(span.attributes.get("http.route"), "/orders/{id}");
/// assert!(span.attributes.get("color").is_absent());
/// assert!(span.attributes.keys().any(|key| key == "http.request.method"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default, PartialEq)]
pub struct Attributes(Vec<(String, Value)>);

impl Attributes {
    /// The value of a key, [`Value::Absent`] if there is none. Of a key sent twice, the first one.
    #[must_use]
    pub fn get(&self, key: &str) -> &Value {
        self.iter().find(|(name, _)| name == key).map_or(&ABSENT, |(_, value)| value)
    }

    /// All keys; one that was sent twice is here twice.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.iter().map(|(key, _)| key.as_str())
    }

    /// All keys with their values.
    pub fn iter(&self) -> slice::Iter<'_, (String, Value)> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn from_proto(pairs: Vec<KeyValue>) -> Self {
        Self(pairs.into_iter().map(|pair| (pair.key, Value::from_proto(pair.value))).collect())
    }
}

impl<'a> IntoIterator for &'a Attributes {
    type Item = &'a (String, Value);
    type IntoIter = slice::Iter<'a, (String, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(key, value)| (key, value))).finish()
    }
}

static ABSENT: Value = Value::Absent;
