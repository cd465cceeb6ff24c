//! What crosses a process boundary: W3C Trace Context (level 2) and W3C Baggage, read and written strictly;
//! B3 and Jaeger's own format for older neighbours.
//!
//! [`Propagator`] is the handle that adapters use: [`extract_headers`](Propagator::extract_headers) and
//! [`inject_headers`](Propagator::inject_headers) for HTTP,
//! [`extract_fields`](Propagator::extract_fields) for messages, and OpenTelemetry's
//! [`TextMapPropagator`](opentelemetry::propagation::TextMapPropagator) for every other carrier.
//! [`HeaderExtractor`] and [`HeaderInjector`] are carriers over [`http::HeaderMap`]; [`FieldExtractor`] and
//! [`FieldInjector`] over any other ordered list of named fields.
//!
//! Whatever comes in, nothing fails: what is malformed is left out, and what goes out is always valid.
//!
//! - [W3C Trace Context, level 2](https://www.w3.org/TR/trace-context-2/)
//! - [W3C Baggage](https://www.w3.org/TR/baggage/)

mod baggage;
mod carrier;
mod context;
mod formats;
mod found;
mod line;
mod older;
mod propagator;
mod traceparent;
mod tracestate;

pub use self::{
    carrier::{FieldExtractor, FieldInjector, HeaderExtractor, HeaderInjector},
    formats::Format,
    propagator::Propagator,
};
