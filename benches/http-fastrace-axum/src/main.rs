//! `fastrace-axum`, its spans given to nobody. Much of its work is done on its collector's own thread.

use std::process::ExitCode;

use fastrace::collector::{Config, Reporter, SpanRecord};
use fastrace_axum::FastraceLayer;
use http_input::{router, sampled, serve};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("sampled", |measured| {
            fastrace::set_reporter(Nowhere, Config::default());
            serve(measured, router().layer(FastraceLayer::default()), sampled);
        }),
    ])
}

struct Nowhere;

impl Reporter for Nowhere {
    fn report(&mut self, _spans: Vec<SpanRecord>) {}
}
