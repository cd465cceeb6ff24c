//! HTTP/2 without TLS: many requests on one connection, resets, trailers.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::Path,
    response::{Sse, sse::Event},
    routing::{get, post},
};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use http::{HeaderMap, HeaderValue, Request, Response};
use http_body::Frame;
use http_body_util::{BodyExt, StreamBody};
use hyper::{
    body::Incoming,
    client::conn::http2::{SendRequest, handshake},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use opentelemetry::trace::Status;
use otel_kit_core::semconv::metric::HTTP_SERVER_REQUEST_BODY_SIZE;
use otel_kit_testing::Telemetry;
use support::{Site, eventually, with_settings};
use tokio::{net::TcpStream, sync::Semaphore};

type Client = SendRequest<Body>;

async fn connect(site: &Site) -> Client {
    let stream = TcpStream::connect(site.address).await.unwrap();
    let (client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    client
}

fn request(site: &Site, path: &str) -> Request<Body> {
    Request::get(format!("http://{}{path}", site.address)).body(Body::empty()).unwrap()
}

async fn get_from(client: &mut Client, site: &Site, path: &str) -> Response<Incoming> {
    client.send_request(request(site, path)).await.unwrap()
}

/// One frame, and then nothing for ever.
fn endless() -> impl Stream<Item = Result<&'static str, Infallible>> {
    stream::once(async { Ok("first") }).chain(stream::pending())
}

#[tokio::test]
async fn requests_on_one_connection_run_beside_each_other_each_with_its_own_span() {
    static OPEN: Semaphore = Semaphore::const_new(0);
    let wait = async |Path(id): Path<String>| {
        OPEN.acquire().await.unwrap().forget();
        id
    };
    let site = Site::start(Router::new().route("/orders/{id}", get(wait))).await;
    let client = connect(&site).await;
    let asking = (0..10).map(|id| {
        let (mut client, request) = (client.clone(), request(&site, &format!("/orders/{id}")));
        tokio::spawn(async move {
            let body = client.send_request(request).await.unwrap().into_body();
            body.collect().await.unwrap().to_bytes()
        })
    });
    let asking: Vec<_> = asking.collect();
    eventually("ten requests", || (support::active(&site.telemetry) == 10).then_some(())).await;
    OPEN.add_permits(10);
    for (id, answer) in asking.into_iter().enumerate() {
        assert_eq!(answer.await.unwrap(), id.to_string());
    }
    let spans = eventually("ten spans", || {
        Some(support::server_spans(&site.telemetry)).filter(|spans| spans.len() == 10)
    });
    let mut paths = Vec::new();
    for span in spans.await {
        assert_eq!(span.name, "GET /orders/{id}");
        assert_eq!(span.attr("network.protocol.version"), "2");
        assert_eq!(span.attr("server.port"), i64::from(site.address.port()));
        assert!(span.is_root() && span.status == Status::Unset, "{span:?}");
        paths.push(span.attr("url.path").as_str().unwrap().to_owned());
    }
    paths.sort();
    assert_eq!(paths, (0..10).map(|id| format!("/orders/{id}")).collect::<Vec<_>>());
    let duration = support::duration(&site.telemetry);
    assert_eq!((duration.count, support::active(&site.telemetry)), (10, 0));
    assert_eq!(duration.attr("network.protocol.version"), "2");
}

#[tokio::test]
async fn a_stream_that_the_client_resets_before_the_answer_is_cancelled_and_the_connection_goes_on() {
    let pending = async || std::future::pending::<()>().await;
    let routes = Router::new().route("/slow", get(pending)).route("/fast", get(async || "fast"));
    let site = Site::start(routes).await;
    let mut client = connect(&site).await;
    let asking = tokio::spawn({
        let (mut client, request) = (client.clone(), request(&site, "/slow"));
        async move { client.send_request(request).await }
    });
    eventually("the handler", || (support::active(&site.telemetry) == 1).then_some(())).await;
    asking.abort();
    let span = site.server_span().await;
    assert_eq!(
        (span.status.clone(), span.attr("error.type").as_str()),
        (Status::error(""), Some("cancelled"))
    );
    assert!(span.attr("http.response.status_code").is_absent());
    let answer = get_from(&mut client, &site, "/fast").await.into_body().collect().await.unwrap();
    assert_eq!(answer.to_bytes(), "fast");
}

#[tokio::test]
async fn a_body_that_the_client_resets_is_cancelled_and_server_sent_events_are_not() {
    let stream = async || Body::from_stream(endless());
    let events = async || Sse::new(endless().map(|data| data.map(|data| Event::default().data(data))));
    let routes = Router::new().route("/stream", get(stream)).route("/events", get(events));
    for (path, error_type) in [("/stream", Some("cancelled")), ("/events", None)] {
        let site = Site::start(routes.clone()).await;
        let mut client = connect(&site).await;
        let mut body = get_from(&mut client, &site, path).await.into_body();
        body.frame().await.unwrap().unwrap();
        drop(body);
        let span = site.server_span().await;
        assert_eq!(span.attr("error.type").as_str(), error_type, "{path}");
        assert_eq!(span.attr("http.response.status_code"), 200);
    }
}

#[tokio::test]
async fn trailers_go_through_and_the_span_covers_them() {
    let telemetry = Telemetry::builder().manual_clock().build();
    let clock = telemetry.clock().clone();
    let answer = async move || {
        let status = HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from_static("0"))]);
        let trailers = async move {
            clock.advance(Duration::from_secs(2));
            Ok::<_, Infallible>(Frame::trailers(status))
        };
        let data = async { Ok(Frame::data(Bytes::from("message"))) };
        let frames = stream::once(data).chain(stream::once(trailers));
        ([("content-type", "application/grpc")], Body::new(StreamBody::new(frames)))
    };
    let site = Site::start_with(telemetry, Router::new().route("/shop.Stock/Count", post(answer))).await;
    let mut client = connect(&site).await;
    let request = Request::post(format!("http://{}/shop.Stock/Count", site.address));
    let response = client.send_request(request.body(Body::empty()).unwrap()).await.unwrap();
    let body = response.into_body().collect().await.unwrap();
    assert_eq!(body.trailers().unwrap().get("grpc-status").unwrap(), "0");
    assert_eq!(body.to_bytes(), "message");
    let span = site.server_span().await;
    assert_eq!((span.status.clone(), span.duration().as_secs()), (Status::Unset, 2));
    assert_eq!(span.name, "POST /shop.Stock/Count");
}

#[tokio::test]
async fn a_body_without_declared_length_is_counted_and_a_request_without_body_has_none() {
    let chunks = || ["abc", "de"].map(Ok::<_, Infallible>);
    let chunked = Body::from_stream(stream::iter(chunks()));
    for (body, size) in [(chunked, 5), (Body::empty(), 0)] {
        let telemetry = with_settings(|settings| settings.http_server.body_size_metrics = true);
        let routes = Router::new().route("/", post(async |body: Bytes| body));
        let site = Site::start_with(telemetry, routes).await;
        let request = Request::post(format!("http://{}/", site.address)).body(body).unwrap();
        let answer = connect(&site).await.send_request(request).await.unwrap();
        answer.into_body().collect().await.unwrap();
        assert_eq!(site.server_span().await.attr("http.request.body.size"), size);
        let sizes = site.telemetry.metric(HTTP_SERVER_REQUEST_BODY_SIZE).unwrap();
        assert_eq!(sizes.points[0].count, 1);
    }
}
