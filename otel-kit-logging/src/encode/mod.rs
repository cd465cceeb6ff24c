//! A record as a line of text.

mod json;
mod number;
mod pretty;
mod text;
mod time;

use crate::record::Record;

pub(crate) use self::{json::Json, pretty::Pretty};

/// Writes records, each as one line with its line break.
pub(crate) enum Encoder {
    Json(Json),
    Pretty(Pretty),
}

impl Encoder {
    pub(crate) fn encode(&self, record: &Record<'_>, line: &mut Vec<u8>) {
        match self {
            Self::Json(json) => json.encode(record, line),
            Self::Pretty(pretty) => pretty.encode(record, line),
        }
        line.push(b'\n');
    }
}
