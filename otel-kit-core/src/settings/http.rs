use std::net::IpAddr;

use http::HeaderMap;

use super::{
    HeaderAllowList, HostRules, Inbound, InboundRule, KnownMethods, Network, PathRules, ResponseHeader,
    UrlPolicy,
};

/// Settings of HTTP servers (`http.server` of the configuration).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct HttpServerSettings {
    /// What to do with inbound trace context and baggage, where no rule says otherwise.
    pub inbound: Inbound,
    /// What to do with those of certain requests: the first rule that matches holds.
    pub inbound_rules: Vec<InboundRule>,
    /// Names of the baggage that is taken from a parent; all by default. Baggage of others never is.
    pub baggage: Option<Vec<String>>,
    /// Peers whose `Forwarded` and `X-Forwarded-*` headers are believed; none by default.
    pub trusted_proxies: Vec<Network>,
    /// Headers that tell the trace to the client; none by default.
    pub response_headers: Vec<ResponseHeader>,
    /// Metrics and span attributes of the sizes of bodies, where these are known; off by default.
    pub body_size_metrics: bool,
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

impl HttpServerSettings {
    /// What to do with the trace context and baggage of a request.
    ///
    /// ```
    /// use http::HeaderMap;
    /// use otel_kit_core::settings::{HttpServerSettings, Inbound, InboundRule};
    ///
    /// let mut settings = HttpServerSettings::default();
    /// settings.inbound = Inbound::Link;
    /// settings.inbound_rules = vec![InboundRule::new(Inbound::Parent).path_prefix("/internal")];
    /// assert_eq!(settings.inbound_of("/internal/a", None, &HeaderMap::new()), Inbound::Parent);
    /// assert_eq!(settings.inbound_of("/a", None, &HeaderMap::new()), Inbound::Link);
    /// ```
    #[must_use]
    pub fn inbound_of(&self, path: &str, peer: Option<IpAddr>, headers: &HeaderMap) -> Inbound {
        let rule = self.inbound_rules.iter().find(|rule| rule.matches(path, peer, headers));
        rule.map_or(self.inbound, InboundRule::inbound)
    }

    /// True if what `peer` says about the request it forwards is believed.
    #[must_use]
    pub fn trusts(&self, peer: IpAddr) -> bool {
        self.trusted_proxies.iter().any(|network| network.contains(peer))
    }
}

/// Settings of HTTP clients (`http.client` of the configuration).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
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
    /// Puts `url.template`, where a request names it, on the metric too; off by default. The number of values
    /// is bounded.
    pub metric_url_template: bool,
    /// Methods with a name of their own.
    pub known_methods: KnownMethods,
    /// What is masked in URLs.
    pub url_policy: UrlPolicy,
}
