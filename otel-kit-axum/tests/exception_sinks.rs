//! How exception sinks are called, and that nothing they do reaches the host.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::{
    future::{Future, poll_fn},
    io,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Arc, Mutex},
    task::Poll,
};

use axum::{Router, body::Body, routing::get};
use http::{Request, StatusCode};
use opentelemetry::{Context, trace::TraceContextExt};
use otel_kit_axum::{HandlerError, OtelLayer};
use otel_kit_core::{
    Kit,
    exception::{Exception, ExceptionSink, Mechanism},
};
use otel_kit_testing::Telemetry;
use tower::ServiceExt;

async fn panics() {
    resume_unwind(Box::new("boom"));
}

fn app(kit: &Kit) -> Router {
    let failing = async || HandlerError::new(std::fmt::Error);
    let broken = async || Body::from_stream(tokio_stream::iter([Err::<String, _>(io::Error::other("bad"))]));
    Router::new()
        .route("/handler", get(failing))
        .route("/body", get(broken))
        .route("/panic", get(panics))
        .layer(OtelLayer::new().with(kit))
}

/// The status and the size of the answer, or the words of the panic.
async fn ask(app: &Router, path: &str) -> Result<(StatusCode, Option<usize>), String> {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let mut answering = std::pin::pin!(app.clone().oneshot(request));
    let polled = poll_fn(|task| match catch_unwind(AssertUnwindSafe(|| answering.as_mut().poll(task))) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err((*panic.downcast_ref::<&str>().unwrap()).to_owned())),
    });
    let response = polled.await?.unwrap();
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 99).await;
    Ok((status, body.ok().map(|body| body.len())))
}

/// Notes what it was told in which context, and then panics.
#[derive(Debug, Default)]
struct Hostile(Mutex<Vec<(Mechanism, bool)>>);

impl ExceptionSink for Hostile {
    fn record(&self, exception: &Exception<'_>) {
        let id = |context: &Context| context.span().span_context().span_id();
        let is_current = Context::map_current(|current| {
            current.has_active_span() && id(current) == id(exception.context())
        });
        self.0.lock().unwrap().push((exception.mechanism(), is_current));
        panic!("a sink");
    }
}

#[tokio::test]
async fn sinks_are_called_in_the_context_of_the_request_and_their_panics_change_nothing_of_it() {
    let telemetry = Telemetry::new();
    let sink = Arc::new(Hostile::default());
    let tracers = telemetry.tracer_provider().clone();
    let kit = Kit::builder().tracer_provider(tracers).exception_sink(Arc::clone(&sink) as _).build();
    let (heard, unheard) = (app(&kit), app(telemetry.kit()));
    for path in ["/handler", "/body", "/panic"] {
        assert_eq!(ask(&heard, path).await, ask(&unheard, path).await, "{path}");
    }
    assert_eq!(ask(&heard, "/panic").await, Err("boom".to_owned()));
    let told = [(Mechanism::Handler, true), (Mechanism::Body, true), (Mechanism::Panic, true)];
    assert_eq!(sink.0.lock().unwrap()[..3], told);
    assert_eq!(telemetry.spans().len(), 7);
}
