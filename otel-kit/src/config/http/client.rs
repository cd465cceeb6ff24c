use std::fmt;

use otel_kit_core::settings::{HostRules, HttpClientSettings};
use serde::Deserialize;

use crate::config::{
    ConfigError,
    error::Problem,
    layers::Layers,
    print::Printer,
    values::{each, request_headers, response_headers},
};

/// Keys of `http.client`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialHttpClient {
    /// Hosts that receive the trace context: exact, `*.example.com` or `*`; default `*`.
    pub propagate_to: Option<Vec<String>>,
    /// Hosts among those that receive baggage too; default `*`.
    pub baggage_to: Option<Vec<String>>,
    /// Request headers that spans show; default: none.
    pub captured_request_headers: Option<Vec<String>>,
    /// Response headers that spans show; default: none.
    pub captured_response_headers: Option<Vec<String>>,
    /// `url.template` on the metric too, where a request names it; default `false`.
    pub metric_url_template: Option<bool>,
}

pub(super) fn resolve(layers: &mut Layers) -> Result<HttpClientSettings, ConfigError> {
    layers.section("http.client", "reqwest", layers.features.reqwest, |p| &p.http.client)?;
    let propagate = layers.pick("http.client.propagate_to", |p| p.http.client.propagate_to.clone(), hosts)?;
    let baggage = layers.pick("http.client.baggage_to", |p| p.http.client.baggage_to.clone(), hosts)?;
    let request = layers.pick(
        "http.client.captured_request_headers",
        |p| p.http.client.captured_request_headers.clone(),
        request_headers,
    )?;
    let response = layers.pick(
        "http.client.captured_response_headers",
        |p| p.http.client.captured_response_headers.clone(),
        response_headers,
    )?;
    let template = layers.take(|p| p.http.client.metric_url_template);

    let mut settings = HttpClientSettings::default();
    settings.propagate_to = propagate.unwrap_or(settings.propagate_to);
    settings.baggage_to = baggage.unwrap_or(settings.baggage_to);
    settings.captured_request_headers = request.unwrap_or_default();
    settings.captured_response_headers = response.unwrap_or_default();
    settings.metric_url_template = template.unwrap_or(settings.metric_url_template);
    Ok(settings)
}

pub(super) fn print(settings: &HttpClientSettings, out: &mut Printer<'_, '_>) -> fmt::Result {
    out.list("propagate_to", settings.propagate_to.patterns())?;
    out.list("baggage_to", settings.baggage_to.patterns())?;
    out.list("captured_request_headers", settings.captured_request_headers.names())?;
    out.list("captured_response_headers", settings.captured_response_headers.names())?;
    out.line("metric_url_template", settings.metric_url_template)
}

fn hosts(hosts: Vec<String>) -> Result<HostRules, Problem> {
    let hosts = each(hosts, |host| {
        let domain = host.strip_prefix("*.").unwrap_or(host);
        let is_name = !domain.is_empty() && !domain.contains(['/', '*', '@', '?', ' ']);
        let is_address = domain.starts_with('[') && domain.ends_with(']');
        match host {
            "*" => Ok(()),
            _ if is_name && (is_address || !domain.contains(':')) => Ok(()),
            _ => Err(Problem::new(
                format_args!("`{host}` is not a host"),
                "write one without scheme and port, such as api.internal or *.example.com",
            )),
        }
    })?;
    Ok(HostRules::new(hosts))
}
