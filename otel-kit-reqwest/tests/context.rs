//! Where the trace goes on: in the headers, and in what runs inside the request.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::{Router, extract::State, http::HeaderMap, routing::get};
use http::Extensions;
use opentelemetry::{
    Context, KeyValue, SpanId, TraceFlags, TraceId,
    baggage::BaggageExt,
    trace::{FutureExt, SpanBuilder, SpanContext, SpanKind, TraceContextExt, TraceState},
};
use otel_kit_core::{Kit, settings::HostRules};
use otel_kit_reqwest::{ClientBuilder, Error, OtelMiddleware};
use otel_kit_testing::Telemetry;
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next};
use support::{App, caller, echo_server, plain, serve, values};

fn parent(flags: u8) -> Context {
    let state = TraceState::from_key_value([("vendor", "1")]).unwrap();
    let parent = SpanContext::new(TraceId::from(7), SpanId::from(8), TraceFlags::new(flags), true, state);
    Context::new().with_remote_span_context(parent)
}

fn with_baggage() -> Context {
    Context::current().with_baggage([KeyValue::new("tenant", "acme")])
}

async fn answer_to(app: &App, context: Context) -> String {
    let url = format!("http://{}/", echo_server().await);
    let response = app.client.get(url).send().with_context(context).await.unwrap();
    response.text().await.unwrap()
}

#[tokio::test]
async fn the_trace_continues_in_the_server() {
    async fn handle(State(kit): State<Kit>, headers: HeaderMap) {
        let parent = kit.propagator().extract_headers(&Context::new(), &headers);
        let builder = || SpanBuilder::from_name("handle").with_kind(SpanKind::Server);
        kit.tracer("server", "1").start(&parent, builder).span().end();
    }
    let app = App::new();
    let server = serve(Router::new().route("/", get(handle)).with_state(app.telemetry.kit().clone())).await;
    caller(app.client.get(format!("http://{server}/")).send()).await.unwrap();

    let spans = app.telemetry.spans();
    let handled = spans.iter().find(|span| span.name == "handle").unwrap();
    assert!(handled.is_child_of(&app.client_span()), "{:?}", app.telemetry);
}

#[tokio::test]
async fn headers_of_the_caller_are_replaced_and_not_doubled() {
    let app = App::new();
    let old = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = app.client.get(format!("http://{}/", echo_server().await));
    let request = request.header("traceparent", old).header("Traceparent", old).header("tracestate", "a=1");
    let request = request.header("baggage", "old=1");
    let answer = caller(request.send().with_context(with_baggage())).await.unwrap().text().await.unwrap();

    let [span] = &app.client_spans()[..] else { panic!("one span: {:?}", app.telemetry) };
    assert_eq!(values(&answer, "traceparent"), [format!("00-{}-{}-03", span.trace_id, span.span_id)]);
    assert_eq!(values(&answer, "tracestate"), [""; 0]);
    assert_eq!(values(&answer, "baggage"), ["tenant=acme"]);
}

#[tokio::test]
async fn an_unsampled_trace_is_only_passed_on_and_measured() {
    let app = App::new();
    let answer = answer_to(&app, parent(0x02).with_baggage([KeyValue::new("tenant", "acme")])).await;
    let ids = "00-00000000000000000000000000000007-0000000000000008-02";
    assert_eq!(values(&answer, "traceparent"), [ids]);
    assert_eq!(values(&answer, "tracestate"), ["vendor=1"]);
    assert_eq!(values(&answer, "baggage"), ["tenant=acme"]);
    assert!(app.telemetry.spans().is_empty());
    assert_eq!(app.duration().count, 1);
}

#[tokio::test]
async fn a_caller_that_the_sampler_dropped_is_passed_on_as_not_sampled() {
    let app = App::with(Telemetry::builder().sample_ratio(0.0).build(), plain());
    let url = format!("http://{}/", echo_server().await);
    let answer = caller(app.client.get(&url).send()).await.unwrap().text().await.unwrap();
    let [traceparent] = values(&answer, "traceparent")[..] else { panic!("one traceparent: {answer}") };
    assert!(traceparent.ends_with("-02"), "{traceparent}");

    // Without a caller's span too.
    let answer = app.client.get(&url).send().await.unwrap().text().await.unwrap();
    let [traceparent] = values(&answer, "traceparent")[..] else { panic!("one traceparent: {answer}") };
    assert!(traceparent.ends_with("-02"), "{traceparent}");
    assert!(app.telemetry.spans().is_empty());
    assert_eq!(app.duration().count, 2);
}

#[tokio::test]
async fn a_sampled_remote_parent_keeps_its_tracestate() {
    let app = App::new();
    let answer = answer_to(&app, parent(0x01)).await;
    let [span] = &app.client_spans()[..] else { panic!("one span: {:?}", app.telemetry) };
    assert_eq!(span.parent_span_id, "0000000000000008");
    assert_eq!(values(&answer, "traceparent"), [format!("00-{}-{}-01", span.trace_id, span.span_id)]);
    assert_eq!(values(&answer, "tracestate"), ["vendor=1"]);
}

