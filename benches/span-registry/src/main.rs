//! `tracing` and a registry, without anything that reads the spans.

use std::process::ExitCode;

use tracing_subscriber::util::SubscriberInitExt;

fn main() -> ExitCode {
    measure::main(&[("sampled", |measured| {
        tracing_subscriber::registry().init();
        span_input::spans(measured);
    })])
}
