//! Names of the OpenTelemetry semantic conventions that the kit emits, spelled here and nowhere else.
//!
//! All adapters report [`SCHEMA_URL`] on their instrumentation scope.

pub mod attribute;
pub mod event;
pub mod metric;

/// The version of the [semantic conventions](https://opentelemetry.io/docs/specs/semconv/) that the
/// kit emits, as reported on every instrumentation scope.
pub const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.44.0";

/// `network.protocol.version` of an HTTP version; nothing for one that has no name.
///
/// ```
/// use otel_kit_core::semconv::protocol_version;
///
/// assert_eq!(protocol_version(http::Version::HTTP_2), Some("2"));
/// ```
#[must_use]
pub fn protocol_version(version: http::Version) -> Option<&'static str> {
    match version {
        http::Version::HTTP_09 => Some("0.9"),
        http::Version::HTTP_10 => Some("1.0"),
        http::Version::HTTP_11 => Some("1.1"),
        http::Version::HTTP_2 => Some("2"),
        http::Version::HTTP_3 => Some("3"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use http::Version;

    use super::*;

    #[test]
    fn versions_are_written_as_the_conventions_do() {
        let versions = [Version::HTTP_10, Version::HTTP_11, Version::HTTP_2, Version::HTTP_3];
        assert_eq!(versions.map(protocol_version), [Some("1.0"), Some("1.1"), Some("2"), Some("3")]);
    }
}
