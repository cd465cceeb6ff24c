use std::{
    collections::BTreeMap,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use otel_kit_core::{Delivery, OtlpRequest, Signal};

use super::{Flow, Intake, Limits};
use crate::{
    self_metrics::Tries,
    stats::{LossReason, Lost, SignalStats},
    time::left,
};

/// The books of one outlet: what is on its way, what has arrived, what was lost. No item is in two places.
pub(crate) struct Ledger {
    signal: Signal,
    limits: Limits,
    intake: Intake,
    closed: AtomicBool,
    book: Mutex<Book>,
    settled: Condvar,
    tries: OnceLock<Tries>,
}

#[derive(Default)]
struct Book {
    /// Items that have left the intake.
    processed: u64,
    exported: u64,
    lost: Lost,
    /// Items between the intake and a parcel.
    encoding: usize,
    /// Items and bytes in parcels.
    items: usize,
    bytes: usize,
    next: u64,
    /// Numbers of the parcels on their way, and since when they are.
    open: BTreeMap<u64, Instant>,
    last_success: Option<SystemTime>,
}

impl Ledger {
    pub(super) fn new(signal: Signal, limits: Limits) -> Self {
        Self {
            signal,
            limits,
            intake: Intake::new(limits.waiting),
            closed: AtomicBool::new(false),
            book: Mutex::default(),
            settled: Condvar::new(),
            tries: OnceLock::new(),
        }
    }

    pub(super) fn signal(&self) -> Signal {
        self.signal
    }

    pub(super) fn intake(&self) -> &Intake {
        &self.intake
    }

    /// A batch has left the intake, and is going to be admitted or lost.
    pub(super) fn begin(&self, items: usize) {
        let mut book = self.book();
        book.processed += count(items);
        book.encoding += items;
        self.intake.leave(items);
    }

    /// Takes in a request that was begun, if there is room; else it is counted as lost. A single request
    /// always has room in an empty outlet.
    pub(super) fn admit(self: &Arc<Self>, request: OtlpRequest) -> Option<Parcel> {
        let mut book = self.book();
        if let Some(reason) = self.refuse(&book, &request) {
            book.lose(reason, request.items);
            return None;
        }
        let number = book.next;
        book.next += 1;
        book.open.insert(number, Instant::now());
        book.encoding = book.encoding.saturating_sub(request.items);
        book.items += request.items;
        book.bytes += request.body.len();
        drop(book);
        Some(Parcel { request, number, ledger: Arc::clone(self), settled: false })
    }

    fn refuse(&self, book: &Book, request: &OtlpRequest) -> Option<LossReason> {
        let items = book.items.saturating_add(request.items);
        let bytes = book.bytes.saturating_add(request.body.len());
        if request.body.len() > MAX_REQUEST {
            Some(LossReason::TooLarge)
        } else if self.closed.load(Ordering::Acquire) {
            Some(LossReason::Shutdown)
        } else if !book.open.is_empty() && (items > self.limits.items || bytes > self.limits.bytes) {
            Some(LossReason::QueueFull)
        } else {
            None
        }
    }

    /// Counts a batch that was begun and never became a request.
    pub(super) fn lose(&self, reason: LossReason, items: usize) {
        self.book().lose(reason, items);
    }

    /// Waits until everything that is on its way now has arrived or is lost; false if that is not so at
    /// `deadline`.
    pub(crate) fn wait_settled(&self, deadline: Instant) -> bool {
        self.wait_until(self.mark(), deadline)
    }

    /// The number that the next parcel gets.
    fn mark(&self) -> u64 {
        self.book().next
    }

    fn wait_until(&self, mark: u64, deadline: Instant) -> bool {
        let open = |book: &mut Book| book.open.first_key_value().is_some_and(|(oldest, _)| *oldest < mark);
        let waited = self.settled.wait_timeout_while(self.book(), left(deadline), open);
        !waited.unwrap_or_else(PoisonError::into_inner).1.timed_out()
    }

    /// The end: nothing comes in any more, and what is still there counts as lost.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.intake.close();
    }

    /// Items on their way, encoded.
    pub(super) fn held(&self) -> u64 {
        count(self.book().items)
    }

    /// The counts of this moment.
    pub(crate) fn stats(&self) -> SignalStats {
        let book = self.book();
        let (exported, mut lost) = (book.exported, book.lost);
        let mut pending = count(book.items + book.encoding + self.intake.waiting());
        drop(book);
        lost.add(LossReason::QueueFull, self.intake.dropped());
        lost.add(LossReason::Shutdown, self.intake.late());
        if self.closed.load(Ordering::Acquire) {
            lost.add(LossReason::Shutdown, std::mem::take(&mut pending));
        }
        SignalStats { exported, pending, lost }
    }

    /// All that is known of this moment.
    pub(crate) fn flow(&self) -> Flow {
        let book = self.book();
        let intake = &self.intake;
        Flow {
            waiting: intake.waiting(),
            capacity: intake.capacity(),
            dropped: intake.dropped(),
            late: intake.late(),
            processed: book.processed,
            in_flight: book.items.saturating_add(book.encoding),
            exported: book.exported,
            lost: book.lost,
            last_success: book.last_success,
            oldest: book.open.first_key_value().map(|(_, since)| since.elapsed()),
        }
    }

    /// Where the tries to send are measured from now on.
    pub(crate) fn measure_tries(&self, tries: Tries) {
        let _ = self.tries.set(tries);
    }

    /// A try to send has ended.
    pub(super) fn tried(&self, took: Duration, delivery: &Delivery) {
        if let Some(tries) = self.tries.get() {
            tries.record(took, delivery);
        }
    }

    fn settle(&self, parcel: &Parcel, exported: u64, lost: u64, reason: LossReason) {
        let mut book = self.book();
        book.exported += exported;
        if exported > 0 {
            book.last_success = Some(SystemTime::now());
        }
        book.lost.add(reason, lost);
        book.items = book.items.saturating_sub(parcel.request.items);
        book.bytes = book.bytes.saturating_sub(parcel.request.body.len());
        book.open.remove(&parcel.number);
        drop(book);
        self.settled.notify_all();
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    fn lose(&mut self, reason: LossReason, items: usize) {
        self.encoding = self.encoding.saturating_sub(items);
        self.lost.add(reason, count(items));
    }
}

/// A request that the ledger holds until it is settled; dropping it is a loss.
pub(crate) struct Parcel {
    request: OtlpRequest,
    number: u64,
    ledger: Arc<Ledger>,
    settled: bool,
}

impl Parcel {
    pub(super) fn request(&self) -> &OtlpRequest {
        &self.request
    }

    /// A try to send it has ended.
    pub(super) fn tried(&self, took: Duration, delivery: &Delivery) {
        self.ledger.tried(took, delivery);
    }

    /// It has arrived; the receiver refused `rejected` of its items.
    pub(super) fn delivered(self, rejected: u64) {
        let items = count(self.request.items);
        let rejected = rejected.min(items);
        self.settle(items - rejected, rejected, LossReason::Rejected);
    }

    /// It will never arrive.
    pub(super) fn lost(self, reason: LossReason) {
        let items = count(self.request.items);
        self.settle(0, items, reason);
    }

    fn settle(mut self, exported: u64, lost: u64, reason: LossReason) {
        self.settled = true;
        self.ledger.settle(&self, exported, lost, reason);
    }
}

impl Drop for Parcel {
    fn drop(&mut self) {
        if !self.settled {
            let reason = if thread::panicking() { LossReason::Panic } else { LossReason::Shutdown };
            self.ledger.settle(self, 0, count(self.request.items), reason);
        }
    }
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

/// What a receiver must take, by the OTLP specification.
const MAX_REQUEST: usize = 64 << 20;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;

    use super::*;
    use crate::time::after;

    fn ledger(items: usize, bytes: usize) -> Arc<Ledger> {
        let limits = Limits { items, bytes, in_flight: 1, waiting: 10, request: None };
        Arc::new(Ledger::new(Signal::Traces, limits))
    }

    fn admit(ledger: &Arc<Ledger>, items: usize, bytes: usize) -> Option<Parcel> {
        ledger.begin(items);
        ledger.admit(OtlpRequest::new(Signal::Traces, items, Bytes::from(vec![0; bytes])))
    }

    fn lost(ledger: &Ledger, reason: LossReason) -> u64 {
        ledger.stats().lost.get(reason)
    }

    fn counts(ledger: &Ledger) -> (u64, u64, u64) {
        let stats = ledger.stats();
        let lost = LossReason::ALL.iter().map(|reason| stats.lost.get(*reason)).sum();
        (stats.exported, stats.pending, lost)
    }

    #[test]
    fn the_room_is_bounded_in_items_and_in_bytes() {
        let ledger = ledger(10, 100);
        let first = admit(&ledger, 6, 10).unwrap();
        assert!(admit(&ledger, 5, 10).is_none() && admit(&ledger, 1, 95).is_none());
        assert_eq!(lost(&ledger, LossReason::QueueFull), 6);
        let second = admit(&ledger, 4, 90).unwrap();
        assert_eq!(counts(&ledger), (0, 10, 6));
        first.delivered(2);
        second.lost(LossReason::Rejected);
        assert_eq!(counts(&ledger), (4, 0, 12));
    }

    #[test]
    fn one_request_larger_than_the_room_passes_when_the_outlet_is_empty() {
        let ledger = ledger(10, 100);
        let large = admit(&ledger, 11, 101).unwrap();
        assert!(admit(&ledger, 1, 1).is_none());
        large.delivered(0);
        assert!(admit(&ledger, 1, 1).is_some());
    }

    #[test]
    fn a_request_above_what_otlp_allows_is_refused() {
        let ledger = ledger(10, 100);
        assert!(admit(&ledger, 1, MAX_REQUEST + 1).is_none());
        assert_eq!(lost(&ledger, LossReason::TooLarge), 1);
    }

    #[test]
    fn a_parcel_that_is_dropped_is_counted_as_lost() {
        let ledger = ledger(10, 100);
        drop(admit(&ledger, 3, 1));
        assert_eq!(lost(&ledger, LossReason::Shutdown), 3);

        let parcel = admit(&ledger, 2, 1).unwrap();
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(move || {
            let _held = parcel;
            std::panic::resume_unwind(Box::new(()));
        }));
        assert_eq!(lost(&ledger, LossReason::Panic), 2);
    }

    #[test]
    fn a_receiver_that_rejects_more_than_there_was_is_not_believed() {
        let ledger = ledger(10, 100);
        admit(&ledger, 3, 1).unwrap().delivered(u64::MAX);
        assert_eq!(counts(&ledger), (0, 0, 3));
    }

    #[test]
    fn after_the_end_what_is_pending_is_lost_and_nothing_comes_in() {
        let ledger = ledger(10, 100);
        let parcel = admit(&ledger, 3, 1).unwrap();
        assert!(ledger.intake().enter());
        ledger.close();
        assert_eq!(counts(&ledger), (0, 0, 4));
        assert!(!ledger.intake().enter()); // one more
        assert!(admit(&ledger, 1, 1).is_none()); // the one that waited
        parcel.delivered(0); // it was just arriving
        assert_eq!(counts(&ledger), (3, 0, 2));
    }

    #[test]
    fn no_item_is_missing_on_its_way_through() {
        let ledger = ledger(10, 100);
        assert!(ledger.intake().enter() && ledger.intake().enter());
        assert_eq!(counts(&ledger), (0, 2, 0));
        ledger.begin(2);
        assert_eq!(counts(&ledger), (0, 2, 0));
        ledger.lose(LossReason::Encoding, 2);
        assert_eq!(counts(&ledger), (0, 0, 2));
    }

    #[test]
    fn waiting_ends_when_what_was_there_is_settled_though_more_has_come() {
        let ledger = ledger(10, 100);
        let old = admit(&ledger, 1, 1).unwrap();
        let mark = ledger.mark();
        let _young = admit(&ledger, 1, 1).unwrap();
        assert!(!ledger.wait_until(mark, Instant::now()));
        thread::scope(|scope| {
            let waiting = scope.spawn(|| ledger.wait_until(mark, after(Duration::from_secs(60))));
            old.delivered(0);
            assert!(waiting.join().unwrap());
        });
        assert!(!ledger.wait_settled(Instant::now()));
    }
}
