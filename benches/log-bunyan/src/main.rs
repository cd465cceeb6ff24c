//! tracing-bunyan-formatter, which knows no ids.

use std::{io, process::ExitCode};

use measure::Loop;
use tracing_bunyan_formatter::{BunyanFormattingLayer, JsonStorageLayer};
use tracing_subscriber::{filter::LevelFilter, layer::SubscriberExt, registry};

fn main() -> ExitCode {
    measure::main(&[("line", line)])
}

#[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
fn line(measured: Loop) {
    let layer = BunyanFormattingLayer::new("shop".to_owned(), io::sink);
    let subscriber = registry().with(LevelFilter::INFO).with(JsonStorageLayer).with(layer);
    tracing::subscriber::set_global_default(subscriber).expect("the first subscriber");
    let _inside = log_input::enter();
    measured.run(log_input::line);
}
