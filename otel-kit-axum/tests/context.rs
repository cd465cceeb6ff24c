//! What a request brings along, and what runs below it.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod support;

use std::{
    borrow::Cow,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::SystemTime,
};

use axum::{Router, body::Body, routing::get};
use http::{HeaderMap, Request};
use opentelemetry::{
    Context, KeyValue,
    baggage::BaggageExt,
    trace::{
        FutureExt, Span, SpanBuilder, SpanContext, SpanId, Status, TraceContextExt, TraceFlags, TraceId,
        TraceState,
    },
};
use otel_kit_axum::OtelLayer;
use otel_kit_core::{
    Kit, LogContext,
    settings::{Inbound, PathRules, Settings},
};
use otel_kit_testing::Telemetry;
use support::{server_span, with_settings};
use tower::ServiceExt;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const UNSAMPLED: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";

/// What a handler sees of its context.
#[derive(Clone, Debug, Default, PartialEq)]
struct Seen {
    trace_id: Option<String>,
    tenant: Option<String>,
    fields: Vec<String>,
    outbound: Option<String>,
}

fn look(kit: &Kit) -> Seen {
    Context::map_current(|context| {
        let mut headers = HeaderMap::new();
        kit.propagator().inject_headers(context, &mut headers);
        let span = context.span();
        let span = span.span_context();
        Seen {
            trace_id: span.is_valid().then(|| span.trace_id().to_string()),
            tenant: context.baggage().get("tenant").map(ToString::to_string),
            fields: LogContext::of(context).iter().map(|(key, value)| format!("{key}={value}")).collect(),
            outbound: headers.get("traceparent").map(|value| value.to_str().unwrap().to_owned()),
        }
    })
}

/// Sends `GET /orders/7` with these headers through a router behind the layer; what its handler saw.
async fn send(telemetry: &Telemetry, headers: &[(&str, &str)]) -> Seen {
    let (sender, seen) = std::sync::mpsc::channel();
    let kit = telemetry.kit().clone();
    let handler = async move || {
        tokio::task::yield_now().await; // a second poll
        sender.send(look(&kit)).unwrap();
    };
    let app = Router::new().route("/orders/{id}", get(handler)).layer(OtelLayer::new().with(telemetry.kit()));
    let mut request = Request::builder().uri("/orders/7");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = app.oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    assert!(response.status().is_success());
    seen.try_recv().unwrap()
}

fn inbound(inbound: Inbound) -> impl FnOnce(&mut Settings) {
    move |settings| settings.http_server.inbound = inbound
}

fn exclude_orders(settings: &mut Settings) {
    settings.http_server.exclude = PathRules::new(["/orders/*"]);
}

#[tokio::test]
async fn the_callers_span_becomes_the_parent_and_its_baggage_goes_on() {
    let telemetry = Telemetry::new();
    let seen = send(&telemetry, &[("traceparent", SAMPLED), ("baggage", "tenant=acme")]).await;
    let span = server_span(&telemetry).await;
    assert_eq!((span.trace_id.as_str(), span.parent_span_id.as_str()), (TRACE, "b7ad6b7169203331"));
    assert_eq!(seen.trace_id.as_deref(), Some(TRACE));
    assert_eq!(seen.tenant.as_deref(), Some("acme"));
    assert_eq!(seen.outbound, Some(format!("00-{TRACE}-{}-01", span.span_id)));
    assert_eq!(seen.fields, ["http.route=/orders/{id}"]);
}

#[tokio::test]
async fn a_request_without_or_with_malformed_headers_starts_a_trace() {
    for headers in
        [&[][..], &[("traceparent", "00-xyz-01")], &[("traceparent", SAMPLED), ("traceparent", SAMPLED)]]
    {
        let telemetry = Telemetry::new();
        let seen = send(&telemetry, headers).await;
        let span = server_span(&telemetry).await;
        assert!(span.is_root());
        assert_eq!(seen.trace_id, Some(span.trace_id));
    }
}

