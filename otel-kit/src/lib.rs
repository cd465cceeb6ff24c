//! Traces, metrics and logs for a Rust service, from one dependency and one line in `main`.
//!
//! ```no_run
//! # #[cfg(feature = "axum")]
//! # mod service {
//! use axum::{Router, routing::get};
//!
//! #[tokio::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _telemetry = otel_kit::init!()?; // otel-kit.yaml, then OTEL_*; flushed when dropped
//!
//!     let app = Router::new()
//!         .route("/hello", get(|| async { "hello" }))
//!         .layer(otel_kit::axum::OtelLayer::new()); // last on the router
//!     let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
//!     axum::serve(listener, app).with_graceful_shutdown(otel_kit::shutdown_signal()).await?;
//!     Ok(())
//! }
//! # }
//! ```
//!
//! From then on every request is a span, with its children here and in the services it calls; every log line
//! carries the ids of its span; durations are measured. Your own spans are `tracing`'s or OpenTelemetry's,
//! your own metrics OpenTelemetry's; both APIs are re-exported, so that versions always match.
//!
//! - [`init!`], [`builder`]: start. [`Guard`]: flush, end, change the log level.
//! - [`config`]: what `otel-kit.yaml` and the `OTEL_*` variables say; `docs/config.md` has every key.
//! - [`environment`]: a trace that a shell began, or that goes on in a child process.
//! - [`assert_same_opentelemetry!`]: no second version of the API beside ours.
//! - `axum`, `kafka`, `reqwest`, `sqlx` (features of the same names): the adapters.
//! - `prometheus`, `exceptions`, `alerts`, `admin` (features of the same names): metrics for those who scrape them,
//!   exceptions in groups, alert rules, and what is known of both over HTTP.
//! - [`ContextFutureExt`]: carries the context into `spawn`, `spawn_blocking`, `on_upgrade`.
//! - [`LogContext`]: fields for all log lines below.
//! - [`exception`]: who is told of errors and panics in requests.
//!
//! Without an endpoint it shows logs and traces on a terminal, and writes JSON lines elsewhere. With one
//! (`OTEL_EXPORTER_OTLP_ENDPOINT` or `export.endpoint`) it exports there over OTLP, from a thread of its own:
//! it works in any runtime or none, and a receiver that is slow or gone costs the service nothing.
//!
//! # Features
//!
//! `axum`, `kafka` (needs a C++ compiler), `reqwest`, `sqlx`: adapters. `sqlx-mysql`, `sqlx-postgres`, `sqlx-sqlite`:
//! `sqlx` with this database. `prometheus`: its endpoint. `exceptions`, with `anyhow` and `eyre` for their reports:
//! recorded and grouped, unless `exceptions.enabled` says no. `alerts`, with `email` for mail: rules. `admin`: its
//! router. `http` (default), `grpc`: OTLP transports. `tls` (default): rustls with ring and the system's root
//! certificates. `zstd`: that compression, by its C library. `full`: all of them.

mod announce;
mod assemble;
mod builder;
pub mod config;
pub mod environment;
mod error;
pub mod exception;
mod first;
mod guard;
mod init;
mod install;
pub mod logging;
mod same;
mod signal;
pub mod transport;

/// What is known of alerts and exceptions, over HTTP: an [axum](https://docs.rs/axum) router behind a token.
#[cfg(feature = "admin")]
pub use otel_kit_admin as admin;
/// Alerts: rules and channels for code to add to the configuration's, and rules for Prometheus.
#[cfg(feature = "alerts")]
pub use otel_kit_alerts as alerts;
/// HTTP servers: one layer for [axum](https://docs.rs/axum) routers.
#[cfg(feature = "axum")]
pub use otel_kit_axum as axum;
pub use otel_kit_core::{ContextFutureExt, Kit, LogContext};
/// Exceptions in groups: `record()` for errors of yours, and what the configuration's rules work on.
#[cfg(feature = "exceptions")]
pub use otel_kit_exceptions as exceptions;
/// Kafka: producers and consumers of [rdkafka](https://docs.rs/rdkafka).
#[cfg(feature = "kafka")]
pub use otel_kit_kafka as kafka;
/// Prometheus: its endpoint for [axum](https://docs.rs/axum) routers, and a listener of its own.
#[cfg(feature = "prometheus")]
pub use otel_kit_prometheus as prometheus;
/// HTTP clients: a middleware for [reqwest](https://docs.rs/reqwest).
#[cfg(feature = "reqwest")]
pub use otel_kit_reqwest as reqwest;
/// Pipeline, transports and the OpenTelemetry SDK itself, for what the configuration does not offer.
pub use otel_kit_sdk as sdk;
/// SQL: a pool for [sqlx](https://docs.rs/sqlx), its connections and transactions.
#[cfg(feature = "sqlx")]
pub use otel_kit_sqlx as sqlx;
pub use {opentelemetry, tracing, tracing_opentelemetry};

pub use self::{
    builder::Builder,
    error::InitError,
    guard::Guard,
    init::{builder, init},
    signal::shutdown_signal,
};
