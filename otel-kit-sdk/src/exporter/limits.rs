use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};

/// [Attribute limits](https://opentelemetry.io/docs/specs/otel/common/#attribute-limits) that the SDK does
/// not have. Resource and scope attributes are exempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AttributeLimits {
    /// Longest value: characters of a string, bytes of a byte array, at any depth.
    pub(crate) value_length: Option<usize>,
    /// Most attributes.
    pub(crate) count: Option<usize>,
}

impl AttributeLimits {
    /// True if nothing is ever cut.
    pub(super) fn is_unlimited(&self) -> bool {
        self.value_length.is_none() && self.count.is_none()
    }

    /// Cuts `attributes` down to the limits and adds to `dropped` how many had to go.
    pub(super) fn apply(&self, attributes: &mut Vec<KeyValue>, dropped: &mut u32) {
        if let Some(count) = self.count {
            let excess = attributes.len().saturating_sub(count);
            attributes.truncate(count);
            *dropped = dropped.saturating_add(u32::try_from(excess).unwrap_or(u32::MAX));
        }
        if let Some(length) = self.value_length {
            cut_all(attributes, length);
        }
    }
}

fn cut_all(attributes: &mut [KeyValue], length: usize) {
    attributes
        .iter_mut()
        .filter_map(|attribute| attribute.value.as_mut())
        .for_each(|value| cut(value, length));
}

fn cut(value: &mut AnyValue, length: usize) {
    match &mut value.value {
        Some(Value::StringValue(text)) => {
            if let Some((end, _)) = text.char_indices().nth(length) {
                text.truncate(end);
            }
        }
        Some(Value::BytesValue(bytes)) => bytes.truncate(length),
        Some(Value::ArrayValue(array)) => array.values.iter_mut().for_each(|value| cut(value, length)),
        Some(Value::KvlistValue(map)) => cut_all(&mut map.values, length),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::{ArrayValue, KeyValueList};

    use super::*;

    fn any(value: Value) -> AnyValue {
        AnyValue { value: Some(value) }
    }

    fn text(text: &str) -> Value {
        Value::StringValue(text.to_owned())
    }

    fn attribute(key: &str, value: Value) -> KeyValue {
        KeyValue { key: key.to_owned(), value: Some(any(value)), ..Default::default() }
    }

    fn limited(limits: AttributeLimits, attributes: &[KeyValue]) -> (Vec<KeyValue>, u32) {
        let (mut attributes, mut dropped) = (attributes.to_vec(), 1);
        limits.apply(&mut attributes, &mut dropped);
        (attributes, dropped)
    }

    #[test]
    fn strings_are_cut_between_characters_at_any_depth_and_bytes_between_bytes() {
        let limits = AttributeLimits { value_length: Some(3), count: None };
        let nested = |a: &str, b: &[u8]| {
            let map = KeyValueList { values: vec![attribute("b", Value::BytesValue(b.to_vec()))] };
            Value::ArrayValue(ArrayValue { values: vec![any(text(a)), any(Value::KvlistValue(map))] })
        };
        let given = [
            attribute("a", text("äöüß")),
            attribute("short", text("äöü")),
            attribute("nested", nested("🦀🦀🦀🦀", &[1, 2, 3, 4])),
            attribute("number", Value::IntValue(12_345)),
        ];
        let wanted = [
            attribute("a", text("äöü")),
            attribute("short", text("äöü")),
            attribute("nested", nested("🦀🦀🦀", &[1, 2, 3])),
            attribute("number", Value::IntValue(12_345)),
        ];
        assert_eq!(limited(limits, &given), (wanted.to_vec(), 1));
    }

    #[test]
    fn what_is_over_the_count_is_dropped_from_the_end_and_counted() {
        let limits = AttributeLimits { value_length: None, count: Some(1) };
        let given = [attribute("a", text("x")), attribute("b", text("y")), attribute("c", text("z"))];
        assert_eq!(limited(limits, &given), (given[..1].to_vec(), 3));
    }

    #[test]
    fn a_limit_of_zero_leaves_nothing() {
        let limits = AttributeLimits { value_length: Some(0), count: Some(1) };
        assert_eq!(limited(limits, &[attribute("a", text("x"))]).0, [attribute("a", text(""))]);
    }
}
