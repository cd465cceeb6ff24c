//! json-subscriber, as its documentation shows it: without ids, and with those of tracing-opentelemetry's span.

use std::{io, process::ExitCode};

use measure::Loop;
use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, filter_fn},
    layer::SubscriberExt,
    registry,
};

fn main() -> ExitCode {
    measure::main(&[("line", line), ("ids", ids)])
}

#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
fn line(measured: Loop) {
    let layer = json_subscriber::layer().with_writer(io::sink).with_filter(LevelFilter::INFO);
    tracing::subscriber::set_global_default(registry().with(layer)).expect("the first subscriber");
    let _inside = log_input::enter();
    measured.run(log_input::line);
}

#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
fn ids(measured: Loop) {
    let tracer = SdkTracerProvider::builder().build().tracer("log");
    // Spans alone: what it makes of events belongs to another table.
    let traces = tracing_opentelemetry::layer().with_tracer(tracer).with_filter(filter_fn(|it| it.is_span()));
    let layer = json_subscriber::layer().with_writer(io::sink).with_opentelemetry_ids(true);
    let subscriber = registry().with(traces).with(layer.with_filter(LevelFilter::INFO));
    tracing::subscriber::set_global_default(subscriber).expect("the first subscriber");
    let _inside = log_input::enter();
    measured.run(log_input::line);
}
