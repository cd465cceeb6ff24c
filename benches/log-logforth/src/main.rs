//! logforth: lines of the `log` crate; it has no spans, so their fields and the ids are diagnostics of the thread.

use std::{hint::black_box, process::ExitCode};

use logforth::{
    Append, Diagnostic, Error, Layout, diagnostic::ThreadLocalDiagnostic, layout::JsonLayout, record::Record,
};
use measure::Loop;

fn main() -> ExitCode {
    measure::main(&[("line", line)])
}

/// Makes the line and drops it.
#[derive(Debug, Default)]
struct Sink(JsonLayout);

impl Append for Sink {
    fn append(&self, record: &Record, diagnostics: &[Box<dyn Diagnostic>]) -> Result<(), Error> {
        self.0.format(record, diagnostics).map(|line| _ = black_box(line))
    }

    fn flush(&self) -> Result<(), Error> {
        Ok(())
    }
}

fn line(measured: Loop) {
    let fields = [
        ("method", "GET"),
        ("user.id", "42"),
        ("cached", "true"),
        ("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736"),
        ("span_id", "00f067aa0ba902b7"),
    ];
    for (name, value) in fields {
        ThreadLocalDiagnostic::insert(name, value);
    }
    let diagnostic = ThreadLocalDiagnostic::default();
    logforth::core::builder().dispatch(|d| d.diagnostic(diagnostic).append(Sink::default())).apply();
    logforth::bridge::log::setup();
    log::set_max_level(log::LevelFilter::Info);
    measured.run(|| {
        log::info!(target: "shop", status = 200, took_ms = 1.5, peer = "10.0.0.1"; "request done");
    });
}
