use opentelemetry::TraceId;
use tracing_core::Level;

use super::{
    number::{push_float, push_hex, push_integer},
    text::{push_message, push_visible},
    time::Utc,
};
use crate::record::{Limit, MARK, Name, PREFIX, Record, Texts, Value};

/// For people: time of day in UTC, level, target, message, fields, the first digits of the trace id.
pub(crate) struct Pretty {
    pub(crate) ansi: bool,
    pub(crate) limit: Limit,
}

impl Pretty {
    pub(super) fn encode(&self, record: &Record<'_>, line: &mut Vec<u8>) -> bool {
        self.push(record, line);
        let is_cut = line.len() + 1 > self.limit.line();
        if is_cut {
            let end = self.limit.line() - 1 - MARK.len() - RESET.len();
            // Never in the middle of a character.
            let is_inside = |at: &usize| line.get(*at).is_some_and(|byte| byte & 0xc0 == 0x80);
            let end = (0..=end).rev().find(|at| !is_inside(at)).unwrap_or_default();
            line.truncate(end);
            self.styled(line, b"", |line| line.extend_from_slice(MARK.as_bytes()));
        }
        is_cut
    }

    fn push(&self, record: &Record<'_>, line: &mut Vec<u8>) {
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
            line.extend_from_slice(RESET);
        }
    }
}

fn push_name(line: &mut Vec<u8>, name: Name<'_>) {
    if name.prefixed {
        line.extend_from_slice(PREFIX.as_bytes());
    }
    push_visible(line, name.text);
    line.extend_from_slice(name.part.suffix().as_bytes());
    line.push(b'=');
}

fn push_short_id(line: &mut Vec<u8>, id: TraceId) {
    line.extend_from_slice(b"trace=");
    let [first, second, third, fourth, ..] = id.to_bytes();
    push_hex(line, [first, second, third, fourth]);
}

fn push_value(line: &mut Vec<u8>, value: Value<'_>) {
    match value {
        Value::Bool(value) => line.extend_from_slice(if value { b"true" } else { b"false" }),
        Value::I64(value) => push_integer(line, value),
        Value::U64(value) => push_integer(line, value),
        Value::F64(value) => push_float(line, value),
        Value::Text(text) => push_text(line, text),
        Value::Texts(texts) => push_texts(line, texts),
        Value::Context(value) => push_text(line, &value.as_str()),
    }
}

fn push_texts(line: &mut Vec<u8>, texts: Texts<'_>) {
    for (at, text) in texts.iter().enumerate() {
        line.push(if at == 0 { b'[' } else { b',' });
        push_text(line, text);
    }
    line.push(b']');
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

const RESET: &[u8] = b"\x1b[0m";
const DIM: &[u8] = b"\x1b[2m";
