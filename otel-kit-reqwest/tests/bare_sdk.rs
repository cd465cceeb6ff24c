//! Kits that are less than what `init` installs.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use otel_kit_core::Kit;
use otel_kit_reqwest::{ClientBuilder, ClientWithMiddleware, OtelMiddleware};
use otel_kit_testing::Telemetry;
use support::{App, caller, echo_server, plain, values};

fn client_over(kit: &Kit) -> ClientWithMiddleware {
    ClientBuilder::new(plain()).with(OtelMiddleware::new().with(kit)).build()
}

#[tokio::test]
async fn spans_and_metrics_come_out_of_a_bare_sdk() {
    let telemetry = Telemetry::new();
    let kit = Kit::builder()
        .tracer_provider(telemetry.tracer_provider().get_ref().clone())
        .meter_provider(telemetry.meter_provider().get_ref().clone())
        .build();
    let app = App::with_client(telemetry, client_over(&kit));
    caller(app.client.get(format!("http://{}/", echo_server().await)).send()).await.unwrap();
    assert_eq!(app.client_span().name, "GET");
}

#[tokio::test]
async fn without_any_sdk_requests_pass() {
    let client = client_over(&Kit::builder().build());
    let response = client.get(format!("http://{}/", echo_server().await)).send().await.unwrap();
    assert_eq!(values(&response.text().await.unwrap(), "traceparent"), [""; 0]);
}

#[tokio::test]
async fn a_kit_that_is_shut_down_leaves_the_callers_span_alone() {
    let ended = Telemetry::new();
    ended.tracer_provider().get_ref().shutdown().unwrap();
    let app = App::with_client(Telemetry::new(), client_over(ended.kit()));
    let url = format!("http://{}/status/500", echo_server().await);
    let answer = caller(app.client.get(url).send()).await.unwrap().text().await.unwrap();

    let [span] = &app.telemetry.spans()[..] else { panic!("the caller's span: {:?}", app.telemetry) };
    assert_eq!(span.name, "caller");
    assert!(!span.is_error() && span.attr("http.response.status_code").is_absent(), "{span:?}");
    assert_eq!(values(&answer, "traceparent"), [format!("00-{}-{}-03", span.trace_id, span.span_id)]);
}
