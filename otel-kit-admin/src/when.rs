//! Times as [RFC 3339](https://www.rfc-editor.org/rfc/rfc3339) writes them.

use std::time::SystemTime;

use jiff::Timestamp;
use serde::Serializer;

pub(crate) fn time<S: Serializer>(time: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let time = Timestamp::try_from(*time).unwrap_or(Timestamp::UNIX_EPOCH);
    serializer.collect_str(&format_args!("{time:.3}"))
}

pub(crate) fn time_if_any<S: Serializer>(
    when: &Option<SystemTime>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match when {
        Some(when) => time(when, serializer),
        None => serializer.serialize_none(),
    }
}
