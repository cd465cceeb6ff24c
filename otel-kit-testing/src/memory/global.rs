use std::sync::OnceLock;

use opentelemetry::global;

use super::Telemetry;

/// Telemetry of the whole test process: the first call installs it everywhere, every further one gives the
/// same back.
///
/// It is what `otel_kit::init` is for a service, without network, file or colour: global tracer and meter
/// providers and propagator, the global kit, and a `tracing` subscriber. Where a test has its own subscriber
/// or providers installed, those stay.
///
/// Tests of one process share it; telemetry of a test's own is [`Telemetry::new`].
///
/// ```
/// use opentelemetry::{global, trace::{Span, Tracer}};
///
/// let telemetry = otel_kit_testing::init();
/// global::tracer("app").start("work").end();
/// assert!(telemetry.spans().iter().any(|span| span.name == "work"));
/// assert!(std::ptr::eq(telemetry, otel_kit_testing::init()));
/// ```
pub fn init() -> &'static Telemetry {
    static TELEMETRY: OnceLock<Telemetry> = OnceLock::new();
    TELEMETRY.get_or_init(|| {
        let telemetry = Telemetry::builder().random_ids().build();
        global::set_tracer_provider(telemetry.tracers.clone());
        global::set_meter_provider(telemetry.meters.clone());
        global::set_text_map_propagator(telemetry.kit.propagator().clone());
        // Both fail where the test was there first, and then what it chose stays.
        let _ = telemetry.kit.clone().install();
        let _ = tracing::subscriber::set_global_default(telemetry.subscriber());
        telemetry
    })
}
