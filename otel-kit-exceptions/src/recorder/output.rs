use opentelemetry::{KeyValue, metrics::Counter};
use otel_kit_core::{
    Kit,
    semconv::{
        attribute::{EXCEPTION_FINGERPRINT, EXCEPTION_TYPE, REASON},
        metric::{OTEL_KIT_EXCEPTIONS, OTEL_KIT_EXCEPTIONS_LOST},
    },
};

use crate::groups::Counted;

/// Where events and measurements go.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) kit: Kit,
    exceptions: Counter<u64>,
    lost: Counter<u64>,
}

impl Output {
    pub(crate) fn new(kit: &Kit) -> Self {
        let meter = kit.meter(SCOPE, VERSION);
        let exceptions = meter.u64_counter(OTEL_KIT_EXCEPTIONS).with_unit("{exception}");
        let lost = meter.u64_counter(OTEL_KIT_EXCEPTIONS_LOST).with_unit("{exception}");
        Self {
            kit: kit.clone(),
            exceptions: exceptions.with_description("Exceptions, by type and group").build(),
            lost: lost.with_description("Exceptions that were not recorded or not exported").build(),
        }
    }

    pub(crate) fn count(&self, counted: Counted) {
        let attributes = [
            KeyValue::new(EXCEPTION_TYPE, counted.exception_type),
            KeyValue::new(EXCEPTION_FINGERPRINT, counted.fingerprint),
        ];
        self.exceptions.add(counted.count, &attributes);
    }

    pub(crate) fn count_lost(&self, reason: &'static str, count: u64) {
        self.lost.add(count, &[KeyValue::new(REASON, reason)]);
    }
}

const SCOPE: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
