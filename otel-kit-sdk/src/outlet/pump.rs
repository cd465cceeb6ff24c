use std::sync::Arc;

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    deliver::{Line, deliver},
    ledger::Parcel,
};
use crate::phase::cancelled;

/// Takes parcels from the queue, a few at a time, until the queue is gone or everything is cancelled.
pub(super) async fn pump(mut queue: mpsc::UnboundedReceiver<Parcel>, line: Arc<Line>) {
    let mut phase = line.phase.clone();
    let mut flying = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            () = cancelled(&mut phase) => return,
            // A delivery that panicked has counted its items on the way out.
            Some(_) = flying.join_next(), if !flying.is_empty() => {}
            parcel = queue.recv(), if flying.len() < line.limits.in_flight => match parcel {
                Some(parcel) => drop(flying.spawn(deliver(parcel, Arc::clone(&line)))),
                None => break,
            },
        }
    }
    while flying.join_next().await.is_some() {}
}
