//! What the SDK hands out becomes one OTLP request: thin exporters over `opentelemetry-proto`.

mod limits;
mod logs;
mod metrics;
mod points;
mod spans;

pub(crate) use self::{
    limits::AttributeLimits, logs::KitLogExporter, metrics::ship_metrics, spans::KitSpanExporter,
};

pub use self::metrics::request as metrics_request;
