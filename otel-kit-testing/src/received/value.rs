use std::fmt;

use opentelemetry::Array;
use opentelemetry_proto::tonic::common::v1::{AnyValue, any_value};

use super::Attributes;

/// The value of an attribute, a data point or a log body, with the type it had on the wire.
///
/// It compares with plain Rust values. A number of another type is not equal: the integer `200` is
/// neither `200.0` nor `"200"`.
///
/// ```
/// use otel_kit_testing::received::Value;
///
/// assert_eq!(Value::Int(200), 200);
/// assert_eq!(Value::String("GET".into()), "GET");
/// assert_eq!(Value::Array(vec![Value::Int(1), Value::Int(2)]), [1, 2]);
/// assert_ne!(Value::Int(200), 200.0);
/// assert_ne!(Value::Absent, "");
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// There is no such attribute.
    Absent,
    /// The attribute is there and has no value.
    Empty,
    /// Text.
    String(String),
    /// True or false.
    Bool(bool),
    /// A 64-bit integer.
    Int(i64),
    /// A 64-bit floating point number.
    Double(f64),
    /// Raw bytes.
    Bytes(Vec<u8>),
    /// A list, not necessarily of one type.
    Array(Vec<Self>),
    /// Values by key.
    Map(Attributes),
}

impl Value {
    /// Whether there was no such attribute.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }

    /// The text, if it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The integer, if it is one.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            _ => None,
        }
    }

    /// The floating point number, if it is one.
    #[must_use]
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Self::Double(number) => Some(*number),
            _ => None,
        }
    }

    fn is_list<T>(&self, other: &[T], equal: impl Fn(&Self, &T) -> bool) -> bool {
        match self {
            Self::Array(list) => {
                list.len() == other.len() && list.iter().zip(other).all(|(ours, theirs)| equal(ours, theirs))
            }
            _ => false,
        }
    }

    pub(super) fn from_proto(value: Option<AnyValue>) -> Self {
        match value.and_then(|any| any.value) {
            Some(any_value::Value::StringValue(text)) => Self::String(text),
            Some(any_value::Value::BoolValue(yes)) => Self::Bool(yes),
            Some(any_value::Value::IntValue(number)) => Self::Int(number),
            Some(any_value::Value::DoubleValue(number)) => Self::Double(number),
            Some(any_value::Value::BytesValue(bytes)) => Self::Bytes(bytes),
            Some(any_value::Value::ArrayValue(list)) => {
                Self::Array(list.values.into_iter().map(|value| Self::from_proto(Some(value))).collect())
            }
            Some(any_value::Value::KvlistValue(map)) => Self::Map(Attributes::from_proto(map.values)),
            Some(any_value::Value::StringValueStrindex(_)) | None => Self::Empty,
        }
    }
}

/// As a person would write it: text without quotes.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => f.write_str(text),
            other => fmt::Debug::fmt(other, f),
        }
    }
}

/// As a literal: text in quotes, an absent value as `absent`.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Empty => f.write_str("empty"),
            Self::String(text) => fmt::Debug::fmt(text, f),
            Self::Bool(yes) => fmt::Debug::fmt(yes, f),
            Self::Int(number) => fmt::Debug::fmt(number, f),
            Self::Double(number) => fmt::Debug::fmt(number, f),
            Self::Bytes(bytes) => write!(f, "0x{}", hex(bytes)),
            Self::Array(list) => fmt::Debug::fmt(list, f),
            Self::Map(map) => fmt::Debug::fmt(map, f),
        }
    }
}

impl PartialEq<str> for Value {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == Some(other)
    }
}

