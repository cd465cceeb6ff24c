//! What the SDK hands out becomes one OTLP request: thin exporters over `opentelemetry-proto`.

mod limits;
mod logs;
mod metrics;
mod spans;

pub(crate) use self::{
    limits::AttributeLimits, logs::KitLogExporter, metrics::ship_metrics, spans::KitSpanExporter,
};
