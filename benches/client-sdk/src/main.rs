//! What one writes by hand on the SDK: a span and the duration.

use std::{process::ExitCode, time::Instant};

use async_trait::async_trait;
use client_input::{bare, send, with};
use http::Extensions;
use measure::Loop;
use opentelemetry::{
    Context, KeyValue, SpanId, TraceFlags, TraceId, global,
    metrics::Histogram,
    trace::{FutureExt, SpanContext, SpanKind, Status, TraceContextExt, TraceState, Tracer},
};
use opentelemetry_http::HeaderInjector;
use reqwest::{Request, Response};
use reqwest_middleware::{Middleware, Next, Result};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| send(measured, &bare())),
        ("sampled", |measured| with_middleware(measured)),
        ("unsampled", |measured| {
            let _caller = unsampled_caller().attach();
            with_middleware(measured);
        }),
    ])
}

fn with_middleware(measured: Loop) {
    let _providers = pipeline_sdk::install();
    let meter = global::meter("bench");
    send(
        measured,
        &with(Instrument {
            tracer: global::tracer("bench"),
            duration: meter.f64_histogram("http.client.request.duration").with_unit("s").build(),
        }),
    );
}

fn unsampled_caller() -> Context {
    let flags = TraceFlags::NOT_SAMPLED;
    let span = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}

struct Instrument {
    tracer: global::BoxedTracer,
    duration: Histogram<f64>,
}

#[async_trait]
impl Middleware for Instrument {
    async fn handle(
        &self,
        mut request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let started = Instant::now();
        let mut attributes = vec![
            KeyValue::new("http.request.method", request.method().to_string()),
            KeyValue::new("server.address", request.url().host_str().unwrap_or_default().to_owned()),
            KeyValue::new(
                "server.port",
                i64::from(request.url().port_or_known_default().unwrap_or_default()),
            ),
        ];
        let span = self
            .tracer
            .span_builder(request.method().to_string())
            .with_kind(SpanKind::Client)
            .with_attributes(
                attributes.iter().cloned().chain([KeyValue::new("url.full", request.url().to_string())]),
            );
        let context = Context::current_with_span(self.tracer.build_with_context(span, &Context::current()));
        global::get_text_map_propagator(|propagator| {
            propagator.inject_context(&context, &mut HeaderInjector(request.headers_mut()));
        });
        let result = next.run(request, extensions).with_context(context.clone()).await;
        let span = context.span();
        match &result {
            Ok(response) => {
                let status = i64::from(response.status().as_u16());
                attributes.push(KeyValue::new("http.response.status_code", status));
                span.set_attribute(KeyValue::new("http.response.status_code", status));
            }
            Err(_) => span.set_status(Status::error("")),
        }
        self.duration.record(started.elapsed().as_secs_f64(), &attributes);
        span.end();
        result
    }
}
