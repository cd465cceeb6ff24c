//! What `tracing` events are for their span.

use std::{borrow::Cow, error::Error, fmt};

use opentelemetry::{
    KeyValue,
    trace::{SpanRef, Status},
};
use tracing::{
    Event, Level,
    field::{Field, Visit},
};

use super::{
    fields::{SpanFields, formatted},
    settings::{ErrorStatus, SpanSettings},
};

/// Tells the span of `event` about it.
pub(super) fn tell(span: &SpanRef<'_>, event: &Event<'_>, settings: SpanSettings) {
    let mut seen = Seen::default();
    event.record(&mut seen);
    if *event.metadata().level() == Level::ERROR {
        let wanted = match settings.error_status {
            ErrorStatus::Off => false,
            ErrorStatus::Errors => seen.error.is_some(),
            ErrorStatus::All => true,
        };
        if wanted {
            let description = seen.error.as_ref().or(seen.message.as_ref()).cloned();
            span.set_status(Status::error(description.unwrap_or_default()));
        }
    }
    if settings.events {
        add(span, event, seen);
    }
}

fn add(span: &SpanRef<'_>, event: &Event<'_>, seen: Seen) {
    let metadata = event.metadata();
    let target = seen.log_target.map_or(Cow::Borrowed(metadata.target()), Cow::Owned);
    let mut attributes =
        vec![KeyValue::new("level", metadata.level().as_str()), KeyValue::new("target", target)];
    attributes.extend(seen.fields.attributes);
    span.add_event(seen.message.map_or(Cow::Borrowed(metadata.name()), Cow::Owned), attributes);
}

#[derive(Default)]
struct Seen {
    message: Option<String>,
    /// What the first error has to say.
    error: Option<String>,
    /// The target of a record of the `log` crate.
    log_target: Option<String>,
    fields: SpanFields,
}

impl Seen {
    fn text(&mut self, field: &Field, value: String) {
        match field.name() {
            "message" => self.message = Some(value),
            "log.target" => self.log_target = Some(value),
            name if name.starts_with("log.") => {}
            name => {
                if name == "error" {
                    self.error.get_or_insert_with(|| value.clone());
                }
                self.fields.attribute(field, value.into());
            }
        }
    }
}

impl Visit for Seen {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.fields.record_f64(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.fields.record_i64(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if !field.name().starts_with("log.") {
            self.fields.record_u64(field, value);
        }
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.fields.record_i128(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.fields.record_u128(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.fields.record_bool(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value.to_owned());
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.error.get_or_insert_with(|| formatted(format_args!("{value}")));
        self.fields.record_error(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, formatted(format_args!("{value:?}")));
    }
}
