//! Telemetry in tests: what a service emits is part of what it does, so it is tested like the rest.
//!
//! - [`Telemetry`] keeps spans, metrics and log records in memory: for tests in one process.
//! - [`init()`] installs one for the whole test process, as often as it is called.
//! - [`OtlpReceiver`] is a collector on a free port: for tests of several processes, and of what happens
//!   when the collector is slow, refuses, or is gone.
//!
//! All of them show [`received`] types, made from the OTLP messages: a test asserts on what a collector
//! would receive.
//!
//! ```
//! use opentelemetry::{Context, trace::{SpanBuilder, TraceContextExt}};
//! use otel_kit_testing::Telemetry;
//!
//! let telemetry = Telemetry::new();
//! let tracer = telemetry.kit().tracer("my-adapter", "1.0.0");
//! tracer.start(&Context::new(), || SpanBuilder::from_name("work")).span().end();
//! assert_eq!(telemetry.spans()[0].name, "work");
//! ```

mod memory;
pub mod received;
mod receiver;

pub use otel_kit_core::Signal;

pub use self::{
    memory::{Telemetry, TelemetryBuilder, init},
    receiver::{Fault, OtlpReceiver, OtlpReceiverBuilder},
};
