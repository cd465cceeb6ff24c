//! Requests that name the template of their path.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use otel_kit_core::semconv::metric::HTTP_CLIENT_REQUEST_DURATION;
use otel_kit_reqwest::UrlTemplate;
use reqwest::Method;
use support::{App, caller, echo_server};
use tracing::{
    Event, Metadata,
    span::{Attributes, Id, Record},
};

#[tokio::test]
async fn a_template_names_the_span_and_stays_off_the_metric() {
    let app = App::new();
    let server = echo_server().await;
    let request = app.client.get(format!("http://{server}/orders/7"));
    caller(request.with_extension(UrlTemplate::new("/orders/{id}")).send()).await.unwrap();

    let span = app.client_span();
    assert_eq!(span.name, "GET /orders/{id}");
    assert_eq!(span.attr("url.template"), "/orders/{id}");
    assert!(app.duration().attr("url.template").is_absent());
}

#[tokio::test]
async fn the_word_for_an_unknown_method_stands_before_the_template_too() {
    let app = App::new();
    let brew = Method::from_bytes(b"BREW").unwrap();
    let request = app.client.request(brew, format!("http://{}/pots/7", echo_server().await));
    caller(request.with_extension(UrlTemplate::new("/pots/{id}")).send()).await.unwrap();
    assert_eq!(app.client_span().name, "HTTP /pots/{id}");
}

#[tokio::test]
async fn a_template_is_on_the_metric_where_that_is_switched_on() {
    let app = App::with_settings(|settings| settings.metric_url_template = true);
    let request = app.client.get(format!("http://{}/orders/7", echo_server().await));
    caller(request.with_extension(UrlTemplate::new("/orders/{id}".to_owned())).send()).await.unwrap();
    app.client_span();
    assert_eq!(app.duration().attr("url.template"), "/orders/{id}");
}

#[tokio::test]
async fn paths_that_are_taken_for_templates_do_not_grow_the_metric_without_bound() {
    let app = App::with_settings(|settings| settings.metric_url_template = true);
    let server = echo_server().await;
    for id in 0..400 {
        let path = format!("/orders/{id}");
        let request = app.client.get(format!("http://{server}{path}"));
        request.with_extension(UrlTemplate::new(path)).send().await.unwrap();
    }
    let metric = app.telemetry.metric(HTTP_CLIENT_REQUEST_DURATION).unwrap();
    assert!(metric.points.len() < 300, "{}", metric.points.len());
    assert_eq!(metric.points.iter().map(|point| point.count).sum::<u64>(), 400);
    let labels: BTreeSet<_> =
        metric.points.iter().map(|point| format!("{:?}", point.attr("url.template"))).collect();
    assert!(labels.iter().any(|label| label.contains("_OTHER")), "{labels:?}");
}

/// Counts what the kit says.
struct Said(Arc<AtomicUsize>);

impl tracing::Subscriber for Said {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && metadata.target().starts_with("otel_kit")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn a_request_without_a_template_is_fine_and_nothing_is_said_about_it() {
    let app = App::with_settings(|settings| settings.metric_url_template = true);
    let said = Arc::new(AtomicUsize::new(0));
    let _listening = tracing::subscriber::set_default(Said(Arc::clone(&said)));
    app.client.get(format!("http://{}/orders/7", echo_server().await)).send().await.unwrap();
    tracing::warn!(target: "otel_kit", "heard");
    assert_eq!(said.load(Ordering::Relaxed), 1);

    let [span] = &app.client_spans()[..] else { panic!("one span: {:?}", app.telemetry) };
    assert_eq!(span.name, "GET");
    assert!(span.attr("url.template").is_absent());
    assert!(app.duration().attr("url.template").is_absent());
}
