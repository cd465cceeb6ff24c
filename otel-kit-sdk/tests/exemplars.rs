//! Exemplars of every instrument, seen in what arrives.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests

mod support;

use std::time::{Duration, SystemTime};

use opentelemetry::{
    Context, KeyValue,
    metrics::{Meter, MeterProvider},
    trace::{SpanContext, TraceContextExt, Tracer, TracerProvider},
};
use opentelemetry_proto::tonic::metrics::v1::{Exemplar, Metric, exemplar::Value, metric::Data};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_core::instrument::{BoundHistogram, Occasion};
use otel_kit_sdk::{
    Pipeline, PipelineBuilder,
    metrics::{ExemplarFilter, Keep, View, ViewBuckets},
};
use support::{Behaviour, PLENTY, Stub, builder};

/// A pipeline and what it sends.
struct Rig {
    pipeline: Pipeline,
    stub: Stub,
}

impl Rig {
    fn new(settings: impl FnOnce(PipelineBuilder) -> PipelineBuilder) -> Self {
        let stub = Stub::new(Behaviour::Accept);
        Self { pipeline: settings(builder(&stub)).build().unwrap(), stub }
    }

    fn meter(&self) -> Meter {
        self.pipeline.meter_provider().meter("test")
    }

    /// Measures in a span, whose context it returns.
    fn in_span(&self, measure: impl FnOnce()) -> SpanContext {
        self.pipeline.tracer_provider().tracer("test").in_span("work", |context| {
            measure();
            context.span().span_context().clone()
        })
    }

    fn metric(&self, name: &str) -> Metric {
        assert!(self.pipeline.flush(PLENTY).is_complete());
        let pushes = self.stub.pushes();
        pushes.last().unwrap().iter().find(|metric| metric.name == name).unwrap().clone()
    }
}

/// Of all points of a metric.
fn exemplars(metric: &Metric) -> Vec<Exemplar> {
    match metric.data.clone().unwrap() {
        Data::Gauge(gauge) => gauge.data_points.into_iter().flat_map(|point| point.exemplars).collect(),
        Data::Sum(sum) => sum.data_points.into_iter().flat_map(|point| point.exemplars).collect(),
        Data::Histogram(histogram) => {
            histogram.data_points.into_iter().flat_map(|point| point.exemplars).collect()
        }
        Data::ExponentialHistogram(histogram) => {
            histogram.data_points.into_iter().flat_map(|point| point.exemplars).collect()
        }
        Data::Summary(_) => panic!("{metric:?}"),
    }
}

