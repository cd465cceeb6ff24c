//! `TraceLayer` of `tower-http`, its spans in a registry that nobody reads.

use std::process::ExitCode;

use http_input::{router, sampled, serve};
use tower_http::trace::TraceLayer;
use tracing_subscriber::util::SubscriberInitExt;

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("sampled", |measured| {
            tracing_subscriber::registry().init();
            serve(measured, router().layer(TraceLayer::new_for_http()), sampled);
        }),
    ])
}
