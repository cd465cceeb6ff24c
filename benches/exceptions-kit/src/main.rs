//! Errors that are recorded: each in a request of its own.

use std::{hint::black_box, process::ExitCode, sync::Arc};

use exceptions_input::{opaque, typed};
use measure::Loop;
use opentelemetry::{
    Context, ContextGuard,
    trace::{SpanContext, TraceContextExt, TraceFlags, TraceState},
};
use opentelemetry_sdk::trace::Sampler;
use otel_kit_core::{Kit, LogContext, settings::ExceptionSettings};
use otel_kit_exceptions::{Exceptions, RecordError as _};

fn main() -> ExitCode {
    measure::main(&[
        ("request", request),
        ("suppressed", suppressed),
        ("suppressed-opaque", suppressed_opaque),
        ("again", again),
        ("exported", exported),
    ])
}

/// What all others are measured over.
fn request(measured: Loop) {
    measured.run_on(requests(), drop);
}

fn suppressed(measured: Loop) {
    let (kit, error) = (kit(1), typed());
    measured.run_on(requests(), |request| {
        black_box(&error).record_to(&kit);
        drop(request);
    });
}

fn suppressed_opaque(measured: Loop) {
    let (kit, error) = (kit(1), opaque());
    measured.run_on(requests(), |request| {
        black_box(&error).record_to(&kit);
        drop(request);
    });
}

/// An error that a layer below has recorded already.
fn again(measured: Loop) {
    let (kit, error) = (kit(1), typed());
    let mut requests = requests();
    let recorded = || {
        let request = requests();
        error.record_to(&kit);
        request
    };
    measured.run_on(recorded, |request| {
        black_box(&error).record_to(&kit);
        drop(request);
    });
}

/// One that the group has the budget for.
fn exported(measured: Loop) {
    let (kit, error) = (kit(u32::MAX), typed());
    measured.run_on(requests(), |request| {
        black_box(&error).record_to(&kit);
        drop(request);
    });
}

/// A kit whose groups may export so many at once.
fn kit(burst: u32) -> Kit {
    let pipeline = pipeline_kit::pipeline(Sampler::AlwaysOn);
    let mut settings = ExceptionSettings::default();
    (settings.burst, settings.per_group_per_minute) = (burst, burst);
    #[expect(clippy::expect_used, reason = "there are no rules that could be wrong")]
    let exceptions = Exceptions::builder(settings).build().expect("no exceptions");
    let kit = pipeline_kit::kit(&pipeline).exception_sink(Arc::new(exceptions.clone())).build();
    exceptions.connect(&kit);
    std::mem::forget(pipeline); // it lives as long as the process
    kit
}

/// Makes a request current that was not there before.
fn requests() -> impl FnMut() -> ContextGuard {
    let mut trace = 0_u128;
    move || {
        trace += 1;
        let ids = ((trace << 64 | 1).into(), 1_u64.into());
        let span = SpanContext::new(ids.0, ids.1, TraceFlags::default(), false, TraceState::NONE);
        let context = Context::new().with_remote_span_context(span);
        LogContext::new().with("http.route", "/orders").in_context(&context).attach()
    }
}
