use opentelemetry::{Array, Key, StringValue, Value as ContextValue};
use otel_kit_core::semconv::attribute::OTEL_KIT_TRUNCATED;

use super::{
    bounded::Bounded,
    number::{name_of, push_float, push_hex, push_integer},
    text::push_json,
    time::rfc3339,
};
use crate::{
    keys::Keys,
    record::{Limit, MARK, Name, PREFIX, Record, Shown, SpanFields, Value},
};

/// One flat object a line.
pub(crate) struct Json {
    /// With all that stands before the value: for those whose value needs no escape, its quote too.
    keys: [Vec<u8>; 7],
    constants: Vec<(Key, ContextValue)>,
    limit: Limit,
    is_ecs: bool,
    /// Where the event's fields must end, so that there is room for the rest.
    fields_end: usize,
}

impl Json {
    pub(crate) fn new(keys: &Keys, constants: Vec<(Key, ContextValue)>, limit: Limit) -> Self {
        let mut rest = Vec::new();
        for (key, value) in &constants {
            push_field(&mut rest, Name::plain(key.as_str()), Value::Context(value));
        }
        let fields_end = limit.line().saturating_sub(END + rest.len()).max(limit.line() / 2);
        let mut keys = keys.names().each_ref().map(|key| prepared(key));
        let [timestamp, level, _, _, trace_id, span_id, trace_flags] = &mut keys;
        for key in
            [timestamp, level, trace_id, span_id, trace_flags].into_iter().filter(|key| !key.is_empty())
        {
            key.push(b'"');
        }
        Self { keys, constants, limit, is_ecs: false, fields_end }
    }

    /// With the names of the Elastic Common Schema.
    pub(crate) fn ecs(constants: Vec<(Key, ContextValue)>, limit: Limit) -> Self {
        let version = (Key::from_static_str("ecs.version"), ContextValue::from(ECS_VERSION));
        let constants = [version].into_iter().chain(constants).collect();
        Self { is_ecs: true, ..Self::new(&Keys::ecs(), constants, limit) }
    }

    pub(super) fn encode(&self, record: &Record<'_>, line: &mut Vec<u8>) -> bool {
        let mut out = Bounded { line, is_cut: record.is_cut };
        self.push_head(record, &mut out);
        self.push_ids(record, out.line);
        if self.is_ecs {
            super::ecs::push_fields(record, &mut out, self.fields_end);
        } else {
            record.each_part(|part| match part {
                Shown::Field(name, value) => out.field(name, value, self.fields_end),
                Shown::Span(span) => push_span(span, &mut out, self.fields_end),
            });
        }
        let end = self.limit.line().saturating_sub(END);
        for (key, value) in &self.constants {
            if record.is_free(key.as_str()) || self.is_ecs && key.as_str() == "ecs.version" {
                out.field(Name::plain(key.as_str()), Value::Context(value), end);
            }
        }
        if out.is_cut && record.is_free(OTEL_KIT_TRUNCATED) {
            push_field(out.line, Name::plain(OTEL_KIT_TRUNCATED), Value::Bool(true));
        }
        out.line.push(b'}');
        out.is_cut
    }

    fn push_head(&self, record: &Record<'_>, out: &mut Bounded<'_>) {
        let line = &mut *out.line;
        let [timestamp, level, message, target, ..] = &self.keys;
        line.push(b'{');
        // The first key has no comma before it.
        line.extend_from_slice(timestamp.get(1..).unwrap_or_default());
        line.extend_from_slice(&rfc3339(record.time));
        line.push(b'"');
        line.extend_from_slice(level);
        line.extend_from_slice(record.level.as_str().as_bytes());
        line.push(b'"');
        if let Some(text) = record.message {
            line.extend_from_slice(message);
            // A text that was cut for the record is not cut again.
            let end = line.len() + self.limit.text() + MARK.len() + 2;
            out.value(text, end);
        }
        out.line.extend_from_slice(target);
        let end = out.line.len() + self.limit.target();
        out.value(Value::Text(record.target.as_str()), end);
    }