#[tokio::test]
async fn below_an_unsampled_caller_nothing_is_exported_but_its_context_and_the_metrics_are_there() {
    let telemetry = Telemetry::new();
    let seen = send(&telemetry, &[("traceparent", UNSAMPLED), ("baggage", "tenant=acme")]).await;
    assert_eq!(telemetry.spans(), []);
    assert_eq!(seen.outbound.as_deref(), Some(UNSAMPLED));
    assert_eq!(seen.tenant.as_deref(), Some("acme"));
    assert_eq!(seen.fields, ["http.route=/orders/{id}"]);
    let point = support::duration(&telemetry);
    assert_eq!((point.count, support::active(&telemetry)), (1, 0));
    assert_eq!(point.attr("http.route"), "/orders/{id}");
}

#[tokio::test]
async fn a_trace_that_the_sampler_drops_keeps_its_ids_and_its_metrics() {
    let telemetry = Telemetry::builder().sample_ratio(0.0).build();
    let seen = send(&telemetry, &[]).await;
    assert_eq!(telemetry.spans(), []);
    assert!(seen.trace_id.is_some());
    assert!(seen.outbound.is_some_and(|outbound| outbound.ends_with("-02")));
    assert_eq!(support::durations(&telemetry).len(), 1);
}

#[tokio::test]
async fn a_public_edge_starts_a_trace_linked_to_the_callers_without_its_baggage() {
    let telemetry = with_settings(inbound(Inbound::Link));
    let seen = send(&telemetry, &[("traceparent", UNSAMPLED), ("baggage", "tenant=acme")]).await;
    let span = server_span(&telemetry).await;
    assert!(span.is_root());
    assert_ne!(span.trace_id, TRACE);
    let [link] = &span.links[..] else { panic!("{span:?}") };
    assert_eq!((link.trace_id.as_str(), link.span_id.as_str()), (TRACE, "b7ad6b7169203331"));
    assert_eq!((seen.trace_id, seen.tenant), (Some(span.trace_id), None));
    assert_eq!(seen.fields, ["http.route=/orders/{id}"]);
}

#[tokio::test]
async fn a_public_edge_links_nothing_where_nothing_valid_came() {
    let telemetry = with_settings(inbound(Inbound::Link));
    send(&telemetry, &[("traceparent", "00-xyz-01")]).await;
    assert!(server_span(&telemetry).await.links.is_empty());
}

#[tokio::test]
async fn an_edge_that_ignores_the_caller_starts_a_trace_of_its_own() {
    let telemetry = with_settings(inbound(Inbound::Ignore));
    let seen = send(&telemetry, &[("traceparent", SAMPLED), ("baggage", "tenant=acme")]).await;
    let span = server_span(&telemetry).await;
    assert!(span.is_root() && span.links.is_empty());
    assert_ne!(span.trace_id, TRACE);
    assert_eq!((seen.trace_id, seen.tenant), (Some(span.trace_id), None));
}

#[tokio::test]
async fn an_excluded_request_leaves_nothing_and_still_carries_the_callers_context() {
    let telemetry = with_settings(exclude_orders);
    let seen = send(&telemetry, &[("traceparent", SAMPLED), ("baggage", "tenant=acme")]).await;
    assert_eq!(seen.outbound.as_deref(), Some(SAMPLED));
    assert_eq!(seen.tenant.as_deref(), Some("acme"));
    assert_eq!(send(&telemetry, &[]).await, Seen::default());
    assert_eq!(telemetry.spans(), []);
    assert!(support::durations(&telemetry).is_empty());
    assert!(telemetry.metrics().iter().all(|metric| metric.points.is_empty()), "{telemetry:?}");
}

#[tokio::test]
async fn an_excluded_request_at_a_public_edge_carries_nothing() {
    for edge in [Inbound::Link, Inbound::Ignore] {
        let telemetry = with_settings(|settings| {
            exclude_orders(settings);
            inbound(edge)(settings);
        });
        let seen = send(&telemetry, &[("traceparent", SAMPLED), ("baggage", "tenant=acme")]).await;
        assert_eq!(seen, Seen::default());
    }
}

