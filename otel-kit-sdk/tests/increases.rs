//! Increases, computed as they are sent, beside those that the SDK aggregates.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests

mod support;

use std::collections::BTreeMap;

use opentelemetry::{
    KeyValue,
    metrics::MeterProvider,
    trace::{Tracer, TracerProvider},
};
use opentelemetry_proto::tonic::{
    collector::metrics::v1::ExportMetricsServiceRequest,
    common::v1::KeyValue as ProtoKeyValue,
    metrics::v1::{
        AggregationTemporality, Metric, exponential_histogram_data_point::Buckets, metric::Data,
        number_data_point::Value,
    },
};
use opentelemetry_sdk::metrics::{InMemoryMetricExporterBuilder, PeriodicReader, Temporality};
use support::{Behaviour, PLENTY, Stub, builder};

/// What a point counts, by metric and attributes.
type Points = BTreeMap<String, Counted>;

#[derive(Clone, Debug, PartialEq)]
struct Counted {
    temporality: i32,
    count: u64,
    sum: f64,
    buckets: Vec<u64>,
}

fn key(metric: &Metric, attributes: &[ProtoKeyValue]) -> String {
    let mut attributes: Vec<_> = attributes.iter().map(|it| format!("{}={:?}", it.key, it.value)).collect();
    attributes.sort();
    format!("{} {attributes:?}", metric.name)
}

fn points(metrics: &[Metric]) -> Points {
    metrics.iter().flat_map(points_of).collect()
}

fn points_of(metric: &Metric) -> Vec<(String, Counted)> {
    match metric.data.as_ref().unwrap() {
        Data::Sum(sum) => {
            let counted = sum.data_points.iter().map(|point| {
                let sum_of = match point.value.unwrap() {
                    Value::AsInt(value) => f64::from(i32::try_from(value).unwrap()),
                    Value::AsDouble(value) => value,
                };
                let temporality = sum.aggregation_temporality;
                let counted = Counted { temporality, count: 0, sum: sum_of, buckets: vec![] };
                (key(metric, &point.attributes), counted)
            });
            counted.collect()
        }
        Data::Histogram(histogram) => {
            let counted = histogram.data_points.iter().map(|point| {
                let (temporality, buckets) = (histogram.aggregation_temporality, point.bucket_counts.clone());
                let counted = Counted { temporality, count: point.count, sum: point.sum.unwrap(), buckets };
                (key(metric, &point.attributes), counted)
            });
            counted.collect()
        }
        Data::ExponentialHistogram(histogram) => {
            let counted = histogram.data_points.iter().map(|point| {
                // The SDK begins each interval with the finest scale: only the totals can be compared.
                let total = |buckets: &Option<Buckets>| buckets.as_ref().unwrap().bucket_counts.iter().sum();
                let buckets = vec![point.zero_count, total(&point.positive), total(&point.negative)];
                let temporality = histogram.aggregation_temporality;
                let counted = Counted { temporality, count: point.count, sum: point.sum.unwrap(), buckets };
                (key(metric, &point.attributes), counted)
            });
            counted.collect()
        }
        other => panic!("{other:?}"),
    }
}

fn same(ours: &Points, theirs: &Points) {
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (ours, theirs) in ours.values().zip(theirs.values()) {
        assert!((ours.sum - theirs.sum).abs() < 1e-6, "{ours:?} {theirs:?}");
        assert_eq!(Counted { sum: theirs.sum, ..ours.clone() }, *theirs);
    }
}

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn float(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1_000_000)).unwrap()) / 1_000.0
    }
}

#[test]
fn they_are_those_that_the_sdk_would_have_counted() {
    for exponential in [false, true] {
        let stub = Stub::new(Behaviour::Accept);
        let theirs = InMemoryMetricExporterBuilder::new().with_temporality(Temporality::Delta).build();
        let pipeline = builder(&stub)
            .temporality(Temporality::Delta)
            .exponential_histograms(exponential)
            .metric_reader(PeriodicReader::builder(theirs.clone()).build())
            .build()
            .unwrap();
        let meter = pipeline.meter_provider().meter("test");
        let (counter, histogram) =
            (meter.u64_counter("counter").build(), meter.f64_histogram("time").build());
        let floats = meter.f64_counter("floats").build();
        let mut numbers = Numbers(7);
        for round in 0..30 {
            theirs.reset();
            for _ in 0..numbers.below(20) + 1 {
                let route = [KeyValue::new("route", i64::try_from(numbers.below(6)).unwrap())];
                counter.add(numbers.below(9) + 1, &route);
                histogram.record(numbers.float() * f64::from(round), &route);
                floats.add(numbers.float() + 0.001, &[]);
            }
            assert!(pipeline.flush(PLENTY).is_complete());
            let collected = theirs.get_finished_metrics().unwrap();
            let request = ExportMetricsServiceRequest::from(collected.last().unwrap());
            let scopes = request.resource_metrics.into_iter().flat_map(|resource| resource.scope_metrics);
            let theirs: Vec<_> = scopes.flat_map(|scope| scope.metrics).collect();
            same(&points(stub.pushes().last().unwrap()), &points(&theirs));
        }
    }
}

#[test]
fn only_what_may_be_an_increase_is_one() {
    let delta = i32::from(AggregationTemporality::Delta);
    let cumulative = i32::from(AggregationTemporality::Cumulative);
    for (preference, of_observable) in [(Temporality::Delta, delta), (Temporality::LowMemory, cumulative)] {
        let stub = Stub::new(Behaviour::Accept);
        let pipeline = builder(&stub).temporality(preference).build().unwrap();
        let meter = pipeline.meter_provider().meter("test");
        meter.u64_counter("counter").build().add(1, &[]);
        meter.i64_up_down_counter("up_down").build().add(-1, &[]);
        let _ = meter.u64_observable_counter("observed").with_callback(|it| it.observe(5, &[])).build();
        assert!(pipeline.flush(PLENTY).is_complete());
        let sent = points(&stub.pushes()[0]);
        let temporality = |name: &str| sent[&format!("{name} []")].temporality;
        assert_eq!(temporality("counter"), delta);
        assert_eq!(temporality("up_down"), cumulative);
        assert_eq!(temporality("observed"), of_observable);
    }
}

#[test]
fn what_has_not_changed_is_not_sent_again_and_an_interval_has_its_own_exemplars() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = builder(&stub).temporality(Temporality::Delta).build().unwrap();
    let counter = pipeline.meter_provider().meter("test").u64_counter("counter").build();
    let add = |route: i64| counter.add(1, &[KeyValue::new("route", route)]);
    pipeline.tracer_provider().tracer("test").in_span("work", |_| [1, 2].into_iter().for_each(add));
    assert!(pipeline.flush(PLENTY).is_complete());
    add(2);
    assert!(pipeline.flush(PLENTY).is_complete());
    assert!(pipeline.flush(PLENTY).is_complete());
    let pushes = stub.pushes();
    let exemplars = |metrics: &[Metric]| match metrics[0].data.as_ref().unwrap() {
        Data::Sum(sum) => sum.data_points.iter().map(|point| point.exemplars.len()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(pushes.len(), 2, "a third one would be empty");
    assert_eq!(exemplars(&pushes[0]), [1, 1]);
    assert_eq!(exemplars(&pushes[1]), [0]);
    let start = |metrics: &[Metric]| match metrics[0].data.as_ref().unwrap() {
        Data::Sum(sum) => (sum.data_points[0].start_time_unix_nano, sum.data_points[0].time_unix_nano),
        other => panic!("{other:?}"),
    };
    assert_eq!(start(&pushes[1]).0, start(&pushes[0]).1);
}
