use std::sync::Arc;

use http::{HeaderMap, Request};
use opentelemetry::{
    Context,
    baggage::BaggageExt,
    trace::{SpanContext, TraceContextExt},
};
use otel_kit_core::{
    Kit, LogContext, Tracer,
    semconv::attribute::HTTP_ROUTE,
    settings::{HttpServerSettings, Inbound},
};

use crate::{
    attributes::original_uri,
    metrics::{Ending, Instruments},
    route::{RouteEntry, RouteKey, RouteTable},
};

/// What a layer makes of its kit; all services of the layer share it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) tracer: Tracer,
    kit: Kit,
    instruments: Instruments,
    routes: RouteTable,
}

/// What the caller's headers mean for the span.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) parent: Context,
    pub(crate) link: Option<SpanContext>,
}

impl Server {
    pub(crate) fn new(kit: &Kit) -> Self {
        Self {
            tracer: kit.tracer(SCOPE, VERSION),
            kit: kit.clone(),
            instruments: Instruments::new(&kit.meter(SCOPE, VERSION)),
            routes: RouteTable::new(),
        }
    }

    pub(crate) fn settings(&self) -> &HttpServerSettings {
        &self.kit.settings().http_server
    }

    /// What all requests of this method and route have in common.
    pub(crate) fn entry(&self, key: RouteKey<'_>) -> Arc<RouteEntry> {
        self.routes.entry(key, &self.settings().known_methods, &self.instruments)
    }

    /// Records the duration of a request, in seconds.
    pub(crate) fn record(&self, entry: &RouteEntry, ending: Ending, seconds: f64) {
        entry.record(&self.instruments, ending, seconds);
    }

    /// Where the trace of a request goes on.
    pub(crate) fn caller(&self, entry: &RouteEntry, headers: &HeaderMap) -> Caller {
        let base = base(entry);
        match self.settings().inbound {
            Inbound::Parent => {
                Caller { parent: self.kit.propagator().extract_headers(&base, headers), link: None }
            }
            Inbound::Link => {
                let inbound = self.kit.propagator().extract_headers(&Context::new(), headers);
                let link = Some(inbound.span().span_context().clone()).filter(SpanContext::is_valid);
                Caller { parent: base, link }
            }
            _ => Caller { parent: base, link: None },
        }
    }

    /// True for requests that get neither span nor metric.
    pub(crate) fn excludes<B>(&self, request: &Request<B>) -> bool {
        let rules = &self.settings().exclude;
        !rules.is_empty() && rules.matches(original_uri(request).path())
    }

    /// The context of an excluded request, if its headers bring one.
    pub(crate) fn carried(&self, headers: &HeaderMap) -> Option<Context> {
        if self.settings().inbound != Inbound::Parent {
            return None;
        }
        let context = Context::map_current(|current| self.kit.propagator().extract_headers(current, headers));
        (context.has_active_span() || !context.baggage().is_empty()).then_some(context)
    }
}

/// The context below, without the caller's part: that of the route, which is ready made, unless something
/// around this server has put more into the current one.
fn base(entry: &RouteEntry) -> Context {
    Context::map_current(|current| {
        let is_plain = !current.has_active_span()
            && !current.is_telemetry_suppressed()
            && current.get::<LogContext>().is_none()
            && current.baggage().is_empty();
        match &entry.route {
            _ if is_plain => entry.base.clone(),
            Some(route) => LogContext::of(current).with(HTTP_ROUTE, route.clone()).in_context(current),
            None => current.clone(),
        }
    })
}

const SCOPE: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
