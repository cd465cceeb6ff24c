use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        atomic::AtomicBool,
        mpsc::{SyncSender, TrySendError},
    },
};

use opentelemetry::{KeyValue, trace::TraceContextExt};
use otel_kit_core::{
    exception::Mechanism,
    semconv::{
        attribute::{EXCEPTION_MESSAGE, EXCEPTION_TYPE},
        event::EXCEPTION,
    },
};

use super::{
    Incoming,
    hold::hold_back,
    inside::{Doing, Recording, doing},
    job::{Job, Trace},
    losses::Loss,
    shared::Shared,
    timeline::seconds,
    worker::{Message, start},
};
use crate::{
    groups::Tally,
    keys::Admission,
    prekey::PreKey,
    seen::{Operation, Said, operation_name},
    stack,
};

/// The request path. Nothing here waits for anything.
#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) shared: Arc<Shared>,
    /// To the worker, which is started for the first one; `None` if it could not be.
    inbox: OnceLock<Option<SyncSender<Message>>>,
    pub(crate) is_hooked: AtomicBool,
    pub(crate) has_waited: AtomicBool,
}

impl Inner {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared: Arc::new(shared),
            inbox: OnceLock::new(),
            is_hooked: AtomicBool::new(false),
            has_waited: AtomicBool::new(false),
        }
    }

    /// Takes an exception in, whatever its `Debug` and `Display` do.
    pub(crate) fn take(self: &Arc<Self>, incoming: &Incoming<'_>) {
        let shared = &*self.shared;
        if incoming.context.is_telemetry_suppressed() || is_left_to_the_caller(shared, incoming) {
            return;
        }
        if shared.has_ended() {
            return shared.losses.add(Loss::Ended, 1);
        }
        let Some(_recording) = Recording::enter() else {
            return shared.losses.add(Loss::Nested, u64::from(doing() == Doing::Recording));
        };
        if catch_unwind(AssertUnwindSafe(|| self.take_in(incoming))).is_err() {
            shared.losses.add(Loss::Unreadable, 1);
        }
    }

    fn take_in(self: &Arc<Self>, incoming: &Incoming<'_>) {
        let shared = &*self.shared;
        let operation = Operation::of(incoming.context);
        let now = shared.timeline.nanos();
        let mut prekey = PreKey::new(incoming);
        prekey.find(&operation, &shared.rules);
        if !is_first(shared, &operation, &prekey, incoming, now) {
            return;
        }
        match shared.keys.admit(prekey.key, now, operation.tag()) {
            Admission::Ignored | Admission::Suppressed => {}
            Admission::NewOperation(tally) => self.note_operation(tally, incoming),
            Admission::Paid(tally) => {
                let job = Job { tally: Some(tally), ..self.job(incoming, &prekey, now) };
                self.hand_over(job, incoming);
            }
            Admission::Unpaid => self.hand_over(self.job(incoming, &prekey, now), incoming),
        }
    }

    fn note_operation(&self, tally: Arc<Tally>, incoming: &Incoming<'_>) {
        if let (Some(inbox), Some(name)) = (self.started(), operation_name(incoming.context)) {
            // Where there is no room, the group does not list it.
            let _unsent = inbox.try_send(Message::Operation(tally, name));
        }
    }

    fn job(&self, incoming: &Incoming<'_>, prekey: &PreKey<'_>, now: u64) -> Job {
        let shared = &*self.shared;
        let mut job = Job::new(incoming, prekey, now);
        job.record.time = shared.timeline.now();
        job.lines_until = shared.lines.mark();
        if !shared.settings.stacktrace {
            job.stack = Trace::None;
        } else if let Some(addresses) = incoming.addresses {
            job.stack = Trace::Addresses(Box::new(*addresses));
        } else if matches!(job.stack, Trace::None) && is_on_the_spot(incoming.mechanism) {
            job.stack = Trace::Addresses(Box::new(stack::capture()));
        }
        job
    }

    fn hand_over(self: &Arc<Self>, job: Job, incoming: &Incoming<'_>) {
        // A panic may come from inside of the span, which is locked then.
        if self.shared.settings.span_events && incoming.addresses.is_none() {
            add_span_event(incoming, &job);
        }
        if let Some(job) = hold_back(self, job) {
            self.send(job);
        }
    }

    /// Without waiting.
    pub(crate) fn send(&self, job: Job) {
        let shared = &*self.shared;
        let (key, tally) = (job.key, job.tally.clone());
        let loss = match self.inbox().map(|inbox| inbox.try_send(Message::Job(Box::new(job)))) {
            Some(Ok(())) => return,
            Some(Err(TrySendError::Full(_))) => Loss::QueueFull,
            Some(Err(TrySendError::Disconnected(_))) | None => Loss::Ended,
        };
        shared.losses.add(loss, 1);
        match tally {
            Some(tally) => tally.suppress(1, shared.timeline.nanos()),
            None => shared.keys.give_back(key),
        }
    }

    /// The worker's inbox; it starts the worker.
    pub(crate) fn inbox(&self) -> Option<&SyncSender<Message>> {
        self.inbox.get_or_init(|| start(&self.shared)).as_ref()
    }

    /// The worker's inbox, if it has been started.
    pub(crate) fn started(&self) -> Option<&SyncSender<Message>> {
        self.inbox.get()?.as_ref()
    }
}

thread_local! {
    /// What the last panic on this thread said, until somebody else reports it.
    static LAST_PANIC: Cell<Option<u64>> = const { Cell::new(None) };
}

fn is_first(
    shared: &Shared,
    operation: &Operation,
    prekey: &PreKey<'_>,
    incoming: &Incoming<'_>,
    now: u64,
) -> bool {
    let is_panic = incoming.mechanism == Mechanism::Panic;
    if is_panic && incoming.addresses.is_none() && is_last_panic(incoming, prekey) {
        return false;
    }
    if operation.trace().is_none() && !is_panic {
        return true;
    }
    let said = prekey.said();
    let is_first = shared.seen.is_first(operation, said, seconds(now), || prekey.message_hash());
    if is_panic && !matches!(said, Said::Panic) {
        shared.seen.note_panic(operation, seconds(now));
        if incoming.addresses.is_some() {
            LAST_PANIC.set(Some(prekey.message_hash()));
        }
    }
    is_first
}

/// Whether the hook was told of it on this thread, just before.
fn is_last_panic(incoming: &Incoming<'_>, prekey: &PreKey<'_>) -> bool {
    let is_same = |last| incoming.text.is_none() || last == prekey.message_hash();
    LAST_PANIC.take().is_some_and(is_same)
}

/// Failed calls are exceptions only if that is asked for.
fn is_left_to_the_caller(shared: &Shared, incoming: &Incoming<'_>) -> bool {
    incoming.mechanism == Mechanism::Client && !shared.settings.client_calls
}

/// Whether the stack shows where it came up; below a layer it shows but the layer.
const fn is_on_the_spot(mechanism: Mechanism) -> bool {
    matches!(mechanism, Mechanism::Manual | Mechanism::Log)
}

fn add_span_event(incoming: &Incoming<'_>, job: &Job) {
    let span = incoming.context.span();
    if !span.is_recording() {
        return;
    }
    let mut attributes = vec![KeyValue::new(EXCEPTION_TYPE, job.record.exception_type().to_owned())];
    attributes.extend(job.record.message.clone().map(|message| KeyValue::new(EXCEPTION_MESSAGE, message)));
    span.add_event_with_timestamp(EXCEPTION, job.record.time, attributes);
}
