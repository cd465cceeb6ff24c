use std::{mem, sync::Arc};

use http::{HeaderMap, Method, Request, Response, StatusCode, Version, header};
use opentelemetry::{
    ContextGuard, KeyValue,
    trace::{Link, SpanBuilder, SpanKind},
};
use otel_kit_core::{
    operation::{Operation, Outcome, Role},
    semconv::attribute::{
        HTTP_REQUEST_BODY_SIZE, HTTP_RESPONSE_BODY_SIZE, HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE,
    },
};

use crate::{
    attributes,
    failure::{Failure, panic_in},
    handler_error::HandlerError,
    mark::{self, RouteCell},
    metrics::{Ending, Sizes},
    named::Named,
    origin::{Origin, scheme},
    request_size::RequestSize,
    route::{RouteEntry, RouteKey},
    server::{Caller, Server},
};

/// A request under way: span, duration and count of active requests, ended together and once.
#[derive(Debug)]
pub(crate) struct ServerSpan {
    server: Arc<Server>,
    entry: Arc<RouteEntry>,
    operation: Operation,
    late_route: Option<RouteCell>,
    version: Version,
    status: Option<StatusCode>,
    request_size: RequestSize,
    sent: u64,
    is_head: bool,
    is_event_stream: bool,
    is_open: bool,
}

