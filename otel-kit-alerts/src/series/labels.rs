//! Labels of alerts.

use std::{borrow::Cow, collections::BTreeMap};

use opentelemetry::KeyValue;
use sha2::{Digest, Sha256};

use super::text::text;

/// Labels by name.
pub(crate) type Labels = BTreeMap<String, String>;

/// The attributes of these names as labels, or all of them. Where two become one, their values are joined.
pub(crate) fn labels_of(attributes: &[KeyValue], by: Option<&[String]>) -> Labels {
    let mut labels = Labels::new();
    let is_wanted = |key: &str| by.is_none_or(|names| names.iter().any(|name| name == key));
    for attribute in attributes.iter().filter(|attribute| is_wanted(attribute.key.as_str())) {
        let value = text(&attribute.value);
        if value.is_empty() {
            continue;
        }
        let joined = labels.entry(label_name(attribute.key.as_str()).into_owned()).or_default();
        if !joined.is_empty() {
            joined.push(';');
        }
        joined.push_str(&value);
    }
    labels
}

/// The name that an attribute's
/// [label](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes) has
/// in Prometheus: `http_route` for `http.route`.
pub(crate) fn label_name(key: &str) -> Cow<'_, str> {
    let mut name = underscored(key, false);
    if name.is_empty() {
        return Cow::Borrowed("_");
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        name.to_mut().insert_str(0, "key_");
    }
    name
}

/// With one `_` in place of each run of what may not stand in a name.
pub(crate) fn underscored(name: &str, colons: bool) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || (colons && c == ':');
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if is_plain(c) {
            out.push(c);
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    if out == name { Cow::Borrowed(name) } else { Cow::Owned(out) }
}

/// Identity of an alert: 16 hexadecimal digits, the same for the same labels wherever they are.
pub(crate) fn fingerprint(labels: &Labels) -> String {
    let mut hash = Sha256::new();
    for part in labels.iter().flat_map(|(name, value)| [name, value]) {
        hash.update(part.as_bytes());
        hash.update([SEPARATOR]);
    }
    let bytes = hash.finalize().into_iter().take(8).map(|byte| format!("{byte:02x}"));
    bytes.collect()
}

/// No byte of any text.
const SEPARATOR: u8 = 0xFF;

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(of: &[(&str, &str)]) -> Labels {
        of.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn labels_have_the_names_of_prometheus() {
        let cases = [
            ("http.route", "http_route"),
            ("a:b", "a_b"),
            ("__name__", "_name_"),
            ("1st", "key_1st"),
            ("", "_"),
            ("日本", "_"),
            ("plain_name", "plain_name"),
        ];
        for (key, expected) in cases {
            assert_eq!(label_name(key), expected, "{key}");
        }
    }

    #[test]
    fn only_attributes_that_are_there_and_wanted_become_labels() {
        let attributes = [
            KeyValue::new("a.b", "1"),
            KeyValue::new("a_b", 2),
            KeyValue::new("c", true),
            KeyValue::new("d", ""),
        ];
        assert_eq!(labels_of(&attributes, None), labels(&[("a_b", "1;2"), ("c", "true")]));
        assert_eq!(labels_of(&attributes, Some(&["c".into(), "e".into()])), labels(&[("c", "true")]));
        assert_eq!(labels_of(&attributes, Some(&[])), labels(&[]));
    }

    #[test]
    fn the_fingerprint_tells_labels_apart_and_stays() {
        let one = fingerprint(&labels(&[("alertname", "A"), ("b", "c")]));
        assert_eq!(one, "0493f820d843025c");
        assert_ne!(one, fingerprint(&labels(&[("alertname", "Ab"), ("", "c")])));
        assert_ne!(one, fingerprint(&labels(&[("alertname", "A"), ("bc", "")])));
    }
}
