//! A [Prometheus](https://prometheus.io) endpoint over what the service's instruments have measured, with
//! exemplars that lead to traces.
//!
//! ```
//! # use std::{sync::Arc, time::{Duration, SystemTime}};
//! use axum::{Router, body::{Body, to_bytes}, http::Request};
//! use opentelemetry::{InstrumentationScope, KeyValue};
//! use otel_kit_core::{Kit, metrics::*};
//! use tower::ServiceExt;
//!
//! // In a service, init!() brings the metrics, and otel_kit::prometheus::router() is all that is needed.
//! struct Orders;
//! impl SnapshotSource for Orders {
//!     fn snapshot(&self, _max_age: Duration) -> Taking {
//!         // ... three orders from Germany
//! #         let time = SystemTime::now();
//! #         let points = vec![NumberPoint::new(vec![KeyValue::new("shop.country", "de")], Number::Int(3))];
//! #         let data = Data::Sum { points, is_monotonic: true, temporality: Temporality::Cumulative };
//! #         let (name, unit) = ("shop.orders".into(), "{order}".into());
//! #         let metrics = vec![Metric { name, description: "Orders taken".into(), unit, start: time, time, data }];
//! #         let scopes = vec![ScopeMetrics { scope: InstrumentationScope::builder("shop").build(), metrics }];
//! #         let snapshot = Arc::new(Snapshot { time, resource: vec![], resource_schema_url: None, scopes });
//!         Box::pin(async { Ok(snapshot) })
//!     }
//! }
//! let kit = Kit::builder().snapshots(Arc::new(Orders)).build();
//! let app: Router = otel_kit_prometheus::Endpoint::new().with(&kit).router();
//!
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let answer = app.oneshot(Request::get("/metrics").body(Body::empty())?).await?;
//! let text = String::from_utf8(to_bytes(answer.into_body(), usize::MAX).await?.into())?;
//! assert!(text.ends_with("shop_orders_total{otel_scope_name=\"shop\",shop_country=\"de\"} 3\n"), "{text}");
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! ```
//!
//! # What a scrape gets
//!
//! [OpenMetrics](Format::OpenMetrics) or [Prometheus text](Format::Text), as it asks, with gzip if it asks. Names,
//! units, types and labels are those of the specification's
//! [Prometheus page](https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/):
//! `http.server.request.duration` in `s` is `http_server_request_duration_seconds`, the service is `target_info`,
//! and each series names its scope. Where the page leaves a choice:
//!
//! - `1` is a ratio for gauges alone; a unit that is not in the table is its own word.
//! - The latest exemplar of each bucket and counter is shown (OpenMetrics only), with as many of its filtered
//!   attributes as fit into 128 characters.
//! - An exponential histogram gets the powers of two as its buckets: text has no other histograms.
//! - Names are always written with underscores, also for a scraper that allows UTF-8: the same series for all.
//! - Numbers in `le` look the same in both formats, `1.0`.
//! - A metric whose name another kind has is left out, with a warning: the elder one stays.
//!
//! 503 with the reason in words is the answer if there are no metrics, within the time limit of the endpoint or the
//! scraper's own. Scrapes at the same time share one snapshot; eight are worked on at once, others wait.
//!
//! # Why not a client library
//!
//! [prometheus-client](https://docs.rs/prometheus-client) writes OpenMetrics alone, where the specification demands
//! the older format, takes names and help as they are, and renders a histogram's labels anew for each line.

mod accept;
mod encoder;
mod endpoint;
mod escape;
mod exemplar;
mod exponential;
mod family;
mod format;
mod histogram;
mod labels;
mod lines;
mod listener;
mod losses;
mod name;
mod number;
mod scrape;
mod series;
mod unit;
mod value;

pub use self::{
    encoder::Encoder,
    endpoint::{Endpoint, router},
    format::Format,
    listener::{DEFAULT_ADDRESS, Listener},
};
