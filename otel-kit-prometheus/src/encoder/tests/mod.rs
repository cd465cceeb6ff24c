mod arbitrary;
mod parser;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::{InstrumentationScope, KeyValue, SpanId, TraceId};
use otel_kit_core::metrics::{
    Buckets, Data, Exemplar, ExponentialPoint, HistogramPoint, Metric, Number, NumberPoint, ScopeMetrics,
    Snapshot, Temporality,
};
use proptest::prelude::*;

use super::Encoder;
use crate::{Format, family::TARGET, losses::Reason};

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_000_000 + seconds)
}

fn metric(name: &'static str, unit: &'static str, data: Data) -> Metric {
    Metric {
        name: name.into(),
        description: format!("What {name} is").into(),
        unit: unit.into(),
        start: at(0),
        time: at(9),
        data,
    }
}

fn point(attributes: &[(&'static str, &'static str)], value: Number) -> NumberPoint {
    NumberPoint::new(attributes.iter().map(|(key, value)| KeyValue::new(*key, *value)).collect(), value)
}

fn counter(points: Vec<NumberPoint>) -> Data {
    Data::Sum { points, is_monotonic: true, temporality: Temporality::Cumulative }
}

fn histogram(points: Vec<HistogramPoint>) -> Data {
    Data::Histogram { points, temporality: Temporality::Cumulative }
}

fn exemplar(value: f64, seconds: u64, trace: u128) -> Exemplar {
    Exemplar {
        value: Number::Double(value),
        time: at(seconds),
        trace_id: TraceId::from(trace),
        span_id: SpanId::from(0xb),
        filtered_attributes: vec![KeyValue::new("user.id", "7")],
    }
}

fn duration() -> HistogramPoint {
    HistogramPoint {
        attributes: vec![KeyValue::new("http.route", "/orders/{id}")],
        count: 7,
        sum: 3.25,
        min: Some(0.002),
        max: Some(2.0),
        bounds: vec![0.005, 1.0],
        counts: vec![4, 1, 2],
        exemplars: vec![
            exemplar(0.004, 1, 1),
            exemplar(0.005, 3, 2),
            exemplar(0.0, 2, 3),
            exemplar(2.0, 4, 4),
        ],
    }
}

