//! Without an installed kit, recording does nothing.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use otel_kit_core::Kit;
use otel_kit_exceptions::{RecordError as _, RecordResult as _, record, record_dyn};

#[test]
fn an_error_that_nobody_takes_goes_its_way() {
    assert!(Kit::global().is_none());
    std::fmt::Error.record();
    record_dyn(&std::fmt::Error);
    record!(std::fmt::Error);
    assert_eq!("7".parse::<u8>().record_err().unwrap(), 7);
    assert!("x".parse::<u8>().record_err().is_err());
}
