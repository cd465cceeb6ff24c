use otel_kit_core::diag;
use tracing::Dispatch;

use crate::assemble::Assembled;

/// Says once, at start, what goes where, and what of the environment could not be used.
///
/// It is said to `lines`, whoever listens to events on this thread.
pub(crate) fn announce(assembled: &Assembled, lines: &Dispatch) {
    tracing::dispatcher::with_default(lines, || announce_here(assembled));
}

/// As [`announce`], to whoever listens.
pub(crate) fn announce_here(assembled: &Assembled) {
    let destinations = if assembled.config.disabled {
        "telemetry is disabled".to_owned()
    } else if assembled.destinations.is_empty() {
        "no exporter is configured".to_owned()
    } else {
        format!("exporting {}", assembled.destinations.join(", "))
    };
    tracing::info!(target: diag::TARGET, "{destinations}");
    for warning in &assembled.warnings {
        tracing::warn!(target: diag::TARGET, "{warning}");
    }
}
