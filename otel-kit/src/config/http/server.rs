use std::fmt;

use serde::Deserialize;

use crate::config::{
    ConfigError,
    choice::{Choice, name_of, named},
    error::Problem,
    layers::Layers,
    print::Printer,
    read,
    values::{each, networks, parse_each, request_headers, response_headers},
};
use otel_kit_core::settings::{HttpServerSettings, Inbound, PathRules, ResponseHeader};

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

pub(super) fn resolve(layers: &mut Layers) -> Result<HttpServerSettings, ConfigError> {
    layers.section("http.server", "axum", layers.features.axum, |p| &p.http.server)?;
    let rules =
        layers.pick("http.server.inbound_rules", |p| p.http.server.inbound_rules.clone(), inbound::rules)?;
    let proxies =
        layers.pick("http.server.trusted_proxies", |p| p.http.server.trusted_proxies.clone(), networks)?;
    let told = layers.pick(
        "http.server.response_headers",
        |p| p.http.server.response_headers.clone(),
        |names| parse_each(&names, named),
    )?;
    let exclude = layers.pick("http.server.exclude", |p| p.http.server.exclude.clone(), paths)?;
    let request = layers.pick(
        "http.server.captured_request_headers",
        |p| p.http.server.captured_request_headers.clone(),
        request_headers,
    )?;
    let response = layers.pick(
        "http.server.captured_response_headers",
        |p| p.http.server.captured_response_headers.clone(),
        response_headers,
    )?;

    let mut settings = HttpServerSettings::default();
    settings.inbound = layers.take(|p| p.http.server.inbound).unwrap_or_default();
    settings.inbound_rules = rules.unwrap_or_default();
    settings.baggage = layers.take(|p| p.http.server.baggage.clone());
    settings.trusted_proxies = proxies.unwrap_or_default();
    settings.response_headers = told.unwrap_or_default();
    settings.body_size_metrics = layers.take(|p| p.http.server.body_size_metrics).unwrap_or_default();
    settings.exclude = exclude.unwrap_or_default();
    settings.captured_request_headers = request.unwrap_or_default();
    settings.captured_response_headers = response.unwrap_or_default();
    Ok(settings)
}

pub(super) fn print(settings: &HttpServerSettings, out: &mut Printer<'_, '_>) -> fmt::Result {
    out.line("inbound", name_of(settings.inbound))?;
    out.list("inbound_rules", &settings.inbound_rules)?;
    if let Some(names) = &settings.baggage {
        out.list("baggage", names)?;
    }
    out.list("trusted_proxies", &settings.trusted_proxies)?;
    out.list("response_headers", settings.response_headers.iter().map(|header| name_of(*header)))?;
    out.line("body_size_metrics", settings.body_size_metrics)?;
    out.list("exclude", settings.exclude.patterns())?;
    out.list("captured_request_headers", settings.captured_request_headers.names())?;
    out.list("captured_response_headers", settings.captured_response_headers.names())
}

impl Choice for ResponseHeader {
    const NAMES: &'static [(&'static str, Self)] =
        &[("traceparent", Self::Traceparent), ("server-timing", Self::ServerTiming)];
}

fn paths(paths: Vec<String>) -> Result<PathRules, Problem> {
    let paths = each(paths, |path| {
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
    })?;
    Ok(PathRules::new(paths))
}
