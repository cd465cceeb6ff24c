//! Warnings that come up in the middle of an event. Another event there would upset the filters of the subscriber, or
//! get lost, so they are said on a thread of their own, which is there from the first of them on.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{SyncSender, sync_channel},
    },
    thread,
};

use otel_kit_core::diag;
use tracing::{
    dispatcher::{self, WeakDispatch},
    warn,
};

use super::record::Slow;
use crate::slow;

/// Warns soon, where the statement belongs and to the subscriber that saw it.
pub(super) fn warn(slow: Slow, subscriber: WeakDispatch) {
    static SPEAKER: OnceLock<Option<SyncSender<Said>>> = OnceLock::new();
    let said = Said { slow, subscriber };
    let is_taken = SPEAKER.get_or_init(start).as_ref().is_some_and(|speaker| speaker.try_send(said).is_ok());
    if !is_taken {
        LOST.fetch_add(1, Ordering::Relaxed);
    }
}

struct Said {
    slow: Slow,
    subscriber: WeakDispatch,
}

impl Said {
    fn say(self) {
        let Some(subscriber) = self.subscriber.upgrade() else { return };
        let Slow { context, summary, duration } = self.slow;
        dispatcher::with_default(&subscriber, || {
            let lost = LOST.swap(0, Ordering::Relaxed);
            if lost > 0 {
                warn!(target: diag::TARGET, lost, "more slow statements than could be warned of");
            }
            let _attached = context.attach();
            slow::warn(&summary, duration);
        });
    }
}

fn start() -> Option<SyncSender<Said>> {
    let (sender, receiver) = sync_channel(MOST_WAITING);
    let say_all = move || receiver.into_iter().for_each(Said::say);
    thread::Builder::new().name(THREAD.to_owned()).spawn(say_all).ok().map(|_| sender)
}

/// Warnings that did not fit in.
static LOST: AtomicU64 = AtomicU64::new(0);

const THREAD: &str = "otel-kit-sqlx";
const MOST_WAITING: usize = 64;