fn values(metric: &Metric) -> Vec<f64> {
    let mut values: Vec<_> = exemplars(metric).iter().map(value).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn value(exemplar: &Exemplar) -> f64 {
    match exemplar.value.unwrap() {
        Value::AsDouble(value) => value,
        Value::AsInt(value) => f64::from(i32::try_from(value).unwrap()),
    }
}

#[test]
fn what_an_operation_tells_goes_before_the_current_context_and_the_clock() {
    let rig = Rig::new(|builder| builder);
    let counter = rig.meter().u64_counter("orders").build();
    let bound = BoundHistogram::new(&rig.meter().f64_histogram("time").build(), vec![]);
    let measure = || {
        counter.add(1, &[]);
        bound.record(0.5);
    };
    let tracer = rig.pipeline.tracer_provider().tracer("test");
    let told = Context::new().with_span(tracer.start("told"));
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(7);
    rig.in_span(|| Occasion::of(&told, Some(time)).during(measure));
    for name in ["orders", "time"] {
        let exemplar = exemplars(&rig.metric(name)).remove(0);
        assert_eq!(exemplar.span_id, told.span().span_context().span_id().to_bytes(), "{name}");
        assert_eq!(exemplar.time_unix_nano, 7_000_000_000, "{name}");
    }
    // A span that is not sampled is told, too.
    let last = rig.in_span(measure);
    rig.in_span(|| Occasion::of(&Context::new(), None).during(measure));
    for name in ["orders", "time"] {
        let exemplar = exemplars(&rig.metric(name)).remove(0);
        assert_eq!(exemplar.span_id, last.span_id().to_bytes(), "{name}");
    }
}

#[test]
fn the_exemplar_of_a_bucket_is_its_last_sampled_measurement() {
    let rig = Rig::new(|builder| builder);
    let histogram = rig.meter().f64_histogram("time").with_boundaries(vec![0.1, 1.0]).build();
    let route = [KeyValue::new("route", "/a")];
    histogram.record(0.01, &route); // in no span
    rig.in_span(|| histogram.record(0.05, &route));
    let last = rig.in_span(|| histogram.record(0.07, &route));
    rig.in_span(|| histogram.record(3.0, &route));
    let metric = rig.metric("time");
    assert_eq!(values(&metric), [0.07, 3.0]);
    let fast = exemplars(&metric).into_iter().find(|exemplar| value(exemplar) < 1.0).unwrap();
    assert_eq!(fast.trace_id, last.trace_id().to_bytes());
    assert_eq!(fast.span_id, last.span_id().to_bytes());
    assert!(fast.time_unix_nano > 0 && fast.filtered_attributes.is_empty());
}

#[test]
fn every_kind_of_instrument_has_them_bound_or_not() {
    let rig = Rig::new(|builder| builder);
    let meter = rig.meter();
    let (counter, up_down) = (meter.u64_counter("c").build(), meter.i64_up_down_counter("u").build());
    let (gauge, integers) = (meter.f64_gauge("g").build(), meter.u64_histogram("h").build());
    let bound = meter.f64_counter("b").build();
    rig.in_span(|| {
        counter.add(2, &[]);
        up_down.add(-3, &[KeyValue::new("a", 1)]);
        gauge.record(0.5, &[]);
        integers.record(40, &[]);
        bound.bind(&[KeyValue::new("a", 1)]).add(1.5);
    });
    let found = ["c", "u", "g", "h", "b"].map(|name| values(&rig.metric(name)));
    assert_eq!(found, [[2.0], [-3.0], [0.5], [40.0], [1.5]]);
}

#[test]
fn exponential_histograms_have_them_for_different_magnitudes() {
    let rig = Rig::new(|builder| builder.exponential_histograms(true));
    let histogram = rig.meter().f64_histogram("time").build();
    rig.in_span(|| [0.001, 1.0, 1.1, 64.0].into_iter().for_each(|value| histogram.record(value, &[])));
    assert_eq!(values(&rig.metric("time")), [0.001, 1.1, 64.0]);
}

#[test]
fn the_filter_decides_which_measurements_become_exemplars() {
    let unsampled = |builder: PipelineBuilder| builder.sampler(Sampler::AlwaysOff);
    let count = |rig: &Rig| {
        let counter = rig.meter().u64_counter("c").build();
        rig.in_span(|| counter.add(1, &[]));
        let metric = rig.metric("c");
        exemplars(&metric).len()
    };
    assert_eq!(count(&Rig::new(unsampled)), 0);
    assert_eq!(count(&Rig::new(|builder| unsampled(builder).exemplars(ExemplarFilter::AlwaysOn))), 1);
    assert_eq!(count(&Rig::new(|builder| builder.exemplars(ExemplarFilter::AlwaysOff))), 0);
}

#[test]
fn outside_of_any_trace_an_exemplar_has_no_ids() {
    let rig = Rig::new(|builder| builder.exemplars(ExemplarFilter::AlwaysOn));
    rig.meter().u64_counter("c").build().add(1, &[]);
    let exemplar = &exemplars(&rig.metric("c"))[0];
    assert!(exemplar.trace_id.is_empty() && exemplar.span_id.is_empty());
}

#[test]
fn what_a_view_takes_from_the_point_is_left_to_the_exemplar() {
    let view = View::of("orders").name("shop.orders").attributes(Keep::Only(["country".into()].into()));
    let rig = Rig::new(|builder| builder.view(view));
    let counter = rig.meter().u64_counter("orders").build();
    let order = |user: i64| [KeyValue::new("user", user), KeyValue::new("country", "de")];
    rig.in_span(|| counter.add(1, &order(1)));
    rig.in_span(|| counter.add(2, &order(2)));
    let metric = rig.metric("shop.orders");
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
    let [point] = &sum.data_points[..] else { panic!("{sum:?}") };
    assert_eq!((point.attributes.len(), point.attributes[0].key.as_str()), (1, "country"));
    let [exemplar] = &exemplars(&metric)[..] else { panic!("{metric:?}") };
    assert_eq!((value(exemplar), exemplar.filtered_attributes[0].key.as_str()), (2.0, "user"));
}

#[test]
fn a_view_changes_buckets_and_their_exemplars_follow() {
    let view = View::of("t*").buckets(ViewBuckets::Explicit(vec![1.0, 2.0]));
    let rig = Rig::new(|builder| builder.view(view));
    let histogram = rig.meter().f64_histogram("time").with_boundaries(vec![10.0]).build();
    rig.in_span(|| [0.5, 1.5, 2.5].into_iter().for_each(|value| histogram.record(value, &[])));
    assert_eq!(values(&rig.metric("time")), [0.5, 1.5, 2.5]);
}

#[test]
fn a_dropped_instrument_sends_nothing() {
    let rig = Rig::new(|builder| builder.view(View::of("noise.*").dropped()));
    rig.meter().u64_counter("noise.a").build().add(1, &[]);
    let _ = rig.meter().u64_observable_gauge("noise.b").with_callback(|it| it.observe(1, &[])).build();
    rig.meter().u64_counter("signal").build().add(1, &[]);
    rig.metric("signal");
    assert_eq!(rig.stub.pushes()[0].len(), 1);
}

#[test]
fn the_order_and_repetition_of_attributes_make_no_new_point() {
    let rig = Rig::new(|builder| builder);
    let counter = rig.meter().u64_counter("c").build();
    let (a, b) = (KeyValue::new("a", 1), KeyValue::new("b", 2));
    counter.add(1, &[a.clone(), b.clone()]);
    rig.in_span(|| counter.add(1, &[b.clone(), a.clone()]));
    counter.add(1, &[KeyValue::new("a", 0), b, a]);
    let metric = rig.metric("c");
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
    assert_eq!((sum.data_points.len(), exemplars(&metric).len()), (1, 1));
}

#[test]
fn instruments_that_are_asked_for_again_share_their_points() {
    let rig = Rig::new(|builder| builder);
    for value in [1, 2] {
        rig.in_span(|| rig.meter().u64_counter("C").build().add(value, &[]));
        rig.in_span(|| rig.meter().u64_counter("c").build().add(value, &[]));
    }
    let metric = rig.metric("C");
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
    assert_eq!((sum.data_points.len(), exemplars(&metric).len()), (1, 1));
}

#[test]
fn beyond_the_limit_measurements_go_into_one_point_with_an_exemplar() {
    let rig = Rig::new(|builder| builder.cardinality_limit(3));
    let counter = rig.meter().u64_counter("c").build();
    rig.in_span(|| (0..10).for_each(|user| counter.add(1, &[KeyValue::new("user", user)])));
    rig.in_span(|| counter.bind(&[KeyValue::new("user", 77)]).add(1));
    let metric = rig.metric("c");
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
    let overflow = |key: &str| key == "otel.metric.overflow";
    let point = sum.data_points.iter().find(|point| overflow(&point.attributes[0].key)).unwrap();
    assert_eq!((sum.data_points.len(), point.exemplars.len()), (4, 1));
    let total: f64 = sum
        .data_points
        .iter()
        .map(|point| match point.value.unwrap() {
            opentelemetry_proto::tonic::metrics::v1::number_data_point::Value::AsInt(value) => {
                f64::from(i32::try_from(value).unwrap())
            }
            other => panic!("{other:?}"),
        })
        .sum();
    assert!((total - 11.0).abs() < f64::EPSILON);
}

#[test]
fn threads_that_record_at_the_same_time_lose_nothing() {
    let rig = Rig::new(|builder| builder.cardinality_limit(50));
    let counter = rig.meter().u64_counter("c").build();
    let context = Context::current_with_span(rig.pipeline.tracer_provider().tracer("test").start("work"));
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (counter, context) = (&counter, context.clone());
            scope.spawn(move || {
                let _attached = context.attach();
                for step in 0..1_000_i64 {
                    counter.add(1, &[KeyValue::new("step", (step + thread) % 100)]);
                }
            });
        }
    });
    let metric = rig.metric("c");
    let Some(Data::Sum(sum)) = &metric.data else { panic!("{metric:?}") };
    assert_eq!(sum.data_points.len(), 51);
    assert!(exemplars(&metric).len() <= 51);
    let total: i64 = sum
        .data_points
        .iter()
        .map(|point| match point.value.unwrap() {
            opentelemetry_proto::tonic::metrics::v1::number_data_point::Value::AsInt(value) => value,
            other => panic!("{other:?}"),
        })
        .sum();
    assert_eq!(total, 4_000);
}
