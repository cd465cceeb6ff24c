//! Instruments of the SDK's meter provider, with its periodic reader. It has no exemplars.

use std::{hint::black_box, process::ExitCode};

use measure::Loop;
use metric_input::{DURATION, attributes, enter, histogram};
use opentelemetry::{KeyValue, metrics::MeterProvider};
use opentelemetry_sdk::metrics::SdkMeterProvider;

fn main() -> ExitCode {
    measure::main(&[
        ("record", |measured| record(measured, &pipeline_sdk::meters(1))),
        ("record-three", |measured| record(measured, &pipeline_sdk::meters(3))),
        ("bound", bound),
        ("overflow", overflow),
    ])
}

fn record(measured: Loop, meters: &SdkMeterProvider) {
    let (histogram, attributes) = (histogram(&meters.meter("bench")), attributes());
    let _span = enter(true);
    measured.run(|| histogram.record(black_box(DURATION), black_box(&attributes)));
}

fn bound(measured: Loop) {
    let meters = pipeline_sdk::meters(1);
    let bound = histogram(&meters.meter("bench")).bind(&attributes());
    let _span = enter(true);
    measured.run(|| bound.record(black_box(DURATION)));
}

fn overflow(measured: Loop) {
    let meters = pipeline_sdk::meters(1);
    let histogram = histogram(&meters.meter("bench"));
    let mut attributes = attributes();
    for user in 0..3_000 {
        attributes[0] = KeyValue::new("user.id", user);
        histogram.record(DURATION, &attributes);
    }
    let _span = enter(true);
    measured.run(|| histogram.record(black_box(DURATION), black_box(&attributes)));
}
