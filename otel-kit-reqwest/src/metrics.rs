use http::{StatusCode, Version};
use opentelemetry::{
    KeyValue, StringValue,
    metrics::{Histogram, Meter},
};
use otel_kit_core::{
    bounded::Slots,
    instrument::BoundHistogram,
    semconv::{
        attribute::{
            ERROR_TYPE, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, NETWORK_PROTOCOL_VERSION,
            URL_TEMPLATE,
        },
        metric::{DURATION_BUCKETS, HTTP_CLIENT_REQUEST_DURATION, SECONDS},
        protocol_version,
    },
};

use crate::target::Target;

/// What a request was and how it ended, as far as the duration's attributes tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Ending {
    /// `http.request.method`: a known method or the word for all others.
    pub(crate) method: StringValue,
    pub(crate) status: Option<StatusCode>,
    pub(crate) version: Option<Version>,
    pub(crate) error_type: Option<StringValue>,
    /// `url.template`, where it is to be on the metric.
    pub(crate) template: Option<StringValue>,
}

/// The histograms of one target, one for each ending that came up.
#[derive(Debug)]
pub(crate) struct Durations {
    bound: Slots<(Ending, BoundHistogram<f64>)>,
}

/// The instrument of a client.
pub(crate) fn duration_histogram(meter: &Meter) -> Histogram<f64> {
    meter
        .f64_histogram(HTTP_CLIENT_REQUEST_DURATION)
        .with_unit(SECONDS)
        .with_description("Duration of HTTP client requests.")
        .with_boundaries(DURATION_BUCKETS.to_vec())
        .build()
}

impl Durations {
    pub(crate) fn new() -> Self {
        Self { bound: Slots::new(LIMIT) }
    }

    /// Records the duration of a request to `target`.
    pub(crate) fn record(&self, histogram: &Histogram<f64>, target: &Target, ending: Ending, seconds: f64) {
        let bind = || (ending.clone(), BoundHistogram::new(histogram, ending.attributes(target)));
        match self.bound.find_or_add(0, LIMIT, |(known, _)| *known == ending, bind) {
            Some((_, bound)) => bound.record(seconds),
            None => histogram.record(seconds, &ending.attributes(target)),
        }
    }
}

impl Ending {
    fn attributes(&self, target: &Target) -> Vec<KeyValue> {
        let method = KeyValue::new(HTTP_REQUEST_METHOD, self.method.clone());
        let status =
            self.status.map(|status| KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16())));
        let version = self.version.and_then(protocol_version);
        let version = version.map(|version| KeyValue::new(NETWORK_PROTOCOL_VERSION, version));
        let error_type = self.error_type.clone().map(|word| KeyValue::new(ERROR_TYPE, word));
        let template = self.template.clone().map(|template| KeyValue::new(URL_TEMPLATE, template));
        [method]
            .into_iter()
            .chain(target.attributes())
            .chain(status)
            .chain(version)
            .chain(error_type)
            .chain(template)
            .collect()
    }
}

/// Endings of one target that have a bound histogram; further ones cost more and are the same.
const LIMIT: usize = 32;
