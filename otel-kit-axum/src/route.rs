use std::{borrow::Cow, sync::Arc};

use opentelemetry::{Context, StringValue};
use otel_kit_core::{
    LogContext, bounded::intern, instrument::BoundUpDownCounter, semconv::attribute::HTTP_ROUTE,
    settings::KnownMethods,
};

use crate::{
    chain::Chain,
    hash::QuickHash,
    metrics::{Durations, Ending, Instruments},
};

/// What a request is called: the key of its [`RouteEntry`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct RouteKey<'a> {
    /// As it was sent.
    pub(crate) method: &'a str,
    pub(crate) scheme: &'static str,
    /// The template, unless no route matched.
    pub(crate) route: Option<&'a str>,
}

/// What the requests of one method and route have in common, made at the first of them.
#[derive(Debug)]
pub(crate) struct RouteEntry {
    /// `http.request.method`: a known method or the word for all others.
    pub(crate) method: StringValue,
    pub(crate) scheme: &'static str,
    pub(crate) route: Option<StringValue>,
    /// Name of the span.
    pub(crate) name: Cow<'static, str>,
    /// Context that is empty but for the fields of log lines below.
    pub(crate) base: Context,
    pub(crate) active: BoundUpDownCounter<i64>,
    durations: Durations,
}

/// All entries so far; read without a lock, as each request does.
#[derive(Debug)]
pub(crate) struct RouteTable {
    chains: Box<[Chain<Arc<RouteEntry>>]>,
}

impl RouteTable {
    pub(crate) fn new() -> Self {
        Self { chains: (0..1 << TABLE_BITS).map(|_| Chain::new()).collect() }
    }

    /// The entry of `key`; one for this request alone if the table is full.
    pub(crate) fn entry(
        &self,
        key: RouteKey<'_>,
        known: &KnownMethods,
        instruments: &Instruments,
    ) -> Arc<RouteEntry> {
        self.chain(key).and_then(|chain| chain.find(|entry| entry.has(key))).cloned().unwrap_or_else(|| {
            let names = known.names(key.method);
            let key = RouteKey { method: names.attribute.as_str(), ..key };
            let make = || Arc::new(RouteEntry::new(key, &names.in_span_name, instruments));
            let added = self
                .chain(key)
                .and_then(|chain| chain.find_or_add(CHAIN_LIMIT, |entry| entry.has(key), make));
            added.cloned().unwrap_or_else(make)
        })
    }

    fn chain(&self, key: RouteKey<'_>) -> Option<&Chain<Arc<RouteEntry>>> {
        let hash = QuickHash::new().add(key.method.as_bytes()).add(key.route.unwrap_or_default().as_bytes());
        self.chains.get(hash.place(TABLE_BITS))
    }
}

impl RouteEntry {
    /// Records the duration of a request, in seconds.
    pub(crate) fn record(&self, instruments: &Instruments, ending: Ending, seconds: f64) {
        self.durations.record(instruments, self, ending, seconds);
    }

    fn new(key: RouteKey<'_>, method_in_name: &str, instruments: &Instruments) -> Self {
        let method = StringValue::from(intern(key.method));
        let name = match key.route {
            Some(route) => intern(&format!("{method_in_name} {route}")),
            None => intern(method_in_name),
        };
        let route = key.route.map(|route| StringValue::from(intern(route)));
        let base = route.clone().map_or_else(Context::new, |route| {
            LogContext::new().with(HTTP_ROUTE, route).in_context(&Context::new())
        });
        let active = instruments.active(&method, key.scheme);
        Self { method, scheme: key.scheme, route, name, base, active, durations: Durations::new() }
    }

    fn has(&self, key: RouteKey<'_>) -> bool {
        self.method.as_str() == key.method
            && self.scheme == key.scheme
            && self.route.as_ref().map(StringValue::as_str) == key.route
    }
}

const TABLE_BITS: u32 = 8;

/// Entries of equal hash; with it the table cannot grow beyond 4,096 of them.
const CHAIN_LIMIT: usize = 16;
