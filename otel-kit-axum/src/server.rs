use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, Request};
use opentelemetry::{
    Context,
    baggage::{Baggage, BaggageExt},
    trace::{SpanContext, TraceContextExt, TraceState},
};
use otel_kit_core::{
    Kit, LogContext, Tracer,
    exception::Exception,
    propagation::{Format, Propagator},
    semconv::attribute::HTTP_ROUTE,
    settings::{HttpServerSettings, Inbound, ResponseHeader},
};

use crate::{
    attributes::original_uri,
    metrics::{Ending, Instruments, Sizes},
    named::Named,
    origin::peer,
    route::{RouteEntry, RouteKey, RouteTable},
};

/// What a layer makes of its kit; all services of the layer share it.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) tracer: Tracer,
    kit: Kit,
    without_baggage: Propagator,
    instruments: Instruments,
    routes: RouteTable,
}

/// What the caller's headers mean for the span.
#[derive(Debug)]
pub(crate) struct Caller<'a> {
    pub(crate) parent: Context,
    pub(crate) link: Option<Box<SpanContext>>,
    /// Where they were found on the way.
    pub(crate) named: Option<Named<'a>>,
}

impl Server {
    pub(crate) fn new(kit: &Kit) -> Self {
        Self {
            tracer: kit.tracer(SCOPE, VERSION),
            kit: kit.clone(),
            without_baggage: kit.propagator().without_baggage(),
            instruments: Instruments::new(
                &kit.meter(SCOPE, VERSION),
                kit.settings().http_server.body_size_metrics,
            ),
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

    /// Records the sizes of its bodies, if that is asked for.
    pub(crate) fn record_sizes(&self, entry: &RouteEntry, ending: &Ending, sizes: Sizes) {
        self.instruments.record_sizes(entry, ending, sizes);
    }

    /// Tells the kit's sinks of an exception.
    pub(crate) fn tell_exception(&self, exception: &Exception<'_>) {
        self.kit.record_exception(exception);
    }

    /// Tells the trace to the client, if that is asked for.
    #[inline] // where nothing is asked for, the call would cost more than the question
    pub(crate) fn tell(&self, context: &Context, headers: &mut HeaderMap) {
        let told = &self.settings().response_headers;
        if !told.is_empty() {
            Self::write(told, context, headers);
        }
    }

    fn write(told: &[ResponseHeader], context: &Context, headers: &mut HeaderMap) {
        let mut outbound = HeaderMap::new();
        Propagator::new(&[Format::TraceContext]).inject_headers(context, &mut outbound);
        let Some(traceparent) = outbound.remove(TRACEPARENT) else { return };
        for header in told {
            match header {
                ResponseHeader::ServerTiming => {
                    let text = [b"trace;desc=\"", traceparent.as_bytes(), b"\""].concat();
                    if let Ok(value) = HeaderValue::from_bytes(&text) {
                        headers.append(SERVER_TIMING, value);
                    }
                }
                ResponseHeader::Traceparent => _ = headers.insert(TRACEPARENT, traceparent.clone()),
                _ => {}
            }
        }
    }

    /// Where the trace of a request goes on.
    pub(crate) fn caller<'a, B>(&self, entry: &RouteEntry, request: &'a Request<B>) -> Caller<'a> {
        let base = base(entry);
        match self.inbound(request) {
            Inbound::Parent => {
                let mut named = Named::default();
                let parent = self.extract(&base, request.headers(), &mut named);
                Caller { parent, link: None, named: Some(named) }
            }
            Inbound::Link => {
                let inbound = self.without_baggage.extract_headers(&Context::new(), request.headers());
                let link = Some(inbound.span().span_context()).filter(|span| span.is_valid()).map(bare);
                Caller { parent: base, link: link.map(Box::new), named: None }
            }
            _ => Caller { parent: base, link: None, named: None },
        }
    }

    /// True for requests that get neither span nor metric.
    pub(crate) fn excludes<B>(&self, request: &Request<B>) -> bool {
        let rules = &self.settings().exclude;
        !rules.is_empty() && rules.matches(original_uri(request).path())
    }

    /// The context of an excluded request, if its headers bring one.
    pub(crate) fn carried<B>(&self, request: &Request<B>) -> Option<Context> {
        if self.inbound(request) != Inbound::Parent {
            return None;
        }
        let context =
            Context::map_current(|current| self.extract(current, request.headers(), &mut Named::default()));
        (context.has_active_span() || !context.baggage().is_empty()).then_some(context)
    }

    #[inline] // as above
    fn inbound<B>(&self, request: &Request<B>) -> Inbound {
        let settings = self.settings();
        if settings.inbound_rules.is_empty() { settings.inbound } else { self.inbound_by_rule(request) }
    }

    fn inbound_by_rule<B>(&self, request: &Request<B>) -> Inbound {
        let settings = self.settings();
        let peer = peer(request.extensions()).map(|peer| peer.ip());
        settings.inbound_of(original_uri(request).path(), peer, request.headers())
    }

    /// The base with the parent and the baggage that is let in.
    #[inline] // as above
    fn extract<'a>(&self, base: &Context, headers: &'a HeaderMap, named: &mut Named<'a>) -> Context {
        let see = |name: &'a HeaderName, value: &'a HeaderValue| named.see(name, value);
        match &self.settings().baggage {
            None => self.kit.propagator().extract_headers_seeing(base, headers, see),
            Some(allowed) => {
                let context = self.without_baggage.extract_headers_seeing(base, headers, see);
                self.with_allowed(allowed, context, headers)
            }
        }
    }

    fn with_allowed(&self, allowed: &[String], context: Context, headers: &HeaderMap) -> Context {
        if allowed.is_empty() {
            return context;
        }
        let inbound = self.kit.propagator().extract_headers(&Context::new(), headers);
        let mut baggage = Baggage::new();
        for (key, (value, metadata)) in inbound.baggage() {
            if allowed.iter().any(|allowed| allowed == key.as_str()) {
                baggage.insert_with_metadata(key.clone(), value.clone(), metadata.clone());
            }
        }
        if baggage.is_empty() { context } else { context.with_baggage(baggage) }
    }
}

/// A stranger's span without its `tracestate`, which may be long and is of no use here.
fn bare(span: &SpanContext) -> SpanContext {
    SpanContext::new(span.trace_id(), span.span_id(), span.trace_flags(), true, TraceState::NONE)
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

const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

const SCOPE: &str = env!("CARGO_PKG_NAME");
const VERSION: &str = env!("CARGO_PKG_VERSION");