    fn push_ids(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        let [_, _, _, _, trace_id, span_id, trace_flags] = &self.keys;
        let Some(ids) = record.place.ids else { return };
        push_id(line, trace_id, ids.trace_id.to_bytes());
        push_id(line, span_id, ids.span_id.to_bytes());
        if !trace_flags.is_empty() {
            push_id(line, trace_flags, [ids.flags.to_u8()]);
        }
    }
}

/// The fields of a span are the same in each line inside it.
fn push_span(span: &SpanFields, out: &mut Bounded<'_>, end: usize) {
    let encoded = span.encoded(|fields, text| {
        fields.iter().for_each(|(name, value)| push_field(text, name, value));
    });
    if out.line.len() + encoded.len() <= end {
        out.line.extend_from_slice(encoded);
    } else {
        span.fields().iter().for_each(|(name, value)| out.field(name, value, end));
    }
}

fn push_id<const N: usize>(line: &mut Vec<u8>, key: &[u8], id: [u8; N]) {
    line.extend_from_slice(key);
    push_hex(line, id);
    line.push(b'"');
}

/// `,"key":`
fn prepared(key: &str) -> Vec<u8> {
    if key.is_empty() {
        return Vec::new();
    }
    let mut prepared = vec![b','];
    push_string(&mut prepared, key);
    prepared.push(b':');
    prepared
}

pub(super) fn push_field(line: &mut Vec<u8>, name: Name<'_>, value: Value<'_>) {
    line.extend_from_slice(b",\"");
    if name.prefixed {
        line.extend_from_slice(PREFIX.as_bytes());
    }
    push_json(line, name.text);
    line.extend_from_slice(name.part.suffix().as_bytes());
    line.extend_from_slice(b"\":");
    push_value(line, value);
}

pub(super) fn push_value(line: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Bool(value) => push_bool(line, value),
        Value::I64(value) => push_integer(line, value),
        Value::U64(value) => push_integer(line, value),
        Value::F64(value) => push_number(line, value),
        Value::Text(value) => push_string(line, value),
        Value::Texts(values) => push_list(line, values.iter(), push_string),
        Value::Context(value) => push_context_value(line, value),
    }
}

fn push_context_value(line: &mut Vec<u8>, value: &ContextValue) {
    match value {
        ContextValue::Bool(value) => push_bool(line, *value),
        ContextValue::I64(value) => push_integer(line, *value),
        ContextValue::F64(value) => push_number(line, *value),
        ContextValue::String(value) => push_string(line, value.as_str()),
        ContextValue::Array(Array::Bool(values)) => push_list(line, values.iter().copied(), push_bool),
        ContextValue::Array(Array::I64(values)) => push_list(line, values.iter().copied(), push_integer),
        ContextValue::Array(Array::F64(values)) => push_list(line, values.iter().copied(), push_number),
        ContextValue::Array(Array::String(values)) => {
            push_list(line, values.iter().map(StringValue::as_str), push_string);
        }
        other => push_string(line, &other.as_str()),
    }
}

fn push_list<T>(line: &mut Vec<u8>, values: impl Iterator<Item = T>, push: impl Fn(&mut Vec<u8>, T)) {
    line.push(b'[');
    for (at, value) in values.enumerate() {
        if at > 0 {
            line.push(b',');
        }
        push(line, value);
    }
    line.push(b']');
}

fn push_bool(line: &mut Vec<u8>, value: bool) {
    line.extend_from_slice(if value { b"true" } else { b"false" });
}

fn push_number(line: &mut Vec<u8>, value: f64) {
    match name_of(value) {
        Some(name) => push_quoted(line, name.as_bytes()),
        None => push_float(line, value),
    }
}

fn push_string(line: &mut Vec<u8>, text: &str) {
    line.push(b'"');
    push_json(line, text);
    line.push(b'"');
}

/// Text that needs no escape.
fn push_quoted(line: &mut Vec<u8>, text: &[u8]) {
    line.push(b'"');
    line.extend_from_slice(text);
    line.push(b'"');
}

/// The version whose names these are.
const ECS_VERSION: &str = "8.11.0";

/// Room for `,"otel_kit.truncated":true}` and the line break.
const END: usize = 10 + OTEL_KIT_TRUNCATED.len();
