//! Exceptions that adapters come across, and who is told of them.
//!
//! An adapter describes what it knows in an [`Exception`] and gives it to
//! [`Kit::record_exception`](crate::Kit::record_exception), whether the operation is sampled or not; every
//! [`ExceptionSink`] of the kit is told at once. Without a sink it costs a look at an empty list.
//!
//! ```
//! use std::sync::{Arc, atomic::{AtomicUsize, Ordering}};
//! use opentelemetry::Context;
//! use otel_kit_core::{Kit, exception::{Exception, ExceptionSink, Mechanism}, semconv::event};
//!
//! #[derive(Debug, Default)]
//! struct Count(AtomicUsize);
//!
//! impl ExceptionSink for Count {
//!     fn record(&self, exception: &Exception<'_>) {
//!         assert_eq!(exception.message().as_deref(), Some("an error occurred when formatting an argument"));
//!         self.0.fetch_add(1, Ordering::Relaxed);
//!     }
//! }
//!
//! let count = Arc::new(Count::default());
//! let kit = Kit::builder().exception_sink(count.clone()).build();
//!
//! let context = Context::new(); // that of the operation, and current
//! let exception = Exception::new(event::HTTP_SERVER_REQUEST_EXCEPTION, Mechanism::Handler, &context);
//! kit.record_exception(&exception.with_error(&std::fmt::Error).with_type_name("core::fmt::Error"));
//! assert_eq!(count.0.load(Ordering::Relaxed), 1);
//! ```

mod described;
mod group;
mod sink;

pub(crate) use self::sink::Sinks;
pub use self::{
    described::{Exception, Mechanism},
    group::{Group, GroupSource, Grouping, Sample},
    sink::ExceptionSink,
};
