//! What strangers send is no news: no request makes the layer speak.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Body, routing::get};
use http::Request;
use otel_kit_axum::OtelLayer;
use otel_kit_testing::Telemetry;
use tower::ServiceExt;
use tracing::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};

/// Counts all events.
#[derive(Clone, Default)]
struct Events(Arc<AtomicUsize>);

impl Subscriber for Events {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        if event.metadata().target().starts_with("otel_kit") {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[tokio::test]
async fn malformed_context_and_missing_routes_say_nothing_however_often_they_come() {
    let (telemetry, events) = (Telemetry::new(), Events::default());
    let _subscriber = tracing::subscriber::set_default(events.clone());
    let app = Router::new().route("/", get(|| async {})).layer(OtelLayer::new().with(telemetry.kit()));
    for path in ["/", "/nowhere"] {
        for _ in 0..50 {
            let request = Request::get(path)
                .header("traceparent", "00-not-a-trace-id-01")
                .header("tracestate", "==")
                .header("baggage", "\u{1}".escape_default().to_string());
            let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            drop(response);
        }
    }
    assert_eq!(telemetry.spans().len(), 100);
    assert_eq!(events.0.load(Ordering::Relaxed), 0);
    tracing::warn!(target: "otel_kit", "a word, to see that words are counted");
    assert_eq!(events.0.load(Ordering::Relaxed), 1);
}
