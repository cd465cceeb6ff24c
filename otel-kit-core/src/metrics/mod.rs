//! What the service's instruments have measured, as plain data.
//!
//! Measurements are aggregated once. Whoever wants them (the export over OTLP, the Prometheus endpoint,
//! alert rules) reads a [`Snapshot`] of that one aggregation from the [`SnapshotSource`] of its
//! [`Kit`](crate::Kit), so that a further reader adds nothing to the cost of a measurement. The types follow
//! the [data model](https://opentelemetry.io/docs/specs/otel/metrics/data-model/) and name no SDK.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use opentelemetry::{InstrumentationScope, KeyValue};
//! use otel_kit_core::metrics::{Data, Metric, Number, NumberPoint, ScopeMetrics, Snapshot, Temporality};
//!
//! let now = SystemTime::now();
//! let orders = NumberPoint::new(vec![KeyValue::new("shop.country", "de")], Number::Int(3));
//! let metric = Metric {
//!     name: "shop.orders".into(),
//!     description: "Orders taken".into(),
//!     unit: "{order}".into(),
//!     start: now,
//!     time: now,
//!     data: Data::Sum { points: vec![orders], is_monotonic: true, temporality: Temporality::Cumulative },
//! };
//! let scope = InstrumentationScope::builder("shop").build();
//! let scopes = vec![ScopeMetrics { scope, metrics: vec![metric] }];
//! let snapshot = Snapshot { time: now, resource: vec![], resource_schema_url: None, scopes };
//! assert_eq!(snapshot.points(), 1);
//! ```

mod data;
mod exemplar;
mod point;
mod source;

pub use self::{
    data::{Data, Metric, ScopeMetrics, Snapshot, Temporality},
    exemplar::Exemplar,
    point::{Buckets, ExponentialPoint, HistogramPoint, Number, NumberPoint},
    source::{SnapshotError, SnapshotSource, Taking},
};
