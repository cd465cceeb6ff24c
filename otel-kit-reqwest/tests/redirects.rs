//! Redirects that are followed above the spans: each hop is an attempt.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{net::SocketAddr, time::Duration};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, Method, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use http::HeaderValue;
use opentelemetry::trace::Status;
use otel_kit_core::settings::{HostRules, HttpClientSettings, Settings};
use otel_kit_reqwest::{
    ClientBuilder, Error, OtelMiddleware, RedirectMiddleware, TooManyRedirects, UrlTemplate,
};
use otel_kit_testing::Telemetry;
use support::{App, Then, caller, plain_builder, raw_server, serve, soon, values};

/// `/{code}?{location}` answers with a redirect, all else with what was asked.
async fn answer(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let code = uri.path().strip_prefix('/').and_then(|path| path.parse().ok());
    if let Some(code) = code {
        let location = uri.query().unwrap_or_default().to_owned();
        return (StatusCode::from_u16(code).unwrap(), [("location", location)]).into_response();
    }
    let lines = headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()));
    let lines: Vec<_> = lines.chain([format!("method: {method}")]).collect();
    let body = String::from_utf8(body.to_vec()).unwrap();
    format!("{}\nbody: {body}", lines.join("\n")).into_response()
}

async fn server() -> SocketAddr {
    serve(Router::new().fallback(answer)).await
}

fn app(change: impl FnOnce(&mut HttpClientSettings), builder: reqwest::ClientBuilder) -> App {
    app_with(change, builder, |redirects| redirects)
}

fn app_with(
    change: impl FnOnce(&mut HttpClientSettings),
    builder: reqwest::ClientBuilder,
    rules: impl FnOnce(RedirectMiddleware) -> RedirectMiddleware,
) -> App {
    let mut settings = Settings::default();
    change(&mut settings.http_client);
    let telemetry = Telemetry::builder().settings(settings).build();
    let (redirects, client) = RedirectMiddleware::with_client(builder).unwrap();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let client = ClientBuilder::new(client).with(rules(redirects)).with(otel).build();
    App::with_client(telemetry, client)
}

fn plain_app() -> App {
    app(|_| {}, plain_builder())
}

#[tokio::test]
async fn each_hop_is_a_span_of_its_own_and_counted() {
    let app = plain_app();
    let server = server().await;
    let url = format!("http://{server}/302?/307?/end");
    let request = app.client.get(&url).with_extension(UrlTemplate::new("/{code}"));
    let response = caller(request.send()).await.unwrap();
    assert_eq!(response.url().path(), "/end");
    let answer = response.text().await.unwrap();

    let spans = app.client_spans();
    let all = app.telemetry.spans();
    let caller = all.iter().find(|span| span.name == "caller").unwrap();
    assert!(spans.iter().all(|span| span.is_child_of(caller) && span.status == Status::Unset));
    let seen: Vec<_> = spans
        .iter()
        .map(|span| (span.name.as_str(), span.attr("url.full").as_str().unwrap_or_default()))
        .collect();
    let (second, third) = (format!("http://{server}/307?/end"), format!("http://{server}/end"));
    assert_eq!(seen, [("GET /{code}", &*url), ("GET", &*second), ("GET", &*third)]);
    assert!(spans[0].attr("http.request.resend_count").is_absent());
    assert_eq!(spans[1].attr("http.request.resend_count"), 1);
    assert_eq!(spans[2].attr("http.request.resend_count"), 2);
    let codes = [302, 307, 200];
    assert!(spans.iter().zip(codes).all(|(span, code)| *span.attr("http.response.status_code") == code));
    let traceparent = format!("00-{}-{}-03", spans[2].trace_id, spans[2].span_id);
    assert_eq!(values(&answer, "traceparent"), [traceparent]);
    assert_eq!(values(&answer, "referer"), [second]);
}

