//! What a [`Transport`] of one's own is made of; it goes into [`Builder::transport`](crate::Builder::transport).
//! Those of the kit are in [`sdk::transport`](crate::sdk::transport).
//!
//! ```
//! use std::sync::Arc;
//! use otel_kit::transport::{Delivery, OtlpRequest, Sending, Signal, Transport};
//!
//! struct Counter;
//!
//! impl Transport for Counter {
//!     fn send(&self, request: OtlpRequest) -> Sending {
//!         Box::pin(async move {
//!             println!("{} {}", request.items, request.signal.name());
//!             Delivery::ACCEPTED
//!         })
//!     }
//!
//!     fn destination(&self, _: Signal) -> String {
//!         "a counter".to_owned()
//!     }
//! }
//!
//! let telemetry = otel_kit::builder().transport(Signal::Traces, Arc::new(Counter)).build()?;
//! # drop(telemetry);
//! # Ok::<_, otel_kit::InitError>(())
//! ```

pub use otel_kit_core::{Delivery, OtlpRequest, Sending, Signal, Transport};
