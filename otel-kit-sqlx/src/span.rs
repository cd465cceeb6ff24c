use std::{mem, sync::Arc, time::Duration};

use opentelemetry::{
    Context, ContextGuard, KeyValue, StringValue,
    trace::{SpanBuilder, SpanKind},
};
use otel_kit_core::{
    operation::{Operation, Outcome, Role},
    semconv::attribute::{
        DB_QUERY_SUMMARY, DB_QUERY_TEXT, DB_RESPONSE_RETURNED_ROWS, DB_RESPONSE_STATUS_CODE,
        OTEL_KIT_DB_CONNECTION_WAIT_TIME,
    },
};
use sqlx_core::error::Error;

use crate::{client::Client, failure::Failure, metrics::Ending, slow, statement::Statement};

/// A statement under way: span, duration and rows, ended together and once.
#[derive(Debug)]
pub(crate) struct SqlSpan {
    client: Arc<Client>,
    statement: Arc<Statement>,
    operation: Operation,
    /// How long it waited for a connection of a pool; no part of its duration.
    waited: Option<Duration>,
    is_waiting: bool,
    rows: Option<u64>,
    is_open: bool,
}

impl SqlSpan {
    /// Starts the span below the current context.
    pub(crate) fn start(client: &Arc<Client>, statement: Arc<Statement>) -> Self {
        let operation = Operation::start(&client.tracer, &Context::current(), || {
            SpanBuilder::from_name(name(client, &statement))
                .with_kind(SpanKind::Client)
                .with_attributes(attributes(client, &statement))
        });
        Self {
            client: Arc::clone(client),
            statement,
            operation,
            waited: None,
            is_waiting: false,
            rows: None,
            is_open: true,
        }
    }

    /// Makes the context current.
    pub(crate) fn enter(&self) -> ContextGuard {
        self.operation.attach()
    }

    /// Notes that it waits for a connection from now on.
    pub(crate) const fn begin_wait(&mut self) {
        self.is_waiting = true;
    }

    /// Notes that the wait is over, with a connection or without.
    pub(crate) fn end_wait(&mut self) {
        if mem::take(&mut self.is_waiting) {
            self.waited = Some(self.operation.elapsed());
        }
    }

    /// Notes that the statement answers with rows, and counts `more` of them.
    pub(crate) const fn count_rows(&mut self, more: u64) {
        self.rows = Some(match self.rows {
            Some(rows) => rows.saturating_add(more),
            None => more,
        });
    }

    /// Ends everything, with the error if there is one.
    pub(crate) fn finish<T>(&mut self, result: Result<T, &Error>) {
        match result.err().and_then(Failure::of) {
            None => self.end(Outcome::Success, None),
            Some(Failure { outcome, code }) => self.end(outcome, code),
        }
    }

    fn end(&mut self, outcome: Outcome, code: Option<StringValue>) {
        if !mem::take(&mut self.is_open) {
            return;
        }
        let _entered = self.enter();
        self.end_wait(); // if it was given up
        let elapsed = self.operation.elapsed();
        let duration = elapsed.saturating_sub(self.waited.unwrap_or_default());
        self.describe(code.clone());
        if self.client.settings().slow.is_some_and(|slow| duration >= slow) {
            slow::report(&self.operation, &self.statement.summary, duration);
        }
        let ending = Ending { code, error_type: outcome.error_type(Role::Client) };
        self.client.instruments.record(&self.statement, ending, duration, self.rows);
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

fn name(client: &Client, statement: &Statement) -> String {
    let summary = statement.summary.as_str();
    if summary.is_empty() { client.target.span_name() } else { summary.to_owned() }
}

fn attributes(client: &Client, statement: &Statement) -> Vec<KeyValue> {
    let mut attributes = Vec::with_capacity(ATTRIBUTES);
    attributes.extend_from_slice(client.instruments.target());
    if !statement.summary.as_str().is_empty() {
        attributes.push(KeyValue::new(DB_QUERY_SUMMARY, statement.summary.clone()));
    }
    if let Some(text) = statement.text.as_ref().filter(|_| client.settings().query_text) {
        attributes.push(KeyValue::new(DB_QUERY_TEXT, text.clone()));
    }
    attributes
}

/// Attributes that a span may get from start to end, its error included: room for them at once.
const ATTRIBUTES: usize = 10;
