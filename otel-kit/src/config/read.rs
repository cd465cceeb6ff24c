//! How values of the file become types; used by the sections' `deserialize_with`.

use std::{collections::BTreeMap, fmt, time::Duration};

use opentelemetry::{Array, Value};
use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use super::{
    choice::{self, Choice},
    error::Problem,
};

pub(super) fn choice<'de, D: Deserializer<'de>, T: Choice>(deserializer: D) -> Result<Option<T>, D::Error> {
    parsed(deserializer, choice::named)
}

pub(super) fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    parsed(deserializer, duration_of)
}

/// A mapping; entries without a value are unset.
pub(super) fn map<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    let entries = Option::<BTreeMap<String, Option<T>>>::deserialize(deserializer)?.unwrap_or_default();
    Ok(entries.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
}

/// Attributes, each a text, number, boolean or a list of one kind of these.
pub(super) fn attributes<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, Value>, D::Error> {
    let entries: BTreeMap<String, Attribute> = map(deserializer)?;
    Ok(entries.into_iter().map(|(name, Attribute(value))| (name, value)).collect())
}

/// A duration as the file writes it: `500ms`, `10s`, `1m`, `1h`.
pub(super) fn duration_of(text: &str) -> Result<Duration, Problem> {
    let unit_at = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let millis_per_unit = match unit {
        "ms" => Some(1),
        "s" => Some(1_000),
        "m" => Some(60_000),
        "h" => Some(3_600_000),
        _ if text == "0" => Some(1),
        _ => None,
    };
    let number = number.parse::<u64>().ok();
    match number.zip(millis_per_unit).and_then(|(number, millis)| number.checked_mul(millis)) {
        Some(millis) => Ok(Duration::from_millis(millis)),
        None => Err(Problem::new(
            format_args!("`{text}` is not a duration"),
            "write one such as 500ms, 10s or 1m",
        )),
    }
}

/// The inverse of [`duration_of`].
pub(super) fn duration_text(duration: Duration) -> String {
    let millis = duration.as_millis();
    match millis {
        0 => "0s".to_owned(),
        _ if millis.is_multiple_of(3_600_000) => format!("{}h", millis / 3_600_000),
        _ if millis.is_multiple_of(60_000) => format!("{}m", millis / 60_000),
        _ if millis.is_multiple_of(1_000) => format!("{}s", millis / 1_000),
        _ => format!("{millis}ms"),
    }
}

fn parsed<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    parse: impl Fn(&str) -> Result<T, Problem>,
) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse(&text)).transpose().map_err(de::Error::custom)
}

struct Attribute(Value);

impl<'de> Deserialize<'de> for Attribute {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AttributeVisitor).map(Self)
    }
}

struct AttributeVisitor;

impl<'de> Visitor<'de> for AttributeVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a boolean or a list of one kind of these")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::I64(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::F64(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned().into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Attribute(value)) = items.next_element()? {
            values.push(value);
        }
        array_of(values).map(Value::Array).ok_or_else(|| {
            de::Error::custom("the list holds several kinds of values; write texts, numbers or booleans only")
        })
    }
}

fn array_of(values: Vec<Value>) -> Option<Array> {
    macro_rules! all {
        ($kind:ident) => {{
            let each = values.into_iter().map(|value| match value {
                Value::$kind(value) => Some(value),
                _ => None,
            });
            each.collect::<Option<Vec<_>>>().map(Array::$kind)
        }};
    }
    match values.first() {
        Some(Value::Bool(_)) => all!(Bool),
        Some(Value::I64(_)) => all!(I64),
        Some(Value::F64(_)) => all!(F64),
        Some(Value::String(_)) | None => all!(String),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn durations_have_a_unit() {
        let rows = [
            ("500ms", Some(500)),
            ("10s", Some(10_000)),
            ("1m", Some(60_000)),
            ("2h", Some(7_200_000)),
            ("0s", Some(0)),
            ("0", Some(0)),
            ("10", None),
            ("1.5s", None),
            ("-1s", None),
            ("s", None),
            ("", None),
            ("10 s", None),
            ("99999999999999999999s", None),
            ("18446744073709551615h", None),
        ];
        for (text, millis) in rows {
            assert_eq!(duration_of(text).ok(), millis.map(Duration::from_millis), "{text}");
        }
    }

    proptest! {
        #[test]
        fn durations_print_as_they_are_read(millis in 0..100_000_000_u64) {
            let duration = Duration::from_millis(millis);
            prop_assert_eq!(duration_of(&duration_text(duration)).unwrap(), duration);
        }
    }
}
