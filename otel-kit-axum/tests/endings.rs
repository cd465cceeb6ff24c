//! How a request may end, over real sockets: each ending has one span, one duration equal to it, and no
//! active request left (`Site::server_span` asserts that).

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{convert::Infallible, io, time::Duration};

use axum::{
    Router,
    body::Body,
    response::{Sse, sse::Event},
    routing::get,
};
use bytes::Bytes;
use http::StatusCode;
use opentelemetry::{
    Context,
    trace::{SpanBuilder, Status, TraceContextExt},
};
use otel_kit_core::Kit;
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use support::{Site, eventually, read_until};
use tokio_stream::{Stream, StreamExt};
use tower_http::compression::CompressionLayer;

const STEP: Duration = Duration::from_millis(20);

/// One byte each step.
fn ticks(count: usize) -> impl Stream<Item = io::Result<Bytes>> {
    tokio_stream::iter(0..count).throttle(STEP).map(|_| Ok(Bytes::from_static(b"x")))
}

/// Starts and ends a span in whatever context there is.
fn leave_a_span(kit: &Kit, name: &'static str) {
    let tracer = kit.tracer("test", "0");
    tracer.start(&Context::current(), || SpanBuilder::from_name(name)).span().end();
}

fn assert_fine(span: &ReceivedSpan) {
    assert_eq!(span.status, Status::Unset, "{span:?}");
    assert!(span.attr("error.type").is_absent(), "{span:?}");
}

fn assert_error(span: &ReceivedSpan, error_type: &str) {
    assert_eq!(span.status, Status::error(""), "{span:?}");
    assert_eq!(span.attr("error.type"), error_type, "{span:?}");
}

#[tokio::test]
async fn an_answer_read_to_its_end_is_no_error() {
    let site = Site::start(Router::new().route("/full", get(|| async { "hello" }))).await;
    assert!(site.send("GET /full", &[]).await.ends_with("hello"));
    assert_fine(&site.server_span().await);
}

#[tokio::test]
async fn an_answer_on_a_kept_connection_ends_while_the_connection_stays() {
    let site = Site::start(Router::new().route("/full", get(|| async { "hello" }))).await;
    let mut client = site.open("GET /full", &["connection: keep-alive"]).await;
    read_until(&mut client, "hello").await;
    assert_fine(&site.server_span().await);
}

#[tokio::test]
async fn an_answer_without_body_ends_with_its_head() {
    for status in [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED, StatusCode::OK] {
        let site = Site::start(Router::new().route("/empty", get(move || async move { status }))).await;
        site.send("GET /empty", &[]).await;
        let span = site.server_span().await;
        assert_fine(&span);
        assert_eq!(span.attr("http.response.status_code"), status.as_u16());
    }
}

#[tokio::test]
async fn a_stream_is_covered_to_its_end_and_its_spans_are_children() {
    let telemetry = Telemetry::new();
    let kit = telemetry.kit().clone();
    let stream = move || async move {
        Body::from_stream(ticks(5).map(move |tick| {
            leave_a_span(&kit, "tick");
            tick
        }))
    };
    let site = Site::start_with(telemetry, Router::new().route("/stream", get(stream))).await;
    site.send("GET /stream", &[]).await;
    let span = site.server_span().await;
    assert_fine(&span);
    assert!(span.duration() >= STEP * 4, "{span:?}");
    let ticks = site.telemetry.spans().into_iter().filter(|tick| tick.is_child_of(&span)).count();
    assert_eq!(ticks, 5);
}

#[tokio::test]
async fn a_head_request_for_a_stream_ends_with_the_head() {
    let endless = || async { Body::from_stream(ticks(usize::MAX)) };
    let site = Site::start(Router::new().route("/stream", get(endless))).await;
    site.send("HEAD /stream", &[]).await;
    let span = site.server_span().await;
    assert_eq!(span.name, "HEAD /stream");
    assert_fine(&span);
}

#[tokio::test]
async fn a_stream_that_is_declared_empty_ends_with_its_head() {
    let declared = || async { ([("content-length", "0")], Body::from_stream(ticks(9))) };
    let site = Site::start(Router::new().route("/declared", get(declared))).await;
    site.send("GET /declared", &[]).await;
    assert_fine(&site.server_span().await);
}

#[tokio::test]
async fn a_stream_of_declared_length_is_complete_with_its_last_byte() {
    let declared = || async { ([("content-length", "4")], Body::from_stream(ticks(9))) };
    let site = Site::start(Router::new().route("/declared", get(declared))).await;
    site.send("GET /declared", &[]).await;
    let span = site.server_span().await;
    assert_fine(&span);
    assert!(span.duration() >= STEP * 3, "{span:?}");
}

