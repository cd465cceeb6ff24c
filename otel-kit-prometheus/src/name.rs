//! Names of metrics and labels, by the
//! [specification](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus).

use std::borrow::Cow;

use crate::{family::Kind, unit};

/// How a metric is called: its name without `_total`, and the unit that is the end of it.
#[derive(Debug, PartialEq)]
pub(crate) struct FamilyName {
    pub(crate) name: String,
    pub(crate) unit: Option<String>,
}

impl FamilyName {
    /// `is_ratio`: the unit `1` stands for a ratio.
    pub(crate) fn new(name: &str, unit: &str, kind: Kind, is_ratio: bool) -> Self {
        let mut name = sanitised(name, true).into_owned();
        if name.starts_with(|c: char| c.is_ascii_digit()) || name.is_empty() {
            name.insert(0, '_');
        }
        if let (Kind::Counter, Some(length)) = (kind, name.strip_suffix(TOTAL).map(str::len))
            && length > 0
        {
            name.truncate(length);
        }
        let unit = if is_ratio && unit == "1" { Some("ratio".to_owned()) } else { unit::word(unit) };
        if let Some(unit) = &unit {
            append(&mut name, unit);
        }
        Self { name, unit }
    }
}

/// The name of a label.
pub(crate) fn label(key: &str) -> Cow<'_, str> {
    let name = sanitised(key, false);
    if name.is_empty() {
        Cow::Borrowed("_")
    } else if name.starts_with(|c: char| c.is_ascii_digit()) {
        // As Prometheus does with what comes over OTLP.
        Cow::Owned(format!("key_{name}"))
    } else {
        name
    }
}

/// With `_` in place of what may not stand in a name, one for each run of them.
pub(crate) fn sanitised(name: &str, colons: bool) -> Cow<'_, str> {
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || (colons && byte == b':');
    let mut after_underscore = false;
    let is_clean = name.bytes().all(|byte| {
        let is_second = after_underscore && byte == b'_';
        after_underscore = byte == b'_';
        is_good(byte) || (after_underscore && !is_second)
    });
    if is_clean {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    for byte in name.bytes() {
        if is_good(byte) {
            out.push(char::from(byte));
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    Cow::Owned(out)
}

/// Ends the name with the unit, if it does not do so already.
fn append(name: &mut String, unit: &str) {
    let before = name.strip_suffix(unit);
    if before.is_some_and(|before| before.is_empty() || before.ends_with('_')) {
        return;
    }
    if !name.ends_with('_') {
        name.push('_');
    }
    name.push_str(unit);
}

/// The end of a counter's name.
pub(crate) const TOTAL: &str = "_total";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(name: &str, unit: &str, kind: Kind) -> String {
        FamilyName::new(name, unit, kind, kind == Kind::Gauge).name
    }

    #[test]
    fn metrics_are_called_as_the_specification_says() {
        let cases = [
            ("http.server.request.duration", "s", Kind::Histogram, "http_server_request_duration_seconds"),
            ("http.server.active_requests", "{request}", Kind::Gauge, "http_server_active_requests"),
            ("shop.orders", "{order}", Kind::Counter, "shop_orders"),
            ("shop.orders_total", "", Kind::Counter, "shop_orders"),
            ("shop.cpu.total", "s", Kind::Counter, "shop_cpu_seconds"),
            ("shop.orders_total", "", Kind::Gauge, "shop_orders_total"),
            ("cpu.utilization", "1", Kind::Gauge, "cpu_utilization_ratio"),
            ("cpu.ratio", "1", Kind::Gauge, "cpu_ratio"),
            ("cpu.things", "1", Kind::Counter, "cpu_things"),
            ("read_bytes", "By", Kind::Counter, "read_bytes"),
            ("bytes", "By", Kind::Counter, "bytes"),
            ("kilobytes", "By", Kind::Counter, "kilobytes_bytes"),
            ("bytes.read", "By", Kind::Counter, "bytes_read_bytes"),
            ("wind", "m/s", Kind::Gauge, "wind_meters_per_second"),
            ("load%", "%", Kind::Gauge, "load_percent"),
            ("a..b__c-d", "", Kind::Gauge, "a_b_c_d"),
            ("job:requests:rate", "", Kind::Gauge, "job:requests:rate"),
            ("3rd.party", "", Kind::Gauge, "_3rd_party"),
            ("größe", "", Kind::Gauge, "gr_e"),
            ("", "", Kind::Gauge, "_"),
            ("_total", "", Kind::Counter, "_total"),
        ];
        for (given, unit, kind, expected) in cases {
            assert_eq!(name(given, unit, kind), expected, "{given} in {unit}");
        }
    }

    #[test]
    fn labels_are_called_as_the_specification_says() {
        let cases = [
            ("http.request.method", "http_request_method"),
            ("a:b", "a_b"),
            ("__name__", "_name_"),
            ("1st", "key_1st"),
            ("", "_"),
            ("日本", "_"),
            ("plain", "plain"),
        ];
        for (key, expected) in cases {
            assert_eq!(label(key), expected, "{key}");
        }
        assert!(matches!(label("http_route"), Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn whatever_a_metric_is_called_prometheus_accepts_the_name(given in ".{0,40}", unit in ".{0,10}") {
            for kind in [Kind::Counter, Kind::Gauge, Kind::Histogram] {
                let family = FamilyName::new(&given, &unit, kind, true);
                let mut chars = family.name.chars();
                prop_assert!(chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c == ':'));
                prop_assert!(chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':'), "{}", family.name);
                prop_assert!(family.unit.is_none_or(|unit| family.name.ends_with(&unit)));
            }
        }

        #[test]
        fn whatever_an_attribute_is_called_prometheus_accepts_the_label(key in ".{0,40}") {
            let label = label(&key);
            let mut chars = label.chars();
            prop_assert!(chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_'));
            prop_assert!(chars.all(|c| c.is_ascii_alphanumeric() || c == '_'));
            prop_assert!(!label.starts_with("__"));
        }
    }
}
