//! What one writes by hand on the SDK: a span and its duration, with a summary that is written beside the query.

use std::{process::ExitCode, time::Instant};

use measure::Loop;
use opentelemetry::{
    Context, KeyValue, SpanId, TraceFlags, TraceId, global,
    metrics::Histogram,
    trace::{FutureExt, SpanContext, SpanKind, Status, TraceContextExt, TraceState, Tracer},
};
use sql_driver::{at_once, many, name, one, sqlite};
use sql_input::{MANY, ONE, query};

fn main() -> ExitCode {
    measure::main(&[
        ("bare", |measured| query(measured, at_once, async |pool| one(&*pool).await)),
        ("sampled", |measured| ask_for_one(measured)),
        ("unsampled", |measured| {
            let _caller = unsampled_caller().attach();
            ask_for_one(measured);
        }),
        ("bare-many", |measured| query(measured, at_once, async |pool| many(&*pool).await)),
        ("many", |measured| {
            let _providers = pipeline_sdk::install();
            let by_hand = ByHand::new();
            query(measured, at_once, async |pool| by_hand.span(MANY, many(&*pool)).await);
        }),
        ("bare-sqlite", |measured| query(measured, sqlite, async |pool| name(&*pool).await)),
        ("sqlite", |measured| {
            let _providers = pipeline_sdk::install();
            let by_hand = ByHand::new();
            query(measured, sqlite, async |pool| by_hand.span(ONE, name(&*pool)).await);
        }),
    ])
}

fn ask_for_one(measured: Loop) {
    let _providers = pipeline_sdk::install();
    let by_hand = ByHand::new();
    query(measured, at_once, async |pool| by_hand.span(ONE, one(&*pool)).await);
}

struct ByHand {
    tracer: global::BoxedTracer,
    duration: Histogram<f64>,
}

impl ByHand {
    fn new() -> Self {
        let meter = global::meter("bench");
        Self {
            tracer: global::tracer("bench"),
            duration: meter.f64_histogram("db.client.operation.duration").with_unit("s").build(),
        }
    }

    async fn span<T>(
        &self,
        text: &'static str,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let started = Instant::now();
        let attributes = vec![
            KeyValue::new("db.system.name", "other_sql"),
            KeyValue::new("db.namespace", "shop"),
            KeyValue::new("db.query.summary", SUMMARY),
        ];
        let mut of_span = attributes.clone();
        of_span.push(KeyValue::new("db.query.text", text));
        let span = self.tracer.span_builder(SUMMARY).with_kind(SpanKind::Client).with_attributes(of_span);
        let context = Context::current_with_span(self.tracer.build_with_context(span, &Context::current()));
        let result = answer.with_context(context.clone()).await;
        self.duration.record(started.elapsed().as_secs_f64(), &attributes);
        let span = context.span();
        if result.is_err() {
            span.set_status(Status::error(""));
        }
        span.end();
        result
    }
}

fn unsampled_caller() -> Context {
    let flags = TraceFlags::NOT_SAMPLED;
    let span = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}

const SUMMARY: &str = "SELECT users";
