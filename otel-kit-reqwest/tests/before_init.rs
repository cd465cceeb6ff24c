//! Alone in its process: it installs the global kit.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use otel_kit_testing::Telemetry;
use support::{App, caller, echo_server, plain, values};

#[tokio::test]
async fn a_client_built_before_the_kit_passes_requests_untouched_and_then_works() {
    let app = App::with_client(Telemetry::new(), otel_kit_reqwest::client(plain()));
    let url = format!("http://{}/", echo_server().await);

    let answer = app.client.get(&url).send().await.unwrap().text().await.unwrap();
    assert_eq!(values(&answer, "traceparent"), [""; 0]);
    assert!(app.telemetry.spans().is_empty());

    app.telemetry.kit().clone().install().unwrap();
    let answer = caller(app.client.get(&url).send()).await.unwrap().text().await.unwrap();
    let span = app.client_span();
    assert_eq!(values(&answer, "traceparent"), [format!("00-{}-{}-03", span.trace_id, span.span_id)]);
}
