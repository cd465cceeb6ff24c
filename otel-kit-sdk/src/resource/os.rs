use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::{OS_DESCRIPTION, OS_TYPE, OS_VERSION};

use super::{Around, attribute};

/// The operating system; its version from `os-release`, where there is one.
pub(super) fn detect(around: &Around<'_>) -> impl Iterator<Item = KeyValue> {
    let release = around.file("etc/os-release").or_else(|| around.file("usr/lib/os-release"));
    let field = |name: &str| release.as_deref().and_then(|release| field(release, name));
    [
        Some(KeyValue::new(OS_TYPE, os_type(std::env::consts::OS))),
        attribute(OS_DESCRIPTION, field("PRETTY_NAME")),
        attribute(OS_VERSION, field("VERSION_ID")),
    ]
    .into_iter()
    .flatten()
}

/// Rust's name of an operating system in the words of the conventions.
fn os_type(rust: &'static str) -> &'static str {
    match rust {
        "macos" => "darwin",
        "dragonfly" => "dragonflybsd",
        other => other,
    }
}

/// A line `NAME="value"` of `os-release`.
fn field(release: &str, name: &str) -> Option<String> {
    let value = release.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='))?;
    let value = value.trim().trim_matches(['"', '\'']);
    (!value.is_empty()).then(|| value.to_owned())
}
