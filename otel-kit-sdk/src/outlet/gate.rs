mod closed;

use std::future::pending;

use tokio::{
    sync::{Mutex, MutexGuard, watch},
    time::{Instant, sleep_until},
};

use self::closed::Closed;
use crate::phase::Phase;

pub(super) use self::closed::Failure;

/// Lets requests through while the receiver is up. While it is down, one request at a time goes to see
/// whether it is back, and the others wait.
pub(super) struct Gate {
    state: watch::Sender<State>,
    probe: Mutex<()>,
    phase: watch::Receiver<Phase>,
}

#[derive(Clone, Copy)]
enum State {
    Open,
    Closed(Closed),
}

/// The right to send one request once.
pub(super) struct Turn<'a> {
    probe: Option<MutexGuard<'a, ()>>,
    /// Nobody answered the try before.
    after_silence: bool,
}

impl Gate {
    pub(super) fn new(phase: watch::Receiver<Phase>) -> Self {
        Self { state: watch::Sender::new(State::Open), probe: Mutex::new(()), phase }
    }

    /// Waits until a request may be sent; `None` if that will not be so any more.
    pub(super) async fn turn(&self) -> Option<Turn<'_>> {
        tokio::select! {
            biased;
            () = self.opened() => Some(Turn::OPEN),
            probe = self.probe.lock() => self.turn_of_probe(probe).await,
        }
    }

    /// The receiver answered; true if it had been down.
    pub(super) fn succeeded(&self) -> bool {
        self.state.send_if_modified(|state| {
            let was_closed = matches!(state, State::Closed(_));
            *state = State::Open;
            was_closed
        })
    }

    /// The try failed.
    pub(super) fn failed(&self, turn: Turn<'_>, failure: Failure) {
        let now = Instant::now();
        self.state.send_modify(|state| {
            *state = State::Closed(match *state {
                State::Open => Closed::first(now, failure),
                State::Closed(closed) if turn.probe.is_some() => closed.again(now, failure),
                State::Closed(closed) => closed.straggler(now, failure),
            });
        });
        drop(turn); // only now may the next one probe
    }

    /// Ends when a try has had its time: in a shutdown, one that follows silence has a part of it only, as
    /// whoever is there again answers soon.
    pub(super) async fn given_up(&self, turn: &Turn<'_>) {
        let mut phase = self.phase.clone();
        let is_draining = |phase: &Phase| matches!(phase, Phase::Draining { .. });
        let draining =
            phase.wait_for(|phase| turn.after_silence && is_draining(phase)).await.map(|phase| *phase);
        match draining {
            Ok(Phase::Draining { since, until }) => sleep_until(since + (until - since) / PART).await,
            _ => pending().await,
        }
    }

    async fn opened(&self) {
        let mut state = self.state.subscribe();
        let _ = state.wait_for(|state| matches!(state, State::Open)).await; // the sender is here
    }

    async fn turn_of_probe<'a>(&self, probe: MutexGuard<'a, ()>) -> Option<Turn<'a>> {
        let (mut state, mut phase) = (self.state.subscribe(), self.phase.clone());
        loop {
            let State::Closed(closed) = *state.borrow_and_update() else {
                return Some(Turn::OPEN);
            };
            let due = closed.due(*phase.borrow_and_update(), Instant::now())?;
            tokio::select! {
                () = sleep_until(due) => {
                    return Some(Turn { probe: Some(probe), after_silence: closed.silent });
                }
                _ = state.changed() => {}
                changed = phase.changed() => changed.ok()?,
            }
        }
    }
}

impl Turn<'_> {
    /// While the receiver is up.
    const OPEN: Self = Self { probe: None, after_silence: false };
}

/// What a try after silence gets of a shutdown's time: one part of so many.
const PART: u32 = 5;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    const BUSY: Failure = Failure::Busy(None);
    const SECOND: Duration = Duration::from_secs(1);

    fn gate() -> (Gate, watch::Sender<Phase>) {
        let phase = watch::Sender::new(Phase::Running);
        (Gate::new(phase.subscribe()), phase)
    }

    #[tokio::test(start_paused = true)]
    async fn while_the_receiver_is_up_nobody_waits() {
        let (gate, _phase) = gate();
        let (a, b) = (gate.turn().await.unwrap(), gate.turn().await.unwrap());
        assert!(a.probe.is_none() && b.probe.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn one_probes_after_the_pause_and_the_others_wait_until_it_is_up_again() {
        let (gate, _phase) = gate();
        let start = Instant::now();
        gate.failed(gate.turn().await.unwrap(), BUSY);
        let probe = gate.turn().await.unwrap();
        assert!(probe.probe.is_some());
        assert!((0.75..1.26).contains(&start.elapsed().as_secs_f64()));

        let other = gate.turn();
        tokio::pin!(other);
        assert!(timeout(60 * SECOND, other.as_mut()).await.is_err());
        assert!(gate.succeeded());
        assert!(other.await.unwrap().probe.is_none());
        assert!(!gate.succeeded());
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_fail_together_count_as_one_failure() {
        let (gate, _phase) = gate();
        let turns = [gate.turn().await.unwrap(), gate.turn().await.unwrap(), gate.turn().await.unwrap()];
        for turn in turns {
            gate.failed(turn, BUSY);
        }
        let start = Instant::now();
        assert!(gate.turn().await.unwrap().probe.is_some());
        assert!(start.elapsed() < 2 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn the_receivers_wish_is_honoured_also_when_it_comes_late() {
        let (gate, _phase) = gate();
        let (a, b) = (gate.turn().await.unwrap(), gate.turn().await.unwrap());
        gate.failed(a, BUSY);
        gate.failed(b, Failure::Busy(Some(30 * SECOND)));
        let start = Instant::now();
        assert!(gate.turn().await.is_some());
        assert!(start.elapsed() >= 30 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_after_silence_has_a_fifth_of_a_shutdown_and_others_have_no_such_limit() {
        let (gate, phase) = gate();
        let start = Instant::now();
        gate.failed(gate.turn().await.unwrap(), Failure::Silent { ever_since: false });
        let probe = gate.turn().await.unwrap();
        assert!(timeout(60 * SECOND, gate.given_up(&probe)).await.is_err());
        phase.send_replace(Phase::Draining { since: Instant::now(), until: Instant::now() + 5 * SECOND });
        let draining = Instant::now();
        assert!(timeout(60 * SECOND, gate.given_up(&probe)).await.is_ok());
        assert_eq!(draining.elapsed(), SECOND);
        assert!(timeout(60 * SECOND, gate.given_up(&Turn::OPEN)).await.is_err());
        assert!(start.elapsed() > 60 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_when_the_phase_changes() {
        let (gate, phase) = gate();
        gate.failed(gate.turn().await.unwrap(), Failure::Busy(Some(600 * SECOND)));
        let start = Instant::now();
        let (turn, ()) = tokio::join!(gate.turn(), async {
            tokio::time::sleep(SECOND).await;
            phase.send_replace(Phase::Draining { since: Instant::now(), until: Instant::now() + 5 * SECOND });
        });
        assert!(turn.is_none());
        assert_eq!(start.elapsed(), SECOND);
    }
}
