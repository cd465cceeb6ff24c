use opentelemetry::{Array, Key, StringValue, Value as ContextValue};

use super::{
    number::{name_of, push_float, push_hex, push_integer},
    text::push_json,
    time::Utc,
};
use crate::{
    keys::Keys,
    record::{Name, PREFIX, Record, Value},
};

/// One flat object a line.
pub(crate) struct Json {
    keys: [Vec<u8>; 7],
    constants: Vec<(Key, ContextValue)>,
}

impl Json {
    pub(crate) fn new(keys: &Keys, constants: Vec<(Key, ContextValue)>) -> Self {
        Self { keys: keys.names().each_ref().map(|key| prepared(key)), constants }
    }

    pub(super) fn encode(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        self.push_head(record, line);
        self.push_ids(record, line);
        record.each_field(|name, value| push_field(line, name, value));
        for (key, value) in &self.constants {
            if record.is_free(key.as_str()) {
                push_field(line, Name::plain(key.as_str()), Value::Context(value));
            }
        }
        line.push(b'}');
    }

    fn push_head(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        let [timestamp, level, message, target, ..] = &self.keys;
        line.push(b'{');
        // The first key has no comma before it.
        line.extend_from_slice(timestamp.get(1..).unwrap_or_default());
        push_quoted(line, &Utc::of(record.time).rfc3339());
        line.extend_from_slice(level);
        push_quoted(line, record.level.as_str().as_bytes());
        if let Some(text) = record.message {
            line.extend_from_slice(message);
            push_value(line, text);
        }
        line.extend_from_slice(target);
        push_string(line, record.target.as_str());
    }

    fn push_ids(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        let [_, _, _, _, trace_id, span_id, trace_flags] = &self.keys;
        let Some(ids) = record.place.ids else { return };
        let mut push_id = |key: &[u8], id: &[u8]| {
            line.extend_from_slice(key);
            line.push(b'"');
            push_hex(line, id);
            line.push(b'"');
        };
        push_id(trace_id, &ids.trace_id.to_bytes());
        push_id(span_id, &ids.span_id.to_bytes());
        push_id(trace_flags, &[ids.flags.to_u8()]);
    }
}

/// `,"key":`
fn prepared(key: &str) -> Vec<u8> {
    let mut prepared = vec![b','];
    push_string(&mut prepared, key);
    prepared.push(b':');
    prepared
}

fn push_field(line: &mut Vec<u8>, name: Name<'_>, value: Value<'_>) {
    line.extend_from_slice(b",\"");
    if name.prefixed {
        line.extend_from_slice(PREFIX.as_bytes());
    }
    push_json(line, name.text);
    line.extend_from_slice(b"\":");
    push_value(line, value);
}

fn push_value(line: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Bool(value) => push_bool(line, value),
        Value::I64(value) => push_integer(line, value),
        Value::U64(value) => push_integer(line, value),
        Value::F64(value) => push_number(line, value),
        Value::Text(value) => push_string(line, value),
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