#[tokio::test]
async fn a_host_that_is_not_named_receives_nothing() {
    let app = App::with_settings(|settings| settings.propagate_to = HostRules::new(["*.internal"]));
    let answer = answer_to(&app, with_baggage()).await;
    for name in ["traceparent", "tracestate", "baggage"] {
        assert_eq!(values(&answer, name), [""; 0]);
    }
    assert_eq!(app.client_spans().len(), 1);
}

/// A server that wants the caller's own headers gets them, whatever the kit would say to it.
#[tokio::test]
async fn headers_that_the_caller_set_stay_where_the_kit_sends_nothing() {
    let own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let cases: [(&[&str], &[&str], bool, &str); 3] =
        [(&[], &["*"], false, "own=1"), (&["*"], &[], true, "own=1"), (&["*"], &["*"], true, "tenant=acme")];
    for (propagate_to, baggage_to, is_replaced, baggage) in cases {
        let app = App::with_settings(|settings| {
            settings.propagate_to = HostRules::new(propagate_to.iter().copied());
            settings.baggage_to = HostRules::new(baggage_to.iter().copied());
        });
        let request = app.client.get(format!("http://{}/", echo_server().await));
        let request = request.header("traceparent", own).header("tracestate", "own=1");
        let request = request.header("baggage", "own=1").send().with_context(with_baggage());
        let answer = request.await.unwrap().text().await.unwrap();

        let [span] = &app.client_spans()[..] else { panic!("one span: {:?}", app.telemetry) };
        let ours = format!("00-{}-{}-03", span.trace_id, span.span_id);
        assert_eq!(values(&answer, "traceparent"), [if is_replaced { &ours } else { own }]);
        assert_eq!(values(&answer, "tracestate").is_empty(), is_replaced);
        assert_eq!(values(&answer, "baggage"), [baggage]);
    }
}

#[tokio::test]
async fn a_host_may_receive_the_trace_and_no_baggage() {
    let app = App::with_settings(|settings| settings.baggage_to = HostRules::new(["*.internal"]));
    let answer = answer_to(&app, with_baggage()).await;
    assert_eq!(values(&answer, "traceparent").len(), 1);
    assert_eq!(values(&answer, "baggage"), [""; 0]);
}

#[tokio::test]
async fn hosts_that_are_named_receive_both() {
    let app = App::with_settings(|settings| {
        settings.propagate_to = HostRules::new(["127.0.0.1"]);
        settings.baggage_to = HostRules::new(["127.0.0.1"]);
    });
    let answer = answer_to(&app, with_baggage()).await;
    assert_eq!(values(&answer, "traceparent").len(), 1);
    assert_eq!(values(&answer, "baggage"), ["tenant=acme"]);
}

#[tokio::test]
async fn what_the_kit_itself_sends_is_neither_recorded_nor_marked() {
    let app = App::new();
    let answer = answer_to(&app, parent(0x01).with_telemetry_suppressed()).await;
    assert_eq!(values(&answer, "traceparent"), [""; 0]);
    assert!(app.telemetry.spans().is_empty() && app.telemetry.metrics().is_empty());
}

/// Notes the span that is current in each of its parts.
struct Inner(Arc<Mutex<Vec<(&'static str, SpanId)>>>);

impl Inner {
    fn note(&self, part: &'static str) {
        self.0.lock().unwrap().push((part, Context::current().span().span_context().span_id()));
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.note("drop");
    }
}

struct Notes(Arc<Mutex<Vec<(&'static str, SpanId)>>>);

#[async_trait]
impl Middleware for Notes {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response, Error> {
        let inner = Inner(Arc::clone(&self.0));
        inner.note("first poll");
        tokio::task::yield_now().await;
        inner.note("second poll");
        if request.url().path() == "/never" {
            std::future::pending::<()>().await;
        }
        next.run(request, extensions).await
    }
}

#[tokio::test]
async fn the_spans_context_is_current_while_the_request_runs_and_is_dropped_and_not_after() {
    let notes = Arc::default();
    let telemetry = Telemetry::new();
    let otel = OtelMiddleware::new().with(telemetry.kit());
    let client = ClientBuilder::new(plain()).with(otel).with(Notes(Arc::clone(&notes))).build();
    let app = App::with_client(telemetry, client);
    let server = echo_server().await;
    for path in ["now", "never"] {
        notes.lock().unwrap().clear();
        app.telemetry.clear();
        let mut request = Box::pin(caller(app.client.get(format!("http://{server}/{path}")).send()));
        if path == "now" {
            request.as_mut().await.unwrap();
        } else {
            while notes.lock().unwrap().len() < 2 {
                tokio::select! { biased; _ = &mut request => panic!("no answer"), () = tokio::task::yield_now() => {} }
            }
        }
        drop(request);
        let [span] = &app.client_spans()[..] else { panic!("one span: {:?}", app.telemetry) };
        let id = SpanId::from_hex(&span.span_id).unwrap();
        assert_eq!(*notes.lock().unwrap(), [("first poll", id), ("second poll", id), ("drop", id)], "{path}");
        assert!(!Context::current().has_active_span());
    }
}
