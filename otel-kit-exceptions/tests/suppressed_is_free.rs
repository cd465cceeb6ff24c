//! What an exception costs whose group has used up its budget. Alone in its process, which counts allocations.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::{error::Error, io};

use opentelemetry::Context;
use otel_kit_core::settings::ExceptionSettings;
use otel_kit_exceptions::RecordError as _;

use support::{Rig, rig, unsampled};

#[derive(Debug, thiserror::Error)]
#[error("cannot load {0}")]
struct Load(u32, #[source] io::Error);

fn record(rig: &Rig, context: &Context, errors: &(Load, Box<dyn Error>)) {
    let _attached = context.clone().attach();
    errors.0.record_to(&rig.kit);
    errors.1.record_to(&rig.kit);
}

#[test]
fn a_suppressed_exception_allocates_nothing() {
    let rig = rig(ExceptionSettings::default());
    let errors = (Load(7, io::ErrorKind::TimedOut.into()), Box::<dyn Error>::from("order 7 is gone"));
    let contexts: Vec<_> = (1..300).map(unsampled).collect();
    let (first, rest) = contexts.split_at(100);
    first.iter().for_each(|context| record(&rig, context, &errors));
    let exported = rig.events().len();
    let cost = allocation_counter::measure(|| {
        rest.iter().for_each(|context| record(&rig, context, &errors));
    });
    assert_eq!((cost.count_total, rig.events().len()), (0, exported));
    let counts: Vec<_> = rig.groups().iter().map(|group| group.count).collect();
    assert_eq!(counts, [299, 299]);
}
