//! The fields of a `tracing` span, with the types that they have in log records.

use std::{
    borrow::Cow,
    error::Error,
    fmt::{self, Write},
    iter,
    panic::{AssertUnwindSafe, catch_unwind},
};

use opentelemetry::{
    Array, Key, KeyValue, StringValue, Value,
    trace::{SpanKind, Status},
};
use opentelemetry_proto::tonic::common::v1::{KeyValue as ProtoKeyValue, any_value};
use tracing::field::{Field, Visit};

/// What the fields of a span say.
#[derive(Debug, Default)]
pub(super) struct SpanFields {
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) kind: Option<SpanKind>,
    pub(super) status: Option<Status>,
    pub(super) attributes: Vec<KeyValue>,
}

impl SpanFields {
    pub(super) fn with_capacity(attributes: usize) -> Self {
        Self { attributes: Vec::with_capacity(attributes), ..Self::default() }
    }

    pub(super) fn attribute(&mut self, field: &Field, value: Value) {
        self.attributes.push(KeyValue::new(key(field), value));
    }

    fn text(&mut self, field: &Field, value: String) {
        match field.name() {
            name if !name.starts_with(PREFIX) => self.attribute(field, value.into()),
            NAME => self.name = Some(value.into()),
            KIND => self.kind = kind(&value).or(self.kind.take()),
            STATUS_CODE => self.status = status(&value).or(self.status.take()),
            STATUS_DESCRIPTION => self.status = Some(Status::error(value)),
            _ => self.attribute(field, value.into()),
        }
    }
}

impl Visit for SpanFields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.attribute(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.attribute(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.attribute(field, integer(value));
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        self.attribute(field, integer(value));
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.attribute(field, integer(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.attribute(field, value.into());
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value.to_owned());
    }

    /// Its message, and the messages of the errors behind it.
    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.attribute(field, formatted(format_args!("{value}")).into());
        // A chain that comes back to itself has no end.
        let behind = iter::successors(value.source(), |error| (**error).source()).take(MOST_SOURCES);
        let chain: Vec<StringValue> = behind.map(|error| formatted(format_args!("{error}")).into()).collect();
        if !chain.is_empty() {
            let name = format!("{}.chain", key(field));
            self.attributes.push(KeyValue::new(name, Value::Array(Array::String(chain))));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, formatted(format_args!("{value:?}")));
    }
}

/// An integer, or its digits where [OTLP] has no number for it.
///
/// [OTLP]: https://opentelemetry.io/docs/specs/otel/common/attribute-type-mapping/
pub(super) fn integer<T: Copy + fmt::Display + TryInto<i64>>(value: T) -> Value {
    value.try_into().map_or_else(|_| value.to_string().into(), Value::I64)
}

/// The formatting is the user's code: neither its panic nor its error may reach the caller.
pub(super) fn formatted(value: fmt::Arguments<'_>) -> String {
    let mut text = String::new();
    match catch_unwind(AssertUnwindSafe(|| text.write_fmt(value))) {
        Ok(Ok(())) => text,
        Ok(Err(_)) | Err(_) => UNPRINTABLE.to_owned(),
    }
}

/// Takes the kind that was recorded when the span had started already out of its attributes.
pub(crate) fn take_kind(attributes: &mut Vec<ProtoKeyValue>) -> Option<SpanKind> {
    let at = attributes.iter().rposition(|attribute| attribute.key == KIND)?;
    let name = match attributes.get(at)?.value.as_ref()?.value.as_ref()? {
        any_value::Value::StringValue(name) => kind(name)?,
        _ => return None,
    };
    attributes.retain(|attribute| attribute.key != KIND);
    Some(name)
}

fn kind(text: &str) -> Option<SpanKind> {
    let kinds = [
        ("client", SpanKind::Client),
        ("server", SpanKind::Server),
        ("producer", SpanKind::Producer),
        ("consumer", SpanKind::Consumer),
        ("internal", SpanKind::Internal),
    ];
    kinds.into_iter().find(|(name, _)| text.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
}

fn status(text: &str) -> Option<Status> {
    if text.eq_ignore_ascii_case("ok") {
        Some(Status::Ok)
    } else if text.eq_ignore_ascii_case("error") {
        Some(Status::error(""))
    } else {
        None
    }
}

fn key(field: &Field) -> Key {
    let name = field.name();
    Key::from_static_str(name.strip_prefix("r#").unwrap_or(name))
}

// Fields that `tracing-opentelemetry` gave a meaning.
const PREFIX: &str = "otel.";
pub(super) const NAME: &str = "otel.name";
pub(super) const KIND: &str = "otel.kind";
pub(super) const STATUS_CODE: &str = "otel.status_code";
pub(super) const STATUS_DESCRIPTION: &str = "otel.status_description";

/// Stands for a value whose `Debug` or `Display` panicked or failed.
const UNPRINTABLE: &str = "<unprintable>";
const MOST_SOURCES: usize = 32;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_integer_is_a_number_as_far_as_otlp_has_one(value: u128) {
            for value in [value, value >> 64, value >> 65] {
                let expected = i64::try_from(value).map_or_else(|_| value.to_string().into(), Value::I64);
                prop_assert_eq!(integer(value), expected);
            }
        }
    }

    #[test]
    fn kinds_and_statuses_are_read_in_any_case() {
        assert_eq!(kind("Producer"), Some(SpanKind::Producer));
        assert_eq!(kind("peer"), None);
        assert_eq!(status("OK"), Some(Status::Ok));
        assert_eq!(status("unset"), None);
    }
}
