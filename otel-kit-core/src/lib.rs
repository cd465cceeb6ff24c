//! What the crates of otel-kit share.
//!
//! Applications use the facade `otel-kit`; authors of adapters depend on this crate alone. It holds plain
//! words and no machinery: no SDK, no runtime, no server.
//!
//! - [`Kit`], the handle with tracer, meter, propagator and settings; [`Lazy`] finds it at first use.
//! - [`propagation`]: strict W3C Trace Context and Baggage, with carriers for headers and for other fields.
//! - [`operation`]: a span with its clock, and how it ended: one table of endings for all adapters.
//! - [`semconv`]: the names of the semantic conventions, spelled here and nowhere else.
//! - [`settings`]: what the configuration says to each adapter.
//! - [`LogContext`]: fields for every log line below.
//! - [`Transport`]: carries a batch out of the process.
//! - [`instrument`]: instruments that know their attributes.
//! - [`metrics`]: what the instruments have measured, for whoever reads it.
//! - [`bounded`]: what adapters keep between operations.
//! - [`exception`]: who is told of the exceptions that adapters come across, and their groups; [`alert`]: the
//!   alerts of this process.
//! - [`log_event`]: log records that the kit makes itself.
//! - [`runtime`]: time and tasks on the kit's own thread.
//! - [`diag`]: what the kit says about itself.
//!
//! An adapter in short:
//!
//! ```
//! use opentelemetry::{Context, trace::{SpanBuilder, SpanKind}};
//! use otel_kit_core::{Kit, operation::{Operation, Outcome, Role}};
//!
//! let kit = Kit::builder().build(); // Lazy::global() in a real one
//! let tracer = kit.tracer("my-adapter", "0.1.0");
//!
//! let operation = Operation::start(&tracer, &Context::current(), || {
//!     SpanBuilder::from_name("GET").with_kind(SpanKind::Client)
//! });
//! let mut headers = http::HeaderMap::new();
//! kit.propagator().inject_headers(operation.context(), &mut headers);
//! // ... attach the operation while the wrapped call runs, and when it is dropped ...
//! operation.end(&Outcome::Success, Role::Client, operation.elapsed());
//! ```

pub mod alert;
pub mod bounded;
mod carried;
mod clock;
pub mod diag;
pub mod exception;
pub mod instrument;
mod kit;
mod log_context;
pub mod log_event;
pub mod metrics;
pub mod operation;
mod parts;
pub mod propagation;
pub mod runtime;
pub mod semconv;
pub mod settings;
mod tracer;
mod transport;

pub use self::{
    carried::CarriedContext,
    clock::{Clock, Moment},
    kit::{Kit, KitBuilder, Lazy},
    log_context::LogContext,
    tracer::{Tracer, is_unsampled},
    transport::{Delivery, OtlpRequest, Sending, Signal, Transport},
};
/// Carries the current context into spawned tasks and blocking work: `with_current_context()`.
pub use opentelemetry::trace::FutureExt as ContextFutureExt;