fn snapshot(scopes: Vec<(&'static str, Vec<Metric>)>) -> Snapshot {
    let scope = |(name, metrics)| ScopeMetrics {
        scope: InstrumentationScope::builder(name).with_version("1.0").build(),
        metrics,
    };
    Snapshot {
        time: at(9),
        resource: Vec::new(),
        resource_schema_url: None,
        scopes: scopes.into_iter().map(scope).collect(),
    }
}

fn plain(metrics: Vec<Metric>, format: Format) -> String {
    Encoder::new().scope_labels(false).encode(&snapshot(vec![("shop", metrics)]), format)
}

fn losses(snapshot: &Snapshot, reason: Reason) -> usize {
    Encoder::new().encode_to(&mut String::new(), snapshot, Format::Text).count(reason)
}

/// A service with one metric of each kind.
fn service() -> Snapshot {
    let mut orders = point(&[("shop.country", "de")], Number::Int(3));
    orders.exemplars = vec![exemplar(1.0, 1, 0xaf)];
    let orders = counter(vec![orders, point(&[("shop.country", "at")], Number::Int(1))]);
    let queue = Data::Sum {
        points: vec![point(&[], Number::Int(-2))],
        is_monotonic: false,
        temporality: Temporality::Cumulative,
    };
    let mut snapshot = snapshot(vec![
        ("shop", vec![metric("shop.orders", "{order}", orders), metric("shop.queue", "", queue)]),
        ("http", vec![metric("http.server.request.duration", "s", histogram(vec![duration()]))]),
    ]);
    snapshot.resource = vec![KeyValue::new("service.name", "shop"), KeyValue::new("host.cpu.count", 2)];
    snapshot
}

#[test]
fn both_formats_show_a_service_with_its_metrics() {
    let cases = [(Format::Text, include_str!("shop.txt")), (Format::OpenMetrics, include_str!("shop.om"))];
    for (format, expected) in cases {
        let text = Encoder::new().encode(&service(), format);
        assert_eq!(text, expected, "\n{text}");
        parser::parse(&text, format);
    }
}

#[test]
fn the_order_of_scopes_and_points_makes_no_difference() {
    let mut turned = service();
    turned.scopes.reverse();
    for metric in turned.scopes.iter_mut().flat_map(|scope| &mut scope.metrics) {
        if let Data::Sum { points, .. } = &mut metric.data {
            points.reverse();
        }
    }
    let encoder = Encoder::new();
    assert_eq!(encoder.encode(&turned, Format::Text), encoder.encode(&service(), Format::Text));
}

#[test]
fn an_empty_snapshot_is_empty_text() {
    assert_eq!(plain(vec![], Format::Text), "");
    assert_eq!(plain(vec![], Format::OpenMetrics), "# EOF\n");
    assert_eq!(plain(vec![metric("a", "", counter(vec![]))], Format::Text), "", "no series, no family");
}

#[test]
fn each_bucket_shows_its_latest_exemplar() {
    let text = plain(vec![metric("d", "s", histogram(vec![duration()]))], Format::OpenMetrics);
    let families = parser::parse(&text, Format::OpenMetrics);
    let exemplars: Vec<_> = families[0]
        .samples
        .iter()
        .map(|sample| sample.exemplar.as_ref().map(|exemplar| exemplar.value))
        .collect();
    // 0.005 is the upper bound of the first bucket and belongs to it; nothing lies in the second one.
    assert_eq!(exemplars, [Some(0.005), None, Some(2.0), None, None]);
    let first = families[0].samples[0].exemplar.as_ref().unwrap();
    assert_eq!(first.labels[0], ("trace_id".to_owned(), format!("{:032x}", 2)));
    assert_eq!(first.labels[2], ("user_id".to_owned(), "7".to_owned()));
}

#[test]
fn scopes_share_a_family_and_its_first_description() {
    let users = |description: &'static str, start, value| {
        let data = Data::Gauge(vec![point(&[], Number::Int(value))]);
        Metric { description: description.into(), start: at(start), ..metric("users", "", data) }
    };
    let snapshot = snapshot(vec![
        ("b", vec![users("Younger", 2, 2)]),
        ("a", vec![users("", 0, 1), users("Elder", 1, 3)]),
    ]);
    let text = Encoder::new().encode(&snapshot, Format::Text);
    assert_eq!(
        text,
        "# HELP users Elder\n\
         # TYPE users gauge\n\
         users{otel_scope_name=\"a\",otel_scope_version=\"1.0\"} 1\n\
         users{otel_scope_name=\"b\",otel_scope_version=\"1.0\"} 2\n"
    );
    assert_eq!(losses(&snapshot, Reason::Duplicate), 1);
}

#[test]
fn the_elder_of_two_kinds_has_the_name() {
    let gauge = |name, start| {
        let data = Data::Gauge(vec![point(&[], Number::Int(1))]);
        Metric { start: at(start), ..metric(name, "", data) }
    };
    let orders = |start| Metric {
        start: at(start),
        ..metric("orders", "", counter(vec![point(&[], Number::Int(2))]))
    };
    let times = |start| Metric { start: at(start), ..metric("times", "", histogram(vec![duration()])) };
    let cases = [
        (vec![gauge("orders", 1), orders(0)], "# TYPE orders_total counter", 1),
        (vec![gauge("orders", 0), orders(1)], "# TYPE orders gauge", 1),
        (vec![gauge("orders_total", 0), orders(1)], "# TYPE orders_total gauge", 1),
        (vec![gauge("times.count", 1), times(0), gauge("times_sum", 2)], "# TYPE times histogram", 2),
        (vec![gauge("target_info", 0), gauge("target", 0), gauge("x", 1)], "# TYPE x gauge", 2),
    ];
    for (metrics, expected, lost) in cases {
        let snapshot = snapshot(vec![("shop", metrics)]);
        let text = Encoder::new().encode(&snapshot, Format::Text);
        let types: Vec<_> = text.lines().filter(|line| line.starts_with("# TYPE")).collect();
        assert_eq!(types, [expected]);
        assert_eq!(losses(&snapshot, Reason::Conflict), lost, "{expected}");
    }
}

