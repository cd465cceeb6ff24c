//! The layer around services that are called without a server: dropped futures, errors, caught panics.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{
    convert::Infallible,
    fmt, io,
    pin::Pin,
    sync::{Mutex, mpsc},
    task::{Context as Task, Poll},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    routing::get,
};
use bytes::Bytes;
use http::{Request, Response};
use http_body::{Body as _, Frame};
use http_body_util::{BodyExt, Full};
use opentelemetry::{
    Context,
    trace::{Status, TraceContextExt},
};
use otel_kit_axum::OtelLayer;
use otel_kit_core::LogContext;
use otel_kit_testing::Telemetry;
use support::server_span;
use tower::{Layer, Service, ServiceExt, service_fn};
use tower_http::catch_panic::CatchPanicLayer;

fn layer(telemetry: &Telemetry) -> OtelLayer {
    OtelLayer::new().with(telemetry.kit())
}

fn request() -> Request<Body> {
    Request::new(Body::empty())
}

#[tokio::test]
async fn a_future_dropped_before_its_first_poll_is_cancelled() {
    let telemetry = Telemetry::new();
    let mut service = layer(&telemetry).layer(service_fn(async |_: Request<Body>| {
        std::future::pending::<Result<Response<Body>, Infallible>>().await
    }));
    let future = service.call(request());
    assert_eq!(support::active(&telemetry), 1);
    drop(future);
    let span = server_span(&telemetry).await;
    assert_eq!(span.attr("error.type"), "cancelled");
    assert_eq!(span.status, Status::error(""));
}

#[tokio::test]
async fn a_body_dropped_unread_is_cancelled_and_a_complete_one_is_not() {
    let app = |telemetry| Router::new().route("/", get(|| async { "hello" })).layer(layer(telemetry));

    let telemetry = Telemetry::new();
    drop(app(&telemetry).oneshot(request()).await.unwrap());
    assert_eq!(server_span(&telemetry).await.attr("error.type"), "cancelled");

    let telemetry = Telemetry::new();
    let mut body = app(&telemetry).oneshot(request()).await.unwrap().into_body();
    body.frame().await.unwrap().unwrap();
    assert!(server_span(&telemetry).await.attr("error.type").is_absent());
    assert!(body.is_end_stream());
    assert!(body.frame().await.is_none());
}

#[derive(Debug, PartialEq)]
struct OutOfStock(u32);

impl fmt::Display for OutOfStock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} out of stock", self.0)
    }
}

#[tokio::test]
async fn an_error_of_the_inner_service_comes_back_unchanged_and_names_the_span() {
    let telemetry = Telemetry::new();
    let service =
        layer(&telemetry).layer(service_fn(async |_: Request<Body>| Err::<Response<Body>, _>(OutOfStock(7))));
    assert_eq!(service.oneshot(request()).await.unwrap_err(), OutOfStock(7));
    let span = server_span(&telemetry).await;
    assert_eq!(span.attr("error.type"), "in_process::OutOfStock");
    assert_eq!(span.status, Status::error(""));
    assert!(span.attr("http.response.status_code").is_absent());
}

#[tokio::test]
async fn a_panic_that_a_layer_further_out_catches_is_a_panic_all_the_same() {
    async fn panics() {
        std::panic::resume_unwind(Box::new("boom"));
    }
    let telemetry = Telemetry::new();
    let app = Router::new().route("/", get(panics)).layer(layer(&telemetry)).layer(CatchPanicLayer::new());
    assert_eq!(app.oneshot(request()).await.unwrap().status(), 500);
    assert_eq!(server_span(&telemetry).await.attr("error.type"), "panic");
}

#[tokio::test]
async fn a_panic_while_the_service_is_called_is_a_panic() {
    let telemetry = Telemetry::new();
    let mut service = layer(&telemetry).layer(service_fn(|_: Request<Body>| {
        std::panic::resume_unwind(Box::new("boom"));
        #[allow(unreachable_code)]
        std::future::ready(Ok::<_, Infallible>(Response::new(Body::empty())))
    }));
    let call = std::panic::AssertUnwindSafe(|| drop(service.call(request())));
    std::panic::catch_unwind(call).unwrap_err();
    assert_eq!(server_span(&telemetry).await.attr("error.type"), "panic");
}

