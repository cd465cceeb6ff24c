//! Telemetry that stays in the process: what the code under test emits, as a collector would receive it.

mod builder;
mod exceptions;
mod exporter;
mod global;
mod ids;
mod reader;
mod telemetry;

pub use self::{builder::TelemetryBuilder, global::init, telemetry::Telemetry};
