use std::sync::{Mutex, MutexGuard, PoisonError};

use otel_kit_core::Signal;
use tokio::sync::watch;

use super::fault::{Effect, Fault};
use crate::received::Protocol;

/// The faults that are set, in the order they were set.
pub(super) struct Faults {
    faults: Mutex<Vec<Fault>>,
    cleared: watch::Sender<()>,
}

impl Faults {
    pub(super) fn new() -> Self {
        Self { faults: Mutex::default(), cleared: watch::Sender::new(()) }
    }

    pub(super) fn add(&self, fault: Fault) {
        let mut faults = self.lock();
        // Whom the new one replaces for good, or setting faults in a loop would grow the list.
        faults.retain(|old| {
            old.times.is_some() || fault.times.is_some() || old.signal != fault.signal || spares(&fault)
        });
        faults.push(fault);
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
        self.cleared.send_replace(());
    }

    /// What to do to the next request, and who to ask when all faults are cleared.
    pub(super) fn next(&self, signal: Signal, protocol: Protocol) -> Option<(Effect, watch::Receiver<()>)> {
        let mut faults = self.lock();
        let cleared = self.cleared.subscribe();
        let applies = |fault: &Fault| fault.applies_to(signal, protocol);
        let limited = faults.iter().position(|fault| fault.times.is_some() && applies(fault));
        let position = limited.or_else(|| faults.iter().rposition(applies))?;
        let fault = faults.get_mut(position)?;
        let effect = fault.effect.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
            if *times == 0 {
                drop(faults.remove(position));
            }
        }
        Some((effect, cleared))
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Fault>> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the fault leaves one protocol alone.
fn spares(fault: &Fault) -> bool {
    matches!(&fault.effect, Effect::Fail(failure) if failure.http.is_none() || failure.grpc.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRPC: Protocol = Protocol::Grpc;
    const HTTP: Protocol = Protocol::HttpProtobuf;

    fn next(faults: &Faults, signal: Signal, protocol: Protocol) -> Option<Effect> {
        faults.next(signal, protocol).map(|(effect, _)| effect)
    }

    #[test]
    fn limited_faults_come_first_in_order_then_the_last_unlimited_one() {
        let faults = Faults::new();
        faults.add(Fault::hang());
        faults.add(Fault::refuse().times(2));
        faults.add(Fault::garbage().times(1));
        faults.add(Fault::partial_success(0, ""));
        let effects: Vec<_> = (0..5).filter_map(|_| next(&faults, Signal::Logs, GRPC)).collect();
        let last = Fault::partial_success(0, "").effect;
        assert_eq!(effects, [Effect::Refuse, Effect::Refuse, Effect::Garbage, last.clone(), last]);
        faults.clear();
        assert_eq!(next(&faults, Signal::Logs, GRPC), None);
    }

    #[test]
    fn a_fault_of_one_signal_or_protocol_spares_the_others() {
        let faults = Faults::new();
        faults.add(Fault::refuse().on(Signal::Logs));
        faults.add(Fault::http_status(400).on(Signal::Traces));
        faults.add(Fault::grpc_code(3).on(Signal::Traces));
        assert_eq!(next(&faults, Signal::Metrics, HTTP), None);
        assert_eq!(next(&faults, Signal::Logs, HTTP), Some(Effect::Refuse));
        assert_eq!(next(&faults, Signal::Traces, HTTP), Some(Fault::http_status(400).effect));
        assert_eq!(next(&faults, Signal::Traces, GRPC), Some(Fault::grpc_code(3).effect));
    }

    #[test]
    fn setting_the_same_fault_again_and_again_does_not_grow() {
        let faults = Faults::new();
        for _ in 0..100 {
            faults.add(Fault::unavailable());
            faults.add(Fault::hang().on(Signal::Logs));
        }
        assert_eq!(faults.lock().len(), 2);
    }

    #[test]
    fn a_fault_for_no_request_does_nothing() {
        let faults = Faults::new();
        faults.add(Fault::refuse().times(0));
        assert_eq!(next(&faults, Signal::Logs, HTTP), None);
    }
}
