//! `otel-kit-kafka`, and rdkafka without it.

use std::process::ExitCode;

use kafka_input::{LIMIT, broker, handle, process, produce};
use measure::Loop;
use opentelemetry::{
    Context, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, TraceContextExt, TraceState},
};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_kafka::{FutureProducer, Processor, rdkafka};

fn main() -> ExitCode {
    measure::main(&[
        ("produce-bare", |measured| {
            let (_cluster, config) = broker();
            #[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
            let producer: rdkafka::producer::FutureProducer = config.create().expect("a producer");
            produce(measured, async |record| producer.send(record, LIMIT).await);
        }),
        ("produce", |measured| produce_with_kit(measured)),
        ("produce-unsampled", |measured| {
            let _caller = unsampled_caller().attach();
            produce_with_kit(measured);
        }),
        ("process-bare", |measured| process(measured, handle)),
        ("process", |measured| {
            let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
            let processor = Processor::new().with(&pipeline_kit::kit(&pipeline).build());
            process(measured, async |message| processor.process(message, handle).await);
        }),
    ])
}

fn produce_with_kit(measured: Loop) {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let (_cluster, config) = broker();
    #[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
    let producer: FutureProducer = config.create().expect("a producer");
    let producer = producer.with(&pipeline_kit::kit(&pipeline).build());
    produce(measured, async |record| producer.send(record, LIMIT).await);
}

fn unsampled_caller() -> Context {
    let flags = TraceFlags::NOT_SAMPLED;
    let span = SpanContext::new(TraceId::from(7), SpanId::from(7), flags, true, TraceState::NONE);
    Context::new().with_remote_span_context(span)
}
