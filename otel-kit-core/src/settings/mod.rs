//! What the configuration says to the adapters: one struct each, with the defaults of a bare `init`.

mod headers;
mod hosts;
mod http;
mod methods;
mod paths;
mod url;

pub use self::{
    headers::HeaderAllowList,
    hosts::HostRules,
    http::{HttpClientSettings, HttpServerSettings, Inbound},
    methods::{KnownMethods, MethodNames},
    paths::PathRules,
    url::UrlPolicy,
};

/// Settings of all adapters.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Settings {
    /// HTTP servers.
    pub http_server: HttpServerSettings,
    /// HTTP clients.
    pub http_client: HttpClientSettings,
}
