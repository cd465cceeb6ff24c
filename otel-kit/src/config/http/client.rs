use std::fmt;

use http::HeaderName;
use serde::Deserialize;

use crate::config::{
    ConfigError, PartialConfig,
    error::Problem,
    layers::{Layers, require},
    print::Printer,
    values::{each, header_names},
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

/// What HTTP clients are told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct HttpClient {
    /// Hosts that receive the trace context.
    pub propagate_to: Vec<String>,
    /// Hosts among those that receive baggage too.
    pub baggage_to: Vec<String>,
    /// Request headers that spans show.
    pub captured_request_headers: Vec<HeaderName>,
    /// Response headers that spans show.
    pub captured_response_headers: Vec<HeaderName>,
    /// `url.template` on the metric too, where a request names it.
    pub metric_url_template: bool,
}

impl HttpClient {
    pub(in crate::config) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let has_reqwest = layers.features.reqwest;
        let is_set = |p: &PartialConfig| p.http.client != PartialHttpClient::default();
        let feature = |()| require(has_reqwest, "reqwest", "`http.client`");
        layers.pick("http.client", |p| is_set(p).then_some(()), feature)?;

        let propagate =
            layers.pick("http.client.propagate_to", |p| p.http.client.propagate_to.clone(), hosts)?;
        let baggage = layers.pick("http.client.baggage_to", |p| p.http.client.baggage_to.clone(), hosts)?;
        let request = layers.pick(
            "http.client.captured_request_headers",
            |p| p.http.client.captured_request_headers.clone(),
            header_names,
        )?;
        let response = layers.pick(
            "http.client.captured_response_headers",
            |p| p.http.client.captured_response_headers.clone(),
            header_names,
        )?;
        let everywhere = || vec!["*".to_owned()];
        Ok(Self {
            propagate_to: propagate.unwrap_or_else(everywhere),
            baggage_to: baggage.unwrap_or_else(everywhere),
            captured_request_headers: request.unwrap_or_default(),
            captured_response_headers: response.unwrap_or_default(),
            metric_url_template: layers.take(|p| p.http.client.metric_url_template).unwrap_or(false),
        })
    }

    pub(in crate::config) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.list("propagate_to", &self.propagate_to)?;
        out.list("baggage_to", &self.baggage_to)?;
        out.list("captured_request_headers", &self.captured_request_headers)?;
        out.list("captured_response_headers", &self.captured_response_headers)?;
        out.line("metric_url_template", self.metric_url_template)
    }
}

fn hosts(hosts: Vec<String>) -> Result<Vec<String>, Problem> {
    each(hosts, |host| {
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
    })
}