#[test]
fn what_is_no_total_is_left_out_and_counted() {
    let points = vec![point(&[], Number::Int(1)), point(&[("a", "b")], Number::Int(1))];
    let delta = Data::Sum { points, is_monotonic: true, temporality: Temporality::Delta };
    let points = [Number::Int(-1), Number::Double(f64::NAN), Number::Double(-0.5)]
        .map(|value| point(&[], value))
        .to_vec();
    for (data, reason, lost) in [(delta, Reason::Delta, 2), (counter(points), Reason::NotACount, 1)] {
        let snapshot = snapshot(vec![("shop", vec![metric("orders", "", data)])]);
        assert_eq!(losses(&snapshot, reason), lost);
    }
}

#[test]
fn a_histogram_of_numbers_below_zero_has_no_sum() {
    let mut below = duration();
    below.min = Some(-1.0);
    let text = plain(vec![metric("d", "", histogram(vec![below]))], Format::Text);
    assert!(!text.contains("d_sum") && text.contains("d_count"), "{text}");
}

#[test]
fn an_exponential_histogram_has_powers_of_two_as_bounds() {
    let point = ExponentialPoint {
        count: 9,
        sum: 12.0,
        scale: 3,
        zero_count: 1,
        positive: Buckets { offset: -8, counts: [1; 8].to_vec() },
        ..ExponentialPoint::default()
    };
    let data = Data::ExponentialHistogram { points: vec![point], temporality: Temporality::Cumulative };
    assert_eq!(
        plain(vec![metric("size", "By", data)], Format::Text),
        "# HELP size_bytes What size is\n\
         # TYPE size_bytes histogram\n\
         size_bytes_bucket{le=\"0.0\"} 1\n\
         size_bytes_bucket{le=\"0.5\"} 1\n\
         size_bytes_bucket{le=\"1.0\"} 9\n\
         size_bytes_bucket{le=\"+Inf\"} 9\n\
         size_bytes_sum 12.0\n\
         size_bytes_count 9\n"
    );
}

#[test]
fn start_times_are_told_to_those_who_want_them() {
    let snapshot =
        snapshot(vec![("shop", vec![metric("orders", "", counter(vec![point(&[], Number::Int(1))]))])]);
    let encoder = Encoder::new().scope_labels(false).created(true);
    let open = encoder.encode(&snapshot, Format::OpenMetrics);
    assert!(open.contains("orders_total 1\norders_created 1795000000.000\n"), "{open}");
    assert!(!encoder.encode(&snapshot, Format::Text).contains("created"));
}

#[test]
fn the_service_is_left_out_on_demand() {
    let mut snapshot = snapshot(vec![]);
    snapshot.resource = vec![KeyValue::new("service.name", "shop")];
    assert_eq!(
        Encoder::new().encode(&snapshot, Format::OpenMetrics),
        "# HELP target Target metadata\n# TYPE target info\ntarget_info{service_name=\"shop\"} 1\n# EOF\n"
    );
    assert_eq!(Encoder::new().target_info(false).encode(&snapshot, Format::Text), "");
}

proptest! {
    #[test]
    fn any_snapshot_is_valid_in_both_formats_and_no_series_is_lost_uncounted(
        snapshot in arbitrary::snapshots(),
        scope_labels in any::<bool>(),
        created in any::<bool>(),
    ) {
        let encoder = Encoder::new().scope_labels(scope_labels).target_info(true).created(created);
        for format in [Format::Text, Format::OpenMetrics] {
            let mut text = String::new();
            let losses = encoder.encode_to(&mut text, &snapshot, format);
            let families = parser::parse(&text, format);
            let shown: usize = families
                .iter()
                .filter(|family| !TARGET.contains(&family.name.as_str()))
                .map(|family| match family.kind.as_str() {
                    "histogram" => family.samples.iter().filter(|sample| sample.name.ends_with("_count")).count(),
                    "counter" => family.samples.iter().filter(|sample| sample.name.ends_with("_total")).count(),
                    _ => family.samples.len(),
                })
                .sum();
            let lost: usize = [Reason::Conflict, Reason::Delta, Reason::Duplicate, Reason::NotACount]
                .into_iter()
                .map(|reason| losses.count(reason))
                .sum();
            prop_assert_eq!(shown + lost, snapshot.points());
        }
    }
}
