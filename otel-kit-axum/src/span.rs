use std::{mem, sync::Arc};

use http::{Method, Request, Response, StatusCode, Version, header};
use opentelemetry::{
    ContextGuard, KeyValue,
    trace::{Link, SpanBuilder, SpanKind},
};
use otel_kit_core::{
    operation::{Operation, Outcome, Role},
    semconv::attribute::{HTTP_RESPONSE_STATUS_CODE, HTTP_ROUTE},
};

use crate::{
    attributes,
    mark::{self, RouteCell},
    metrics::Ending,
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
    is_head: bool,
    is_event_stream: bool,
    is_open: bool,
}

impl ServerSpan {
    pub(crate) fn start<B>(server: &Arc<Server>, request: &mut Request<B>) -> Self {
        let entry = server.entry(key_of(request));
        let Caller { parent, link } = server.caller(&entry, request.headers());
        let operation = Operation::start(&server.tracer, &parent, || {
            SpanBuilder::from_name(entry.name.clone())
                .with_kind(SpanKind::Server)
                .with_attributes(attributes::of_request(request, &entry, server.settings()))
                .with_links(link.into_iter().map(Link::with_context).collect())
        });
        entry.active.add(1);
        Self {
            server: Arc::clone(server),
            operation,
            late_route: mark::mark(request.extensions_mut(), entry.route.is_some()),
            entry,
            version: request.version(),
            status: None,
            is_head: *request.method() == Method::HEAD,
            is_event_stream: false,
            is_open: true,
        }
    }

    pub(crate) fn attach(&self) -> ContextGuard {
        self.operation.attach()
    }

    /// Notes the head of the response. True if no body follows it on the wire.
    pub(crate) fn answer<B>(&mut self, response: &Response<B>) -> bool {
        let status = response.status();
        self.status = Some(status);
        self.is_event_stream = is_event_stream(response);
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

    /// Ends everything, the first time that it is called. The context has to be attached, for exemplars.
    pub(crate) fn finish(&mut self, outcome: Outcome) {
        if !mem::take(&mut self.is_open) {
            return;
        }
        let elapsed = self.operation.elapsed();
        let outcome = self.judge(outcome);
        let late = self.late_entry();
        let entry = late.as_ref().unwrap_or(&self.entry);
        let ending = Ending {
            status: self.status,
            version: self.version,
            error_type: outcome.error_type(Role::Server),
        };
        self.server.record(entry, ending, elapsed.as_secs_f64());
        self.entry.active.add(-1);
        if let (Some(late), Some(span)) = (&late, self.operation.recording()) {
            span.update_name(late.name.clone());
            span.set_attributes(late.route.clone().map(|route| KeyValue::new(HTTP_ROUTE, route)));
        }
        self.operation.end(&outcome, Role::Server, elapsed);
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

fn key_of<B>(request: &Request<B>) -> RouteKey<'_> {
    RouteKey {
        method: request.method().as_str(),
        scheme: attributes::scheme(request.uri()),
        route: mark::matched_route(request.extensions()),
    }
}

fn is_event_stream<B>(response: &Response<B>) -> bool {
    let content_type = response.headers().get(header::CONTENT_TYPE);
    let kind = content_type.and_then(|value| value.as_bytes().get(..EVENT_STREAM.len()));
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(EVENT_STREAM.as_bytes()))
}

const EVENT_STREAM: &str = "text/event-stream";
