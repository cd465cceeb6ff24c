//! Which span a line belongs to.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod common;

use common::{Captured, Line, json};
use opentelemetry::{
    Context, ContextGuard,
    trace::{FutureExt, SpanBuilder, TraceContextExt},
};
use otel_kit_core::LogContext;
use otel_kit_logging::{Format, LogLayer};
use otel_kit_testing::Telemetry;
use tracing::{Instrument, Span, Subscriber, info, info_span, subscriber::with_default};
use tracing_subscriber::{Layer, filter::LevelFilter, layer::SubscriberExt, registry};

/// The log layer beside the layer that makes spans.
fn subscriber(telemetry: &Telemetry, captured: &Captured) -> impl Subscriber + Send + Sync + use<> {
    let layer = LogLayer::builder().output(Format::Json, captured.writer()).build();
    registry().with(telemetry.layer()).with(layer.with_filter(LevelFilter::INFO))
}

/// Starts a span as an adapter does, and makes it current.
fn adapter_span(telemetry: &Telemetry, name: &'static str) -> (Context, ContextGuard) {
    let tracer = telemetry.kit().tracer("adapter", "1");
    let context = tracer.start(&Context::current(), || SpanBuilder::from_name(name));
    (context.clone(), context.attach())
}

fn span_id(context: &Context) -> String {
    context.span().span_context().span_id().to_string()
}

/// The line with this message.
fn line(captured: &Captured, message: &str) -> Line {
    captured.lines().into_iter().find(|line| line.get("message") == message).unwrap()
}

fn id(captured: &Captured, message: &str) -> String {
    line(captured, message).get("span_id").as_str().unwrap_or("none").to_owned()
}

fn is_sampled(line: &Line) -> bool {
    u8::from_str_radix(line.get("trace_flags").as_str().unwrap(), 16).unwrap() & 1 == 1
}

#[test]
fn lines_belong_to_the_innermost_span_of_either_kind() {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    with_default(subscriber(&telemetry, &captured), || {
        info!("outside");
        let (server, _server) = adapter_span(&telemetry, "server");
        info!("server");
        let handler = info_span!("handler").entered();
        info!("handler");
        let (client, client_guard) = adapter_span(&telemetry, "client");
        info!("client");
        info_span!("inner").in_scope(|| info!("inner"));
        info!(parent: &handler, "parent: handler");
        info!(parent: None, "parent: none");
        info!(parent: Span::current(), "parent: current");
        drop(client_guard);
        client.span().end();
        drop(handler);
        server.span().end();

        assert_eq!(id(&captured, "server"), span_id(&server));
        assert_eq!(id(&captured, "client"), span_id(&client));
    });

    let spans = telemetry.spans();
    let of = |name: &str| spans.iter().find(|span| span.name == name).unwrap().span_id.clone();
    assert_eq!(id(&captured, "handler"), of("handler"));
    assert_eq!(id(&captured, "inner"), of("inner"));
    assert_eq!(id(&captured, "parent: handler"), of("handler"));
    assert_eq!(id(&captured, "parent: current"), of("handler"));
    for message in ["outside", "parent: none"] {
        let line = line(&captured, message);
        assert!(["trace_id", "span_id", "trace_flags"].iter().all(|key| line.get(key).is_null()));
    }
    let client = line(&captured, "client");
    assert_eq!(client.get("trace_id"), &serde_json::Value::from(spans[0].trace_id.as_str()));
    assert!(is_sampled(&client));
}

#[tokio::test]
async fn lines_of_spawned_work_belong_to_the_span_that_it_was_given() {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    let _default = tracing::subscriber::set_default(subscriber(&telemetry, &captured));
    let span = info_span!("handler");
    async {
        tokio::spawn(async { info!("instrumented") }.in_current_span()).await.unwrap();
        tokio::spawn(async { info!("with context") }.with_current_context()).await.unwrap();
        tokio::spawn(async { info!("bare") }).await.unwrap();
    }
    .instrument(span)
    .await;

    let handler = telemetry.spans()[0].span_id.clone();
    assert_eq!(id(&captured, "instrumented"), handler);
    assert_eq!(id(&captured, "with context"), handler);
    assert_eq!(id(&captured, "bare"), "none");
}

#[test]
fn lines_below_an_unsampled_span_carry_its_ids_and_say_so() {
    let telemetry = Telemetry::builder().sample_ratio(0.0).build();
    let captured = Captured::default();
    with_default(subscriber(&telemetry, &captured), || {
        let (server, _server) = adapter_span(&telemetry, "server");
        let handler = info_span!("handler");
        handler.in_scope(|| info!("inside"));
        let elsewhere = Context::new().attach();
        handler.in_scope(|| info!("entered elsewhere"));
        info!(parent: &handler, "parent");
        drop(elsewhere);

        for message in ["inside", "entered elsewhere", "parent"] {
            assert_eq!(id(&captured, message), span_id(&server), "{message}");
            assert!(!is_sampled(&line(&captured, message)));
        }
    });
    assert!(telemetry.spans().is_empty());
}

#[test]
fn an_explicit_parent_brings_its_fields_and_its_log_context() {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    with_default(subscriber(&telemetry, &captured), || {
        let order = {
            let _context = LogContext::current().with("route", "/orders").attach();
            info_span!("order", order = 1)
        };
        let _context = LogContext::current().with("route", "/other").attach();
        let _other = info_span!("other", other = 1).entered();
        info!(parent: &order, "parent");
        info!(parent: None, "none");
        info!("current");
    });
    let keys = |message: &str| -> Vec<(String, String)> {
        let fields = line(&captured, message);
        fields.fields().iter().map(|(key, value)| (key.clone(), value.to_string())).collect()
    };
    let owned = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(keys("parent"), [owned("order", "1"), owned("route", "\"/orders\"")]);
    assert_eq!(keys("none"), []);
    assert_eq!(keys("current"), [owned("other", "1"), owned("route", "\"/other\"")]);
}

#[test]
fn a_parent_that_only_the_trace_knows_is_found() {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    with_default(subscriber(&telemetry, &captured), || {
        let debug = tracing::debug_span!("debug"); // the log layer's filter says no to it
        info!(parent: &debug, "parent");
    });
    assert_eq!(id(&captured, "parent"), telemetry.spans()[0].span_id);
}

#[test]
fn without_a_layer_that_makes_spans_lines_belong_to_the_current_context() {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    with_default(json(&captured), || {
        let (server, _server) = adapter_span(&telemetry, "server");
        let span = info_span!("handler");
        info!(parent: &span, "parent");
        assert_eq!(id(&captured, "parent"), span_id(&server));
    });
}

#[test]
fn a_line_starts_no_span_as_a_side_effect() {
    let (telemetry, captured) = (Telemetry::new(), Captured::default());
    with_default(subscriber(&telemetry, &captured), || {
        let span = info_span!("later");
        let _entered = info_span!("now").entered();
        info!("line");
        // A span that was started could not get another parent any more.
        let parent = Context::new().with_remote_span_context(opentelemetry::trace::SpanContext::new(
            9_u128.into(),
            9_u64.into(),
            opentelemetry::TraceFlags::SAMPLED,
            true,
            Default::default(),
        ));
        tracing_opentelemetry::OpenTelemetrySpanExt::set_parent(&span, parent).unwrap();
    });
}