#[tokio::test]
async fn bodies_of_any_type_go_through() {
    let telemetry = Telemetry::new();
    let service = layer(&telemetry).layer(service_fn(async |request: Request<String>| {
        Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(request.into_body()))))
    }));
    let response = service.oneshot(Request::new("hello".to_owned())).await.unwrap();
    assert_eq!(response.body().size_hint().exact(), Some(5));
    assert_eq!(to_bytes(response.into_body(), 9).await.unwrap(), "hello");
    server_span(&telemetry).await;
}

#[tokio::test]
async fn trailers_and_errors_of_a_body_go_through() {
    let telemetry = Telemetry::new();
    let trailers = http::HeaderMap::from_iter([(http::header::ETAG, "7".parse().unwrap())]);
    let frames = [Ok(Frame::data(Bytes::from("a"))), Ok(Frame::trailers(trailers.clone()))];
    let frames = tokio_stream::iter(frames.into_iter().chain([Err(io::Error::other("bad"))]));
    let body = Mutex::new(Some(http_body_util::StreamBody::new(frames)));
    let service = layer(&telemetry).layer(service_fn(async |_: Request<Body>| {
        Ok::<_, Infallible>(Response::new(body.lock().unwrap().take().unwrap()))
    }));
    let mut body = service.oneshot(request()).await.unwrap().into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "a");
    assert_eq!(body.frame().await.unwrap().unwrap().into_trailers().unwrap(), trailers);
    assert_eq!(body.frame().await.unwrap().unwrap_err().to_string(), "bad");
    assert!(server_span(&telemetry).await.attr("error.type").is_absent(), "nothing comes after trailers");
}

/// A body of unknown size that tells whether it is in the context of its request.
struct Watched {
    frames: usize,
    seen: mpsc::Sender<(&'static str, bool)>,
}

impl Watched {
    fn tell(&self, what: &'static str) {
        let _ = self.seen.send((what, in_context()));
    }
}

impl http_body::Body for Watched {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Task<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.tell("polled");
        self.frames -= 1;
        Poll::Ready(Some(Ok(Frame::data(Bytes::from("x")))))
    }

    fn is_end_stream(&self) -> bool {
        self.frames == 0
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.tell("dropped");
    }
}

fn in_context() -> bool {
    let has_route = LogContext::current().iter().any(|(key, _)| key.as_str() == "http.route");
    has_route && Context::map_current(TraceContextExt::has_active_span)
}

#[tokio::test]
async fn a_body_is_polled_and_dropped_in_the_context_of_its_request_and_knows_its_last_frame() {
    for (frames, error_type) in [(1, None), (2, Some("cancelled"))] {
        let telemetry = Telemetry::new();
        let (sender, seen) = mpsc::channel();
        let handler = async move || Body::new(Watched { frames, seen: sender });
        let app = Router::new().route("/", get(handler)).layer(layer(&telemetry));
        let mut body = app.oneshot(request()).await.unwrap().into_body();
        body.frame().await.unwrap().unwrap();
        drop(body);
        assert_eq!(server_span(&telemetry).await.attr("error.type").as_str(), error_type);
        assert_eq!(seen.try_iter().collect::<Vec<_>>(), [("polled", true), ("dropped", true)]);
    }
}

#[tokio::test]
async fn a_service_is_called_in_the_context_of_its_request() {
    let telemetry = Telemetry::new();
    let (sender, seen) = mpsc::channel();
    let mut service = layer(&telemetry).layer(service_fn(move |_: Request<Body>| {
        sender.send(Context::map_current(TraceContextExt::has_active_span)).unwrap();
        std::future::ready(Ok::<_, Infallible>(Response::new(Body::empty())))
    }));
    service.call(request()).await.unwrap();
    assert!(seen.try_recv().unwrap());
}

#[tokio::test]
async fn a_request_that_is_passed_on_within_a_handler_has_a_span_of_its_own() {
    let telemetry = Telemetry::new();
    let inner = Router::new().route("/inner", get(|| async {})).layer(layer(&telemetry));
    let outer = async move || {
        let request = Request::builder().uri("/inner").body(Body::empty()).unwrap();
        inner.oneshot(request).await.unwrap()
    };
    let app = Router::new().route("/", get(outer)).layer(layer(&telemetry));
    app.oneshot(request()).await.unwrap();
    let [inner, outer] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
    assert_eq!((inner.name.as_str(), outer.name.as_str()), ("GET /inner", "GET /"));
    assert!(inner.is_child_of(outer));
}
