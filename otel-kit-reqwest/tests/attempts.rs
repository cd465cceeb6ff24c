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
use otel_kit_reqwest::{ClientBuilder, Error, OtelMiddleware};
use otel_kit_testing::Telemetry;
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
