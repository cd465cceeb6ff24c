//! Sets of labels, made of attributes by the
//! [specification](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#metric-attributes).

use std::borrow::Cow;

use opentelemetry::{InstrumentationScope, KeyValue};

use crate::{escape, name, value};

/// One label, and the key that it was made of.
#[derive(Clone, Debug)]
pub(crate) struct Label<'a> {
    pub(crate) name: Cow<'a, str>,
    key: Cow<'a, str>,
    pub(crate) value: Cow<'a, str>,
}

impl<'a> Label<'a> {
    pub(crate) fn new(attribute: &'a KeyValue) -> Self {
        let key = attribute.key.as_str();
        Self { name: name::label(key), key: Cow::Borrowed(key), value: value::text(&attribute.value) }
    }

    fn fixed(name: &'static str, value: &'a str) -> Self {
        Self { name: Cow::Borrowed(name), key: Cow::Borrowed(name), value: Cow::Borrowed(value) }
    }
}

/// Who made the instrument, as
/// [labels](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#instrumentation-scope-1).
pub(crate) fn of_scope(scope: &InstrumentationScope) -> Vec<Label<'_>> {
    let fixed = [
        (SCOPE_NAME, Some(scope.name())),
        (SCOPE_VERSION, scope.version()),
        (SCOPE_SCHEMA_URL, scope.schema_url()),
    ];
    // To Prometheus a label without a value is none.
    let fixed = fixed.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.is_empty())?)));
    let own = scope.attributes().filter_map(|attribute| {
        let key = format!("otel_scope_{}", attribute.key);
        let name = name::label(&key).into_owned();
        let is_taken = [SCOPE_NAME, SCOPE_VERSION, SCOPE_SCHEMA_URL].contains(&name.as_str());
        (!is_taken).then(|| Label {
            name: name.into(),
            key: key.into(),
            value: value::text(&attribute.value),
        })
    });
    fixed.map(|(name, value)| Label::fixed(name, value)).chain(own).collect()
}

/// Sorts by name and joins the values of labels that have the same one.
pub(crate) fn merged(mut labels: Vec<Label<'_>>) -> Vec<Label<'_>> {
    labels.sort_by(|a, b| (&a.name, &a.key).cmp(&(&b.name, &b.key)));
    labels.dedup_by(|later, earlier| {
        let same = later.name == earlier.name;
        if same {
            earlier.value = format!("{};{}", earlier.value, later.value).into();
        }
        same
    });
    labels
}

/// Writes `a="1",b="2"`.
pub(crate) fn write(out: &mut String, labels: &[Label<'_>]) {
    for (index, Label { name, value, .. }) in labels.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(name);
        out.push_str("=\"");
        escape::label_value(out, value);
        out.push('"');
    }
}

/// The labels of a series. The name of a histogram's own label is not free there: an attribute of that name gets
/// the prefix that Prometheus gives to labels that are in its way.
pub(crate) fn of_series(
    attributes: &[KeyValue],
    scope: &[Label<'_>],
    is_histogram: bool,
    length: usize,
) -> String {
    let mut labels = Vec::with_capacity(attributes.len() + scope.len());
    labels.extend(attributes.iter().map(Label::new));
    labels.extend_from_slice(scope);
    if is_histogram {
        let taken = labels.iter_mut().filter(|label| label.name == LE);
        taken.for_each(|label| label.name = Cow::Borrowed("exported_le"));
    }
    let mut out = String::with_capacity(length);
    write(&mut out, &merged(labels));
    out
}

/// Label of a bucket: its upper bound.
pub(crate) const LE: &str = "le";
const SCOPE_NAME: &str = "otel_scope_name";
const SCOPE_VERSION: &str = "otel_scope_version";
const SCOPE_SCHEMA_URL: &str = "otel_scope_schema_url";

#[cfg(test)]
mod tests {
    use super::*;

    fn series(attributes: &[(&'static str, &'static str)], scope: &InstrumentationScope) -> String {
        let attributes: Vec<_> = attributes.iter().map(|(key, value)| KeyValue::new(*key, *value)).collect();
        of_series(&attributes, &of_scope(scope), true, 0)
    }

    fn nobody() -> InstrumentationScope {
        InstrumentationScope::builder("").build()
    }

    #[test]
    fn labels_are_sorted_and_their_values_escaped() {
        let text = series(&[("url.path", "/a\"b"), ("http.method", "GET")], &nobody());
        assert_eq!(text, r#"http_method="GET",url_path="/a\"b""#);
        assert_eq!(series(&[], &nobody()), "");
    }

    #[test]
    fn attributes_that_become_one_label_are_joined_in_the_order_of_their_keys() {
        let text = series(&[("a_b", "3"), ("a/b", "2"), ("a.b", "1"), ("c", "4")], &nobody());
        assert_eq!(text, r#"a_b="1;2;3",c="4""#);
    }

    #[test]
    fn an_attribute_does_not_take_the_label_of_a_bucket() {
        assert_eq!(series(&[("le", "x")], &nobody()), r#"exported_le="x""#);
        let gauge = of_series(&[KeyValue::new("le", "x")], &[], false, 0);
        assert_eq!(gauge, r#"le="x""#);
    }

    #[test]
    fn the_scope_is_told_with_its_attributes() {
        let scope = InstrumentationScope::builder("shop")
            .with_version("1.2")
            .with_schema_url("https://example.com/1")
            .with_attributes([
                KeyValue::new("team", "a"),
                KeyValue::new("name", "hidden"),
                KeyValue::new("schema.url", "hidden"),
            ])
            .build();
        assert_eq!(
            series(&[("k", "v")], &scope),
            r#"k="v",otel_scope_name="shop",otel_scope_schema_url="https://example.com/1",otel_scope_team="a",otel_scope_version="1.2""#
        );
        assert_eq!(
            series(&[("otel.scope.name", "mine")], &scope).split(',').next(),
            Some(r#"otel_scope_name="mine;shop""#)
        );
    }
}
