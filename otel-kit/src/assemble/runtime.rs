use otel_kit_core::Kit;
use otel_kit_sdk::runtime_metrics::RuntimeMetrics;
use tokio::runtime::Handle;

use crate::config::Config;

/// Name of the runtime that the telemetry was started on, if it has none of its own.
const MAIN: &str = "main";

/// Observes this process, and the runtime that this is called on.
pub(super) fn observe(config: &Config, kit: &Kit) -> Option<RuntimeMetrics> {
    if config.disabled || !config.metrics.runtime {
        return None;
    }
    let meter = kit.meter(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"));
    let observed = RuntimeMetrics::builder().cpu_utilization(config.metrics.cpu_utilization).register(&meter);
    if let Ok(runtime) = Handle::try_current() {
        observed.register_runtime(&runtime, runtime.name().unwrap_or(MAIN));
    }
    Some(observed)
}
