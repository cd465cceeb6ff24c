use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use hyper::{
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpStream, sync::Notify};

use super::{desk::Desk, grpc, http};

/// Serves a connection to the HTTP port until the peer or a fault ends it.
pub(super) async fn serve_http(stream: TcpStream, peer: SocketAddr, desk: Arc<Desk>) {
    let close = Notify::new();
    let service =
        service_fn(|request| async { Ok::<_, Infallible>(http::answer(&desk, peer, request, &close).await) });
    let connection =
        http1::Builder::new().header_read_timeout(None).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = connection => {}
        () = close.notified() => {}
    }
}

/// Serves a connection to the gRPC port until the peer or a fault ends it.
pub(super) async fn serve_grpc(stream: TcpStream, peer: SocketAddr, desk: Arc<Desk>) {
    let close = Arc::new(Notify::new());
    let calls = Arc::clone(&close);
    let service = service_fn(move |request| {
        let (desk, close) = (Arc::clone(&desk), Arc::clone(&calls));
        async move { Ok::<_, Infallible>(grpc::answer(desk, peer, request, close).await) }
    });
    let connection =
        http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service);
    tokio::select! {
        _ = connection => {}
        () = close.notified() => {}
    }
}
