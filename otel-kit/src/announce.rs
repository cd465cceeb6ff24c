use otel_kit_core::diag;
use tracing::Dispatch;

use crate::assemble::Assembled;

/// Says once, at start, what goes where, and what of the environment could not be used.
///
/// It is said to `lines`, whoever listens to events on this thread.
pub(crate) fn announce(assembled: &Assembled, lines: &Dispatch) {
    tracing::dispatcher::with_default(lines, || announce_here(assembled));
    #[cfg(feature = "exceptions")]
    if let Some(exceptions) = &assembled.watchers.exceptions {
        exceptions.announce(lines);
    }
}

/// As [`announce`], to whoever listens.
pub(crate) fn announce_here(assembled: &Assembled) {
    let mut ways = Vec::new();
    if !assembled.destinations.is_empty() {
        ways.push(format!("exporting {}", assembled.destinations.join(", ")));
    }
    if let Some(address) = assembled.prometheus_addr() {
        ways.push(format!("serving Prometheus at http://{address}/metrics"));
    }
    let destinations = if assembled.config.disabled {
        "telemetry is disabled".to_owned()
    } else if ways.is_empty() {
        "no exporter is configured".to_owned()
    } else {
        ways.join(", ")
    };
    tracing::info!(target: diag::TARGET, "{destinations}");
    for warning in &assembled.warnings {
        tracing::warn!(target: diag::TARGET, "{warning}");
    }
}
