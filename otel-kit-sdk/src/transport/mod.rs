//! Where batches go: the transports of the kit.
//!
//! Each is a [`Transport`](otel_kit_core::Transport) of `otel-kit-core`: `Http` and `Grpc` (features
//! `http`, `grpc`) speak [OTLP](https://opentelemetry.io/docs/specs/otlp/) to a receiver, [`Console`]
//! writes for people, [`Memory`] keeps for assertions. None at all is no transport.
//!
//! Retrying, time limits and counting are the business of whoever calls them.

mod console;
mod error;
mod memory;
#[cfg_attr(not(any(feature = "http", feature = "grpc")), allow(dead_code))]
mod settings;

#[cfg(any(feature = "http", feature = "grpc"))]
mod answer;
#[cfg(any(feature = "http", feature = "grpc"))]
mod connect;
#[cfg(any(feature = "http", feature = "grpc"))]
mod credentials;
#[cfg(any(feature = "http", feature = "grpc"))]
mod endpoint;
#[cfg(feature = "grpc")]
mod grpc;
#[cfg(feature = "http")]
mod http;
#[cfg(all(feature = "tls", any(feature = "http", feature = "grpc")))]
mod tls;

#[cfg(feature = "grpc")]
pub use self::grpc::Grpc;
#[cfg(feature = "http")]
pub use self::http::Http;
pub use self::{
    console::Console,
    error::TransportError,
    memory::Memory,
    settings::{Compression, HttpEncoding, Target, TlsSettings},
};
