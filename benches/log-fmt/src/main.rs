//! tracing-subscriber's own JSON, which knows no ids.

use std::{io, process::ExitCode};

use measure::Loop;
use tracing_subscriber::{Layer, filter::LevelFilter, fmt, layer::SubscriberExt, registry};

fn main() -> ExitCode {
    measure::main(&[("line", line)])
}

#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
fn line(measured: Loop) {
    let layer = fmt::layer().json().with_writer(io::sink).with_filter(LevelFilter::INFO);
    tracing::subscriber::set_global_default(registry().with(layer)).expect("the first subscriber");
    let _inside = log_input::enter();
    measured.run(log_input::line);
}
