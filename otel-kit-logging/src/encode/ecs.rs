//! Fields as the Elastic Common Schema wants them: what has parts is an object, so its message is one of them.

use otel_kit_core::semconv::attribute::ERROR_TYPE;

use super::bounded::Bounded;
use crate::record::{Name, Part, Record};

pub(super) fn push_fields(record: &Record<'_>, out: &mut Bounded<'_>, end: usize) {
    let mut has_message = false;
    record.each_field(|name, value| {
        let is_error =
            !name.prefixed && name.text == ERROR && matches!(name.part, Part::Whole | Part::Message);
        if !is_error && name.part != Part::Message {
            return out.field(name, value, end);
        }
        has_message |= is_error;
        let message = [&*name.full(), ".message"].concat();
        if record.is_free(&message) {
            out.field(Name::plain(&message), value, end);
        }
    });
    if let Some(error) = record.error {
        let parts = [("error.message", Some(error.message)), (ERROR_TYPE, error.kind)];
        for (name, value) in parts {
            let is_told = name == "error.message" && has_message;
            if let Some(value) = value.filter(|_| !is_told && record.is_free(name)) {
                out.field(Name::plain(name), value, end);
            }
        }
    }
}

const ERROR: &str = "error";
