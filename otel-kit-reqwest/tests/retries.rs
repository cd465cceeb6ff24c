//! Beside the retry middleware that most services use.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, http::StatusCode, routing::any};
use opentelemetry::trace::Status;
use otel_kit_reqwest::{ClientBuilder, OtelMiddleware, RedirectMiddleware, UrlTemplate};
use otel_kit_testing::{Telemetry, received::Value};
use reqwest_retry::{RetryTransientMiddleware, policies::ExponentialBackoff};
use support::{App, caller, plain_builder, serve};

fn app(builder: reqwest::ClientBuilder) -> App {
    let policy = ExponentialBackoff::builder()
        .retry_bounds(Duration::from_millis(1), Duration::from_millis(2))
        .build_with_max_retries(3);
    let telemetry = Telemetry::new();
    let (redirects, client) = RedirectMiddleware::with_client(builder).unwrap();
    let client = ClientBuilder::new(client)
        .with(RetryTransientMiddleware::new_with_policy(policy))
        .with(redirects)
        .with(OtelMiddleware::new().with(telemetry.kit()));
    App::with_client(telemetry, client.build())
}

/// Answers with these codes, one after the other; redirects lead to itself.
async fn url_of(codes: &'static [u16]) -> String {
    let asked = Arc::new(AtomicUsize::new(0));
    let answer = async move || {
        let code = codes.get(asked.fetch_add(1, Ordering::Relaxed)).copied().unwrap_or(200);
        (StatusCode::from_u16(code).unwrap(), [("location", "/again")])
    };
    format!("http://{}/first", serve(Router::new().fallback(any(answer))).await)
}

fn resend_counts(app: &App) -> Vec<Option<i64>> {
    let count = |value: &Value| if let Value::Int(count) = value { Some(*count) } else { None };
    app.client_spans().iter().map(|span| count(span.attr("http.request.resend_count"))).collect()
}

#[tokio::test]
async fn each_retry_is_a_span_that_says_which_one_it_is() {
    let app = app(plain_builder());
    let request = app.client.get(url_of(&[503, 429, 200]).await);
    let request = request.with_extension(UrlTemplate::new("/{any}"));
    assert_eq!(caller(request.send()).await.unwrap().status(), 200);

    let spans = app.client_spans();
    let statuses: Vec<_> = spans.iter().map(|span| span.attr("error.type").as_str()).collect();
    assert_eq!(statuses, [Some("503"), Some("429"), None]);
    assert_eq!(resend_counts(&app), [None, Some(1), Some(2)]);
    assert!(spans.iter().all(|span| span.name == "GET /{any}"));
}

#[tokio::test]
async fn retries_and_redirects_are_counted_together() {
    let app = app(plain_builder());
    let request = app.client.get(url_of(&[302, 503, 302, 200]).await);
    let request = request.with_extension(UrlTemplate::new("/first"));
    assert_eq!(caller(request.send()).await.unwrap().status(), 200);

    assert_eq!(resend_counts(&app), [None, Some(1), Some(2), Some(3)]);
    let spans = app.client_spans();
    let names: Vec<_> = spans.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["GET /first", "GET", "GET /first", "GET"]);
}

#[tokio::test]
async fn attempts_that_get_no_answer_are_spans_too() {
    let app = app(plain_builder());
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = caller(app.client.get(format!("http://{free}/")).send()).await.unwrap_err();
    assert!(error.is_connect() || error.is_middleware(), "{error:?}");
    assert_eq!(resend_counts(&app), [None, Some(1), Some(2), Some(3)]);
    for span in app.client_spans() {
        assert_eq!(span.status, Status::error(""));
        assert_eq!(span.attr("error.type"), "connection_refused");
    }
}
