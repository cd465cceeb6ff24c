//! A service without telemetry.

use std::{future, io};

use size_input::{router, serve};

#[tokio::main]
async fn main() -> io::Result<()> {
    serve(router(), future::pending()).await
}