#[tokio::test]
async fn a_body_that_fails_is_an_error() {
    let failing = || async {
        let frames = [Ok(Bytes::from_static(b"a")), Err(io::Error::other("bad"))];
        Body::from_stream(tokio_stream::iter(frames))
    };
    let site = Site::start(Router::new().route("/fails", get(failing))).await;
    site.send("GET /fails", &[]).await;
    let span = site.server_span().await;
    assert_error(&span, "body_error");
    assert_eq!(span.attr("http.response.status_code"), 200);
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_is_an_error_and_the_duration_is_recorded() {
    let endless = || async { Body::from_stream(ticks(usize::MAX)) };
    let site = Site::start(Router::new().route("/stream", get(endless))).await;
    site.leave_after("GET /stream", "\r\n\r\n").await;
    let span = site.server_span().await;
    assert_error(&span, "cancelled");
    assert_eq!(span.attr("http.response.status_code"), 200);
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_of_server_sent_events_is_no_error() {
    let events =
        || async { Sse::new(ticks(usize::MAX).map(|_| Ok::<_, Infallible>(Event::default().data("x")))) };
    let site = Site::start(Router::new().route("/events", get(events))).await;
    site.leave_after("GET /events", "data: x").await;
    let span = site.server_span().await;
    assert_fine(&span);
    assert!(!span.duration().is_zero());
}

#[tokio::test]
async fn a_client_that_leaves_before_the_answer_is_an_error_and_the_handler_drops_in_its_context() {
    struct SpanOnDrop(Kit);
    impl Drop for SpanOnDrop {
        fn drop(&mut self) {
            leave_a_span(&self.0, "dropped");
        }
    }
    let telemetry = Telemetry::new();
    let kit = telemetry.kit().clone();
    let slow = move || async move {
        let _guard = SpanOnDrop(kit);
        std::future::pending::<()>().await;
    };
    let site = Site::start_with(telemetry, Router::new().route("/slow", get(slow))).await;
    let client = site.open("GET /slow", &[]).await;
    eventually("the handler", || (support::active(&site.telemetry) == 1).then_some(())).await;
    drop(client);
    let span = site.server_span().await;
    assert_error(&span, "cancelled");
    assert!(span.attr("http.response.status_code").is_absent());
    let dropped = &site.telemetry.spans()[0];
    assert_eq!(dropped.name, "dropped");
    assert!(dropped.is_child_of(&span));
}

#[tokio::test]
async fn a_panic_in_the_handler_is_an_error_and_is_passed_on() {
    async fn panics() {
        std::panic::resume_unwind(Box::new("boom"));
    }
    let site = Site::start(Router::new().route("/panic", get(panics))).await;
    assert_eq!(site.send("GET /panic", &[]).await, "");
    let span = site.server_span().await;
    assert_error(&span, "panic");
    assert!(span.attr("http.response.status_code").is_absent());
}

#[tokio::test]
async fn a_panic_in_the_body_is_an_error() {
    let panics = || async {
        Body::from_stream(tokio_stream::iter([0]).map(|_| -> io::Result<Bytes> {
            std::panic::resume_unwind(Box::new("boom"));
        }))
    };
    let site = Site::start(Router::new().route("/panic", get(panics))).await;
    site.send("GET /panic", &[]).await;
    let span = site.server_span().await;
    assert_error(&span, "panic");
    assert_eq!(span.attr("http.response.status_code"), 200);
}

#[tokio::test]
async fn a_server_error_has_its_status_as_error_type_and_no_description() {
    let site = Site::start(Router::new().route("/bad", get(|| async { StatusCode::BAD_GATEWAY }))).await;
    site.send("GET /bad", &[]).await;
    assert_error(&site.server_span().await, "502");
}

#[tokio::test]
async fn a_server_error_that_nobody_reads_keeps_its_status_as_error_type() {
    let endless = || async { (StatusCode::INTERNAL_SERVER_ERROR, Body::from_stream(ticks(usize::MAX))) };
    let site = Site::start(Router::new().route("/bad", get(endless))).await;
    site.leave_after("GET /bad", "\r\n\r\n").await;
    assert_error(&site.server_span().await, "500");
}

#[tokio::test]
async fn a_client_error_is_no_error_of_the_server() {
    let site = Site::start(Router::new()).await;
    site.send("GET /nope", &[]).await;
    let span = site.server_span().await;
    assert_fine(&span);
    assert_eq!(span.attr("http.response.status_code"), 404);
}

#[tokio::test]
async fn a_compressed_answer_is_no_error() {
    let text = "hello ".repeat(1000);
    let routes =
        Router::new().route("/full", get(move || async move { text })).layer(CompressionLayer::new());
    let site = Site::start(routes).await;
    let answer = site.send("GET /full", &["accept-encoding: gzip"]).await;
    assert!(answer.contains("content-encoding: gzip"), "{answer}");
    assert_fine(&site.server_span().await);
}
