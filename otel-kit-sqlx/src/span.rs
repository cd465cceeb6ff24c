use std::{borrow::Cow, mem, sync::Arc, time::Duration};

use opentelemetry::{
    Context, ContextGuard, KeyValue, StringValue,
    trace::{SpanBuilder, SpanKind},
};
use otel_kit_core::{
    bounded,
    operation::{Operation, Outcome, Role},
    semconv::attribute::{
        DB_QUERY_SUMMARY, DB_QUERY_TEXT, DB_RESPONSE_RETURNED_ROWS, DB_RESPONSE_STATUS_CODE,
        OTEL_KIT_DB_CONNECTION_WAIT_TIME,
    },
};
use sqlx_core::error::Error;
use tracing::Span;

use crate::{
    auto, client::Client, failure::Failure, mark::Mark, metrics::Ending, slow, statement::Statement,
};

/// A statement under way: span, duration and rows, ended together and once.
#[derive(Debug)]
pub(crate) struct SqlSpan {
    client: Arc<Client>,
    statement: Arc<Statement>,
    operation: Operation,
    /// Takes the context to the driver's thread, if the driver has one.
    carrier: Span,
    /// How long it waited for a connection of a pool; no part of its duration.
    waited: Option<Duration>,
    is_waiting: bool,
    rows: Option<u64>,
    is_open: bool,
}

/// Within a statement, on the thread that runs it.
#[must_use = "it ends when this is dropped"]
pub(crate) struct Entered<'s> {
    _carrier: tracing::span::Entered<'s>,
    _mark: Mark,
    _context: ContextGuard,
}

impl SqlSpan {
    /// Starts the span below the current context.
    pub(crate) fn start(client: &Arc<Client>, statement: Arc<Statement>) -> Self {
        let operation = Operation::start(&client.tracer, &Context::current(), || builder(client, &statement));
        let has_thread = client.target.dialect.may_run_on_a_thread_of_its_own();
        let carrier = if has_thread { auto::carrier(&operation) } else { Span::none() };
        Self {
            client: Arc::clone(client),
            statement,
            operation,
            carrier,
            waited: None,
            is_waiting: false,
            rows: None,
            is_open: true,
        }
    }

    /// Makes the context current, and marks the thread as one that runs a statement with a span.
    pub(crate) fn enter(&self) -> Entered<'_> {
        let context = self.operation.attach();
        Entered { _carrier: self.carrier.enter(), _mark: Mark::set(), _context: context }
    }

    /// Notes that it waits for a connection from now on.
    pub(crate) fn begin_wait(&mut self) {
        self.is_waiting = true;
        self.client.instruments.count_pending(1);
    }

    /// Notes that the wait is over, with a connection or without.
    pub(crate) fn end_wait(&mut self) {
        if mem::take(&mut self.is_waiting) {
            self.waited = Some(self.operation.elapsed());
            self.client.instruments.count_pending(-1);
        }
    }

    /// Counts a row that the statement answered with.
    pub(crate) fn count_row(&mut self) {
        self.rows = Some(self.rows.unwrap_or_default().saturating_add(1));
    }

    /// Ends everything, with the error if there is one.
    pub(crate) fn finish<T>(&mut self, result: Result<T, &Error>) {
        let Some((error, failure)) = result.err().and_then(|error| Some((error, Failure::of(error)?))) else {
            return self.end(Outcome::Success, None);
        };
        if self.is_open {
            let _attached = self.operation.attach();
            self.client.tell_exception(error, self.operation.context());
        }
        self.end(failure.outcome, failure.code);
    }

    fn end(&mut self, outcome: Outcome, code: Option<StringValue>) {
        if !mem::take(&mut self.is_open) {
            return;
        }
        self.end_wait(); // if it was given up
        let elapsed = self.operation.elapsed();
        let duration = elapsed.saturating_sub(self.waited.unwrap_or_default());
        if matches!(outcome, Outcome::Success) && self.statement.has_rows {
            self.rows.get_or_insert_default();
        }
        self.describe(code.clone());
        if self.client.settings().slow.is_some_and(|slow| duration >= slow) {
            slow::note(&self.operation, duration);
            let _attached = self.operation.attach();
            slow::warn(&self.statement.summary, duration);
        }
        let ending = Ending { code, error_type: outcome.error_type(Role::Client) };
        let instruments = &self.client.instruments;
        self.operation.measure(elapsed, || {
            instruments.record(&self.statement, ending, duration, self.rows);
            self.waited.into_iter().for_each(|waited| instruments.record_wait(waited));
        });
        self.operation.end(&outcome, Role::Client, elapsed);
    }

    fn describe(&self, code: Option<StringValue>) {
        let Some(span) = self.operation.recording() else { return };
        if let Some(waited) = self.waited {
            span.set_attribute(KeyValue::new(OTEL_KIT_DB_CONNECTION_WAIT_TIME, waited.as_secs_f64()));
        }
        if let Some(rows) = self.rows {
            let rows = i64::try_from(rows).unwrap_or(i64::MAX);
            span.set_attribute(KeyValue::new(DB_RESPONSE_RETURNED_ROWS, rows));
        }
        if let Some(code) = code {
            span.set_attribute(KeyValue::new(DB_RESPONSE_STATUS_CODE, code));
        }
    }
}

impl Drop for SqlSpan {
    fn drop(&mut self) {
        self.end(Outcome::of_drop(), None);
    }
}

/// The span of a statement, as far as it is known at the start.
pub(crate) fn builder(client: &Client, statement: &Statement) -> SpanBuilder {
    let series = client.instruments.series(statement);
    let mut builder = SpanBuilder::from_name(series.name.clone().unwrap_or_else(|| name(client, statement)));
    // Their own methods would copy it.
    builder.span_kind = Some(SpanKind::Client);
    builder.attributes = Some(attributes(client, statement));
    builder
}

fn name(client: &Client, statement: &Statement) -> Cow<'static, str> {
    let summary = statement.summary.as_str();
    if summary.is_empty() { client.target.span_name().into() } else { summary.to_owned().into() }
}

fn attributes(client: &Client, statement: &Statement) -> Vec<KeyValue> {
    let mut attributes = bounded::attributes();
    attributes.extend_from_slice(client.instruments.target());
    if !statement.summary.as_str().is_empty() {
        attributes.push(KeyValue::new(DB_QUERY_SUMMARY, statement.summary.clone()));
    }
    if let Some(text) = statement.text.as_ref().filter(|_| client.settings().query_text) {
        attributes.push(KeyValue::new(DB_QUERY_TEXT, text.clone()));
    }
    attributes
}
