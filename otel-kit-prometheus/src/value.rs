//! Values of attributes as text, by the
//! [specification](https://opentelemetry.io/docs/specs/otel/common/#anyvalue-representation-for-non-otlp-protocols).

use std::{borrow::Cow, fmt::Write};

use opentelemetry::{Array, Value};

/// The value of an attribute: strings as they are, lists as JSON.
pub(crate) fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text.as_str()),
        Value::F64(number) => Cow::Owned(double(*number)),
        Value::Array(array) => Cow::Owned(list(array)),
        other => Cow::Owned(other.to_string()),
    }
}

fn list(array: &Array) -> String {
    match array {
        Array::F64(numbers) => joined(numbers, |out, number| out.push_str(&double(*number))),
        Array::String(texts) => joined(texts, |out, text| quoted(out, text.as_str())),
        other => other.to_string(),
    }
}

fn joined<T>(items: &[T], mut write: impl FnMut(&mut String, &T)) -> String {
    let mut out = "[".to_owned();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(&mut out, item);
    }
    out.push(']');
    out
}

fn double(number: f64) -> String {
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let is_handy = number == 0.0 || (1e-5..1e16).contains(&number.abs()) || number.is_nan();
    if is_handy { number.to_string() } else { format!("{number:e}") }
}

fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use opentelemetry::StringValue;

    use super::*;

    #[test]
    fn values_become_text() {
        let strings = ["a", "b \"c\"\\\n\u{1}"].map(StringValue::from).to_vec();
        let cases: [(Value, &str); 12] = [
            ("GET".into(), "GET"),
            (true.into(), "true"),
            (500.into(), "500"),
            (0.5.into(), "0.5"),
            (2.0.into(), "2"),
            (1e300.into(), "1e300"),
            (f64::NAN.into(), "NaN"),
            (f64::NEG_INFINITY.into(), "-Infinity"),
            (Value::Array(vec![1, 2].into()), "[1,2]"),
            (Value::Array(vec![true].into()), "[true]"),
            (Value::Array(vec![0.5, 1e-9].into()), "[0.5,1e-9]"),
            (Value::Array(strings.into()), r#"["a","b \"c\"\\\n\u0001"]"#),
        ];
        for (value, expected) in cases {
            assert_eq!(text(&value), expected);
        }
    }
}
