//! Instruments of the kit's meter provider, and those that its adapters bind.

use std::{hint::black_box, process::ExitCode};

use measure::Loop;
use metric_input::{DURATION, attributes, enter, histogram};
use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_core::instrument::BoundHistogram;

fn main() -> ExitCode {
    measure::main(&[
        ("record", |measured| record(measured, false)),
        ("record-sampled", |measured| record(measured, true)),
        ("bound", |measured| bound(measured, false)),
        ("bound-sampled", |measured| bound(measured, true)),
        ("overflow", overflow),
    ])
}

fn record(measured: Loop, sampled: bool) {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let (histogram, attributes) = (histogram(&pipeline.meter_provider().meter("bench")), attributes());
    let _span = enter(sampled);
    measured.run(|| histogram.record(black_box(DURATION), black_box(&attributes)));
}

fn bound(measured: Loop, sampled: bool) {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let histogram = histogram(&pipeline.meter_provider().meter("bench"));
    let bound = BoundHistogram::new(&histogram, attributes().into());
    let _span = enter(sampled);
    measured.run(|| bound.record(black_box(DURATION)));
}

fn overflow(measured: Loop) {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let histogram = histogram(&pipeline.meter_provider().meter("bench"));
    let mut attributes = attributes();
    for user in 0..3_000 {
        attributes[0] = KeyValue::new("user.id", user);
        histogram.record(DURATION, &attributes);
    }
    let _span = enter(false);
    measured.run(|| histogram.record(black_box(DURATION), black_box(&attributes)));
}
