//! Requests that are sent more than once.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use async_trait::async_trait;
use http::Extensions;
use otel_kit_reqwest::{ClientBuilder, ClientWithMiddleware, Error, OtelMiddleware};
use otel_kit_testing::{Telemetry, received::Value};
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next};
use support::{App, caller, echo_server, plain};

/// Sends a request three times, whatever comes back.
struct Thrice;

#[async_trait]
impl Middleware for Thrice {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        for _ in 0..2 {
            next.clone().run(request.try_clone().expect("no body"), extensions).await?;
        }
        next.run(request, extensions).await
    }
}

#[tokio::test]
async fn each_attempt_of_a_retry_has_a_span_and_a_parent_of_its_own_on_the_server() {
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let app = App::with_client(telemetry, ClientBuilder::new(plain()).with(Thrice).with(otel).build());
    let url = format!("http://{}/status/503", echo_server().await);
    for _ in 0..2 {
        app.telemetry.clear();
        let response = caller(app.client.get(&url).send()).await.unwrap();
        let answer = response.text().await.unwrap();

        let spans = app.client_spans();
        assert_eq!(spans.len(), 3);
        let traceparent = support::values(&answer, "traceparent");
        assert_eq!(traceparent, [format!("00-{}-{}-03", spans[2].trace_id, spans[2].span_id)]);
        let all = app.telemetry.spans();
        let caller = all.iter().find(|span| span.name == "caller").unwrap();
        assert!(spans.iter().all(|span| span.is_child_of(caller)));
        assert!(spans[0].attr("http.request.resend_count").is_absent());
        assert_eq!(spans[1].attr("http.request.resend_count"), 1);
        assert_eq!(spans[2].attr("http.request.resend_count"), 2);
    }
    assert_eq!(app.duration().count, 6);
}

#[tokio::test]
async fn redirects_that_reqwest_follows_are_one_span_with_the_last_answer() {
    let app = App::new();
    let url = format!("http://{}/to/to/status/404", echo_server().await);
    let response = caller(app.client.get(&url).send()).await.unwrap();
    assert_eq!(response.url().path(), "/status/404");
    let answer = response.text().await.unwrap();

    let span = app.client_span();
    assert_eq!(span.attr("url.full"), url);
    assert_eq!(span.attr("http.response.status_code"), 404);
    let traceparent = support::values(&answer, "traceparent");
    assert_eq!(traceparent, [format!("00-{}-{}-03", span.trace_id, span.span_id)]);
}

#[tokio::test]
async fn a_second_middleware_on_one_client_adds_nothing() {
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let client = ClientBuilder::new(plain()).with(otel.clone()).with(otel.clone()).with(otel).build();
    let app = App::with_client(telemetry, client);
    let url = format!("http://{}/", echo_server().await);
    for _ in 0..2 {
        app.telemetry.clear();
        let answer = caller(app.client.get(&url).send()).await.unwrap().text().await.unwrap();
        let [span] = &app.client_spans()[..] else { panic!("one span: {:?}", app.telemetry) };
        assert!(span.attr("http.request.resend_count").is_absent());
        let traceparent = support::values(&answer, "traceparent");
        assert_eq!(traceparent, [format!("00-{}-{}-03", span.trace_id, span.span_id)]);
    }
    assert_eq!(app.duration().count, 2);
}

#[tokio::test]
async fn each_attempt_of_a_retry_above_two_middlewares_has_one_span() {
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let client = ClientBuilder::new(plain()).with(Thrice).with(otel.clone()).with(otel).build();
    let app = App::with_client(telemetry, client);
    caller(app.client.get(format!("http://{}/", echo_server().await)).send()).await.unwrap();
    let counts: Vec<_> =
        app.client_spans().iter().map(|span| span.attr("http.request.resend_count").clone()).collect();
    assert!(counts[0].is_absent());
    assert_eq!((&counts[1], &counts[2], counts.len()), (&Value::Int(1), &Value::Int(2), 3));
}

/// Asks another server for something before it sends the request.
struct Asks {
    client: ClientWithMiddleware,
    url: String,
}

#[async_trait]
impl Middleware for Asks {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        self.client.get(&self.url).send().await?;
        next.run(request, extensions).await
    }
}

#[tokio::test]
async fn a_request_from_within_a_request_has_a_span_below_it() {
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let url = format!("http://{}/", echo_server().await);
    let asks = Asks { client: ClientBuilder::new(plain()).with(otel.clone()).build(), url: url.clone() };
    let client = ClientBuilder::new(plain()).with(otel.clone()).with(asks).with(otel).build();
    let app = App::with_client(telemetry, client);
    caller(app.client.get(url).send()).await.unwrap();
    let [inner, outer] = &app.client_spans()[..] else { panic!("two spans: {:?}", app.telemetry) };
    assert!(inner.is_child_of(outer), "{:?}", app.telemetry);
}

#[tokio::test]
async fn an_attempt_that_is_dropped_leaves_the_next_one_its_span() {
    /// Gives up on the first attempt at once, then tries again.
    struct Impatient;
    #[async_trait]
    impl Middleware for Impatient {
        async fn handle(
            &self,
            request: Request,
            extensions: &mut Extensions,
            next: Next<'_>,
        ) -> Result<Response, Error> {
            {
                let mut first = next.clone().run(request.try_clone().unwrap(), extensions);
                let polled = std::future::poll_fn(|task| std::task::Poll::Ready(first.as_mut().poll(task)));
                assert!(polled.await.is_pending());
            }
            next.run(request, extensions).await
        }
    }
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let client = ClientBuilder::new(plain()).with(Impatient).with(otel.clone()).with(otel).build();
    let app = App::with_client(telemetry, client);
    caller(app.client.get(format!("http://{}/", echo_server().await)).send()).await.unwrap();
    let [dropped, sent] = &app.client_spans()[..] else { panic!("two spans: {:?}", app.telemetry) };
    assert_eq!(dropped.attr("otel_kit.cancelled"), true);
    assert_eq!(sent.attr("http.request.resend_count"), 1);
}
