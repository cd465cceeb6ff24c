use std::{borrow::Cow, mem, sync::Arc};

use http::Extensions;
use opentelemetry::{
    Context, ContextGuard, KeyValue, StringValue,
    trace::{SpanBuilder, SpanKind},
};
use otel_kit_core::{
    is_unsampled,
    operation::{Operation, Outcome, Role},
    semconv::attribute::{HTTP_RESPONSE_STATUS_CODE, URL_TEMPLATE},
    settings::MethodNames,
};
use reqwest::{Request, Response, StatusCode};
use reqwest_middleware::Result;

use crate::{attributes, client::Client, failure, metrics::Ending, target::Target, template::UrlTemplate};

/// An attempt under way: span and duration, ended together and once.
#[derive(Debug)]
pub(crate) struct ClientSpan {
    client: Arc<Client>,
    target: Arc<Target>,
    method: StringValue,
    /// `url.template` of the metric.
    template: Option<StringValue>,
    operation: Operation,
    is_open: bool,
}

impl ClientSpan {
    /// Starts the span below the current context, and tells the server of it in the request's headers.
    pub(crate) fn start(client: &Arc<Client>, request: &mut Request, extensions: &mut Extensions) -> Self {
        let target = client.target(request.url());
        let method = client.settings().known_methods.names(request.method().as_str());
        let parent = Context::current();
        // Nobody reads the count below a span that is not sampled.
        let resend_count = if is_unsampled(&parent) { None } else { attributes::resend_count(extensions) };
        let template = extensions.get::<UrlTemplate>();
        let operation = Operation::start(&client.tracer, &parent, || {
            let mut attributes = attributes::of_request(request, &method, &target, client.settings());
            attributes.extend(template.map(|template| KeyValue::new(URL_TEMPLATE, template.value().clone())));
            attributes.extend(resend_count);
            let mut builder = SpanBuilder::from_name(name(&method, template));
            // Its own methods would copy it each time.
            builder.span_kind = Some(SpanKind::Client);
            builder.attributes = Some(attributes);
            builder
        });
        client.inject(operation.context(), &target, request.headers_mut());
        let template = client.template_label(template);
        Self {
            client: Arc::clone(client),
            target,
            method: method.attribute,
            template,
            operation,
            is_open: true,
        }
    }

    pub(crate) fn attach(&self) -> ContextGuard {
        self.operation.attach()
    }

    /// Ends everything with what came of the attempt.
    pub(crate) fn finish_with(&mut self, result: &Result<Response>) {
        match result {
            Ok(response) => {
                if let Some(span) = self.operation.recording() {
                    span.set_attributes(attributes::of_response(response, self.client.settings()));
                }
                let version = Some(response.version());
                self.finish(outcome_of(response.status()), Some(response.status()), version);
            }
            Err(error) => {
                self.client.tell_exception(error, self.operation.context());
                // Only a middleware further in makes an error of a response.
                let status = error.status();
                if let (Some(status), Some(span)) = (status, self.operation.recording()) {
                    span.set_attribute(KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16())));
                }
                let outcome = status.map_or_else(|| Outcome::failure(failure::error_type(error)), outcome_of);
                self.finish(outcome, status, None);
            }
        }
    }

    fn finish(&mut self, outcome: Outcome, status: Option<StatusCode>, version: Option<http::Version>) {
        if !mem::take(&mut self.is_open) {
            return;
        }
        let elapsed = self.operation.elapsed();
        let ending = Ending {
            method: self.method.clone(),
            status,
            version,
            error_type: outcome.error_type(Role::Client),
            template: self.template.clone(),
        };
        self.operation.measure(elapsed, || self.client.record(&self.target, ending, elapsed.as_secs_f64()));
        self.operation.end(&outcome, Role::Client, elapsed);
    }
}

impl Drop for ClientSpan {
    fn drop(&mut self) {
        if self.is_open {
            self.finish(Outcome::of_drop(), None, None);
        }
    }
}

fn name(method: &MethodNames, template: Option<&UrlTemplate>) -> Cow<'static, str> {
    match template {
        Some(template) => Cow::Owned([&method.in_span_name, " ", template.value().as_str()].concat()),
        None => method.in_span_name.clone(),
    }
}

fn outcome_of(status: StatusCode) -> Outcome {
    if status.as_u16() < 400 { Outcome::Success } else { Outcome::failure(status.as_str().to_owned()) }
}