impl PartialEq<&str> for Value {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

impl PartialEq<String> for Value {
    fn eq(&self, other: &String) -> bool {
        self == other.as_str()
    }
}

impl PartialEq<String> for &Value {
    fn eq(&self, other: &String) -> bool {
        *self == other.as_str()
    }
}

impl<T, const N: usize> PartialEq<[T; N]> for Value
where
    Self: PartialEq<T>,
{
    fn eq(&self, other: &[T; N]) -> bool {
        self.is_list(other, |ours, theirs| ours == theirs)
    }
}

impl<T, const N: usize> PartialEq<[T; N]> for &Value
where
    Value: PartialEq<T>,
{
    fn eq(&self, other: &[T; N]) -> bool {
        *self == other
    }
}

/// Equal to what the application recorded.
impl PartialEq<opentelemetry::Value> for Value {
    fn eq(&self, other: &opentelemetry::Value) -> bool {
        match other {
            opentelemetry::Value::Bool(yes) => self == yes,
            opentelemetry::Value::I64(number) => self == number,
            opentelemetry::Value::F64(number) => self == number,
            opentelemetry::Value::String(text) => self == text.as_str(),
            opentelemetry::Value::Array(Array::Bool(list)) => {
                self.is_list(list, |ours, theirs| ours == theirs)
            }
            opentelemetry::Value::Array(Array::I64(list)) => {
                self.is_list(list, |ours, theirs| ours == theirs)
            }
            opentelemetry::Value::Array(Array::F64(list)) => {
                self.is_list(list, |ours, theirs| ours == theirs)
            }
            opentelemetry::Value::Array(Array::String(list)) => {
                self.is_list(list, |ours, theirs| ours == theirs.as_str())
            }
            _ => false,
        }
    }
}

macro_rules! compares_with {
    ($($type:ty => $variant:ident($number:ident) $expected:expr;)*) => {$(
        impl PartialEq<$type> for Value {
            fn eq(&self, $number: &$type) -> bool {
                matches!(self, Self::$variant(ours) if Some(*ours) == $expected)
            }
        }

        impl PartialEq<$type> for &Value {
            fn eq(&self, other: &$type) -> bool {
                *self == other
            }
        }
    )*};
}

compares_with! {
    bool => Bool(other) Some(*other);
    f64 => Double(other) Some(*other);
    i32 => Int(other) Some(i64::from(*other));
    i64 => Int(other) Some(*other);
    u16 => Int(other) Some(i64::from(*other));
    u32 => Int(other) Some(i64::from(*other));
    u64 => Int(other) i64::try_from(*other).ok();
    usize => Int(other) i64::try_from(*other).ok();
}

/// Lower-case hex, as trace and span ids are written.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_equal_plain_rust_values_of_the_same_type_only() {
        let text = &Value::String("7".into());
        assert_eq!(text, "7");
        assert_eq!(*text, "7");
        assert_eq!(text, String::from("7"));
        assert_ne!(text, 7);
        assert_eq!(Value::Int(7), 7_u64);
        assert_ne!(Value::Int(-1), u64::MAX);
        assert_ne!(Value::Int(7), 7.0);
        assert_eq!(&Value::Double(0.5), 0.5);
        assert_eq!(&Value::Bool(true), true);
        assert_ne!(&Value::Absent, false);
        assert_ne!(Value::Absent, Value::Empty);
    }

    #[test]
    fn lists_equal_arrays_of_the_same_length_and_values() {
        let list = &Value::Array(vec![Value::String("a".into()), Value::String("b".into())]);
        assert_eq!(list, ["a", "b"]);
        assert_ne!(list, ["a"]);
        assert_ne!(list, ["b", "a"]);
        assert_ne!(Value::Empty, ["a"; 0]);
    }

    #[test]
    fn values_equal_what_the_application_recorded() {
        let recorded = opentelemetry::Value::Array(vec![1_i64, 2].into());
        let list = |last| Value::Array(vec![Value::Int(1), last]);
        assert_eq!(list(Value::Int(2)), recorded);
        assert_ne!(list(Value::Double(2.0)), recorded);
        assert_ne!(list(Value::Int(2)), opentelemetry::Value::from(1));
        assert_eq!(Value::String("a".into()), opentelemetry::Value::from("a"));
        assert_ne!(Value::Absent, opentelemetry::Value::from(""));
    }

    #[test]
    fn text_is_quoted_in_debug_output_only() {
        let text = Value::String("a b".into());
        assert_eq!(format!("{text} {text:?}"), "a b \"a b\"");
        assert_eq!(format!("{:?}", Value::Bytes(vec![1, 255])), "0x01ff");
    }
}
