use opentelemetry::{Key, KeyValue, Value};
use opentelemetry_sdk::resource::{ResourceDetector, TelemetryResourceDetector};
use otel_kit_core::semconv::attribute::{
    TELEMETRY_DISTRO_NAME, TELEMETRY_DISTRO_VERSION, TELEMETRY_SDK_VERSION,
};

/// SDK and distribution.
pub(super) fn detect() -> Vec<KeyValue> {
    let sdk = TelemetryResourceDetector.detect();
    let mut found: Vec<KeyValue> =
        sdk.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    found.push(KeyValue::new(TELEMETRY_DISTRO_NAME, "otel-kit"));
    found.push(KeyValue::new(TELEMETRY_DISTRO_VERSION, env!("CARGO_PKG_VERSION")));
    found
}

/// Version of the SDK, as it names itself.
#[cfg_attr(not(any(feature = "http", feature = "grpc")), allow(dead_code))]
pub(crate) fn sdk_version() -> String {
    let sdk = TelemetryResourceDetector.detect();
    sdk.get(&Key::new(TELEMETRY_SDK_VERSION)).as_ref().map(Value::to_string).unwrap_or_default()
}
