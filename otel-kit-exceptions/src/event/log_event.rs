use std::time::SystemTime;

use opentelemetry::{
    Context,
    logs::AnyValue,
    trace::{SpanContext, TraceContextExt},
};
use otel_kit_core::{
    LogContext,
    log_event::LogEvent,
    semconv::{
        attribute::{
            EXCEPTION_CHAIN, EXCEPTION_COUNT, EXCEPTION_FINGERPRINT, EXCEPTION_FIRST_SEEN,
            EXCEPTION_GROUP_CULPRIT, EXCEPTION_GROUP_TITLE, EXCEPTION_GROUPING_LEVEL, EXCEPTION_IN_APP,
            EXCEPTION_LOG_LINES, EXCEPTION_MECHANISM, EXCEPTION_MESSAGE, EXCEPTION_SECONDARY_FINGERPRINT,
            EXCEPTION_SPAN_PATH, EXCEPTION_STACKTRACE, EXCEPTION_SUPPRESSED, EXCEPTION_TYPE,
        },
        event::OTEL_KIT_EXCEPTIONS_SUPPRESSED,
    },
};

use super::{Record, time::rfc3339};
use crate::groups::Known;

/// The event of an exception of a group. `suppressed` are those of which nothing was said yet.
pub(crate) fn log_event(
    record: Record,
    known: &Known,
    suppressed: u64,
    span: SpanContext,
    fields: LogContext,
) -> LogEvent {
    let context = fields.in_context(&Context::new().with_remote_span_context(span));
    let body = record.body();
    let mut event = LogEvent::new(record.event_name, record.severity, record.time, context).with_body(body);
    let mut types = record.types.into_iter();
    let list =
        |items: Vec<String>| AnyValue::ListAny(Box::new(items.into_iter().map(AnyValue::from).collect()));
    if let Some(outermost) = types.next() {
        event = event.with(EXCEPTION_TYPE, outermost.clone());
        let chain: Vec<_> = std::iter::once(outermost).chain(types).collect();
        event = event.with(EXCEPTION_CHAIN, list(chain));
    }
    let texts = [(EXCEPTION_MESSAGE, record.message), (EXCEPTION_STACKTRACE, record.stacktrace)];
    for (key, text) in texts {
        event.attributes.extend(text.map(|text| (key, text.into())));
    }
    event = describe_group(event, known).with(EXCEPTION_MECHANISM, record.mechanism.name());
    for (key, lines) in [(EXCEPTION_SPAN_PATH, record.span_path), (EXCEPTION_LOG_LINES, record.log_lines)] {
        if !lines.is_empty() {
            event = event.with(key, list(lines));
        }
    }
    if suppressed > 0 {
        event = event.with(EXCEPTION_SUPPRESSED, number(suppressed));
    }
    event.attributes.extend(record.attributes);
    event
}

/// Exceptions of a group of which nothing was said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Suppressed<'a> {
    pub(crate) known: &'a Known,
    pub(crate) count: u64,
    pub(crate) time: SystemTime,
}

impl Suppressed<'_> {
    /// The event that says how many they are.
    pub(crate) fn log_event(&self) -> LogEvent {
        let Self { known, count, time } = *self;
        let group = &known.group;
        let body = format!("{count} more, not shown: {}", group.title);
        let event = LogEvent::new(OTEL_KIT_EXCEPTIONS_SUPPRESSED, known.severity, time, Context::new());
        let event = event.with_body(body).with(EXCEPTION_TYPE, group.exception_type.clone());
        describe_group(event, known).with(EXCEPTION_SUPPRESSED, number(count))
    }
}

fn describe_group(event: LogEvent, known: &Known) -> LogEvent {
    let group = &known.group;
    let mut event = event
        .with(EXCEPTION_FINGERPRINT, group.fingerprint.clone())
        .with(EXCEPTION_SECONDARY_FINGERPRINT, group.secondary_fingerprint.clone())
        .with(EXCEPTION_GROUP_TITLE, group.title.clone())
        .with(EXCEPTION_GROUPING_LEVEL, group.grouping.name())
        .with(EXCEPTION_IN_APP, known.in_app)
        .with(EXCEPTION_COUNT, number(group.count))
        .with(EXCEPTION_FIRST_SEEN, rfc3339(group.first_seen));
    let culprit = group.culprit.clone().map(|culprit| (EXCEPTION_GROUP_CULPRIT, culprit.into()));
    event.attributes.extend(culprit);
    event
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
