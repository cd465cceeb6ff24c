use std::{error::Error, iter::successors};

use opentelemetry::trace::TraceContextExt;
use otel_kit_core::exception::{Exception, Mechanism};

/// An exception that an adapter told of.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct ReceivedException {
    /// Name of the event that tells of it, such as `http.server.request.exception`.
    pub event_name: String,
    /// How it came to light.
    pub mechanism: Mechanism,
    /// Type of the error as the compiler writes it, where it is known.
    pub type_name: Option<String>,
    /// Its message.
    pub message: Option<String>,
    /// The messages of what is behind the error, from the outside in.
    pub sources: Vec<String>,
    /// File in which it was caught, where it is known.
    pub file: Option<String>,
    /// True if the operation did not fail by it.
    pub is_handled: bool,
    /// Trace of the operation, 32 hexadecimal digits.
    pub trace_id: String,
    /// Span of the operation, 16 hexadecimal digits.
    pub span_id: String,
}

impl ReceivedException {
    pub(crate) fn new(exception: &Exception<'_>) -> Self {
        let span = exception.context().span().span_context().clone();
        let sources = successors(exception.error().and_then(Error::source), |&error| error.source());
        Self {
            event_name: exception.event_name().to_owned(),
            mechanism: exception.mechanism(),
            type_name: exception.type_name().map(str::to_owned),
            message: exception.message().map(Into::into),
            sources: sources.take(DEPTH).map(ToString::to_string).collect(),
            file: exception.location().map(|location| location.file().to_owned()),
            is_handled: exception.is_handled(),
            trace_id: span.trace_id().to_string(),
            span_id: span.span_id().to_string(),
        }
    }
}

/// A chain may be a circle.
const DEPTH: usize = 50;
