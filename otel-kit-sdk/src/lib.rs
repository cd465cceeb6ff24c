//! What otel-kit adds to the OpenTelemetry SDK: the way out.
//!
//! Applications use the facade `otel-kit`, which reads the configuration and builds a [`Pipeline`] from it.
//!
//! - [`Pipeline`]: the three providers over one way out. Batches are encoded as OTLP and delivered from a
//!   thread of the kit's own: with time limits, retries, bounded memory, and every loss counted by reason
//!   ([`Stats`]). An outage of the receiver is one warning, at most one reminder a minute, and one line at
//!   its end, under the target `otel_kit`.
//! - [`transport`]: OTLP over HTTP and gRPC, console, memory; any other `otel_kit_core::Transport` works too.
//! - [`resource`]: what produces the telemetry.
//! - [`span_layer`]: spans of `tracing`, nested with the OpenTelemetry API's.
//! - [`metrics`]: one aggregation with exemplars, of which all readers share snapshots.
//! - [`runtime_metrics`]: what the process and its Tokio runtimes use.
//! - [`KitTracerProvider`]: the SDK's, with the random flag of Trace Context level 2.
//!
//! ```
//! use std::{sync::Arc, time::Duration};
//! use opentelemetry::{metrics::MeterProvider, trace::{Tracer, TracerProvider}};
//! use otel_kit_core::Signal;
//! use otel_kit_sdk::{Pipeline, transport::Memory};
//!
//! let memory = Arc::new(Memory::new());
//! let pipeline = Pipeline::builder()
//!     .transport(Signal::Traces, memory.clone(), Some(Duration::from_secs(10)))
//!     .transport(Signal::Metrics, memory.clone(), Some(Duration::from_secs(10)))
//!     .build()?;
//!
//! pipeline.tracer_provider().tracer("shop").in_span("order", |_| ());
//! pipeline.meter_provider().meter("shop").u64_counter("orders").build().add(1, &[]);
//!
//! let report = pipeline.shutdown(Duration::from_secs(5));
//! assert!(report.is_complete(), "{report}");
//! assert_eq!(report.stats().exported(Signal::Traces), 1);
//! assert_eq!(memory.requests().len(), 2);
//! # Ok::<_, otel_kit_sdk::PipelineError>(())
//! ```
//!
//! Threads: `otel-kit` (transports; `otel-kit-blocking` for name resolution), `otel-kit-work` (collects
//! metrics, runs observable callbacks), `otel-kit-flush` (while something flushes or ends), and the SDK's
//! two batch threads. Telemetry is suppressed on all of them.
//!
//! Features: `http`, `grpc`, `tls`; none by default.

mod bridge;
mod counting;
mod exporter;
mod health;
mod kit_runtime;
mod kit_thread;
pub mod metrics;
mod outlet;
mod phase;
mod pipeline;
#[cfg_attr(not(target_os = "linux"), path = "no_proc.rs")]
mod proc;
mod reader;
pub mod resource;
pub mod runtime_metrics;
mod self_metrics;
mod stats;
mod suppress;
mod time;
mod tracer;
pub mod transport;

/// The OpenTelemetry SDK, in the version that all of this is built on.
pub use opentelemetry_sdk as sdk;

pub use self::{
    bridge::{ErrorStatus, SpanSettings, span_layer},
    health::{Health, SignalHealth},
    pipeline::{BatchSettings, Pipeline, PipelineBuilder, PipelineError, Report},
    stats::{LossReason, Stats},
    tracer::{KitSpan, KitTracer, KitTracerProvider},
};
