use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use otel_kit_core::{Signal, Transport, diag::TARGET};
use tokio::time::Instant;

use super::ledger::Ledger;
use crate::stats::LossReason;

/// Says when a receiver is down and when it is back: one line at the beginning, at most one a minute
/// while it lasts, one at the end. The signals that go over the same transport have one outage together.
#[derive(Default)]
pub(crate) struct Outages {
    state: Mutex<State>,
    ledgers: Mutex<Vec<Arc<Ledger>>>,
    answered: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    down: Vec<Signal>,
    outage: Option<Outage>,
    /// When the beginning of an outage was said last.
    announced: Option<Instant>,
}

#[derive(Debug)]
struct Outage {
    since: Instant,
    said: Option<Instant>,
    lost_before: u64,
}

#[derive(Debug, PartialEq)]
enum Word {
    Begins,
    Lasts { time: Duration, lost: u64 },
    Ends { time: Duration, lost: u64 },
}

impl Outages {
    /// Counts of this outlet belong to the outages.
    pub(super) fn watch(&self, ledger: Arc<Ledger>) {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner).push(ledger);
    }

    /// A try of `signal` failed in a way that will pass.
    pub(super) fn failed(&self, signal: Signal, transport: &dyn Transport, reason: &str, now: Instant) {
        let word = self.state().failed(signal, now, self.lost());
        let destination = || transport.destination(signal);
        match word {
            Some(Word::Begins) => tracing::warn!(
                target: TARGET, destination = destination(), reason,
                "telemetry cannot be delivered; it is kept and sent again"
            ),
            Some(Word::Lasts { time, lost }) => tracing::warn!(
                target: TARGET, destination = destination(), reason, seconds = time.as_secs(),
                waiting = self.waiting(), lost,
                "telemetry still cannot be delivered"
            ),
            Some(Word::Ends { .. }) | None => {}
        }
    }

    /// The receiver has answered `signal` again.
    pub(super) fn ended(&self, signal: Signal, transport: &dyn Transport, now: Instant) {
        let word = self.state().ended(signal, now, self.lost());
        if let Some(Word::Ends { time, lost }) = word {
            tracing::info!(
                target: TARGET, destination = transport.destination(signal), seconds = time.as_secs(),
                delayed = self.waiting(), lost,
                "telemetry is delivered again"
            );
        }
    }

    /// The receiver has said something, be it no.
    pub(super) fn answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// True if the receiver was there at any time.
    pub(super) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }

    /// True while the receiver is down.
    pub(super) fn is_on(&self) -> bool {
        self.state().outage.is_some()
    }

    /// Items that wait for the receiver.
    fn waiting(&self) -> u64 {
        self.ledgers().iter().map(|ledger| ledger.held()).sum()
    }

    /// Items that found no room, since the start.
    fn lost(&self) -> u64 {
        self.ledgers().iter().map(|ledger| ledger.stats().lost.get(LossReason::QueueFull)).sum()
    }

    fn ledgers(&self) -> MutexGuard<'_, Vec<Arc<Ledger>>> {
        self.ledgers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn failed(&mut self, signal: Signal, now: Instant, lost: u64) -> Option<Word> {
        if !self.down.contains(&signal) {
            self.down.push(signal);
        }
        if let Some(outage) = &mut self.outage {
            let quiet_since = outage.said.unwrap_or(outage.since);
            return (now.duration_since(quiet_since) >= PERIOD).then(|| {
                outage.said = Some(now);
                Word::Lasts {
                    time: now.duration_since(outage.since),
                    lost: lost.saturating_sub(outage.lost_before),
                }
            });
        }
        // A receiver that comes and goes gets one line a minute, not one each time.
        let speak = self.announced.is_none_or(|last| now.duration_since(last) >= PERIOD);
        self.outage = Some(Outage { since: now, said: speak.then_some(now), lost_before: lost });
        speak.then(|| {
            self.announced = Some(now);
            Word::Begins
        })
    }

    fn ended(&mut self, signal: Signal, now: Instant, lost: u64) -> Option<Word> {
        self.down.retain(|down| *down != signal);
        if !self.down.is_empty() {
            return None;
        }
        let outage = self.outage.take()?;
        outage.said.map(|_| Word::Ends {
            time: now.duration_since(outage.since),
            lost: lost.saturating_sub(outage.lost_before),
        })
    }
}

const PERIOD: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn an_outage_is_said_once_at_its_beginning_each_minute_and_at_its_end() {
        let (mut state, start) = (State::default(), Instant::now());
        let mut failed = |second: u32, lost| state.failed(Signal::Traces, start + second * SECOND, lost);
        assert_eq!(failed(0, 5), Some(Word::Begins));
        assert_eq!([failed(1, 5), failed(30, 5), failed(59, 5)], [None, None, None]);
        assert_eq!(failed(61, 7), Some(Word::Lasts { time: 61 * SECOND, lost: 2 }));
        assert_eq!(failed(120, 8), None);
        assert_eq!(failed(122, 9), Some(Word::Lasts { time: 122 * SECOND, lost: 4 }));
        let end = Some(Word::Ends { time: 130 * SECOND, lost: 5 });
        assert_eq!(state.ended(Signal::Traces, start + 130 * SECOND, 10), end);
        assert_eq!(state.ended(Signal::Traces, start + 131 * SECOND, 10), None);
    }

    #[test]
    fn the_signals_of_one_transport_have_one_outage_together() {
        let (mut state, start) = (State::default(), Instant::now());
        assert_eq!(state.failed(Signal::Traces, start, 0), Some(Word::Begins));
        assert_eq!(state.failed(Signal::Logs, start + SECOND, 0), None);
        assert_eq!(state.ended(Signal::Traces, start + 2 * SECOND, 0), None);
        let end = Some(Word::Ends { time: 3 * SECOND, lost: 0 });
        assert_eq!(state.ended(Signal::Logs, start + 3 * SECOND, 0), end);
    }

    #[test]
    fn a_receiver_that_comes_and_goes_is_said_once_a_minute() {
        let (mut state, start) = (State::default(), Instant::now());
        let words: Vec<_> = (0..120)
            .flat_map(|second| {
                let now = start + second * SECOND;
                [state.failed(Signal::Logs, now, 0), state.ended(Signal::Logs, now + SECOND / 2, 0)]
            })
            .flatten()
            .collect();
        let ends = || Word::Ends { time: SECOND / 2, lost: 0 };
        assert_eq!(words, [Word::Begins, ends(), Word::Begins, ends()]);
    }

    #[test]
    fn an_outage_that_began_unsaid_is_said_when_it_lasts() {
        let (mut state, start) = (State::default(), Instant::now());
        state.failed(Signal::Logs, start, 0);
        state.ended(Signal::Logs, start + SECOND, 0);
        assert_eq!(state.failed(Signal::Logs, start + 2 * SECOND, 0), None);
        let lasts = Some(Word::Lasts { time: 61 * SECOND, lost: 0 });
        assert_eq!(state.failed(Signal::Logs, start + 63 * SECOND, 0), lasts);
        assert!(state.ended(Signal::Logs, start + 64 * SECOND, 0).is_some());
    }
}
