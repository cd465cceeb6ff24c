//! Log lines that belong to a trace.
//!
//! [`LogLayer`] is one `tracing_subscriber` layer that writes each `tracing` event (and each record of the
//! `log` crate, see [`install_log_bridge`]) as a line of JSON or as readable text, and sends it by OTLP, with
//! the same values and types everywhere:
//!
//! ```
//! use std::io::Read;
//!
//! use opentelemetry::trace::{SpanContext, TraceContextExt, TraceState};
//! use otel_kit_core::LogContext;
//! use otel_kit_logging::{Format, LogLayer, LogWriter};
//! use tracing_subscriber::{layer::SubscriberExt, registry};
//!
//! let (mut reader, pipe) = std::io::pipe()?;
//! let writer = LogWriter::builder().output(pipe).build()?;
//! let layer = LogLayer::builder().output(Format::Json, writer).build();
//!
//! tracing::subscriber::with_default(registry().with(layer), || {
//!     // What a server's layer does for each request:
//!     let span = SpanContext::new(0x4bf92f35_u128.into(), 0xb7_u64.into(), Default::default(), true, TraceState::NONE);
//!     let context = opentelemetry::Context::new().with_remote_span_context(span);
//!     let _request = LogContext::new().with("http.route", "/orders/{id}").in_context(&context).attach();
//!     // What a handler does:
//!     let _order = tracing::info_span!("order", order.id = 42_u64).entered();
//!     tracing::warn!(target: "shop", attempt = 2, ratio = 0.5, "stock is \"low\"");
//! });
//!
//! let mut lines = String::new();
//! reader.read_to_string(&mut lines)?;
//! let (timestamp, rest) = lines.split_at(r#"{"timestamp":"2026-11-21T08:11:22.123456Z","#.len());
//! assert!(timestamp.starts_with(r#"{"timestamp":"2"#));
//! assert_eq!(rest, concat!(
//!     r#""level":"WARN","message":"stock is \"low\"","target":"shop","#,
//!     r#""trace_id":"0000000000000000000000004bf92f35","span_id":"00000000000000b7","trace_flags":"00","#,
//!     r#""attempt":2,"ratio":0.5,"order.id":42,"http.route":"/orders/{id}"}"#, "\n",
//! ));
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # What is written
//!
//! Ids are those of the event's explicit parent if it names one, else of the current OpenTelemetry context;
//! outside a span there are none. Numbers and booleans keep their type, integers beyond 64 bits and numbers
//! that JSON does not have (`NaN`, `Infinity`) are strings. An error (`error = &error as &dyn Error`) is its
//! message, `error.type` if its `Debug` tells, and `error.chain`, the messages of what is behind it. See [`Keys`] for the keys
//! of a JSON line and [`LogLayer`] for the order of fields and for names that occur twice.
//!
//! # Configuration
//!
//! [`LogLayerBuilder`] says what goes where and how long a line may be, [`LogWriterBuilder`] how it is queued, [`LogFile`] is
//! a file that is rotated, [`LogFilter`] which
//! levels of which targets are wanted; its handle changes that at run time.

mod builder;
mod encode;
mod events;
mod file;
mod filter;
mod keys;
mod layer;
mod log_bridge;
mod otlp;
mod record;
mod writer;

pub use self::{
    builder::{Format, LogLayerBuilder},
    events::LogEvents,
    file::{LogFile, Rotation},
    filter::{LogFilter, LogFilterError, LogFilterHandle},
    keys::{Keys, KeysError},
    layer::LogLayer,
    log_bridge::install_log_bridge,
    writer::{LogLosses, LogWriter, LogWriterBuilder},
};
