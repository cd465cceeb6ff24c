//! Callbacks of observable instruments can harm nobody.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)] // helpers of tests

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use otel_kit_core::metrics::SnapshotError;
use otel_kit_sdk::{
    Pipeline,
    metrics::{Keep, View},
};
use support::{Behaviour, PLENTY, Stub, builder, pipeline};

#[test]
fn one_that_panics_leaves_the_other_metrics_and_later_collections_alone() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    let meter = pipeline.meter_provider().meter("test");
    let _ = meter.u64_observable_gauge("broken").with_callback(|_| panic!("on purpose")).build();
    let _ = meter.u64_observable_gauge("whole").with_callback(|it| it.observe(1, &[])).build();
    for _ in 0..2 {
        assert!(pipeline.flush(PLENTY).is_complete());
    }
    let names: Vec<_> = stub.pushes().iter().flatten().map(|metric| metric.name.clone()).collect();
    assert_eq!(names, ["whole", "whole"]);
}

#[test]
fn an_instrument_made_in_one_measures_nothing_and_hangs_nobody() {
    let stub = Stub::new(Behaviour::Accept);
    let pipeline = pipeline(&stub);
    let meter = pipeline.meter_provider().meter("test");
    let inner = meter.clone();
    let callback = move |it: &dyn opentelemetry::metrics::AsyncInstrument<u64>| {
        inner.u64_counter("inner").build().add(1, &[]);
        it.observe(1, &[]);
    };
    let _ = meter.u64_observable_gauge("outer").with_callback(callback).build();
    assert!(pipeline.flush(PLENTY).is_complete());
    assert!(pipeline.flush(PLENTY).is_complete());
    assert!(stub.pushes().iter().flatten().all(|metric| metric.name == "outer"));
}

#[test]
fn what_a_view_makes_equal_is_added_up() {
    let stub = Stub::new(Behaviour::Accept);
    let view = View::of("*").attributes(Keep::Except(["disk".into()].into()));
    let pipeline = builder(&stub).view(view).build().unwrap();
    let observe = |it: &dyn opentelemetry::metrics::AsyncInstrument<u64>| {
        for disk in [1, 2, 3] {
            it.observe(10, &[KeyValue::new("disk", disk), KeyValue::new("host", "a")]);
        }
    };
    let meter = pipeline.meter_provider().meter("test");
    let _ = meter.u64_observable_counter("reads").with_callback(observe).build();
    let _ = meter.u64_observable_gauge("depth").with_callback(observe).build();
    assert!(pipeline.flush(PLENTY).is_complete());
    for metric in &stub.pushes()[0] {
        let (points, wanted) = match metric.data.clone().unwrap() {
            Data::Sum(sum) => (sum.data_points, 30),
            Data::Gauge(gauge) => (gauge.data_points, 10),
            other => panic!("{other:?}"),
        };
        let [point] = &points[..] else { panic!("{points:?}") };
        let found = opentelemetry_proto::tonic::metrics::v1::number_data_point::Value::AsInt(wanted);
        assert_eq!((point.value, point.attributes.len()), (Some(found), 1));
    }
}

#[tokio::test]
async fn they_run_once_for_all_who_share_a_snapshot() {
    let pipeline = Pipeline::builder().share_snapshots(true).build().unwrap();
    let runs = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&runs);
    let _ = pipeline
        .meter_provider()
        .meter("test")
        .u64_observable_counter("runs")
        .with_callback(move |it| it.observe(counted.fetch_add(1, Ordering::Relaxed), &[]))
        .build();
    let source = pipeline.snapshots().unwrap();
    let long = Duration::from_secs(3_600);
    let first = source.snapshot(long).await.unwrap();
    let second = source.snapshot(long).await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!((first.points(), runs.load(Ordering::Relaxed)), (1, 1));
    let fresh = source.snapshot(Duration::ZERO).await.unwrap();
    assert!(!Arc::ptr_eq(&first, &fresh));
    assert_eq!(runs.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn after_the_end_there_is_no_snapshot() {
    let pipeline = Pipeline::builder().share_snapshots(true).build().unwrap();
    let source = pipeline.snapshots().unwrap();
    assert!(pipeline.shutdown_async(PLENTY).await.is_complete());
    assert_eq!(source.snapshot(Duration::ZERO).await, Err(SnapshotError::Ended));
}

#[test]
fn without_readers_there_are_no_snapshots_and_nothing_is_aggregated() {
    let pipeline = Pipeline::builder().build().unwrap();
    assert!(pipeline.snapshots().is_none());
    pipeline.meter_provider().meter("test").u64_counter("c").build().add(1, &[]);
}
