use http::{StatusCode, Version};
use opentelemetry::{
    KeyValue, StringValue,
    metrics::{Histogram, Meter, UpDownCounter},
};
use otel_kit_core::{
    instrument::{BoundHistogram, BoundUpDownCounter},
    semconv::{
        attribute::{
            ERROR_TYPE, HTTP_REQUEST_METHOD, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE, NETWORK_PROTOCOL_VERSION,
            URL_SCHEME,
        },
        metric::{
            BYTES, DURATION_BUCKETS, HTTP_SERVER_ACTIVE_REQUESTS, HTTP_SERVER_REQUEST_BODY_SIZE,
            HTTP_SERVER_REQUEST_DURATION, HTTP_SERVER_RESPONSE_BODY_SIZE, REQUESTS, SECONDS,
        },
        protocol_version,
    },
};

use crate::{chain::Chain, route::RouteEntry};

/// The instruments of a server.
#[derive(Debug)]
pub(crate) struct Instruments {
    active: UpDownCounter<i64>,
    duration: Histogram<f64>,
    sizes: Option<(Histogram<u64>, Histogram<u64>)>,
}

/// Sizes of the bodies of request and response in bytes, where they are known.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sizes {
    pub(crate) request: Option<u64>,
    pub(crate) response: Option<u64>,
}

/// How a request ended, as far as the duration's attributes tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Ending {
    pub(crate) status: Option<StatusCode>,
    pub(crate) version: Version,
    pub(crate) error_type: Option<StringValue>,
}

/// The histograms of one route, one for each ending that came up.
#[derive(Debug)]
pub(crate) struct Durations {
    bound: Chain<(Ending, BoundHistogram<f64>)>,
}

impl Instruments {
    pub(crate) fn new(meter: &Meter, with_sizes: bool) -> Self {
        let active = meter
            .i64_up_down_counter(HTTP_SERVER_ACTIVE_REQUESTS)
            .with_unit(REQUESTS)
            .with_description("Number of active HTTP server requests.")
            .build();
        let duration = meter
            .f64_histogram(HTTP_SERVER_REQUEST_DURATION)
            .with_unit(SECONDS)
            .with_description("Duration of HTTP server requests.")
            .with_boundaries(DURATION_BUCKETS.to_vec())
            .build();
        let size = |name: &'static str, description: &'static str| {
            meter.u64_histogram(name).with_unit(BYTES).with_description(description).build()
        };
        let sizes = with_sizes.then(|| {
            let request = size(HTTP_SERVER_REQUEST_BODY_SIZE, "Size of HTTP server request bodies.");
            (request, size(HTTP_SERVER_RESPONSE_BODY_SIZE, "Size of HTTP server response bodies."))
        });
        Self { active, duration, sizes }
    }

    /// Records the sizes that are known, if that is asked for.
    pub(crate) fn record_sizes(&self, entry: &RouteEntry, ending: &Ending, sizes: Sizes) {
        let Some((requests, responses)) = &self.sizes else { return };
        let attributes = ending.attributes(entry);
        for (histogram, size) in [(requests, sizes.request), (responses, sizes.response)] {
            if let Some(size) = size {
                histogram.record(size, &attributes);
            }
        }
    }

    /// The counter of requests under way with this method and scheme.
    pub(crate) fn active(&self, method: &StringValue, scheme: &'static str) -> BoundUpDownCounter<i64> {
        let attributes =
            vec![KeyValue::new(HTTP_REQUEST_METHOD, method.clone()), KeyValue::new(URL_SCHEME, scheme)];
        BoundUpDownCounter::new(&self.active, attributes)
    }
}

impl Durations {
    pub(crate) const fn new() -> Self {
        Self { bound: Chain::new() }
    }

    /// Records the duration of a request of `entry`.
    pub(crate) fn record(&self, instruments: &Instruments, entry: &RouteEntry, ending: Ending, seconds: f64) {
        let bind = || BoundHistogram::new(&instruments.duration, ending.attributes(entry));
        match self.bound.find_or_add(LIMIT, |(known, _)| *known == ending, || (ending.clone(), bind())) {
            Some((_, histogram)) => histogram.record(seconds),
            None => instruments.duration.record(seconds, &ending.attributes(entry)),
        }
    }
}

impl Ending {
    fn attributes(&self, entry: &RouteEntry) -> Vec<KeyValue> {
        let required = [
            KeyValue::new(HTTP_REQUEST_METHOD, entry.method.clone()),
            KeyValue::new(URL_SCHEME, entry.scheme),
        ];
        let route = entry.route.clone().map(|route| KeyValue::new(HTTP_ROUTE, route));
        let status =
            self.status.map(|status| KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16())));
        let version =
            protocol_version(self.version).map(|version| KeyValue::new(NETWORK_PROTOCOL_VERSION, version));
        let error_type = self.error_type.clone().map(|word| KeyValue::new(ERROR_TYPE, word));
        required.into_iter().chain(route).chain(status).chain(version).chain(error_type).collect()
    }
}

/// Endings of one route that have a bound histogram; further ones cost more and are the same.
const LIMIT: usize = 32;
