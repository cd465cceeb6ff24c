//! Snapshots of any kind, with names that get into each other's way.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::{InstrumentationScope, KeyValue, SpanId, TraceId};
use otel_kit_core::metrics::{
    Buckets, Data, Exemplar, ExponentialPoint, HistogramPoint, Metric, Number, NumberPoint, ScopeMetrics,
    Snapshot, Temporality,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

pub(super) fn snapshots() -> impl Strategy<Value = Snapshot> {
    (vec(scopes(), 0..4), attributes()).prop_map(|(scopes, resource)| Snapshot {
        time: at(9),
        resource,
        resource_schema_url: None,
        scopes,
    })
}

fn scopes() -> impl Strategy<Value = ScopeMetrics> {
    let name = select(vec!["", "a", "b"]);
    (name, option::of(select(vec!["1", "2"])), attributes(), vec(metrics(), 0..6)).prop_map(
        |(name, version, attributes, metrics)| {
            let scope = InstrumentationScope::builder(name).with_attributes(attributes);
            let scope = match version {
                Some(version) => scope.with_version(version),
                None => scope,
            };
            ScopeMetrics { scope: scope.build(), metrics }
        },
    )
}

fn metrics() -> impl Strategy<Value = Metric> {
    let names =
        ["a", "a.b", "a_b", "a_total", "a.count", "a_sum", "a_bucket", "a_created", "target", "target.info"];
    let name = prop_oneof![select(names.to_vec()).prop_map(str::to_owned), ".{0,8}"];
    let unit = select(vec!["", "1", "s", "By", "{x}", "%", "m/s", "é"]);
    (name, ".{0,12}", unit, data(), 0..3_u64).prop_map(|(name, description, unit, data, start)| Metric {
        name: name.into(),
        description: description.into(),
        unit: unit.into(),
        start: at(start),
        time: at(9),
        data,
    })
}

fn data() -> impl Strategy<Value = Data> {
    let temporality = || prop_oneof![9 => Just(Temporality::Cumulative), 1 => Just(Temporality::Delta)];
    prop_oneof![
        vec(number_points(), 0..5).prop_map(Data::Gauge),
        (vec(number_points(), 0..5), any::<bool>(), temporality())
            .prop_map(|(points, is_monotonic, temporality)| Data::Sum { points, is_monotonic, temporality }),
        (vec(histogram_points(), 0..5), temporality())
            .prop_map(|(points, temporality)| Data::Histogram { points, temporality }),
        (vec(exponential_points(), 0..5), temporality())
            .prop_map(|(points, temporality)| Data::ExponentialHistogram { points, temporality }),
    ]
}

fn number_points() -> impl Strategy<Value = NumberPoint> {
    (attributes(), numbers(), vec(exemplars(), 0..3)).prop_map(|(attributes, value, exemplars)| NumberPoint {
        attributes,
        value,
        exemplars,
    })
}

fn histogram_points() -> impl Strategy<Value = HistogramPoint> {
    let bounds = prop_oneof![Just(vec![0.005, 0.1, 1.0, 2.5]), vec(any::<f64>(), 0..4)];
    (attributes(), bounds, vec(any::<u64>(), 0..6), any::<u64>(), any::<f64>(), vec(exemplars(), 0..4))
        .prop_map(|(attributes, bounds, counts, count, sum, exemplars)| HistogramPoint {
            attributes,
            count,
            sum,
            min: None,
            max: None,
            bounds,
            counts,
            exemplars,
        })
}

fn exponential_points() -> impl Strategy<Value = ExponentialPoint> {
    let buckets = || {
        let offset = prop_oneof![-9..9_i32, any::<i32>()];
        (offset, vec(0..9_u64, 0..9)).prop_map(|(offset, counts)| Buckets { offset, counts })
    };
    (attributes(), any::<i32>(), buckets(), buckets(), 0..9_u64, any::<f64>()).prop_map(
        |(attributes, scale, positive, negative, zero_count, zero_threshold)| ExponentialPoint {
            attributes,
            scale,
            positive,
            negative,
            zero_count,
            zero_threshold,
            ..ExponentialPoint::default()
        },
    )
}

fn exemplars() -> impl Strategy<Value = Exemplar> {
    (numbers(), 0..9_u64, any::<u8>(), attributes()).prop_map(|(value, time, id, filtered_attributes)| {
        Exemplar {
            value,
            time: at(time),
            trace_id: TraceId::from(u128::from(id % 4)),
            span_id: SpanId::from(u64::from(id % 3)),
            filtered_attributes,
        }
    })
}

fn attributes() -> impl Strategy<Value = Vec<KeyValue>> {
    let keys = ["a.b", "a_b", "a-b", "le", "otel.scope.name", "trace.id", "name"];
    let key = prop_oneof![select(keys.to_vec()).prop_map(str::to_owned), ".{0,6}"];
    let value = prop_oneof![
        ".{0,8}".prop_map(opentelemetry::Value::from),
        select(vec!["\\", "\"", "\n", "x;y", "x", "y", "} 1 # {"]).prop_map(opentelemetry::Value::from),
        any::<bool>().prop_map(opentelemetry::Value::from),
        any::<f64>().prop_map(opentelemetry::Value::from),
    ];
    vec((key, value).prop_map(|(key, value)| KeyValue::new(key, value)), 0..4)
}

fn numbers() -> impl Strategy<Value = Number> {
    prop_oneof![any::<i64>().prop_map(Number::Int), any::<f64>().prop_map(Number::Double)]
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_000_000 + seconds)
}
