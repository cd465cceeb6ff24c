use std::time::SystemTime;

use otel_kit_core::diag;
use tracing_core::Level;

use super::{Fields, Name, Names, Place, Record, Reserved, Target, Value, fields::Kept};

/// The record that tells of lost lines.
pub(crate) fn notice(lost: u64, reserved: &Reserved, output: impl FnOnce(&Record<'_>)) {
    let (mut fields, mut names) = (Fields::default(), Names::default());
    if let Some(name) = names.admit(reserved, Name::plain("dropped")) {
        fields.push(name, Kept::U64(lost));
    }
    output(&Record {
        time: SystemTime::now(),
        level: Level::WARN,
        target: Target::Static(diag::TARGET),
        name: None,
        is_cut: false,
        error: None,
        message: Some(Value::Text("log lines were dropped: the output is too slow or failed")),
        place: &Place::default(),
        has_context: false,
        fields: &fields,
        spans: &[],
        further: &Fields::new(),
        names: &names,
        reserved,
    });
}