#[tokio::test]
async fn a_redirect_does_not_carry_the_trace_to_a_host_that_is_not_named() {
    let server = server().await;
    let builder = plain_builder().resolve("stranger.example", server);
    let app = app(|settings| settings.propagate_to = HostRules::new(["127.0.0.1"]), builder);
    let url = format!("http://{server}/302?http://stranger.example:{}/end", server.port());
    let answer = caller(app.client.get(url).send()).await.unwrap().text().await.unwrap();
    for name in ["traceparent", "tracestate", "baggage"] {
        assert_eq!(values(&answer, name), [""; 0]);
    }
    assert_eq!(app.client_spans()[1].attr("server.address"), "stranger.example");
}

#[tokio::test]
async fn a_redirect_that_returns_to_a_host_that_is_named_carries_the_trace_again() {
    let server = server().await;
    let port = server.port();
    let builder = plain_builder().resolve("stranger.example", server);
    let app = app(|settings| settings.propagate_to = HostRules::new(["127.0.0.1"]), builder);
    let url = format!("http://stranger.example:{port}/302?http://{server}/end");
    let answer = caller(app.client.get(url).send()).await.unwrap().text().await.unwrap();
    assert_eq!(values(&answer, "traceparent").len(), 1);
}

#[tokio::test]
async fn methods_and_bodies_change_as_the_standard_says() {
    let cases = [
        ("POST", 301, "GET", ""),
        ("POST", 302, "GET", ""),
        ("PUT", 302, "PUT", "order"),
        ("PUT", 303, "GET", ""),
        ("POST", 307, "POST", "order"),
        ("DELETE", 308, "DELETE", "order"),
    ];
    let (app, server) = (plain_app(), server().await);
    for (method, code, sent, body) in cases {
        let request = app.client.request(method.parse().unwrap(), format!("http://{server}/{code}?/end"));
        let request = request.header("content-type", "text/plain").body("order");
        let answer = soon(request.send()).await.unwrap().text().await.unwrap();
        assert_eq!(values(&answer, "method"), [sent], "{method} {code}");
        assert!(answer.ends_with(&format!("body: {body}")), "{method} {code}: {answer}");
        let has_type = !values(&answer, "content-type").is_empty();
        assert_eq!(has_type, !body.is_empty(), "{method} {code}");
    }
    let head = app.client.head(format!("http://{server}/303?/end")).send().await.unwrap();
    assert_eq!((head.status(), head.url().path()), (StatusCode::OK, "/end"));
    assert_eq!(app.client_spans().last().unwrap().name, "HEAD");
}

/// A body that can be sent once.
struct Once(Option<Bytes>);

impl hyper::body::Body for Once {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<hyper::body::Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(hyper::body::Frame::data(bytes))))
    }
}

#[tokio::test]
async fn a_streaming_body_is_sent_once_and_the_caller_gets_the_redirect_that_asks_for_it_again() {
    let (app, server) = (plain_app(), server().await);
    for (code, status, spans) in [(307, 307, 1), (303, 200, 2)] {
        app.telemetry.clear();
        let body = reqwest::Body::wrap(Once(Some(Bytes::from_static(b"order"))));
        let request = app.client.post(format!("http://{server}/{code}?/end")).body(body);
        let response = soon(request.send()).await.unwrap();
        assert_eq!(response.status(), status, "{code}");
        assert_eq!(app.client_spans().len(), spans, "{code}");
    }
}

#[tokio::test]
async fn credentials_stay_with_their_origin_and_do_not_come_back() {
    let (app, server, other) = (plain_app(), server().await, server().await);
    let mut key = HeaderValue::from_static("secret");
    key.set_sensitive(true);
    let cases = [
        ("/end".to_owned(), true),
        (format!("http://{other}/end"), false),
        (format!("http://{other}/302?/end"), false),
        (format!("http://{other}/302?http://{server}/end"), false),
    ];
    for (location, is_kept) in cases {
        let request = app.client.get(format!("http://{server}/302?{location}")).bearer_auth("secret");
        let request = request.header("cookie", "secret").header("x-key", key.clone()).header("x-tenant", "a");
        let answer = request.send().await.unwrap().text().await.unwrap();
        assert_eq!(answer.matches("secret").count(), if is_kept { 3 } else { 0 }, "{location}: {answer}");
        assert_eq!(values(&answer, "x-tenant"), ["a"]);
    }
}

