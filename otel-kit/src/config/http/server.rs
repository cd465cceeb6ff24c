use std::fmt;

use http::HeaderName;
use serde::Deserialize;

use crate::config::{
    ConfigError, PartialConfig,
    choice::{Choice, name_of, named},
    error::Problem,
    layers::{Layers, require},
    print::Printer,
    read,
    values::{each, header_names, networks, parse_each},
};
use otel_kit_core::settings::{Inbound, InboundRule, Network, ResponseHeader};

use super::inbound::{self, PartialInboundRule};

/// Keys of `http.server`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialHttpServer {
    /// What to do with the trace context of a request; default `parent`.
    #[serde(deserialize_with = "read::choice")]
    pub inbound: Option<Inbound>,
    /// What to do with that of certain requests; the first rule that matches holds.
    pub inbound_rules: Option<Vec<PartialInboundRule>>,
    /// Names of the baggage that is taken from a parent; default: all.
    pub baggage: Option<Vec<String>>,
    /// Networks whose `Forwarded` and `X-Forwarded-*` headers are believed; default: none.
    pub trusted_proxies: Option<Vec<String>>,
    /// Headers that tell the trace to the client: `traceparent`, `server-timing`; default: none.
    pub response_headers: Option<Vec<String>>,
    /// Sizes of bodies as metrics and span attributes; default: `false`.
    pub body_size_metrics: Option<bool>,
    /// Paths without span and metric: exact, or with `*` at the end.
    pub exclude: Option<Vec<String>>,
    /// Request headers that spans show; default: none.
    pub captured_request_headers: Option<Vec<String>>,
    /// Response headers that spans show; default: none.
    pub captured_response_headers: Option<Vec<String>>,
}

/// What HTTP servers are told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct HttpServer {
    /// What to do with the trace context of a request.
    pub inbound: Inbound,
    /// What to do with that of certain requests.
    pub inbound_rules: Vec<InboundRule>,
    /// Names of the baggage that is taken from a parent; `None` is all.
    pub baggage: Option<Vec<String>>,
    /// Networks whose `Forwarded` and `X-Forwarded-*` headers are believed.
    pub trusted_proxies: Vec<Network>,
    /// Headers that tell the trace to the client.
    pub response_headers: Vec<ResponseHeader>,
    /// Sizes of bodies as metrics and span attributes.
    pub body_size_metrics: bool,
    /// Paths without span and metric.
    pub exclude: Vec<String>,
    /// Request headers that spans show.
    pub captured_request_headers: Vec<HeaderName>,
    /// Response headers that spans show.
    pub captured_response_headers: Vec<HeaderName>,
}

impl HttpServer {
    pub(in crate::config) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let has_axum = layers.features.axum;
        let is_set = |p: &PartialConfig| p.http.server != PartialHttpServer::default();
        let feature = |()| require(has_axum, "axum", "`http.server`");
        layers.pick("http.server", |p| is_set(p).then_some(()), feature)?;

        let rules = layers.pick(
            "http.server.inbound_rules",
            |p| p.http.server.inbound_rules.clone(),
            inbound::rules,
        )?;
        let proxies = layers.pick(
            "http.server.trusted_proxies",
            |p| p.http.server.trusted_proxies.clone(),
            networks,
        )?;
        let told = layers.pick(
            "http.server.response_headers",
            |p| p.http.server.response_headers.clone(),
            |names| parse_each(&names, named),
        )?;
        let exclude = layers.pick("http.server.exclude", |p| p.http.server.exclude.clone(), paths)?;
        let request = layers.pick(
            "http.server.captured_request_headers",
            |p| p.http.server.captured_request_headers.clone(),
            header_names,
        )?;
        let response = layers.pick(
            "http.server.captured_response_headers",
            |p| p.http.server.captured_response_headers.clone(),
            header_names,
        )?;
        Ok(Self {
            inbound: layers.take(|p| p.http.server.inbound).unwrap_or_default(),
            inbound_rules: rules.unwrap_or_default(),
            baggage: layers.take(|p| p.http.server.baggage.clone()),
            trusted_proxies: proxies.unwrap_or_default(),
            response_headers: told.unwrap_or_default(),
            body_size_metrics: layers.take(|p| p.http.server.body_size_metrics).unwrap_or_default(),
            exclude: exclude.unwrap_or_default(),
            captured_request_headers: request.unwrap_or_default(),
            captured_response_headers: response.unwrap_or_default(),
        })
    }

    pub(in crate::config) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("inbound", name_of(self.inbound))?;
        out.list("inbound_rules", &self.inbound_rules)?;
        if let Some(names) = &self.baggage {
            out.list("baggage", names)?;
        }
        out.list("trusted_proxies", &self.trusted_proxies)?;
        out.list("response_headers", self.response_headers.iter().map(|header| name_of(*header)))?;
        out.line("body_size_metrics", self.body_size_metrics)?;
        out.list("exclude", &self.exclude)?;
        out.list("captured_request_headers", &self.captured_request_headers)?;
        out.list("captured_response_headers", &self.captured_response_headers)
    }
}

impl Choice for ResponseHeader {
    const NAMES: &'static [(&'static str, Self)] =
        &[("traceparent", Self::Traceparent), ("server-timing", Self::ServerTiming)];
}

fn paths(paths: Vec<String>) -> Result<Vec<String>, Problem> {
    each(paths, |path| {
        let is_path = path.starts_with('/') && !path.contains(['?', '#']);
        let star_is_last = !path.trim_end_matches('*').contains('*');
        match path {
            "*" => Ok(()),
            _ if is_path && star_is_last => Ok(()),
            _ => Err(Problem::new(
                format_args!("`{path}` is not a path"),
                "write one such as /healthz or /internal/*",
            )),
        }
    })
}
