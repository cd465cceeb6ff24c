//! How `tracing` spans and the spans of adapters nest in each other, sampled and not.

use opentelemetry::{
    Context, ContextGuard,
    trace::{SpanBuilder, SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use otel_kit_core::ContextFutureExt;
use otel_kit_testing::{Telemetry, received::Received};
use tracing::{Instrument, Span, info_span, subscriber::DefaultGuard};
use tracing_opentelemetry::OpenTelemetrySpanExt;

fn telemetry() -> (Telemetry, DefaultGuard) {
    let telemetry = Telemetry::new();
    let subscriber = tracing::subscriber::set_default(telemetry.subscriber());
    (telemetry, subscriber)
}

/// A span as an adapter makes it: by the API, attached to the context.
struct AdapterSpan {
    context: Context,
    _attached: ContextGuard,
}

fn adapter(telemetry: &Telemetry, name: &'static str) -> AdapterSpan {
    let tracer = telemetry.kit().tracer("adapter", "1");
    let context = tracer.start(&Context::current(), || SpanBuilder::from_name(name));
    AdapterSpan { _attached: context.clone().attach(), context }
}

impl Drop for AdapterSpan {
    fn drop(&mut self) {
        self.context.span().end();
    }
}

fn caller(flags: u8) -> Context {
    let span = SpanContext::new(
        TraceId::from(0xabc),
        SpanId::from(0xdef),
        TraceFlags::new(flags),
        true,
        TraceState::NONE,
    );
    Context::new().with_remote_span_context(span)
}

fn current_ids() -> (TraceId, SpanId, bool) {
    let span = Context::current().span().span_context().clone();
    (span.trace_id(), span.span_id(), span.is_sampled())
}

#[track_caller]
fn assert_child(received: &Received, child: &str, parent: &str) {
    let pair = received.span(child).zip(received.span(parent));
    let below = pair.is_some_and(|(child, parent)| child.is_child_of(parent));
    assert!(below, "{child} below {parent}: {received:?}");
}

#[test]
fn user_spans_and_adapter_spans_nest_in_each_other() {
    let (telemetry, _subscriber) = telemetry();
    {
        let _server = adapter(&telemetry, "server");
        let _handler = info_span!("handler").entered();
        let _client = adapter(&telemetry, "client");
        let _inner = info_span!("inner").entered();
        let _innermost = adapter(&telemetry, "innermost");
    }
    let received = telemetry.received();
    for (child, parent) in
        [("handler", "server"), ("client", "handler"), ("inner", "client"), ("innermost", "inner")]
    {
        assert_child(&received, child, parent);
    }
}

#[test]
fn entering_the_current_span_again_does_not_hide_the_adapter_below_it() {
    let (telemetry, _subscriber) = telemetry();
    {
        let handler = info_span!("handler");
        let _entered = handler.enter();
        let _client = adapter(&telemetry, "client");
        let _again = handler.enter();
        let _below = adapter(&telemetry, "below");
    }
    assert_child(&telemetry.received(), "below", "client");
}

#[tokio::test]
async fn in_current_span_inside_an_adapter_span_keeps_the_adapter_span() {
    let (telemetry, _subscriber) = telemetry();
    async {
        let client = adapter(&telemetry, "client").context.clone();
        async { drop(adapter(&telemetry, "below")) }.in_current_span().with_context(client).await;
    }
    .instrument(info_span!("handler"))
    .await;
    assert_child(&telemetry.received(), "below", "client");
}

#[tokio::test]
async fn spawned_tasks_belong_to_the_span_or_context_they_were_given() {
    let (telemetry, _subscriber) = telemetry();
    async {
        let spawned = tokio::spawn(async { drop(info_span!("instrumented").entered()) }.in_current_span());
        spawned.await.unwrap();
        let context = adapter(&telemetry, "client").context.clone();
        let _attached = context.attach();
        tokio::spawn(async { drop(info_span!("carried").entered()) }.with_current_context()).await.unwrap();
    }
    .instrument(info_span!("handler"))
    .await;
    let received = telemetry.received();
    assert_child(&received, "instrumented", "handler");
    assert_child(&received, "carried", "client");
}

#[test]
fn explicit_parents_are_honoured_sampled_or_not() {
    let (telemetry, _subscriber) = telemetry();
    let unsampled = {
        let _caller = caller(0).attach();
        info_span!("unsampled")
    };
    {
        let handler = info_span!("handler");
        let _entered = info_span!("other").entered();
        drop(info_span!(parent: &handler, "chosen").entered());
        drop(info_span!(parent: None, "root").entered());
        info_span!(parent: &unsampled, "below unsampled").in_scope(|| {
            assert_eq!(current_ids(), (TraceId::from(0xabc), SpanId::from(0xdef), false));
        });
    }
    let received = telemetry.received();
    assert_child(&received, "chosen", "handler");
    assert!(received.span("root").unwrap().is_root());
    assert!(received.span("below unsampled").is_none(), "{received:?}");
}

#[tokio::test]
async fn below_an_unsampled_caller_nothing_is_recorded_and_its_ids_are_carried_everywhere() {
    let (telemetry, _subscriber) = telemetry();
    let callers = (TraceId::from(0xabc), SpanId::from(0xdef), false);
    async {
        async {
            assert_eq!(current_ids(), callers);
            let _client = adapter(&telemetry, "client");
            let _inner = info_span!("inner").entered();
            assert_eq!(current_ids(), callers);
        }
        .instrument(info_span!("handler"))
        .await;
        let spawned = async {
            let _span = info_span!("in task").entered();
            current_ids()
        };
        let task = info_span!("task").in_scope(|| tokio::spawn(spawned.in_current_span()));
        assert_eq!(task.await.unwrap(), callers);
    }
    .with_context(caller(0))
    .await;
    assert!(telemetry.spans().is_empty(), "{telemetry:?}");
}

#[test]
fn an_unsampled_span_entered_on_another_thread_brings_its_context() {
    let (telemetry, _subscriber) = telemetry();
    let subscriber = tracing::dispatcher::get_default(Clone::clone);
    let span = caller(0).attach_and(|| info_span!("unsampled"));
    let seen = std::thread::spawn(move || {
        tracing::dispatcher::with_default(&subscriber, || {
            span.in_scope(|| (current_ids(), info_span!("child").in_scope(current_ids)))
        })
    });
    let callers = (TraceId::from(0xabc), SpanId::from(0xdef), false);
    assert_eq!(seen.join().unwrap(), (callers, callers));
    assert!(telemetry.spans().is_empty(), "{telemetry:?}");
}

#[test]
fn the_same_call_site_is_right_for_sampled_and_unsampled_callers_in_turn() {
    let (telemetry, _subscriber) = telemetry();
    for flags in [1, 0, 1, 0, 0, 1] {
        caller(flags).attach_and(|| drop(info_span!("handler").entered()));
    }
    assert_eq!(telemetry.spans().len(), 3, "{telemetry:?}");
}

#[test]
fn children_of_a_root_that_the_sampler_dropped_are_dropped_with_it() {
    let telemetry = Telemetry::builder().sample_ratio(0.0).build();
    let _subscriber = tracing::subscriber::set_default(telemetry.subscriber());
    info_span!("root").in_scope(|| {
        let (trace_id, ..) = current_ids();
        info_span!("child").in_scope(|| assert_eq!(current_ids().0, trace_id));
    });
    assert!(telemetry.spans().is_empty(), "{telemetry:?}");
}

#[test]
fn the_extension_trait_of_tracing_opentelemetry_works_on_sampled_spans() {
    let (telemetry, _subscriber) = telemetry();
    let span = info_span!("handler");
    span.set_parent(caller(1)).unwrap();
    span.in_scope(|| {
        let context = Span::current().context();
        assert_eq!(context.span().span_context().trace_id(), TraceId::from(0xabc));
        Span::current().set_attribute("order.id", 7);
    });
    drop(span);
    let received = telemetry.received();
    let span = received.span("handler").unwrap();
    assert_eq!(span.parent_span_id, SpanId::from(0xdef).to_string());
    assert_eq!(span.attr("order.id"), 7);
}

#[test]
fn where_telemetry_is_suppressed_not_even_a_root_is_a_span_nor_what_runs_below_it() {
    let (telemetry, _subscriber) = telemetry();
    let own = {
        let _suppressed = Context::enter_telemetry_suppressed_scope();
        let own = info_span!(parent: None, "own");
        own.in_scope(|| info_span!("below").in_scope(|| info_span!(parent: &own, "beside").in_scope(|| ())));
        own
    };
    own.in_scope(|| drop(info_span!("later").entered()));
    drop(own);
    assert!(telemetry.spans().is_empty(), "{:?}", telemetry.spans());
    info_span!("ours").in_scope(|| ());
    assert_eq!(telemetry.spans().len(), 1);
}

#[test]
fn two_subscribers_on_one_thread_do_not_mix_up_their_spans() {
    let (outer, _subscriber) = telemetry();
    let inner = Telemetry::new();
    let span = info_span!("of the outer");
    let _entered = span.enter();
    tracing::subscriber::with_default(inner.subscriber(), || drop(info_span!("of the inner").entered()));
    assert!(outer.spans().is_empty());
    assert_eq!(inner.spans().len(), 1);
}

trait AttachAnd {
    fn attach_and<T>(self, f: impl FnOnce() -> T) -> T;
}

impl AttachAnd for Context {
    fn attach_and<T>(self, f: impl FnOnce() -> T) -> T {
        let _attached = self.attach();
        f()
    }
}
