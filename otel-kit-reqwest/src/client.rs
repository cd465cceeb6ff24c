use std::{any::type_name, sync::Arc};

use http::HeaderMap;
use opentelemetry::{Context, StringValue, metrics::Histogram};
use otel_kit_core::{
    Kit, Tracer,
    exception::{Exception, Mechanism},
    propagation::Propagator,
    semconv::event::HTTP_CLIENT_REQUEST_EXCEPTION,
    settings::HttpClientSettings,
};
use reqwest::Url;
use reqwest_middleware::Error;

use crate::{
    metrics::{Ending, duration_histogram},
    target::{Target, TargetTable},
    template::{TemplateLabels, UrlTemplate},
};

/// What a middleware makes of its kit; all requests through the middleware share it.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) tracer: Tracer,
    kit: Kit,
    without_baggage: Propagator,
    duration: Histogram<f64>,
    targets: TargetTable,
    /// `None` unless templates are to be on the metric.
    templates: Option<TemplateLabels>,
}

impl Client {
    pub(crate) fn new(kit: &Kit) -> Self {
        Self {
            tracer: kit.tracer(SCOPE, VERSION),
            kit: kit.clone(),
            without_baggage: kit.propagator().without_baggage(),
            duration: duration_histogram(&kit.meter(SCOPE, VERSION)),
            targets: TargetTable::new(),
            templates: kit.settings().http_client.metric_url_template.then(TemplateLabels::new),
        }
    }

    pub(crate) fn settings(&self) -> &HttpClientSettings {
        &self.kit.settings().http_client
    }

    /// What all requests to this server have in common.
    pub(crate) fn target(&self, url: &Url) -> Arc<Target> {
        self.targets.target(url, self.settings())
    }

    /// What the metric says of a template, if anything.
    pub(crate) fn template_label(&self, template: Option<&UrlTemplate>) -> Option<StringValue> {
        Some(self.templates.as_ref()?.label(template?))
    }

    /// Writes what the server may know of the context into the headers of a request to it.
    pub(crate) fn inject(&self, context: &Context, target: &Target, headers: &mut HeaderMap) {
        if target.receives_baggage {
            self.kit.propagator().inject_headers(context, headers);
        } else if target.receives_trace {
            self.without_baggage.inject_headers(context, headers);
        }
    }

    /// Tells the kit's sinks of an attempt that got no response, if that is asked for. Its context is current.
    pub(crate) fn tell_exception(&self, error: &Error, context: &Context) {
        if self.kit.settings().exceptions.client_calls {
            let exception = Exception::new(HTTP_CLIENT_REQUEST_EXCEPTION, Mechanism::Client, context);
            self.kit.record_exception(&match error {
                Error::Reqwest(error) => {
                    exception.with_error(error).with_type_name(type_name::<reqwest::Error>())
                }
                Error::Middleware(error) => exception.with_error(error.as_ref()),
            });
        }
    }

    /// Records the duration of a request, in seconds.
    pub(crate) fn record(&self, target: &Target, ending: Ending, seconds: f64) {
        target.record(&self.duration, ending, seconds);
    }
}

const SCOPE: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
