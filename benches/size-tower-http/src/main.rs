//! `tower-http`'s spans in JSON lines.

use std::{future, io};

use size_input::{router, serve};
use tower_http::trace::TraceLayer;

#[tokio::main]
async fn main() -> io::Result<()> {
    tracing_subscriber::fmt().json().init();
    serve(router().layer(TraceLayer::new_for_http()), future::pending()).await
}
