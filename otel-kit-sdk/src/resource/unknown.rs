use std::sync::OnceLock;

use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::{SERVICE_INSTANCE_ID, SERVICE_NAME};

use super::process;

/// What is true of a service of which nobody said anything.
pub(super) fn service() -> [KeyValue; 2] {
    let name = process::executable()
        .map_or_else(|| "unknown_service".to_owned(), |executable| format!("unknown_service:{executable}"));
    [KeyValue::new(SERVICE_NAME, name), KeyValue::new(SERVICE_INSTANCE_ID, instance_id())]
}

/// Random, and the same for the life of the process.
fn instance_id() -> &'static str {
    static ID: OnceLock<String> = OnceLock::new();
    ID.get_or_init(|| uuid::Uuid::new_v4().to_string())
}
