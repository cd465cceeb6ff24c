use opentelemetry::TraceId;
use tracing_core::Level;

use super::{
    number::{push_float, push_hex, push_integer},
    text::{push_message, push_visible},
    time::Utc,
};
use crate::record::{Name, PREFIX, Record, Value};

/// For people: time of day in UTC, level, target, message, fields, the first digits of the trace id.
pub(crate) struct Pretty {
    pub(crate) ansi: bool,
}

impl Pretty {
    pub(super) fn encode(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        self.styled(line, DIM, |line| line.extend_from_slice(&Utc::of(record.time).short()));
        line.push(b' ');
        self.styled(line, colour(record.level), |line| line.extend_from_slice(padded(record.level)));
        line.push(b' ');
        self.styled(line, DIM, |line| {
            push_visible(line, record.target.as_str());
            line.push(b':');
        });
        if let Some(message) = record.message {
            line.push(b' ');
            match message {
                Value::Text(text) => push_message(line, text),
                other => push_value(line, other),
            }
        }
        record.each_field(|name, value| {
            line.push(b' ');
            self.styled(line, DIM, |line| push_name(line, name));
            push_value(line, value);
        });
        if let Some(ids) = record.place.ids {
            line.push(b' ');
            self.styled(line, DIM, |line| push_short_id(line, ids.trace_id));
        }
    }

    fn styled(&self, line: &mut Vec<u8>, style: &[u8], push: impl FnOnce(&mut Vec<u8>)) {
        if self.ansi {
            line.extend_from_slice(style);
        }
        push(line);
        if self.ansi {
            line.extend_from_slice(b"\x1b[0m");
        }
    }
}

fn push_name(line: &mut Vec<u8>, name: Name<'_>) {
    if name.prefixed {
        line.extend_from_slice(PREFIX.as_bytes());
    }
    push_visible(line, name.text);
    line.push(b'=');
}

fn push_short_id(line: &mut Vec<u8>, id: TraceId) {
    line.extend_from_slice(b"trace=");
    let [first, second, third, fourth, ..] = id.to_bytes();
    push_hex(line, &[first, second, third, fourth]);
}

fn push_value(line: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Bool(value) => line.extend_from_slice(if value { b"true" } else { b"false" }),
        Value::I64(value) => push_integer(line, value),
        Value::U64(value) => push_integer(line, value),
        Value::F64(value) => push_float(line, value),
        Value::Text(text) => push_text(line, text),
        Value::Context(value) => push_text(line, &value.as_str()),
    }
}

/// Quoted where it would be hard to see where the text begins and ends.
fn push_text(line: &mut Vec<u8>, text: &str) {
    let quoted = text.is_empty() || text.contains([' ', '"', '=']);
    if quoted {
        line.push(b'"');
    }
    push_visible(line, text);
    if quoted {
        line.push(b'"');
    }
}

const fn padded(level: Level) -> &'static [u8] {
    match level {
        Level::ERROR => b"ERROR",
        Level::WARN => b" WARN",
        Level::INFO => b" INFO",
        Level::DEBUG => b"DEBUG",
        Level::TRACE => b"TRACE",
    }
}

const fn colour(level: Level) -> &'static [u8] {
    match level {
        Level::ERROR => b"\x1b[1;31m",
        Level::WARN => b"\x1b[33m",
        Level::INFO => b"\x1b[32m",
        Level::DEBUG => b"\x1b[34m",
        Level::TRACE => b"\x1b[35m",
    }
}

const DIM: &[u8] = b"\x1b[2m";
