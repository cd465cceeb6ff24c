use std::time::Duration;

use tokio::{
    sync::{Mutex, MutexGuard, watch},
    time::{Instant, sleep_until},
};

use super::backoff::delay;
use crate::phase::Phase;

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

#[derive(Clone, Copy)]
struct Closed {
    since: Instant,
    failures: u32,
    failed_at: Instant,
    not_before: Instant,
    /// The receiver itself named the time.
    asked: bool,
}

/// The right to send one request once.
pub(super) struct Turn<'a> {
    probe: Option<MutexGuard<'a, ()>>,
}

impl Gate {
    pub(super) fn new(phase: watch::Receiver<Phase>) -> Self {
        Self { state: watch::Sender::new(State::Open), probe: Mutex::new(()), phase }
    }

    /// Waits until a request may be sent; `None` if that will not be so any more.
    pub(super) async fn turn(&self) -> Option<Turn<'_>> {
        tokio::select! {
            biased;
            () = self.opened() => Some(Turn { probe: None }),
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

    /// The try failed; the receiver may have asked for a time to wait.
    pub(super) fn failed(&self, turn: Turn<'_>, asked: Option<Duration>) {
        let now = Instant::now();
        self.state.send_modify(|state| {
            *state = State::Closed(match *state {
                State::Open => Closed::first(now, asked),
                State::Closed(closed) if turn.probe.is_some() => closed.again(now, asked),
                State::Closed(closed) => closed.straggler(now, asked),
            });
        });
        drop(turn); // only now may the next one probe
    }

    async fn opened(&self) {
        let mut state = self.state.subscribe();
        let _ = state.wait_for(|state| matches!(state, State::Open)).await; // the sender is here
    }

    async fn turn_of_probe<'a>(&self, probe: MutexGuard<'a, ()>) -> Option<Turn<'a>> {
        let (mut state, mut phase) = (self.state.subscribe(), self.phase.clone());
        loop {
            let State::Closed(closed) = *state.borrow_and_update() else {
                return Some(Turn { probe: None });
            };
            let due = closed.due(*phase.borrow_and_update(), Instant::now())?;
            tokio::select! {
                () = sleep_until(due) => return Some(Turn { probe: Some(probe) }),
                _ = state.changed() => {}
                changed = phase.changed() => changed.ok()?,
            }
        }
    }
}

impl Closed {
    fn first(now: Instant, asked: Option<Duration>) -> Self {
        Self {
            since: now,
            failures: 1,
            failed_at: now,
            not_before: now + delay(1, asked),
            asked: asked.is_some(),
        }
    }

    fn again(self, now: Instant, asked: Option<Duration>) -> Self {
        let failures = self.failures.saturating_add(1);
        let not_before = now + delay(failures, asked);
        Self { since: self.since, failures, failed_at: now, not_before, asked: asked.is_some() }
    }

    /// A request that was in flight with the one that failed first is no news, except for what it was asked.
    fn straggler(self, now: Instant, asked: Option<Duration>) -> Self {
        let asked_until = asked.map(|asked| now + delay(1, Some(asked)));
        let not_before = asked_until.map_or(self.not_before, |until| until.max(self.not_before));
        Self { failed_at: now, not_before, asked: self.asked || asked.is_some(), ..self }
    }

    /// When to probe; `None` if there is no use in it any more.
    ///
    /// A shutdown gives a receiver that was down one more chance, at once unless it asked for time; a
    /// receiver that went down only then is tried as long as there is time.
    fn due(&self, phase: Phase, now: Instant) -> Option<Instant> {
        match phase {
            Phase::Running => Some(self.not_before),
            Phase::Cancelled => None,
            Phase::Draining { since, until } => {
                let untried = self.failed_at < since;
                let due = if untried && !self.asked { now } else { self.not_before };
                let hopeless = !untried && self.since < since;
                (due < until && !hopeless).then_some(due)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        gate.failed(gate.turn().await.unwrap(), None);
        let probe = gate.turn().await.unwrap();
        assert!(probe.probe.is_some());
        assert!((0.75..1.26).contains(&start.elapsed().as_secs_f64()));

        let other = gate.turn();
        tokio::pin!(other);
        assert!(tokio::time::timeout(60 * SECOND, other.as_mut()).await.is_err());
        assert!(gate.succeeded());
        assert!(other.await.unwrap().probe.is_none());
        assert!(!gate.succeeded());
    }

    #[tokio::test(start_paused = true)]
    async fn requests_that_fail_together_count_as_one_failure() {
        let (gate, _phase) = gate();
        let turns = [gate.turn().await.unwrap(), gate.turn().await.unwrap(), gate.turn().await.unwrap()];
        for turn in turns {
            gate.failed(turn, None);
        }
        let start = Instant::now();
        assert!(gate.turn().await.unwrap().probe.is_some());
        assert!(start.elapsed() < 2 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn the_receivers_wish_is_honoured_also_when_it_comes_late() {
        let (gate, _phase) = gate();
        let (a, b) = (gate.turn().await.unwrap(), gate.turn().await.unwrap());
        gate.failed(a, None);
        gate.failed(b, Some(30 * SECOND));
        let start = Instant::now();
        assert!(gate.turn().await.is_some());
        assert!(start.elapsed() >= 30 * SECOND);
    }

    fn closed(now: Instant, asked: bool) -> Closed {
        Closed { since: now, failures: 3, failed_at: now, not_before: now + 8 * SECOND, asked }
    }

    #[tokio::test(start_paused = true)]
    async fn a_shutdown_gives_an_old_outage_one_chance_at_once() {
        let began = Instant::now();
        let now = began + SECOND;
        let phase = Phase::Draining { since: now, until: now + 5 * SECOND };
        let before = closed(began, false);
        assert_eq!(before.due(Phase::Running, now), Some(before.not_before));
        assert_eq!(before.due(phase, now), Some(now));
        assert_eq!(before.again(now, None).due(phase, now), None);
        assert_eq!(before.due(Phase::Cancelled, now), None);
    }

    #[tokio::test(start_paused = true)]
    async fn an_outage_that_begins_in_the_shutdown_is_waited_for_within_the_time() {
        let now = Instant::now();
        let phase = Phase::Draining { since: now, until: now + 5 * SECOND };
        let first = Closed::first(now, None);
        assert_eq!(first.due(phase, now), Some(first.not_before));
        assert_eq!(closed(now, false).due(phase, now), None); // too late
    }

    #[tokio::test(start_paused = true)]
    async fn a_shutdown_does_not_press_a_receiver_that_asked_for_time() {
        let began = Instant::now();
        let now = began + SECOND;
        let asked = closed(began, true);
        let until = |seconds: u32| Phase::Draining { since: now, until: now + seconds * SECOND };
        assert_eq!(asked.due(until(5), now), None);
        assert_eq!(asked.due(until(10), now), Some(asked.not_before));
    }

    #[tokio::test(start_paused = true)]
    async fn waiting_ends_when_the_phase_changes() {
        let (gate, phase) = gate();
        gate.failed(gate.turn().await.unwrap(), Some(600 * SECOND));
        let start = Instant::now();
        let (turn, ()) = tokio::join!(gate.turn(), async {
            tokio::time::sleep(SECOND).await;
            phase.send_replace(Phase::Draining { since: Instant::now(), until: Instant::now() + 5 * SECOND });
        });
        assert!(turn.is_none());
        assert_eq!(start.elapsed(), SECOND);
    }
}
