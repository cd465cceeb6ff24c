use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Instant,
};

use opentelemetry::Context;
use otel_kit_core::exception::Sample;

use super::{
    job::{Job, Trace},
    losses::Loss,
    shared::Shared,
};
use crate::{
    event::{Record, log_event},
    fingerprint::{self, Facts, Fingerprint, Place},
    groups::{Occurrence, Tally},
    rules::{Module, Subject, Verdict},
    stack::{Stack, Symboliser, parse_text},
};

/// Finds out the group of an exception, and exports it.
pub(crate) struct Processing {
    shared: Arc<Shared>,
    symboliser: Symboliser,
}

impl Processing {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { symboliser: Symboliser::new(shared.in_app.clone()), shared }
    }

    pub(crate) fn forget_if_idle(&mut self, now: Instant) {
        self.symboliser.forget_if_idle(now);
    }

    pub(crate) fn process(&mut self, job: Job) {
        let shared = Arc::clone(&self.shared);
        let prepared = {
            // Whatever happens here, none of it is to be telemetry.
            let _quiet = Context::enter_telemetry_suppressed_scope();
            self.prepare(&shared, job)
        };
        if let Some((job, tally)) = prepared {
            export(&shared, job, &tally);
        }
    }

    /// `None` if it is not to be exported.
    fn prepare(&mut self, shared: &Shared, mut job: Job) -> Option<(Job, Arc<Tally>)> {
        learn_crate(shared, &job);
        let stack = self.stack(&job);
        let verdict = verdict(shared, &job, stack.as_ref());
        if verdict.is_ignored {
            shared.keys.ignore(job.key, job.nanos);
            return None;
        }
        let tally = admit(shared, &job, &verdict, stack.as_ref())?;
        let record = &mut job.record;
        record.severity = verdict.level.unwrap_or(record.severity);
        record.stacktrace = stack.filter(|stack| !stack.frames.is_empty()).map(|stack| stack.to_string());
        tally.fingerprint().clone_into(&mut record.fingerprint);
        record.log_lines = shared.lines.of_trace(record.trace_id, job.lines_until);
        let found = shared.groups().find(tally.fingerprint(), |nanos| shared.timeline.wall(nanos));
        record.title = found.map(|known| known.group.title).unwrap_or_default();
        is_sent(shared, record).then_some((job, tally))
    }

    fn stack(&mut self, job: &Job) -> Option<Stack> {
        match &job.stack {
            Trace::None => None,
            Trace::Addresses(addresses) => Some(self.symboliser.frames(addresses)),
            Trace::Text(text) => Some(parse_text(text, &self.shared.in_app)),
        }
    }
}

/// The group, if its budget allows for this one.
fn admit(shared: &Shared, job: &Job, verdict: &Verdict<'_>, stack: Option<&Stack>) -> Option<Arc<Tally>> {
    // What an error's own stack says is no matter of its key.
    let has_own = matches!(job.stack, Trace::Text(_));
    if let Some(tally) = job.tally.as_ref().filter(|tally| !has_own && !tally.is_forgotten()) {
        return Some(Arc::clone(tally));
    }
    let fingerprint = fingerprint_of(job, verdict, stack);
    let tally = shared.groups().find_or_add(&fingerprint, job.record.exception_type(), job.record.time);
    match &job.tally {
        Some(paid) if Arc::ptr_eq(paid, &tally) => return Some(tally),
        Some(paid) if !paid.is_forgotten() => paid.take_back(),
        _ => shared.keys.link(job.key, &tally, job.nanos),
    }
    tally.admit(shared.budget, job.nanos).then_some(tally)
}

fn fingerprint_of(job: &Job, verdict: &Verdict<'_>, stack: Option<&Stack>) -> Fingerprint {
    let place =
        job.place.as_ref().map(|place| Place { file: &place.file, function: place.function.as_deref() });
    fingerprint::of(&Facts {
        custom: verdict.fingerprint,
        chain: &job.record.types,
        message: &telling_message(job),
        is_opaque: job.is_opaque,
        place,
        operation: job.record.operation.as_deref().filter(|_| place.is_none()),
        stack,
        mechanism: job.record.mechanism,
    })
}

/// The outermost message and, where types tell nothing of the cause, the innermost one.
fn telling_message(job: &Job) -> String {
    let message = job.record.message.clone().unwrap_or_default();
    match job.record.causes.last().filter(|_| job.is_opaque) {
        Some(cause) => message + ": " + cause,
        None => message,
    }
}

fn verdict<'a>(shared: &'a Shared, job: &Job, stack: Option<&Stack>) -> Verdict<'a> {
    let own = stack.and_then(|stack| stack.frames.iter().find(|frame| frame.is_in_app));
    let own = own.and_then(|frame| frame.normal.as_deref()).map(Module::of_path);
    let modules: Vec<_> = job.modules.iter().cloned().chain(own).collect();
    let message = job.record.message.as_deref().unwrap_or_default().as_bytes();
    shared.rules.verdict(&Subject { types: &job.record.types, message, modules: &modules })
}

/// A function that a macro found out tells a crate of the application.
fn learn_crate(shared: &Shared, job: &Job) {
    let function = job.place.as_ref().and_then(|place| place.function.as_deref());
    if let Some((krate, _)) = function.and_then(|function| function.split_once("::")) {
        shared.in_app.learn(krate);
    }
}

/// A hook that panics has not said that it may go.
fn is_sent(shared: &Shared, record: &mut Record) -> bool {
    let Some(before_send) = &shared.before_send else { return true };
    let is_sent = catch_unwind(AssertUnwindSafe(|| before_send(record))).unwrap_or_default();
    if !is_sent {
        shared.losses.add(Loss::BeforeSend, 1);
    }
    is_sent
}

fn export(shared: &Shared, job: Job, tally: &Tally) {
    let Job { record, span, fields, .. } = job;
    shared.groups().note(tally, occurrence(&record));
    let Some(output) = shared.output().clone() else { return shared.losses.add(Loss::NotConnected, 1) };
    let found = shared.groups().find(tally.fingerprint(), |nanos| shared.timeline.wall(nanos));
    if let Some(known) = found {
        output.kit.emit(log_event(record, &known, tally.tell(), span, fields));
    }
}

fn occurrence(record: &Record) -> Occurrence {
    let mut sample = Sample::new(record.message.clone().unwrap_or_default());
    sample.stacktrace.clone_from(&record.stacktrace);
    (sample.trace_id, sample.span_id) = (record.trace_id, record.span_id);
    Occurrence { sample, operation: record.operation.clone(), severity: record.severity }
}