#[tokio::test]
async fn a_client_whose_default_headers_hold_credentials_does_not_leave_the_origin() {
    let headers = HeaderMap::from_iter([(http::header::AUTHORIZATION, HeaderValue::from_static("secret"))]);
    let app = app(|_| {}, plain_builder().default_headers(headers));
    let (server, other) = (server().await, server().await);

    let response = app.client.get(format!("http://{server}/302?http://{other}/end")).send().await.unwrap();
    assert_eq!(response.status(), 302);
    assert_eq!(app.client_spans().len(), 1);

    let answer = app.client.get(format!("http://{server}/302?/end")).send().await.unwrap();
    assert_eq!(values(&answer.text().await.unwrap(), "authorization"), ["secret"]);
}

#[tokio::test]
async fn a_chain_that_is_too_long_is_an_error_after_its_last_hop() {
    let server = server().await;
    let url = format!("http://{server}/302?/302?/302?/end");
    for (limit, is_enough) in [(3, true), (2, false), (0, false)] {
        let app = app_with(|_| {}, plain_builder(), |redirects| redirects.limited(limit));
        let result = caller(app.client.get(&url).send()).await;
        assert_eq!(app.client_spans().len(), limit + 1);
        match result {
            Ok(_) => assert!(is_enough, "{limit}"),
            Err(Error::Middleware(error)) => {
                assert!(!is_enough && error.is::<TooManyRedirects>(), "{limit}: {error}");
            }
            Err(error) => panic!("{limit}: {error}"),
        }
    }
}

#[tokio::test]
async fn no_referer_is_sent_where_that_is_switched_off() {
    let app = app_with(|_| {}, plain_builder(), |redirects| redirects.referer(false));
    let url = format!("http://{}/302?/end", server().await);
    let answer = app.client.get(url).send().await.unwrap().text().await.unwrap();
    assert_eq!(values(&answer, "referer"), [""; 0]);
}

#[tokio::test]
async fn a_redirect_without_a_location_that_makes_sense_is_the_response() {
    for head in [
        "HTTP/1.1 302 Found\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: http://[\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nlocation: /end\r\n\r\n",
    ] {
        let app = plain_app();
        let server = raw_server(head, Then::Stay).await;
        let response = soon(caller(app.client.get(format!("http://{server}/")).send())).await.unwrap();
        assert!(response.status().is_redirection());
        assert_eq!(app.client_spans().len(), 1);
    }
}

#[tokio::test]
async fn a_redirect_to_what_is_no_http_is_an_attempt_that_fails() {
    let app = plain_app();
    let url = format!("http://{}/302?ftp://files.example/", server().await);
    let error = caller(app.client.get(url).send()).await.unwrap_err();
    assert!(error.is_builder());
    let spans = app.client_spans();
    assert_eq!((spans.len(), spans[1].attr("error.type").as_str()), (2, Some("invalid_request")));
}

#[tokio::test]
async fn the_time_out_of_a_request_is_for_all_its_hops() {
    let silent = raw_server("", Then::Stay).await;
    let app = plain_app();
    let url = format!("http://{}/302?http://{silent}/", server().await);
    let error = soon(app.client.get(url).timeout(Duration::from_millis(100)).send()).await.unwrap_err();
    assert!(error.is_timeout());
    let spans = app.client_spans();
    assert_eq!((spans.len(), spans[1].attr("error.type").as_str()), (2, Some("timeout")));
    let total: Duration = spans.iter().map(|span| span.duration()).sum();
    assert!(total < Duration::from_secs(5), "{total:?}");
}
