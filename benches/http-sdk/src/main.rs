//! What one writes by hand on the SDK: a span, the duration and the count of active requests.

use std::{process::ExitCode, sync::Arc, time::Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http_input::{router, sampled, serve, unsampled};
use measure::Loop;
use opentelemetry::{
    Context, KeyValue, global,
    metrics::{Histogram, UpDownCounter},
    trace::{FutureExt, SpanKind, Status, TraceContextExt, Tracer},
};
use opentelemetry_http::HeaderExtractor;

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| serve(measured, router(), sampled)),
        ("sampled", |measured| with_layer(measured, sampled)),
        ("unsampled", |measured| with_layer(measured, unsampled)),
    ])
}

fn with_layer(measured: Loop, request: fn() -> Request<Body>) {
    let _providers = pipeline_sdk::install();
    let meter = global::meter("bench");
    let instruments = Arc::new(Instruments {
        tracer: global::tracer("bench"),
        duration: meter.f64_histogram("http.server.request.duration").with_unit("s").build(),
        active: meter.i64_up_down_counter("http.server.active_requests").build(),
    });
    serve(measured, router().layer(from_fn_with_state(instruments, instrument)), request);
}

struct Instruments {
    tracer: global::BoxedTracer,
    duration: Histogram<f64>,
    active: UpDownCounter<i64>,
}

async fn instrument(
    State(instruments): State<Arc<Instruments>>,
    route: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let parent = global::get_text_map_propagator(|propagator| {
        propagator.extract_with_context(&Context::new(), &HeaderExtractor(request.headers()))
    });
    let method = request.method().to_string();
    let route = route.map(|route| route.as_str().to_owned()).unwrap_or_default();
    let attributes = attributes(&request, &method, &route);
    let span = instruments
        .tracer
        .span_builder(format!("{method} {route}"))
        .with_kind(SpanKind::Server)
        .with_attributes(attributes);
    let context = parent.with_span(instruments.tracer.build_with_context(span, &parent));
    let active = [KeyValue::new("http.request.method", method.clone()), KeyValue::new("url.scheme", "http")];
    instruments.active.add(1, &active);
    let response = next.run(request).with_context(context.clone()).await;
    instruments.active.add(-1, &active);
    let status = response.status();
    instruments.duration.record(
        started.elapsed().as_secs_f64(),
        &[
            KeyValue::new("http.request.method", method),
            KeyValue::new("http.route", route),
            KeyValue::new("http.response.status_code", i64::from(status.as_u16())),
            KeyValue::new("url.scheme", "http"),
            KeyValue::new("network.protocol.version", "1.1"),
        ],
    );
    let span = context.span();
    span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status.as_u16())));
    if status.is_server_error() {
        span.set_status(Status::error(""));
    }
    span.end();
    response
}

fn attributes(request: &Request, method: &str, route: &str) -> Vec<KeyValue> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    vec![
        KeyValue::new("http.request.method", method.to_owned()),
        KeyValue::new("http.route", route.to_owned()),
        KeyValue::new("url.scheme", "http"),
        KeyValue::new("url.path", request.uri().path().to_owned()),
        KeyValue::new("network.protocol.version", "1.1"),
        KeyValue::new("server.address", header("host").to_owned()),
        KeyValue::new("user_agent.original", header("user-agent").to_owned()),
    ]
}
