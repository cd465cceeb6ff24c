//! An operation of an adapter: its span and clock, and how it ends.
//!
//! ```
//! use opentelemetry::{Context, trace::{SpanBuilder, SpanKind}};
//! use otel_kit_core::{Kit, operation::{Operation, Outcome, Role}};
//!
//! let tracer = Kit::builder().build().tracer("my-adapter", "0.1.0"); // in a real one, of Lazy::global()
//! let operation = Operation::start(&tracer, &Context::current(), || {
//!     SpanBuilder::from_name("GET").with_kind(SpanKind::Client)
//! });
//! {
//!     let _attached = operation.attach(); // whenever the wrapped call is polled or dropped
//! }
//! let elapsed = operation.elapsed();
//! operation.measure(elapsed, || { /* record the duration: its exemplar names the span */ });
//! operation.end(&Outcome::Success, Role::Client, elapsed);
//! ```

mod io;
mod outcome;
mod span;

pub use self::{
    io::io_error_type,
    outcome::{Outcome, Role},
    span::Operation,
};
