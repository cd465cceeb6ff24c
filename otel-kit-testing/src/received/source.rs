use opentelemetry_proto::tonic::{common::v1 as common, resource::v1 as resource};
use otel_kit_core::semconv::attribute::SERVICE_NAME;

use super::{Attributes, Value};

/// The [resource](https://opentelemetry.io/docs/specs/otel/resource/sdk/) that telemetry came from.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let span = received.span("GET /orders/{id}").ok_or("no such span")?;
/// assert_eq!(span.resource.service(), "gateway");
/// assert_eq!(span.resource.attr("service.version"), "1.4.2");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Resource {
    /// What describes it.
    pub attributes: Attributes,
    /// Version of the conventions that it follows; empty if not told.
    pub schema_url: String,
}

impl Resource {
    /// An attribute's value, [`Value::Absent`] if there is none.
    #[must_use]
    pub fn attr(&self, key: &str) -> &Value {
        self.attributes.get(key)
    }

    /// `service.name`; empty if there is none.
    #[must_use]
    pub fn service(&self) -> &str {
        self.attr(SERVICE_NAME).as_str().unwrap_or_default()
    }

    pub(super) fn from_proto(resource: Option<resource::Resource>, schema_url: String) -> Self {
        let attributes = resource.map(|resource| resource.attributes).unwrap_or_default();
        Self { attributes: Attributes::from_proto(attributes), schema_url }
    }
}

/// The [instrumentation scope](https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/)
/// that produced telemetry.
///
/// ```
/// # let shop = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/shop.jsonl"));
/// # use otel_kit_testing::received::Received;
/// let received = Received::from_json_lines(shop)?;
/// let span = received.span("GET /orders/{id}").ok_or("no such span")?;
/// assert_eq!(span.scope.name, "shop-http");
/// assert_eq!(span.scope.version, "0.1.0");
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Scope {
    /// Name of the library; empty if not told.
    pub name: String,
    /// Its version; empty if not told.
    pub version: String,
    /// What else describes it.
    pub attributes: Attributes,
    /// Version of the conventions that it follows; empty if not told.
    pub schema_url: String,
}

impl Scope {
    pub(super) fn from_proto(scope: Option<common::InstrumentationScope>, schema_url: String) -> Self {
        let scope = scope.unwrap_or_default();
        let attributes = Attributes::from_proto(scope.attributes);
        Self { name: scope.name, version: scope.version, attributes, schema_url }
    }
}