#[tokio::test]
async fn what_is_current_around_the_router_is_there_below() {
    #[derive(Debug, PartialEq)]
    struct Shift(&'static str);
    let telemetry = Telemetry::new();
    let tracer = telemetry.kit().tracer("test", "0");
    let caller = tracer.start(&Context::new(), || SpanBuilder::from_name("caller"));
    let around = LogContext::new().with("order.id", 7).in_context(&caller);
    let around = around.with_value(Shift("night")).with_baggage([KeyValue::new("tenant", "acme")]);
    let app = Router::new()
        .route("/", get(async || assert_eq!(Context::current().get(), Some(&Shift("night")))))
        .layer(OtelLayer::new().with(telemetry.kit()));
    app.oneshot(Request::new(Body::empty())).with_context(around.clone()).await.unwrap();
    let parent = caller.span().span_context().span_id().to_string();
    assert_eq!(server_span(&telemetry).await.parent_span_id, parent);

    let seen = send(&telemetry, &[]).with_context(around).await;
    assert_eq!(seen.fields, ["order.id=7", "http.route=/orders/{id}"]);
    assert_eq!(seen.tenant.as_deref(), Some("acme"));
}

/// A span that records without being sampled; it notes each time that somebody changes or ends it.
struct RecordOnly(SpanContext, Arc<AtomicUsize>);

impl RecordOnly {
    fn touch(&self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

impl Span for RecordOnly {
    fn add_event_with_timestamp<T: Into<Cow<'static, str>>>(
        &mut self,
        _: T,
        _: SystemTime,
        _: Vec<KeyValue>,
    ) {
        self.touch();
    }

    fn span_context(&self) -> &SpanContext {
        &self.0
    }

    fn is_recording(&self) -> bool {
        true
    }

    fn set_attribute(&mut self, _: KeyValue) {
        self.touch();
    }

    fn set_status(&mut self, _: Status) {
        self.touch();
    }

    fn update_name<T: Into<Cow<'static, str>>>(&mut self, _: T) {
        self.touch();
    }

    fn add_link(&mut self, _: SpanContext, _: Vec<KeyValue>) {
        self.touch();
    }

    fn end_with_timestamp(&mut self, _: SystemTime) {
        self.touch();
    }
}

#[tokio::test]
async fn a_span_around_the_router_that_records_without_being_sampled_is_left_alone() {
    let telemetry = Telemetry::new();
    let (trace, span) = (TraceId::from(7), SpanId::from(7));
    let unsampled = SpanContext::new(trace, span, TraceFlags::default(), false, TraceState::NONE);
    let touched = Arc::new(AtomicUsize::new(0));
    let around = Context::new().with_span(RecordOnly(unsampled, Arc::clone(&touched)));
    let seen = send(&telemetry, &[]).with_context(around).await;
    assert_eq!(seen.trace_id, Some(trace.to_string()));
    assert_eq!(touched.load(Ordering::Relaxed), 0);
    assert_eq!(telemetry.spans(), []);
    assert_eq!(support::durations(&telemetry).len(), 1);
}

#[tokio::test]
async fn a_route_that_is_learnt_late_is_a_field_of_log_lines_too() {
    let telemetry = Telemetry::new();
    let (sender, seen) = std::sync::mpsc::channel();
    let kit = telemetry.kit().clone();
    let layer = OtelLayer::new().with(telemetry.kit());
    let app = Router::new().route("/orders/{id}", get(async move || sender.send(look(&kit)).unwrap()));
    let service = tower::Layer::layer(&layer, app.layer(layer.clone()));
    let request = Request::builder().uri("/orders/7").body(Body::empty()).unwrap();
    service.oneshot(request).await.unwrap();
    assert_eq!(seen.try_recv().unwrap().fields, ["http.route=/orders/{id}"]);
}
