//! Attempts over HTTP/2 that the server ends without a response.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{future::pending, net::SocketAddr};

use h2::Reason;
use opentelemetry::trace::Status;
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use support::{App, caller, plain_builder, soon};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server that deals with each connection like this.
async fn server<F>(connection: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((accepted, _)) = listener.accept().await {
            tokio::spawn(connection(accepted));
        }
    });
    address
}

/// Resets the stream of each request.
async fn reset_streams(connection: TcpStream, reason: Reason) {
    let mut connection = h2::server::handshake(connection).await.unwrap();
    while let Some(Ok((_, mut respond))) = connection.accept().await {
        respond.send_reset(reason);
    }
}

/// Goes away at the first request, and says that it has looked at none.
async fn go_away(mut connection: TcpStream, reason: Reason) {
    let mut preface = [0; 24];
    connection.read_exact(&mut preface).await.unwrap();
    connection.write_all(&[0, 0, 0, SETTINGS, 0, 0, 0, 0, 0]).await.unwrap();
    loop {
        let mut head = [0; 9];
        connection.read_exact(&mut head).await.unwrap();
        let [_, high, low, kind, ..] = head;
        let mut payload = vec![0; usize::from(u16::from_be_bytes([high, low]))];
        connection.read_exact(&mut payload).await.unwrap();
        if kind == HEADERS {
            break;
        }
    }
    let last_stream_and_code = [[0; 4], u32::from(reason).to_be_bytes()].concat();
    connection.write_all(&[0, 0, 8, GOAWAY, 0, 0, 0, 0, 0]).await.unwrap();
    connection.write_all(&last_stream_and_code).await.unwrap();
    pending::<()>().await;
}

async fn failure_at(server: SocketAddr) -> ReceivedSpan {
    let client = plain_builder().http2_prior_knowledge().build().unwrap();
    let app = App::with(Telemetry::new(), client);
    let error = soon(caller(app.client.get(format!("http://{server}/")).send())).await.unwrap_err();
    let span = app.client_span();
    assert_eq!(span.status, Status::error(""), "{error:?}");
    assert!(span.attr("http.response.status_code").is_absent());
    span
}

#[tokio::test]
async fn a_stream_that_the_server_resets_is_told_by_its_code() {
    for (reason, word) in [
        (Reason::REFUSED_STREAM, "http2_refused_stream"),
        (Reason::CANCEL, "http2_cancel"),
        (Reason::INTERNAL_ERROR, "http2_internal_error"),
        (Reason::HTTP_1_1_REQUIRED, "http2_http_1_1_required"),
        (Reason::from(0xbad), "http2_error"),
    ] {
        let server = server(move |connection| reset_streams(connection, reason)).await;
        assert_eq!(failure_at(server).await.attr("error.type"), word, "{reason:?}");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_gives_up_is_told_by_its_code() {
    for (reason, word) in [
        (Reason::ENHANCE_YOUR_CALM, "http2_enhance_your_calm"),
        (Reason::PROTOCOL_ERROR, "http2_protocol_error"),
        (Reason::NO_ERROR, "connection_closed"),
    ] {
        let server = server(move |connection| go_away(connection, reason)).await;
        assert_eq!(failure_at(server).await.attr("error.type"), word, "{reason:?}");
    }
}

const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
