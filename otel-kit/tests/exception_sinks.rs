//! Who is told of exceptions, through the builder.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use otel_kit::{
    exception::{Exception, ExceptionSink, Mechanism},
    opentelemetry::Context,
};

#[derive(Debug, Default)]
struct Count(AtomicUsize);

impl ExceptionSink for Count {
    fn record(&self, _: &Exception<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// How often each of two sinks was told of one exception.
fn told(environment: impl Fn(&str) -> Option<String> + 'static) -> [usize; 2] {
    let sinks = [Arc::new(Count::default()), Arc::new(Count::default())];
    let builder = otel_kit::builder().environment(environment).log_output(std::io::sink());
    let builder = sinks.iter().fold(builder, |builder, sink| builder.exception_sink(Arc::clone(sink) as _));
    let telemetry = builder.build().unwrap();
    let context = Context::new();
    telemetry.kit().record_exception(&Exception::new("shop.exception", Mechanism::Handler, &context));
    sinks.map(|sink| sink.0.load(Ordering::Relaxed))
}

#[test]
fn every_sink_is_told_of_an_exception_unless_telemetry_is_disabled() {
    assert_eq!(told(|_| None), [1, 1]);
    assert_eq!(told(|name| (name == "OTEL_SDK_DISABLED").then(|| "true".to_owned())), [0, 0]);
}
