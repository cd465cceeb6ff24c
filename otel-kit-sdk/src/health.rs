use std::{
    fmt,
    time::{Duration, SystemTime},
};

use otel_kit_core::Signal;

use crate::{
    outlet::Outlet,
    stats::{LossReason, SignalStats},
};

/// How well telemetry gets out of the process. It prints in one line for each signal.
///
/// A service whose telemetry is stuck still serves: use it for a status page or an alert rather than to take
/// the service out of rotation.
///
/// ```
/// use std::{sync::Arc, time::Duration};
/// use opentelemetry::trace::{Tracer, TracerProvider};
/// use otel_kit_core::Signal;
/// use otel_kit_sdk::{Pipeline, transport::Memory};
///
/// let pipeline = Pipeline::builder().transport(Signal::Traces, Arc::new(Memory::new()), None).build()?;
/// pipeline.tracer_provider().tracer("shop").in_span("order", |_| ());
/// pipeline.flush(Duration::from_secs(5));
///
/// let health = pipeline.health();
/// assert!(health.is_delivering());
/// assert_eq!(health.of(Signal::Traces).map(|traces| traces.exported), Some(1));
/// assert!(health.of(Signal::Logs).is_none()); // they go nowhere
/// # Ok::<_, otel_kit_sdk::PipelineError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    signals: Vec<(Signal, SignalHealth)>,
}

/// How well one signal gets out.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct SignalHealth {
    /// Items that have arrived.
    pub exported: u64,
    /// Items on their way.
    pub pending: u64,
    /// Items that the receiver refused for good, or that could not be sent.
    pub failed: u64,
    /// Items for which there was no room or no time.
    pub dropped: u64,
    /// When something has arrived last.
    pub last_success: Option<SystemTime>,
    /// How long the oldest request is on its way; zero if there is none.
    pub lag: Duration,
    /// False while nothing gets through to the receiver.
    pub is_delivering: bool,
}

impl Health {
    pub(crate) fn of_outlets(outlets: &[(Signal, Outlet)]) -> Self {
        let signals = outlets.iter().map(|(signal, outlet)| (*signal, SignalHealth::new(outlet)));
        Self { signals: signals.collect() }
    }

    /// That of a signal; `None` if it goes nowhere.
    #[must_use]
    pub fn of(&self, signal: Signal) -> Option<&SignalHealth> {
        self.signals.iter().find(|(other, _)| *other == signal).map(|(_, health)| health)
    }

    /// True unless a signal does not get through.
    #[must_use]
    pub fn is_delivering(&self) -> bool {
        self.signals.iter().all(|(_, health)| health.is_delivering)
    }
}

impl SignalHealth {
    fn new(outlet: &Outlet) -> Self {
        let (SignalStats { exported, pending, lost }, flow) =
            (outlet.ledger().stats(), outlet.ledger().flow());
        let dropped = lost.get(LossReason::QueueFull).saturating_add(lost.get(LossReason::Shutdown));
        let all: u64 = LossReason::ALL.iter().map(|reason| lost.get(*reason)).sum();
        Self {
            exported,
            pending,
            failed: all.saturating_sub(dropped),
            dropped,
            last_success: flow.last_success,
            lag: flow.oldest.unwrap_or_default(),
            is_delivering: !outlet.is_out(),
        }
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for (signal, health) in &self.signals {
            write!(f, "{separator}{}: {health}", signal.name())?;
            separator = "\n";
        }
        Ok(())
    }
}

impl fmt::Display for SignalHealth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { exported, pending, failed, dropped, lag, .. } = self;
        let state = if self.is_delivering { "delivering" } else { "stuck" };
        write!(f, "{state}, {exported} exported, {pending} pending, {failed} failed, {dropped} dropped")?;
        if !lag.is_zero() {
            write!(f, ", oldest request {:.1} s old", lag.as_secs_f64())?;
        }
        let since = self.last_success.and_then(|success| success.elapsed().ok());
        since.map_or(Ok(()), |since| write!(f, ", last success {:.1} s ago", since.as_secs_f64()))
    }
}
