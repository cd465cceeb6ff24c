use std::path::Path;

use opentelemetry::KeyValue;
use otel_kit_core::semconv::attribute::{SERVICE_NAME, SERVICE_VERSION};
use otel_kit_sdk::{
    resource::{describe, detect},
    sdk::Resource,
};

use crate::config::Config;

/// Who reports: what is configured, else the calling crate, over what is found out.
pub(super) fn of(
    config: &Config,
    calling_crate: Option<(&'static str, &'static str)>,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Resource {
    let of_crate = calling_crate
        .map(|(name, version)| [KeyValue::new(SERVICE_NAME, name), KeyValue::new(SERVICE_VERSION, version)]);
    let said = of_crate.into_iter().flatten().chain(config.service.resource());
    describe(detect(environment, Path::new("/")), said)
}
