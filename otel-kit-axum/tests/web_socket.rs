//! WebSockets, with a client of the same kind as services use.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{
    Router,
    extract::ws::{WebSocket, WebSocketUpgrade},
    routing::any,
};
use futures_util::{SinkExt, StreamExt};
use opentelemetry::{
    Context,
    trace::{SpanBuilder, Status, TraceContextExt},
};
use otel_kit_core::{ContextFutureExt, Kit};
use otel_kit_testing::Telemetry;
use support::{Site, eventually};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

/// Echoes, in a span of its own each time.
async fn echo(mut socket: WebSocket, kit: Kit) {
    let tracer = kit.tracer("test", "0");
    while let Some(Ok(message)) = socket.recv().await {
        tracer.start(&Context::current(), || SpanBuilder::from_name("message")).span().end();
        if socket.send(message).await.is_err() {
            break;
        }
    }
}

async fn site() -> Site {
    let telemetry = Telemetry::new();
    let (bare, carried) = (telemetry.kit().clone(), telemetry.kit().clone());
    let routes = Router::new()
        .route(
            "/bare/{room}",
            any(async move |upgrade: WebSocketUpgrade| upgrade.on_upgrade(|socket| echo(socket, bare))),
        )
        .route(
            "/carried/{room}",
            any(async move |upgrade: WebSocketUpgrade| {
                let context = Context::current();
                upgrade.on_upgrade(|socket| echo(socket, carried).with_context(context))
            }),
        );
    Site::start_with(telemetry, routes).await
}

async fn connect(site: &Site, path: &str) -> WebSocketStream<TcpStream> {
    let stream = TcpStream::connect(site.address).await.unwrap();
    let (socket, response) = client_async(format!("ws://{}{path}", site.address), stream).await.unwrap();
    assert_eq!(response.status(), 101);
    socket
}

#[tokio::test]
async fn a_web_socket_is_no_error_and_ends_with_its_handshake_while_messages_flow() {
    let site = site().await;
    let mut socket = connect(&site, "/bare/7").await;
    let span = site.server_span().await;
    assert_eq!(span.name, "GET /bare/{room}");
    assert_eq!(
        (span.status.clone(), span.attr("http.response.status_code").as_i64()),
        (Status::Unset, Some(101))
    );
    for number in 0..3 {
        let message = Message::text(format!("message {number}"));
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
    }
    assert_eq!(support::active(&site.telemetry), 0);
    socket.close(None).await.unwrap();
    while socket.next().await.is_some() {}
    assert_eq!(site.server_span().await, span);
}

#[tokio::test]
async fn what_a_web_socket_does_is_below_its_handshake_only_if_the_context_is_carried_along() {
    for (path, is_child) in [("/bare/7", false), ("/carried/7", true)] {
        let site = site().await;
        let mut socket = connect(&site, path).await;
        socket.send(Message::text("hello")).await.unwrap();
        socket.next().await.unwrap().unwrap();
        let handshake = site.server_span().await;
        let spans = site.telemetry.spans();
        let message = spans.iter().find(|span| span.name == "message").unwrap();
        assert_eq!(message.is_child_of(&handshake), is_child, "{path}");
    }
}

#[tokio::test]
async fn a_client_that_drops_its_web_socket_leaves_nothing_under_way() {
    let site = site().await;
    let mut socket = connect(&site, "/carried/7").await;
    socket.send(Message::text("hello")).await.unwrap();
    drop(socket);
    eventually("the message", || site.telemetry.spans().into_iter().find(|span| span.name == "message"))
        .await;
    assert_eq!(site.server_span().await.status, Status::Unset);
}

#[tokio::test]
async fn a_request_that_is_no_handshake_is_refused_and_is_no_error_of_the_server() {
    let site = site().await;
    assert!(site.send("GET /bare/7", &[]).await.starts_with("HTTP/1.1 400"));
    assert_eq!(site.server_span().await.status, Status::Unset);
}
