use std::{fmt::Display, time::Duration};

use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};

/// Colours, if wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    pub(super) fn bold(self, text: impl Display) -> String {
        self.with("1", text)
    }

    pub(super) fn dim(self, text: impl Display) -> String {
        self.with("2", text)
    }

    pub(super) fn red(self, text: impl Display) -> String {
        self.with("31", text)
    }

    pub(super) fn yellow(self, text: impl Display) -> String {
        self.with("33", text)
    }

    fn with(self, code: &str, text: impl Display) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }
}

/// Text from outside on one line, without control characters, not endless.
pub(super) fn clean(text: &str) -> String {
    let mut clean: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(LONGEST).is_some() {
        clean.push('…');
    }
    clean
}

/// `key=value`, the value in quotes if it would be ambiguous without.
pub(super) fn pair(attribute: &KeyValue) -> String {
    let value = value(attribute.value.as_ref());
    let quoted = value.is_empty() || value.contains([' ', '"', '=']);
    let value = if quoted { format!("{value:?}") } else { value };
    format!("{}={value}", clean(&attribute.key))
}

pub(super) fn value(value: Option<&AnyValue>) -> String {
    match value.and_then(|value| value.value.as_ref()) {
        None => String::new(),
        Some(Value::StringValue(text)) => clean(text),
        Some(Value::BoolValue(value)) => value.to_string(),
        Some(Value::IntValue(value)) => value.to_string(),
        Some(Value::DoubleValue(value)) => value.to_string(),
        Some(Value::BytesValue(bytes)) => format!("({} bytes)", bytes.len()),
        Some(Value::ArrayValue(array)) => format!("[{} values]", array.values.len()),
        Some(Value::KvlistValue(map)) => format!("{{{} entries}}", map.values.len()),
        Some(Value::StringValueStrindex(_)) => String::new(),
    }
}

/// The first eight hexadecimal digits of an id.
pub(super) fn short(id: &[u8]) -> String {
    id.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// `12.3ms`.
pub(super) fn duration(start: u64, end: u64) -> String {
    format!("{:.1?}", Duration::from_nanos(end.saturating_sub(start)))
}

/// Time of the day in UTC: `12:34:56.789`.
pub(super) fn clock(unix_nanos: u64) -> String {
    let millis = unix_nanos / 1_000_000 % (24 * 60 * 60 * 1_000);
    let (seconds, millis) = (millis / 1_000, millis % 1_000);
    format!("{:02}:{:02}:{:02}.{millis:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

/// Characters of a name or a value that are printed.
const LONGEST: usize = 120;

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::{ArrayValue, KeyValueList};

    use super::*;

    #[test]
    fn values_are_short_and_cannot_steer_the_terminal() {
        let cases = [
            (Value::StringValue("plain".into()), "k=plain"),
            (Value::StringValue("two words".into()), "k=\"two words\""),
            (Value::StringValue("\u{1b}[2J".into()), "k=\" [2J\""),
            (Value::StringValue(String::new()), "k=\"\""),
            (Value::BoolValue(true), "k=true"),
            (Value::IntValue(-3), "k=-3"),
            (Value::DoubleValue(0.5), "k=0.5"),
            (Value::BytesValue(vec![0; 3]), "k=\"(3 bytes)\""),
            (Value::ArrayValue(ArrayValue::default()), "k=\"[0 values]\""),
            (Value::KvlistValue(KeyValueList::default()), "k=\"{0 entries}\""),
        ];
        for (value, expected) in cases {
            let value = Some(AnyValue { value: Some(value) });
            assert_eq!(pair(&KeyValue { key: "k".into(), value, ..Default::default() }), expected);
        }
        assert_eq!(clean(&"x".repeat(200)).chars().count(), 121);
    }

    #[test]
    fn times_are_for_people() {
        assert_eq!(clock(1_700_000_000_123_456_789), "22:13:20.123");
        assert_eq!(duration(1_000_000, 13_345_678), "12.3ms");
        assert_eq!(duration(2, 1), "0.0ns");
        assert_eq!(short(&[0x4b, 0xf9, 0x2f, 0x35, 0x77]), "4bf92f35");
        assert_eq!(short(&[]), "");
    }
}
