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

#[tokio::test(start_paused = true)]
async fn what_is_accepted_is_exported() {
    let transport = Scripted::new([ACCEPT]);
    let outlet = outlet(&transport);
    assert!(outlet.submit(3) && outlet.submit(4));
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, transport.asked()), (7, 2));
}

#[tokio::test(start_paused = true)]
async fn a_request_is_sent_again_with_growing_pauses_until_it_is_accepted() {
    let transport = Scripted::new([retry(None), retry(None), retry(None), retry(None), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(3);
    assert_eq!(outlet.settled().await.exported, 3);
    let pauses = transport.pauses();
    for (pause, middle) in pauses.iter().zip([1.0, 2.0, 4.0, 8.0]) {
        assert!((0.75 * middle..=1.26 * middle).contains(pause), "{pauses:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_receivers_time_to_wait_is_honoured_to_the_millisecond() {
    let transport = Scripted::new([retry(Some(Duration::from_millis(30_200))), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    outlet.settled().await;
    let pause = transport.pauses()[0];
    assert!((30.2..33.3).contains(&pause), "{pause}");
}

#[tokio::test(start_paused = true)]
async fn a_receiver_that_does_not_answer_is_asked_again_after_the_time_limit() {
    let transport = Scripted::new([Answer::Hang, ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    assert_eq!(outlet.settled().await.exported, 1);
    assert!((10.7..11.3).contains(&transport.pauses()[0]));
}

#[tokio::test(start_paused = true)]
async fn what_is_rejected_is_lost_and_never_sent_again() {
    let rejected = Delivery::Rejected { reason: "400".to_owned() };
    let transport = Scripted::new([Answer::Say(rejected), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(3);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Rejected), transport.asked()), (0, 3, 1));
}

#[tokio::test(start_paused = true)]
async fn the_rejected_part_of_a_partial_success_is_lost_and_the_rest_exported() {
    let partial = Delivery::Accepted { rejected: 2, message: Some("too old".to_owned()) };
    let transport = Scripted::new([Answer::Say(partial)]);
    let outlet = outlet(&transport);
    outlet.submit(5);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Rejected), transport.asked()), (3, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_transport_costs_its_own_request_only() {
    let transport = Scripted::new([Answer::Panic, ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(2);
    outlet.submit(3);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Panic)), (3, 2));
}

#[tokio::test(start_paused = true)]
async fn several_requests_are_in_flight_but_not_more_than_allowed() {
    let transport = Scripted::new([Answer::SayAfter(SECOND, Delivery::ACCEPTED)]);
    let outlet = outlet(&transport);
    let start = Instant::now();
    (0..8).for_each(|_| _ = outlet.submit(1));
    outlet.settled().await;
    assert_eq!(transport.most.load(Ordering::Relaxed), 4);
    assert!(start.elapsed() < 3 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn while_the_receiver_is_down_one_request_probes() {
    let busy = Delivery::Retry { after: None, reason: "busy".to_owned() };
    let transport = Scripted::new([Answer::SayAfter(Duration::from_millis(1), busy)]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    sleep(Duration::from_millis(10)).await;
    assert_eq!(transport.asked(), 4);
    sleep(60 * SECOND).await;
    // After 1, 3, 7, 15, 25, ... seconds, give or take the jitter.
    assert!((10..=14).contains(&transport.asked()), "{}", transport.asked());

    transport.answers.lock().unwrap().push_back(ACCEPT);
    transport.answers.lock().unwrap().pop_front();
    assert_eq!(outlet.settled().await.exported, 8);
}

#[tokio::test(start_paused = true)]
async fn the_room_is_kept_for_what_was_there_first() {
    let transport = Scripted::new([retry(None), retry(None), ACCEPT]);
    let outlet = outlet(&transport);
    assert!(outlet.submit(60));
    assert!(!outlet.submit(60));
    assert!(outlet.submit(40));
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::QueueFull)), (100, 60));
}

#[tokio::test(start_paused = true)]
async fn cancelling_ends_requests_and_pauses_and_counts_what_was_there() {
    for answer in [Answer::Hang, retry(Some(3_000 * SECOND))] {
        let transport = Scripted::new([answer]);
        let outlet = outlet(&transport);
        (0..8).for_each(|_| _ = outlet.submit(2));
        sleep(Duration::from_millis(100)).await;
        let start = Instant::now();
        outlet.phase.send_replace(Phase::Cancelled);
        let stats = outlet.settled().await;
        assert_eq!((stats.exported, stats.lost.get(LossReason::Shutdown)), (0, 16));
        assert!(start.elapsed() < Duration::from_millis(100));
    }
}

#[tokio::test(start_paused = true)]
async fn draining_gives_a_dead_receiver_one_chance_and_then_gives_up_early() {
    let transport = Scripted::new([retry(None)]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    sleep(30 * SECOND).await;
    let (start, asked) = (Instant::now(), transport.asked());
    outlet.drain(5);
    let stats = outlet.settled().await;
    assert_eq!(stats.lost.get(LossReason::Shutdown), 8);
    assert_eq!(transport.asked(), asked + 1);
    assert!(start.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn draining_brings_everything_out_when_the_receiver_is_back() {
    let transport = Scripted::new([retry(None)]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    sleep(30 * SECOND).await;
    transport.answers.lock().unwrap().push_back(ACCEPT);
    transport.answers.lock().unwrap().pop_front();
    let start = Instant::now();
    outlet.drain(5);
    assert_eq!(outlet.settled().await.exported, 8);
    assert!(start.elapsed() < SECOND);
}

#[tokio::test(start_paused = true)]
async fn draining_waits_for_a_receiver_that_asks_for_a_second() {
    let transport = Scripted::new([retry(Some(SECOND)), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.drain(5);
    outlet.submit(1);
    assert_eq!(outlet.settled().await.exported, 1);
}

fn refused() -> Answer {
    Answer::Say(Delivery::Unanswered { reason: "connection refused".to_owned() })
}

#[tokio::test(start_paused = true)]
async fn draining_gives_up_at_once_where_nobody_ever_answered() {
    let transport = Scripted::new([refused()]);
    let outlet = outlet(&transport);
    let start = Instant::now();
    outlet.drain(5);
    (0..8).for_each(|_| _ = outlet.submit(1));
    let stats = outlet.settled().await;
    assert_eq!(stats.lost.get(LossReason::Shutdown), 8);
    assert!(transport.asked() <= 4, "{}", transport.asked()); // those that were in flight together
    assert!(start.elapsed() < SECOND / 4, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn draining_waits_for_a_receiver_that_answered_and_is_gone_for_a_moment() {
    let transport = Scripted::new([ACCEPT, refused(), refused(), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    sleep(SECOND / 10).await;
    outlet.drain(10);
    outlet.submit(2);
    assert_eq!(outlet.settled().await.exported, 3);
}

#[tokio::test(start_paused = true)]
async fn draining_takes_a_receiver_that_has_no_time_for_one_that_is_there() {
    let transport = Scripted::new([retry(Some(SECOND)), refused(), ACCEPT]);
    let outlet = outlet(&transport);
    outlet.drain(10);
    outlet.submit(2);
    assert_eq!(outlet.settled().await.exported, 2);
}

#[tokio::test(start_paused = true)]
async fn draining_leaves_a_receiver_that_was_silent_all_the_time_a_fifth_of_it() {
    let transport = Scripted::new([Answer::Hang]);
    let outlet = outlet(&transport);
    outlet.submit(1);
    sleep(15 * SECOND).await; // one try is over, and one is under way
    assert_eq!(transport.asked(), 2);
    let start = Instant::now();
    outlet.drain(5);
    outlet.submit(1);
    let stats = outlet.settled().await;
    assert_eq!((stats.exported, stats.lost.get(LossReason::Shutdown)), (0, 2));
    assert!((SECOND..SECOND * 11 / 10).contains(&start.elapsed()), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn draining_leaves_the_first_try_of_all_the_time_there_is() {
    let transport = Scripted::new([Answer::SayAfter(4 * SECOND, Delivery::ACCEPTED)]);
    let outlet = outlet(&transport);
    outlet.drain(5);
    outlet.submit(1);
    assert_eq!(outlet.settled().await.exported, 1);
}

#[tokio::test(start_paused = true)]
async fn requests_that_never_get_through_do_not_hold_up_the_others() {
    let transport = Scripted::new([Answer::NoSingles]);
    let outlet = outlet(&transport);
    (0..8).for_each(|_| _ = outlet.submit(1));
    (0..20).for_each(|_| _ = outlet.submit(2));
    sleep(120 * SECOND).await;
    let stats = outlet.ledger.stats();
    assert_eq!((stats.exported, stats.pending), (40, 8));
}

#[tokio::test(start_paused = true)]
async fn metrics_keep_their_order() {
    let transport = Scripted::new([retry(None), ACCEPT]);
    let outlet = outlet_of(Signal::Metrics, &transport);
    (1..=4).for_each(|items| _ = outlet.submit(items));
    outlet.settled().await;
    assert_eq!(*transport.items.lock().unwrap(), [1, 1, 2, 3, 4]);
}