impl ServerSpan {
    pub(crate) fn start<B: 'static>(server: &Arc<Server>, request: &mut Request<B>) -> Self {
        let origin = Origin::of_proxy(request, server.settings());
        let scheme = origin.as_ref().map_or_else(|| scheme(request.uri()), |origin| origin.scheme);
        let entry = server.entry(key_of(request, scheme));
        let Caller { parent, link, named } = server.caller(&entry, request);
        let operation = Operation::start(&server.tracer, &parent, || {
            let origin = origin.unwrap_or_else(|| Origin::direct(request));
            let named = named.unwrap_or_else(|| Named::look_up(request.headers()));
            let mut builder = SpanBuilder::from_name(entry.name.clone());
            // Its own methods would copy it each time.
            builder.span_kind = Some(SpanKind::Server);
            let attributes = attributes::of_request(request, named, origin, &entry, server.settings());
            builder.attributes = Some(attributes);
            builder.links = link.map(|link| vec![Link::with_context(*link)]);
            builder
        });
        entry.active.add(1);
        Self {
            server: Arc::clone(server),
            operation,
            late_route: entry.route.is_none().then(|| mark::await_route(request.extensions_mut())),
            entry,
            version: request.version(),
            status: None,
            request_size: if server.settings().body_size_metrics {
                RequestSize::of(request)
            } else {
                RequestSize::Unknown
            },
            sent: 0,
            is_head: *request.method() == Method::HEAD,
            is_event_stream: false,
            is_open: true,
        }
    }

    pub(crate) fn attach(&self) -> ContextGuard {
        self.operation.attach()
    }

    /// Notes the head of the response and the length of its body, where it is known. True if no body follows
    /// on the wire.
    pub(crate) fn answer<B>(&mut self, response: &Response<B>, length: Option<u64>) -> bool {
        let status = response.status();
        self.status = Some(status);
        self.is_event_stream = length.is_none() && is_event_stream(response);
        if let Some(span) = self.operation.recording() {
            span.set_attribute(KeyValue::new(HTTP_RESPONSE_STATUS_CODE, i64::from(status.as_u16())));
            let headers = &self.server.settings().captured_response_headers;
            if !headers.is_empty() {
                span.set_attributes(headers.capture(response.headers()));
            }
        }
        self.is_head
            || matches!(
                status,
                StatusCode::SWITCHING_PROTOCOLS | StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED
            )
    }

    /// Tells the trace to the client, if that is asked for.
    pub(crate) fn tell(&self, headers: &mut HeaderMap) {
        self.server.tell(self.operation.context(), headers);
    }

    /// Tells of the error that the answer stands for. The context has to be attached.
    #[cold]
    pub(crate) fn tell_error(&self, error: &HandlerError, status: StatusCode) {
        self.server.tell_exception(&error.exception(status, self.operation.context()));
    }

    /// Ends in an error, of which sinks are told first. The context has to be attached.
    pub(crate) fn fail(&mut self, failure: Failure<'_>) {
        if self.is_open {
            self.server.tell_exception(&failure.exception(self.operation.context()));
        }
        self.finish(failure.outcome());
    }

    /// Counts bytes of the response's body.
    pub(crate) const fn count(&mut self, bytes: u64) {
        self.sent = self.sent.saturating_add(bytes);
    }

    /// Ends everything, the first time that it is called. The context has to be attached if it panicked.
    pub(crate) fn finish(&mut self, outcome: Outcome) {
        if !mem::take(&mut self.is_open) {
            return;
        }
        if outcome == Outcome::Panicked {
            self.server.tell_exception(&panic_in(self.operation.context()));
        }
        let elapsed = self.operation.elapsed();
        let sizes = self.sizes(&outcome);
        let outcome = self.judge(outcome);
        let late = self.late_entry();
        let entry = late.as_ref().unwrap_or(&self.entry);
        let ending = Ending {
            status: self.status,
            version: self.version,
            error_type: outcome.error_type(Role::Server),
        };
        sizes.into_iter().for_each(|sizes| self.describe_sizes(sizes));
        self.operation.measure(elapsed, || {
            if let Some(sizes) = sizes {
                self.server.record_sizes(entry, &ending, sizes);
            }
            self.server.record(entry, ending, elapsed.as_secs_f64());
        });
        self.entry.active.add(-1);
        if let (Some(late), Some(span)) = (&late, self.operation.recording()) {
            span.update_name(late.name.clone());
            span.set_attributes(late.route.clone().map(|route| KeyValue::new(HTTP_ROUTE, route)));
        }
        self.operation.end(&outcome, Role::Server, elapsed);
    }

    /// The sizes of its bodies, if they are asked for.
    fn sizes(&self, outcome: &Outcome) -> Option<Sizes> {
        if !self.server.settings().body_size_metrics {
            return None;
        }
        let is_sent = *outcome == Outcome::Success && self.status != Some(StatusCode::SWITCHING_PROTOCOLS);
        Some(Sizes { request: self.request_size.get(), response: is_sent.then_some(self.sent) })
    }

    fn describe_sizes(&self, sizes: Sizes) {
        let Some(span) = self.operation.recording() else { return };
        for (key, size) in
            [(HTTP_REQUEST_BODY_SIZE, sizes.request), (HTTP_RESPONSE_BODY_SIZE, sizes.response)]
        {
            if let Some(size) = size.and_then(|size| i64::try_from(size).ok()) {
                span.set_attribute(KeyValue::new(key, size));
            }
        }
    }

    /// What the response's head says about the ending.
    fn judge(&self, outcome: Outcome) -> Outcome {
        match self.status {
            Some(status) if status.is_server_error() => Outcome::failure(status.as_str().to_owned()),
            // It has no end of its own: that the client leaves is how it ends.
            _ if self.is_event_stream && outcome == Outcome::Cancelled => Outcome::Success,
            _ => outcome,
        }
    }

    /// The entry with the route that a layer further in has told.
    fn late_entry(&self) -> Option<Arc<RouteEntry>> {
        let route = self.late_route.as_ref()?.told();
        let key =
            RouteKey { method: self.entry.method.as_str(), scheme: self.entry.scheme, route: Some(route?) };
        Some(self.server.entry(key))
    }
}

impl Drop for ServerSpan {
    fn drop(&mut self) {
        if self.is_open {
            let _attached = self.attach();
            self.finish(Outcome::of_drop());
        }
    }
}

fn key_of<'a, B>(request: &'a Request<B>, scheme: &'static str) -> RouteKey<'a> {
    RouteKey { method: request.method().as_str(), scheme, route: mark::matched_route(request.extensions()) }
}

fn is_event_stream<B>(response: &Response<B>) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let kind = content_type.and_then(|value| value.as_bytes().get(..EVENT_STREAM.len()));
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(EVENT_STREAM.as_bytes()))
}

const EVENT_STREAM: &str = "text/event-stream";
