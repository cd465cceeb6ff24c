use std::sync::Arc;

use opentelemetry::trace::{SpanContext, TraceContextExt, TraceState};
use otel_kit_core::{
    LogContext,
    semconv::event::{EXCEPTION, HTTP_SERVER_REQUEST_EXCEPTION, MESSAGING_PROCESS_EXCEPTION},
};

use super::Incoming;
use crate::{
    chain::Names,
    event::Record,
    groups::Tally,
    prekey::PreKey,
    rules::Module,
    seen::{OperationKind, operation_name},
    stack::Addresses,
};

/// An exception on its way to the worker: all of it that cannot be asked for later.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) key: u64,
    pub(crate) is_opaque: bool,
    /// The group, if it was known and had the budget.
    pub(crate) tally: Option<Arc<Tally>>,
    /// When, on the recorder's clock.
    pub(crate) nanos: u64,
    /// Complete but for what only the worker finds out.
    pub(crate) record: Record,
    pub(crate) place: Option<OwnPlace>,
    pub(crate) modules: Vec<Module>,
    pub(crate) stack: Trace,
    pub(crate) span: SpanContext,
    /// Not the context itself, which may keep a span open.
    pub(crate) fields: LogContext,
    /// Log lines up to this one came before.
    pub(crate) lines_until: u64,
}

/// A place of the application.
#[derive(Debug)]
pub(crate) struct OwnPlace {
    pub(crate) file: String,
    pub(crate) function: Option<String>,
}

/// The stack, if any.
#[derive(Debug)]
pub(crate) enum Trace {
    None,
    Addresses(Box<Addresses>),
    /// The error brought it along.
    Text(String),
}

impl Job {
    /// Names, messages and fields are formatted here: later the error is gone. The time and the stack are still to
    /// be filled in.
    pub(crate) fn new(incoming: &Incoming<'_>, prekey: &PreKey<'_>, nanos: u64) -> Self {
        let context = incoming.context;
        let span = plain(context.span().span_context());
        let site = incoming.site;
        let place = site
            .filter(|_| incoming.is_placed())
            .map(|site| OwnPlace { file: site.file.to_owned(), function: site.function.map(str::to_owned) });
        Self {
            key: prekey.key,
            is_opaque: prekey.is_opaque,
            tally: None,
            nanos,
            record: record(incoming, &span),
            place,
            modules: modules(incoming),
            stack: incoming.stack.map_or(Trace::None, |text| Trace::Text(text.to_owned())),
            span,
            fields: LogContext::of(context),
            lines_until: 0,
        }
    }
}

fn record(incoming: &Incoming<'_>, span: &SpanContext) -> Record {
    let names = match (incoming.error, incoming.text) {
        (Some(error), None) => Names::of(error, incoming.type_name),
        (Some(error), Some(text)) => Names::of(error, incoming.type_name).saying(text),
        (None, text) => Names::plain(incoming.type_name, text),
    };
    let mut messages = names.messages.into_iter();
    Record {
        event_name: event_name(incoming),
        severity: incoming.severity,
        time: std::time::SystemTime::UNIX_EPOCH,
        mechanism: incoming.mechanism,
        types: names.types,
        message: messages.next(),
        causes: messages.collect(),
        stacktrace: None,
        operation: operation_name(incoming.context),
        span_path: Vec::new(),
        log_lines: Vec::new(),
        attributes: Vec::new(),
        trace_id: span.trace_id(),
        span_id: span.span_id(),
        fingerprint: String::new(),
        title: String::new(),
    }
}

/// Of what came up in an operation of an adapter, as that one would call it.
fn event_name(incoming: &Incoming<'_>) -> &'static str {
    match OperationKind::of(incoming.context) {
        OperationKind::Request if incoming.event_name == EXCEPTION => HTTP_SERVER_REQUEST_EXCEPTION,
        OperationKind::Message if incoming.event_name == EXCEPTION => MESSAGING_PROCESS_EXCEPTION,
        _ => incoming.event_name,
    }
}

/// All that tells where in the source it was.
fn modules(incoming: &Incoming<'_>) -> Vec<Module> {
    let Some(site) = incoming.site else { return Vec::new() };
    let paths = [site.function, site.module].into_iter().flatten().map(Module::of_path);
    paths.chain(Module::of_file(site.file).filter(|_| site.is_of_app())).collect()
}

/// Without what other systems put into it.
fn plain(span: &SpanContext) -> SpanContext {
    let state = TraceState::NONE;
    SpanContext::new(span.trace_id(), span.span_id(), span.trace_flags(), span.is_remote(), state)
}
