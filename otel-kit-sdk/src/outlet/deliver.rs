use std::sync::Arc;

use tokio::{
    sync::{mpsc, watch},
    time::{Instant, timeout},
};

use otel_kit_core::{Delivery, OtlpRequest, Signal, Transport};

use super::{
    Limits, Outages,
    gate::{Failure, Gate, Turn},
    ledger::Parcel,
    notices::Notices,
};
use crate::{
    phase::{Phase, cancelled},
    stats::LossReason,
};

/// What all deliveries of one outlet share.
pub(super) struct Line {
    pub(super) signal: Signal,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) gate: Gate,
    pub(super) outages: Arc<Outages>,
    pub(super) notices: Arc<Notices>,
    pub(super) limits: Limits,
    pub(super) phase: watch::Receiver<Phase>,
    /// The end of the queue, for what has to be sent again.
    pub(super) again: mpsc::WeakUnboundedSender<Parcel>,
}

/// Sends one request, as soon as its turn comes. What has to be sent again goes back to the queue, so that
/// a request that never gets through does not hold up the others; only metrics keep their order.
pub(super) async fn deliver(parcel: Parcel, line: Arc<Line>) {
    let mut phase = line.phase.clone();
    tokio::select! {
        biased;
        () = cancelled(&mut phase) => {} // the parcel is dropped unsettled, which counts it
        () = line.deliver(parcel) => {}
    }
}

impl Line {
    async fn deliver(&self, parcel: Parcel) {
        loop {
            let Some(turn) = self.gate.turn().await else { return parcel.lost(LossReason::Shutdown) };
            let begun = Instant::now();
            let delivery = self.send(&turn, parcel.request().clone()).await;
            parcel.tried(begun.elapsed(), &delivery);
            match delivery {
                Delivery::Accepted { rejected, message } => {
                    self.answered();
                    self.notices.partial(rejected, message.as_deref());
                    return parcel.delivered(rejected);
                }
                Delivery::Rejected { reason } => {
                    self.answered();
                    self.notices.rejected(&reason);
                    return parcel.lost(LossReason::Rejected);
                }
                Delivery::Retry { after, reason } => {
                    self.outages.answered();
                    self.failed(turn, Failure::Busy(after), &reason);
                }
                Delivery::Unanswered { reason } => {
                    let failure = Failure::Silent { ever_since: !self.outages.has_answered() };
                    self.failed(turn, failure, &reason);
                }
                // An answer that this version does not know is no reason to throw data away.
                _ => self.gate.failed(turn, Failure::Busy(None)),
            }
            if self.signal != Signal::Metrics {
                // Without a queue the parcel is dropped, which counts it.
                return drop(self.again.upgrade().map(|queue| queue.send(parcel)));
            }
        }
    }

    async fn send(&self, turn: &Turn<'_>, request: OtlpRequest) -> Delivery {
        let sending = async {
            let sending = self.transport.send(request);
            let Some(limit) = self.limits.request else { return sending.await };
            timeout(limit, sending)
                .await
                .unwrap_or_else(|_| Delivery::Unanswered { reason: format!("no answer within {limit:?}") })
        };
        tokio::select! {
            biased;
            delivery = sending => delivery,
            () = self.gate.given_up(turn) => Delivery::Unanswered { reason: "still no answer".to_owned() },
        }
    }

    fn failed(&self, turn: Turn<'_>, failure: Failure, reason: &str) {
        self.outages.failed(self.signal, &*self.transport, reason, Instant::now());
        self.gate.failed(turn, failure);
    }

    fn answered(&self) {
        self.outages.answered();
        if self.gate.succeeded() {
            self.outages.ended(self.signal, &*self.transport, Instant::now());
        }
    }
}

#[cfg(test)]
mod tests;
