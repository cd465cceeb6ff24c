#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use opentelemetry::{InstrumentationScope, KeyValue};
use otel_kit_core::{
    Kit,
    metrics::{
        Data, Metric, Number, NumberPoint, ScopeMetrics, Snapshot, SnapshotError, SnapshotSource, Taking,
        Temporality,
    },
};

/// A source that does as a function says.
pub(crate) struct Source<F>(F);

impl<F, T> SnapshotSource for Source<F>
where
    F: Fn() -> T + Send + Sync,
    T: Future<Output = Result<Arc<Snapshot>, SnapshotError>> + Send + 'static,
{
    fn snapshot(&self, max_age: Duration) -> Taking {
        assert_eq!(max_age, Duration::ZERO, "a scrape wants to see what was measured before it");
        Box::pin((self.0)())
    }
}

/// A kit over such a source.
pub(crate) fn kit<F, T>(take: F) -> Kit
where
    F: Fn() -> T + Send + Sync + 'static,
    T: Future<Output = Result<Arc<Snapshot>, SnapshotError>> + Send + 'static,
{
    Kit::builder().snapshots(Arc::new(Source(take))).build()
}

/// A kit whose snapshots have one order more each time.
pub(crate) fn counting_kit() -> Kit {
    let taken = AtomicI64::new(0);
    kit(move || {
        let snapshot = orders(taken.fetch_add(1, Ordering::Relaxed) + 1);
        async { Ok(snapshot) }
    })
}

/// A snapshot that says how many orders there are.
pub(crate) fn orders(count: i64) -> Arc<Snapshot> {
    let time = SystemTime::now();
    let data = Data::Sum {
        points: vec![NumberPoint::new(vec![KeyValue::new("shop.country", "de")], Number::Int(count))],
        is_monotonic: true,
        temporality: Temporality::Cumulative,
    };
    let metric = Metric {
        name: "shop.orders".into(),
        description: "Orders taken".into(),
        unit: "{order}".into(),
        start: time,
        time,
        data,
    };
    let scope = InstrumentationScope::builder("shop").build();
    Arc::new(Snapshot {
        time,
        resource: vec![KeyValue::new("service.name", "shop")],
        resource_schema_url: None,
        scopes: vec![ScopeMetrics { scope, metrics: vec![metric] }],
    })
}

/// The line of [`orders`].
pub(crate) fn line(count: i64) -> String {
    format!("shop_orders_total{{otel_scope_name=\"shop\",shop_country=\"de\"}} {count}\n")
}
