use super::{HeaderAllowList, HostRules, KnownMethods, PathRules, UrlPolicy};

/// What a server does with the trace context that a request brings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Inbound {
    /// The caller's span becomes the parent: the trace goes on. For callers that are ours.
    #[default]
    Parent,
    /// A new trace that links to the caller's span: for public edges.
    Link,
    /// A new trace; what came in is dropped.
    Ignore,
}

/// Settings of HTTP servers (`http.server` of the configuration).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HttpServerSettings {
    /// What to do with inbound trace context and baggage.
    pub inbound: Inbound,
    /// Requests that get neither span nor metric, such as health checks; their context is still carried on.
    pub exclude: PathRules,
    /// Request headers to put on the span.
    pub captured_request_headers: HeaderAllowList,
    /// Response headers to put on the span.
    pub captured_response_headers: HeaderAllowList,
    /// Methods with a name of their own.
    pub known_methods: KnownMethods,
    /// What is masked in queries.
    pub url_policy: UrlPolicy,
}

/// Settings of HTTP clients (`http.client` of the configuration).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct HttpClientSettings {
    /// Hosts that receive trace context; all by default.
    pub propagate_to: HostRules,
    /// Hosts that receive baggage too, among those of `propagate_to`; all by default.
    pub baggage_to: HostRules,
    /// Request headers to put on the span.
    pub captured_request_headers: HeaderAllowList,
    /// Response headers to put on the span.
    pub captured_response_headers: HeaderAllowList,
    /// Methods with a name of their own.
    pub known_methods: KnownMethods,
    /// What is masked in URLs.
    pub url_policy: UrlPolicy,
}
