use std::fmt;

use otel_kit_core::settings::{HttpClientSettings, HttpServerSettings, KnownMethods, UrlPolicy};
use serde::Deserialize;

use super::{ConfigError, env, env::Env, error::Problem, layers::Layers, print::Printer, values::each};

mod client;
mod inbound;
mod server;

pub use self::{client::PartialHttpClient, inbound::PartialInboundRule, server::PartialHttpServer};

/// Section `http`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialHttp {
    /// Methods with a name of their own, in place of the nine of RFC 9110 and RFC 5789; others become
    /// `_OTHER`.
    pub known_methods: Option<Vec<String>>,
    /// Query parameters whose values are masked, in place of the conventions' list.
    pub sensitive_query_parameters: Option<Vec<String>>,
    /// Requests that come in.
    pub server: PartialHttpServer,
    /// Requests that go out.
    pub client: PartialHttpClient,
}

/// What HTTP adapters are told.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Http {
    /// Methods with a name of their own; `None` is the conventions' list.
    pub known_methods: Option<Vec<String>>,
    /// Query parameters whose values are masked; `None` is the conventions' list.
    pub sensitive_query_parameters: Option<Vec<String>>,
    /// Requests that come in.
    pub server: HttpServerSettings,
    /// Requests that go out.
    pub client: HttpClientSettings,
}

impl Http {
    pub(super) fn resolve(layers: &mut Layers) -> Result<Self, ConfigError> {
        let known = layers.pick("http.known_methods", |p| p.http.known_methods.clone(), methods)?;
        let sensitive = layers.take(|p| p.http.sensitive_query_parameters.clone());
        let (mut server, mut client) = (server::resolve(layers)?, client::resolve(layers)?);
        if let Some(methods) = &known {
            server.known_methods = KnownMethods::new(methods.clone());
            client.known_methods = server.known_methods.clone();
        }
        if let Some(parameters) = &sensitive {
            server.url_policy = UrlPolicy::new(parameters);
            client.url_policy = server.url_policy.clone();
        }
        Ok(Self { known_methods: known, sensitive_query_parameters: sensitive, server, client })
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        if let Some(methods) = &self.known_methods {
            out.list("known_methods", methods)?;
        }
        if let Some(parameters) = &self.sensitive_query_parameters {
            out.list("sensitive_query_parameters", parameters)?;
        }
        out.section("server", |out| server::print(&self.server, out))?;
        out.section("client", |out| client::print(&self.client, out))
    }
}

impl PartialHttp {
    pub(super) fn from_env(env: &mut Env<'_>) -> Self {
        let known = env.value("http.known_methods", "OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", |text| {
            env::list(text).and_then(methods)
        });
        Self { known_methods: known, ..Self::default() }
    }
}

fn methods(methods: Vec<String>) -> Result<Vec<String>, Problem> {
    each(methods, |method| match ::http::Method::from_bytes(method.as_bytes()) {
        Ok(_) => Ok(()),
        Err(_) => Err(Problem::new(format_args!("`{method}` is not a method"), "write one such as GET")),
    })
}
