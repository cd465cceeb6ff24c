//! Deliveries to a receiver that answers by a script, on a clock that stands still.

mod answers;
mod ending;
mod many_requests;

use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use otel_kit_core::Sending;
use tokio::{sync::mpsc, time::sleep};

use super::*;
use crate::{
    outlet::{ledger::Ledger, pump::pump},
    stats::SignalStats,
};

const SECOND: Duration = Duration::from_secs(1);

/// Answers from a list, then with the last word; remembers when it was asked.
#[derive(Clone)]
struct Scripted(Arc<Script>);

struct Script {
    answers: Mutex<VecDeque<Answer>>,
    asked: Mutex<Vec<Instant>>,
    items: Mutex<Vec<usize>>,
    now: AtomicUsize,
    most: AtomicUsize,
}

#[derive(Clone)]
enum Answer {
    Say(Delivery),
    SayAfter(Duration, Delivery),
    Hang,
    Panic,
    /// Requests of one item never get through.
    NoSingles,
}

impl Scripted {
    fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self(Arc::new(Script {
            answers: Mutex::new(answers.into_iter().collect()),
            asked: Mutex::default(),
            items: Mutex::default(),
            now: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        }))
    }

    fn answer_from_now_on(&self, answer: Answer) {
        *self.answers.lock().unwrap() = [answer].into();
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// Seconds between the questions.
    fn pauses(&self) -> Vec<f64> {
        let asked = self.asked.lock().unwrap();
        asked.windows(2).map(|pair| (pair[1] - pair[0]).as_secs_f64()).collect()
    }
}

impl std::ops::Deref for Scripted {
    type Target = Script;

    fn deref(&self) -> &Script {
        &self.0
    }
}

impl Transport for Scripted {
    fn send(&self, request: OtlpRequest) -> Sending {
        let this = self.clone();
        Box::pin(async move {
            this.asked.lock().unwrap().push(Instant::now());
            this.items.lock().unwrap().push(request.items);
            let now = this.now.fetch_add(1, Ordering::Relaxed) + 1;
            this.most.fetch_max(now, Ordering::Relaxed);
            let _ends = Ends(&this);
            let answer = {
                let mut answers = this.answers.lock().unwrap();
                if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() }
            };
            match answer.unwrap() {
                Answer::Say(delivery) => delivery,
                Answer::SayAfter(time, delivery) => {
                    sleep(time).await;
                    delivery
                }
                Answer::Hang => std::future::pending().await,
                Answer::NoSingles if request.items == 1 => {
                    Delivery::Retry { after: None, reason: "single".to_owned() }
                }
                Answer::NoSingles => Delivery::ACCEPTED,
                Answer::Panic => std::panic::resume_unwind(Box::new(())),
            }
        })
    }

    fn destination(&self, _: Signal) -> String {
        "scripted".to_owned()
    }
}

struct Ends<'a>(&'a Script);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Outlet {
    ledger: Arc<Ledger>,
    queue: mpsc::UnboundedSender<Parcel>,
    phase: watch::Sender<Phase>,
}

fn outlet(transport: &Scripted) -> Outlet {
    outlet_of(Signal::Traces, transport)
}

fn outlet_of(signal: Signal, transport: &Scripted) -> Outlet {
    let limits = Limits {
        items: 100,
        bytes: 1_000,
        in_flight: if signal == Signal::Metrics { 1 } else { 4 },
        waiting: 10,
        request: Some(10 * SECOND),
    };
    let ledger = Arc::new(Ledger::new(signal, limits));
    let phase = watch::Sender::new(Phase::Running);
    let outages = Arc::new(Outages::default());
    outages.watch(Arc::clone(&ledger));
    let (queue, parcels) = mpsc::unbounded_channel();
    let line = Line {
        signal,
        transport: Arc::new(transport.clone()),
        gate: Gate::new(phase.subscribe()),
        outages,
        notices: Arc::new(Notices::new(signal, "scripted".to_owned())),
        limits,
        phase: phase.subscribe(),
        again: queue.downgrade(),
    };
    tokio::spawn(pump(parcels, Arc::new(line)));
    Outlet { ledger, queue, phase }
}

impl Outlet {
    fn submit(&self, items: usize) -> bool {
        let request = OtlpRequest::new(Signal::Traces, items, Bytes::from_static(b"x"));
        self.ledger.begin(items);
        self.ledger.admit(request).is_some_and(|parcel| self.queue.send(parcel).is_ok())
    }

    async fn settled(&self) -> SignalStats {
        while self.ledger.stats().pending > 0 {
            sleep(Duration::from_millis(10)).await;
        }
        self.ledger.stats()
    }

    fn drain(&self, seconds: u32) {
        let now = Instant::now();
        self.phase.send_replace(Phase::Draining { since: now, until: now + seconds * SECOND });
    }
}

const ACCEPT: Answer = Answer::Say(Delivery::ACCEPTED);

fn retry(after: Option<Duration>) -> Answer {
    Answer::Say(Delivery::Retry { after, reason: "busy".to_owned() })
}
