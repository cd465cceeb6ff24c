//! The kit's own events as records.

use std::borrow::Cow;

use opentelemetry::logs::{AnyValue, Severity};
use otel_kit_core::{log_event::LogEvent, semconv::attribute::EVENT_NAME};
use tracing_core::Level;

use super::{
    Fields, Limit, Name, Place, Record, Reserved, Target,
    fields::Kept,
    scratch::{Scratch, with_scratch},
};

/// Makes the record of `event` with the attributes that are `wanted`, and hands it to `output`, with an empty
/// buffer to write in.
pub(crate) fn with_log_event(
    event: &LogEvent,
    (reserved, limit): (&Reserved, Limit),
    wanted: fn(&AnyValue) -> bool,
    output: impl FnOnce(&Record<'_>, &mut Vec<u8>),
) {
    with_scratch(|scratch, has_context| {
        scratch.fields.limit(limit);
        let place = Place::in_context(&event.context);
        let message = event.body.as_deref().map(|body| scratch.fields.keep_str(body));
        let kept = event.attributes.iter().filter(|(_, value)| wanted(value));
        add(EVENT_NAME, &AnyValue::from(event.name), reserved, scratch);
        kept.for_each(|(name, value)| add(name, value, reserved, scratch));
        let record = Record {
            time: event.time,
            level: level(event.severity),
            target: Target::Static(event.name),
            name: Some(event.name),
            message: message.map(|message| scratch.fields.value(message)),
            is_cut: scratch.fields.is_cut(),
            error: None,
            place: &place,
            has_context,
            fields: &scratch.fields,
            spans: &[],
            further: &scratch.further,
            names: &scratch.names,
            reserved,
        };
        output(&record, &mut scratch.line);
    });
}

fn add(name: &'static str, value: &AnyValue, reserved: &Reserved, scratch: &mut Scratch) {
    if let Some(name) = scratch.names.admit(reserved, Name::plain(name)) {
        let value = keep(value, &mut scratch.fields);
        scratch.fields.push(name, value);
    }
}

fn keep(value: &AnyValue, fields: &mut Fields) -> Kept {
    match value {
        AnyValue::Int(value) => Kept::I64(*value),
        AnyValue::Double(value) => Kept::F64(*value),
        AnyValue::Boolean(value) => Kept::Bool(*value),
        AnyValue::String(value) => fields.keep_str(value.as_str()),
        AnyValue::ListAny(values) => fields.keep_list(values.iter().map(text)),
        other => fields.keep_debug(other),
    }
}

fn text(value: &AnyValue) -> Cow<'_, str> {
    match value {
        AnyValue::String(value) => Cow::Borrowed(value.as_str()),
        other => Cow::Owned(format!("{other:?}")),
    }
}

/// The nearest level of `tracing`, which has no fatal one.
const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Trace | Severity::Trace2 | Severity::Trace3 | Severity::Trace4 => Level::TRACE,
        Severity::Debug | Severity::Debug2 | Severity::Debug3 | Severity::Debug4 => Level::DEBUG,
        Severity::Info | Severity::Info2 | Severity::Info3 | Severity::Info4 => Level::INFO,
        Severity::Warn | Severity::Warn2 | Severity::Warn3 | Severity::Warn4 => Level::WARN,
        _ => Level::ERROR,
    }
}
