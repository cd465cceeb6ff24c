//! The log layer alone, writing to a sink.

use std::{io, process::ExitCode};

use measure::Loop;
use otel_kit_logging::{Format, LogFilter, LogLayer, LogWriter};
use tracing_subscriber::{Layer, layer::SubscriberExt, registry};

fn main() -> ExitCode {
    measure::main(&[
        ("line", |measured| with(Format::Json, false, measured)),
        ("queued", |measured| with(Format::Json, true, measured)),
        ("ecs", |measured| with(Format::Ecs, false, measured)),
    ])
}

#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
fn with(format: Format, queued: bool, measured: Loop) {
    let writer = LogWriter::builder().output(io::sink()).blocking(!queued).build().expect("a writer");
    let filter: LogFilter = "info,sqlx=warn".parse().expect("directives");
    let layer = LogLayer::builder().output(format, writer).build().with_filter(filter);
    tracing::subscriber::set_global_default(registry().with(layer)).expect("the first subscriber");
    let _inside = log_input::enter();
    measured.run(log_input::line);
}
