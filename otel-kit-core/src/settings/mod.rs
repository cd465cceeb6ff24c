//! What the configuration says to the adapters: one struct each, with the defaults of a bare `init`.

mod exceptions;
mod headers;
mod hosts;
mod http;
mod inbound;
mod kafka;
mod methods;
mod network;
mod paths;
mod response;
mod sql;
mod url;

pub use self::{
    exceptions::{ExceptionMatch, ExceptionRule, ExceptionSettings},
    headers::HeaderAllowList,
    hosts::HostRules,
    http::{HttpClientSettings, HttpServerSettings},
    inbound::{Inbound, InboundRule},
    kafka::{KafkaSettings, ProcessParent},
    methods::{KnownMethods, MethodNames},
    network::{Network, NotANetwork},
    paths::PathRules,
    response::ResponseHeader,
    sql::SqlSettings,
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
    /// Kafka producers and consumers.
    pub kafka: KafkaSettings,
    /// SQL databases.
    pub sql: SqlSettings,
    /// What becomes of exceptions.
    pub exceptions: ExceptionSettings,
}
