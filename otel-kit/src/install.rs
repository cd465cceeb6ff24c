//! Puts an assembled telemetry into the process's globals.

use std::thread;

use opentelemetry::global;
use otel_kit_core::diag;
use otel_kit_logging::install_log_bridge;
use tracing::{Dispatch, dispatcher, subscriber::NoSubscriber};
use tracing_subscriber::{layer::SubscriberExt, registry};

use crate::{InitError, assemble::Assembled, first::Claim};

/// # Errors
/// If there is a global subscriber.
pub(crate) fn no_subscriber_yet() -> Result<(), InitError> {
    if dispatcher::has_been_set() && is_global_subscriber_set() {
        return Err(InitError::SubscriberInstalled);
    }
    Ok(())
}

/// # Errors
/// If another subscriber was faster.
pub(crate) fn subscriber(assembled: &Assembled) -> Result<Dispatch, InitError> {
    let subscriber = Dispatch::new(registry().with(assembled.layer()));
    dispatcher::set_global_default(subscriber.clone()).map_err(|_| InitError::SubscriberInstalled)?;
    if install_log_bridge().is_err() {
        let message = "another logger of the `log` crate is installed: its records stay there";
        dispatcher::with_default(&subscriber, || tracing::warn!(target: diag::TARGET, "{message}"));
    }
    Ok(subscriber)
}

/// The rest, which cannot fail.
pub(crate) fn globals(assembled: &Assembled, claim: Claim) {
    global::set_text_map_propagator(assembled.kit.propagator().clone());
    if !assembled.config.disabled {
        global::set_tracer_provider(assembled.pipeline.tracer_provider().clone());
        global::set_meter_provider(assembled.pipeline.meter_provider().clone());
    }
    #[cfg(feature = "exceptions")]
    if let Some(exceptions) = &assembled.watchers.exceptions {
        exceptions.install_panic_hook(&assembled.pipeline, &assembled.logs.lines);
    }
    // It is there already if the host installed one by hand; then adapters use that one, as they were told.
    let _ = assembled.kit.clone().install();
    claim.keep();
}

/// Subscribers of single threads count as set, too: only a thread that has none sees the global one.
fn is_global_subscriber_set() -> bool {
    let is_set = || dispatcher::get_default(|global| !global.is::<NoSubscriber>());
    thread::scope(|scope| {
        let asking = thread::Builder::new().spawn_scoped(scope, is_set);
        asking.ok().and_then(|asking| asking.join().ok()).unwrap_or(true)
    })
}
