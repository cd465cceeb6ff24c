//! What one writes by hand on the SDK: spans, durations and a count, and the headers.

use std::{process::ExitCode, time::Instant};

use kafka_input::{LIMIT, broker, handle, process, produce};
use measure::Loop;
use opentelemetry::{
    Context, KeyValue, global,
    metrics::{Counter, Histogram},
    propagation::{Extractor, Injector},
    trace::{FutureExt, SpanKind, Status, TraceContextExt, Tracer},
};
use rdkafka::{
    message::{Header, Headers, Message, OwnedHeaders, OwnedMessage},
    producer::{FutureProducer, FutureRecord},
};

fn main() -> ExitCode {
    measure::main(&[
        ("produce-bare", |measured| {
            let producer = producer();
            produce(measured, async |record| producer.1.send(record, LIMIT).await);
        }),
        ("produce", |measured| produce_by_hand(measured)),
        ("process-bare", |measured| process(measured, handle)),
        ("process", |measured| {
            let _providers = pipeline_sdk::install();
            let by_hand = ByHand::new();
            process(measured, async |message| by_hand.process(message).await);
        }),
    ])
}

fn produce_by_hand(measured: Loop) {
    let _providers = pipeline_sdk::install();
    let (by_hand, producer) = (ByHand::new(), producer());
    produce(measured, async |record| by_hand.send(&producer.1, record).await);
}

fn producer() -> (kafka_input::Cluster, FutureProducer) {
    let (cluster, config) = broker();
    #[expect(clippy::expect_used, reason = "without it there is nothing to measure")]
    let producer = config.create().expect("a producer");
    (cluster, producer)
}

struct ByHand {
    tracer: global::BoxedTracer,
    operations: Histogram<f64>,
    processing: Histogram<f64>,
    sent: Counter<u64>,
}

impl ByHand {
    fn new() -> Self {
        let meter = global::meter("bench");
        Self {
            tracer: global::tracer("bench"),
            operations: meter.f64_histogram("messaging.client.operation.duration").with_unit("s").build(),
            processing: meter.f64_histogram("messaging.process.duration").with_unit("s").build(),
            sent: meter.u64_counter("messaging.client.sent.messages").with_unit("{message}").build(),
        }
    }

    async fn send(
        &self,
        producer: &FutureProducer,
        mut record: FutureRecord<'_, str, str>,
    ) -> Result<(), ()> {
        let started = Instant::now();
        let mut attributes = attributes("send", record.topic);
        let span = self
            .tracer
            .span_builder(format!("send {}", record.topic))
            .with_kind(SpanKind::Producer)
            .with_attributes(attributes.clone());
        let context = Context::current_with_span(self.tracer.build_with_context(span, &Context::current()));
        let mut headers = Appended(record.headers.take());
        global::get_text_map_propagator(|propagator| propagator.inject_context(&context, &mut headers));
        record.headers = headers.0;
        let result = producer.send(record, LIMIT).with_context(context.clone()).await;
        let span = context.span();
        match &result {
            Ok(delivery) => {
                let partition =
                    KeyValue::new("messaging.destination.partition.id", delivery.partition.to_string());
                span.set_attribute(partition.clone());
                span.set_attribute(KeyValue::new("messaging.kafka.offset", delivery.offset));
                attributes.push(partition);
            }
            Err(_) => span.set_status(Status::error("")),
        }
        self.operations.record(started.elapsed().as_secs_f64(), &attributes);
        self.sent.add(1, &attributes);
        span.end();
        result.map_err(|_| ()).map(|_| ())
    }

    async fn process(&self, message: &OwnedMessage) -> Result<usize, std::fmt::Error> {
        let started = Instant::now();
        let mut attributes = attributes("process", message.topic());
        attributes.push(KeyValue::new("messaging.destination.partition.id", message.partition().to_string()));
        let mut of_span = attributes.clone();
        of_span.push(KeyValue::new("messaging.kafka.offset", message.offset()));
        let parent = global::get_text_map_propagator(|propagator| {
            message.headers().map_or_else(Context::current, |headers| propagator.extract(&Found(headers)))
        });
        let span = self
            .tracer
            .span_builder(format!("process {}", message.topic()))
            .with_kind(SpanKind::Consumer)
            .with_attributes(of_span);
        let context = parent.with_span(self.tracer.build_with_context(span, &parent));
        let result = handle(message).with_context(context.clone()).await;
        self.processing.record(started.elapsed().as_secs_f64(), &attributes);
        context.span().end();
        result
    }
}

fn attributes(operation: &'static str, topic: &str) -> Vec<KeyValue> {
    vec![
        KeyValue::new("messaging.system", "kafka"),
        KeyValue::new("messaging.operation.name", operation),
        KeyValue::new("messaging.operation.type", operation),
        KeyValue::new("messaging.destination.name", topic.to_owned()),
        KeyValue::new("messaging.client.id", "shop"),
        KeyValue::new("server.address", "127.0.0.1"),
        KeyValue::new("server.port", 9092),
    ]
}

struct Appended(Option<OwnedHeaders>);

impl Injector for Appended {
    fn set(&mut self, key: &str, value: String) {
        let headers = self.0.take().unwrap_or_default();
        self.0 = Some(headers.insert(Header { key, value: Some(&value) }));
    }
}

struct Found<'a>(&'a OwnedHeaders);

impl Extractor for Found<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let value = self.0.iter().find(|header| header.key == key)?.value?;
        std::str::from_utf8(value).ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|header| header.key).collect()
    }
}
