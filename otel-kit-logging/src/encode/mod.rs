//! A record as a line of text.

mod bounded;
mod ecs;
mod json;
mod number;
mod pretty;
mod text;
mod time;

use std::time::SystemTime;

use crate::record::Record;

pub(crate) use self::{json::Json, pretty::Pretty};

/// A time as a part of a file's name: `2026-11-21T08-11-22Z`.
pub(crate) fn file_stamp(time: SystemTime) -> String {
    let text = time::rfc3339(time);
    let seconds = text.iter().take("2026-11-21T08:11:22".len()).map(|byte| char::from(*byte));
    seconds.map(|c| if c == ':' { '-' } else { c }).chain(['Z']).collect()
}

/// Writes records, each as one line with its line break.
pub(crate) enum Encoder {
    Json(Json),
    Pretty(Pretty),
}

impl Encoder {
    /// Whether its lines are for people.
    pub(crate) const fn is_for_people(&self) -> bool {
        matches!(self, Self::Pretty(_))
    }

    /// Returns whether something is missing since the line would be too long.
    pub(crate) fn encode(&self, record: &Record<'_>, line: &mut Vec<u8>) -> bool {
        let is_cut = match self {
            Self::Json(json) => json.encode(record, line),
            Self::Pretty(pretty) => pretty.encode(record, line),
        };
        line.push(b'\n');
        is_cut || record.is_cut
    }
}
