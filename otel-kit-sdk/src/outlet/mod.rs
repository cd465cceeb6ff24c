//! The way out, one for each signal: a bounded queue and a few requests in flight on the kit's thread.

mod backoff;
mod deliver;
mod flow;
mod gate;
mod intake;
mod ledger;
mod notices;
mod outage;
mod pump;

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use tokio::sync::mpsc;

use otel_kit_core::{OtlpRequest, Signal, Transport};

use self::{deliver::Line, gate::Gate, ledger::Parcel, notices::Notices};
use crate::{kit_thread::KitThread, stats::LossReason};

pub(crate) use self::{flow::Flow, intake::Intake, ledger::Ledger, outage::Outages};

/// How much may be on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Items held, in the queue and in flight.
    pub(crate) items: usize,
    /// Bytes held, in the queue and in flight.
    pub(crate) bytes: usize,
    /// Requests sent at the same time.
    pub(crate) in_flight: usize,
    /// Items that may wait before they are encoded.
    pub(crate) waiting: usize,
    /// Time for one try; `None` is no limit.
    pub(crate) request: Option<Duration>,
}

/// Takes batches of one signal and sees to it that they arrive. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Outlet {
    ledger: Arc<Ledger>,
    queue: mpsc::UnboundedSender<Parcel>,
    notices: Arc<Notices>,
    outages: Arc<Outages>,
    exporter: Arc<str>,
}

impl Outlet {
    /// Opens the way of `signal` over `transport`. Outlets of the same transport share `outages`.
    pub(crate) fn open(
        kit: &KitThread,
        signal: Signal,
        transport: Arc<dyn Transport>,
        outages: Arc<Outages>,
        limits: Limits,
    ) -> Self {
        let ledger = Arc::new(Ledger::new(signal, limits));
        outages.watch(Arc::clone(&ledger));
        let exporter = exporter(signal, transport.protocol());
        let notices = Arc::new(Notices::new(signal, transport.destination(signal)));
        let (queue, parcels) = mpsc::unbounded_channel();
        let line = Line {
            signal,
            transport,
            gate: Gate::new(kit.phase()),
            outages: Arc::clone(&outages),
            notices: Arc::clone(&notices),
            limits,
            phase: kit.phase(),
            again: queue.downgrade(),
        };
        kit.handle().spawn(pump::pump(parcels, Arc::new(line)));
        Self { ledger, queue, notices, outages, exporter }
    }

    /// Encodes a batch of `items` items that `encode` makes, and puts it in the queue. Returns at once; a
    /// batch for which there is no room is counted and gone.
    pub(crate) fn ship(&self, items: usize, encode: impl FnOnce() -> Vec<u8>) {
        self.ledger.begin(items);
        match catch_unwind(AssertUnwindSafe(encode)) {
            Ok(body) => {
                let request = OtlpRequest::new(self.ledger.signal(), items, Bytes::from(body));
                // If nobody takes a parcel any more, it is counted as it is dropped.
                let _ = self.ledger.admit(request).map(|parcel| self.queue.send(parcel));
            }
            Err(_) => self.ledger.lose(LossReason::Encoding, items),
        }
        self.notices.lost(&self.ledger.stats(), self.outages.is_on());
    }

    /// What waits to be encoded.
    pub(crate) fn intake(&self) -> &Intake {
        self.ledger.intake()
    }

    /// Type of the exporter, by the conventions.
    pub(crate) fn exporter(&self) -> &str {
        &self.exporter
    }

    /// True while what goes the same way does not get through.
    pub(crate) fn is_out(&self) -> bool {
        self.outages.is_on()
    }

    /// Counts and limits.
    pub(crate) fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }
}

fn exporter(signal: Signal, protocol: &str) -> Arc<str> {
    let item = match signal {
        Signal::Traces => "span",
        Signal::Metrics => "metric",
        Signal::Logs => "log",
    };
    format!("otlp_{protocol}_{item}_exporter").into()
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("signal", &self.ledger.signal()).finish_non_exhaustive()
    }
}
