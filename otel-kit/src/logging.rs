//! What the facade shows of log lines; the configuration says the rest.
//!
//! ```
//! let telemetry = otel_kit::builder().build()?;
//! let error: otel_kit::logging::LogFilterError = telemetry.set_log_level("info,sqlx=loud").unwrap_err();
//! assert!(error.to_string().contains("`sqlx=loud`"));
//! # Ok::<_, otel_kit::InitError>(())
//! ```

pub use otel_kit_logging::{LogFilterError, LogLosses, install_log_bridge};
