//! What the kit measures of its own way out: `otel.sdk.*`, by the
//! [conventions](https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/).
//!
//! All but durations and spans is counted anyway, in the outlets' books, and only read when metrics are
//! collected. Names are those of the components that stand in the same place in other SDKs.

mod exporter;
mod processor;
mod spans;
mod tries;

use opentelemetry::{KeyValue, metrics::Meter};
use otel_kit_core::{
    Signal,
    semconv::attribute::{OTEL_COMPONENT_NAME, OTEL_COMPONENT_TYPE},
};

use crate::outlet::Outlet;

pub(crate) use self::{
    spans::SpanCounts,
    tries::{Collections, Tries},
};

/// Registers the instruments for these outlets.
pub(crate) fn register(meter: &Meter, outlets: &[(Signal, Outlet)]) {
    for (signal, outlet) in outlets {
        let (ledger, exporter) = (outlet.ledger(), outlet.exporter());
        match signal {
            Signal::Traces => processor::register(meter, &processor::SPANS, ledger),
            Signal::Logs => processor::register(meter, &processor::LOGS, ledger),
            Signal::Metrics => {}
        }
        exporter::register(meter, *signal, ledger, exporter);
        ledger.measure_tries(Tries::new(meter, exporter));
    }
}

/// Attributes that name a component. There is one of each type for a pipeline.
fn component(kind: &str) -> Vec<KeyValue> {
    vec![
        KeyValue::new(OTEL_COMPONENT_NAME, format!("{kind}/0")),
        KeyValue::new(OTEL_COMPONENT_TYPE, kind.to_owned()),
    ]
}

/// The attributes with one more.
fn with(attributes: &[KeyValue], more: KeyValue) -> Vec<KeyValue> {
    attributes.iter().cloned().chain([more]).collect()
}
