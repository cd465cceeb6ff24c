use std::{sync::Arc, time::Duration};

use opentelemetry::{Context, KeyValue, StringValue};
use otel_kit_core::{
    operation::{Operation, Outcome, Role},
    semconv::attribute::DB_RESPONSE_RETURNED_ROWS,
};

use super::event::Executed;
use crate::{client::Client, metrics::Ending, slow, span};

/// A statement that a warning is due for.
#[derive(Debug)]
pub(super) struct Slow {
    pub(super) context: Context,
    pub(super) summary: StringValue,
    pub(super) duration: Duration,
}

/// Makes span and duration of a statement that is over.
pub(super) fn record(client: &Arc<Client>, executed: &Executed) -> Option<Slow> {
    let statement = client.statement(executed.sql(), false);
    let Executed { elapsed: duration, rows, .. } = *executed;
    let rows = (rows > 0 || statement.has_rows).then_some(rows);
    let started = client.tracer.clock().ago(duration);
    let operation = Operation::start_at(&client.tracer, &Context::current(), started, || {
        span::builder(client, &statement)
    });
    if let (Some(span), Some(rows)) = (operation.recording(), rows) {
        span.set_attribute(KeyValue::new(DB_RESPONSE_RETURNED_ROWS, i64::try_from(rows).unwrap_or(i64::MAX)));
    }
    let is_slow = client.settings().slow.is_some_and(|slow| duration >= slow);
    if is_slow {
        slow::note(&operation, duration);
    }
    operation.measure(duration, || {
        client.instruments.record(&statement, Ending::plain(), duration, rows);
    });
    operation.end(&Outcome::Success, Role::Client, duration);
    is_slow.then(|| Slow {
        context: operation.context().clone(),
        summary: statement.summary.clone(),
        duration,
    })
}
