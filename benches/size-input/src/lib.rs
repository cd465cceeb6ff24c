//! The service that is built and started: one route, and an address on standard error.

use std::io;

use axum::{Router, extract::Path, routing::get};
use tokio::net::TcpListener;

/// What the layer of a subject goes around.
pub fn router() -> Router {
    Router::new().route("/hello/{name}", get(hello))
}

/// Serves until the future ends.
///
/// # Errors
/// If there is no free port.
pub async fn serve(router: Router, until: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    eprintln!("listening on {}", listener.local_addr()?);
    axum::serve(listener, router).with_graceful_shutdown(until).await
}

async fn hello(Path(name): Path<String>) -> String {
    format!("Hello, {name}!\n")
}
