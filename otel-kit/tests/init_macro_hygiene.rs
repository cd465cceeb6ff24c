//! `init!` in a module that has no name of the prelude and hostile ones of its own.
#![no_implicit_prelude]
#![allow(dead_code)]

mod core {}
mod std {}
mod otel_kit_core {}

struct Result;
struct Option;

fn builder() {}
fn init() {}

#[::core::prelude::v1::test]
fn the_macro_needs_no_name_of_its_caller() {
    let telemetry: ::core::result::Result<::otel_kit::Guard, ::otel_kit::InitError> = ::otel_kit::init!();
    let ::core::result::Result::Ok(telemetry) = telemetry else {
        ::core::panic!("not initialised");
    };
    ::core::assert!(::otel_kit::Kit::global().is_some());
    let report = telemetry.shutdown(::core::time::Duration::from_secs(5));
    ::core::assert!(report.is_complete());
}
