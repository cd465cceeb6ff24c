//! What an [`ExceptionSink`] is told: the exceptions that adapters come across. It goes into
//! [`Builder::exception_sink`](crate::Builder::exception_sink).
//!
//! Handlers hand their errors over in `axum::HandlerError`; panics, and failures of bodies and inner services,
//! are told without their doing.

pub use otel_kit_core::exception::{Exception, ExceptionSink, Mechanism};
