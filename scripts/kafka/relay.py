"""Sends one message on from a topic to another, with OpenTelemetry's own instrumentation of confluent-kafka.

Usage: relay.py BROKER FROM TO. Prints each span as `name trace-id span-id parent-id`.
"""

import sys

import confluent_kafka
from opentelemetry import propagate, trace
from opentelemetry.instrumentation.confluent_kafka import ConfluentKafkaInstrumentor
from opentelemetry.instrumentation.confluent_kafka.utils import KafkaContextGetter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter


class Lines(SpanExporter):
    def export(self, spans):
        for span in spans:
            parent = f"{span.parent.span_id:016x}" if span.parent else "-"
            name = span.name.split()[0]
            print(f"{name} {span.context.trace_id:032x} {span.context.span_id:016x} {parent}", flush=True)


def main(broker, source, target):
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(Lines()))
    trace.set_tracer_provider(provider)
    instrumentor = ConfluentKafkaInstrumentor()
    brokers = {"bootstrap.servers": broker}
    group = {"group.id": f"{source}-relay", "auto.offset.reset": "earliest"}
    consumer = instrumentor.instrument_consumer(confluent_kafka.Consumer({**brokers, **group}), provider)
    producer = instrumentor.instrument_producer(confluent_kafka.Producer(brokers), provider)

    consumer.subscribe([source])
    message = consumer.poll(20)
    if message is None or message.error():
        sys.exit(f"no message: {message and message.error()}")
    context = propagate.extract(message.headers(), getter=KafkaContextGetter())
    with trace.get_tracer("relay").start_as_current_span("relay", context=context):
        producer.produce(target, value=message.value())
    left = producer.flush(20)
    consumer.close()
    provider.shutdown()
    sys.exit(left)


main(*sys.argv[1:])
