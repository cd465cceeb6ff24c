//! Adapter spans by the OpenTelemetry API and user spans by `tracing`, one below the other.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use axum::{Router, body::Body, routing::get};
use http::Request;
use opentelemetry::{
    Context,
    trace::{SpanBuilder, SpanKind, TraceContextExt},
};
use otel_kit_axum::OtelLayer;
use otel_kit_core::{ContextFutureExt, Kit};
use otel_kit_testing::{Telemetry, received::ReceivedSpan};
use tower::ServiceExt;
use tracing::{Instrument, instrument};

fn adapter_span(kit: &Kit, name: &'static str) {
    let tracer = kit.tracer("test", "0");
    tracer.start(&Context::current(), || SpanBuilder::from_name(name)).span().end();
}

#[instrument(skip_all)]
async fn handler(kit: Kit) {
    adapter_span(&kit, "direct");
    inner(&kit).await;
    let spawned = {
        let kit = kit.clone();
        async move { adapter_span(&kit, "spawned in the tracing span") }
    };
    tokio::spawn(spawned.in_current_span()).await.unwrap();
    let carried = {
        let kit = kit.clone();
        async move { adapter_span(&kit, "spawned with the context") }
    };
    tokio::spawn(carried.with_current_context()).await.unwrap();
    tokio::spawn(async move { adapter_span(&kit, "spawned bare") }).await.unwrap();
}

#[instrument(skip_all)]
async fn inner(kit: &Kit) {
    tokio::task::yield_now().await;
    adapter_span(kit, "below inner");
}

#[instrument(skip_all)]
async fn caller(app: Router, traceparent: Option<&str>) {
    let mut request = Request::builder().uri("/orders/7");
    if let Some(traceparent) = traceparent {
        request = request.header("traceparent", traceparent);
    }
    app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
}

fn app(telemetry: &Telemetry) -> Router {
    let kit = telemetry.kit().clone();
    Router::new()
        .route("/orders/{id}", get(move || handler(kit.clone())))
        .layer(OtelLayer::new().with(telemetry.kit()))
}

fn span(telemetry: &Telemetry, name: &str) -> ReceivedSpan {
    let found = telemetry.spans().into_iter().find(|span| span.name == name);
    found.unwrap_or_else(|| panic!("no {name}: {telemetry:?}"))
}

#[tokio::test]
async fn instrumented_handlers_and_adapters_are_one_tree() {
    let telemetry = Telemetry::new();
    let _subscriber = tracing::subscriber::set_default(telemetry.subscriber());
    caller(app(&telemetry), None).await;
    let tree = [
        ("caller", "GET /orders/{id}"),
        ("GET /orders/{id}", "handler"),
        ("handler", "direct"),
        ("handler", "inner"),
        ("inner", "below inner"),
        ("handler", "spawned in the tracing span"),
        ("handler", "spawned with the context"),
    ];
    for (parent, child) in tree {
        assert!(
            span(&telemetry, child).is_child_of(&span(&telemetry, parent)),
            "{parent} > {child}: {telemetry:?}"
        );
    }
    assert!(span(&telemetry, "caller").is_root());
    assert!(span(&telemetry, "spawned bare").is_root());
    assert_eq!(span(&telemetry, "GET /orders/{id}").kind, SpanKind::Server);
}

#[tokio::test]
async fn below_an_unsampled_caller_no_span_of_either_kind_is_exported() {
    let telemetry = Telemetry::new();
    let _subscriber = tracing::subscriber::set_default(telemetry.subscriber());
    let unsampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    caller(app(&telemetry), Some(unsampled)).await;
    let names: Vec<_> = telemetry.spans().into_iter().map(|span| span.name).collect();
    // The bare one left the request's context, and the caller is in the trace of its own.
    assert_eq!(names, ["spawned bare", "caller"]);
}
