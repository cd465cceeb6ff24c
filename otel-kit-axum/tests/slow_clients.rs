//! Clients that read slowly, or stop: the span is as long as the answer was on its way.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{convert::Infallible, time::Duration};

use axum::{Router, body::Body, routing::get};
use bytes::Bytes;
use opentelemetry::trace::Status;
use otel_kit_testing::Telemetry;
use support::{Site, active, eventually, read_until, server_spans};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const CHUNK: &[u8] = &[b'x'; 1 << 16];
const MINUTE: Duration = Duration::from_secs(60);

/// More than all buffers between server and client can hold.
const LONG: usize = 64 << 20;

/// A clock that stands still unless a test moves it.
async fn site() -> Site {
    let chunks = || {
        tokio_stream::iter((0..LONG / CHUNK.len()).map(|_| Ok::<_, Infallible>(Bytes::from_static(CHUNK))))
    };
    let long = async move || Body::from_stream(chunks());
    let declared = async move || ([("content-length", LONG.to_string())], Body::from_stream(chunks()));
    let uploaded = async |body: Bytes| body.len().to_string();
    let routes = Router::new().route("/long", get(long).post(uploaded)).route("/declared", get(declared));
    Site::start_with(Telemetry::builder().manual_clock().build(), routes).await
}

/// A request whose answer is on its way for a minute already.
async fn after_a_minute(site: &Site, request: &str) -> TcpStream {
    let mut client = site.open(request, &[]).await;
    read_until(&mut client, "\r\n\r\n").await;
    assert_eq!((server_spans(&site.telemetry), active(&site.telemetry)), (vec![], 1));
    site.telemetry.clock().advance(MINUTE);
    client
}

#[tokio::test]
async fn the_span_of_an_answer_that_is_read_slowly_lasts_until_it_is_read() {
    for request in ["GET /long", "GET /declared"] {
        let site = site().await;
        let mut client = after_a_minute(&site, request).await;
        let mut answer = Vec::new();
        client.read_to_end(&mut answer).await.unwrap();
        assert!(answer.len() >= LONG);
        let span = site.server_span().await;
        assert_eq!((span.duration(), span.status), (MINUTE, Status::Unset), "{request}");
    }
}

#[tokio::test]
async fn the_span_of_an_answer_that_is_never_read_ends_when_the_client_goes_or_breaks_off() {
    for request in ["GET /long", "GET /declared"] {
        for is_reset in [false, true] {
            let site = site().await;
            let client = after_a_minute(&site, request).await;
            if is_reset {
                // With unread bytes on it, a closed connection is reset; without lingering, at once.
                client.set_zero_linger().unwrap();
            }
            drop(client);
            let span = site.server_span().await;
            assert_eq!((span.duration(), span.status.clone()), (MINUTE, Status::error("")), "{request}");
            assert_eq!(span.attr("error.type"), "cancelled");
            assert_eq!(span.attr("http.response.status_code"), 200);
            assert_eq!(site.telemetry.exceptions(), []);
        }
    }
}

#[tokio::test]
async fn the_span_of_an_upload_lasts_until_it_is_there_and_one_that_is_broken_off_leaves_nothing_under_way() {
    for is_complete in [true, false] {
        let site = site().await;
        let mut client = site.open("POST /long", &["content-length: 6"]).await;
        client.write_all(b"abc").await.unwrap();
        eventually("the upload", || (active(&site.telemetry) == 1).then_some(())).await;
        site.telemetry.clock().advance(MINUTE);
        if is_complete {
            client.write_all(b"def").await.unwrap();
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.unwrap();
            assert!(answer.ends_with("\r\n\r\n6"), "{answer}");
        } else {
            drop(client);
        }
        let span = site.server_span().await;
        assert_eq!(span.duration(), MINUTE);
        assert_eq!(
            span.attr("http.response.status_code").as_i64().is_some_and(|status| status == 200),
            is_complete
        );
    }
}

#[tokio::test]
async fn server_sent_events_of_known_length_have_an_end_of_their_own() {
    let length = "data: x\n\n".len() * 2;
    let events = async move || {
        let first = futures_util::stream::iter([Ok::<_, Infallible>("data: x\n\n")]);
        let rest = futures_util::StreamExt::chain(first, futures_util::stream::pending());
        let head = [("content-type", "text/event-stream".to_owned()), ("content-length", length.to_string())];
        (head, Body::from_stream(rest))
    };
    let whole = async || ([("content-type", "text/event-stream")], "data: x\n\n");
    let routes = Router::new().route("/broken", get(events)).route("/whole", get(whole));
    for (request, error_type) in [("GET /broken", Some("cancelled")), ("GET /whole", None)] {
        let site = Site::start(routes.clone()).await;
        site.leave_after(request, "data: x").await;
        assert_eq!(site.server_span().await.attr("error.type").as_str(), error_type, "{request}");
    }
}
