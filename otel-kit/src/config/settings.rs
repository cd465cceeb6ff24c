//! What the configuration says to adapters, in core's words.

use super::{Config, Http, Kafka, Sql};
use otel_kit_core::{
    propagation::Propagator,
    semconv::attribute::{HTTP_REQUEST_HEADER, HTTP_RESPONSE_HEADER},
    settings::{
        HeaderAllowList, HostRules, HttpClientSettings, HttpServerSettings, KafkaSettings, KnownMethods,
        PathRules, Settings, SqlSettings, UrlPolicy,
    },
};

impl Config {
    /// The settings of adapters.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        settings.http_server = server(&self.http);
        settings.http_client = client(&self.http);
        settings.kafka = kafka(&self.kafka);
        settings.sql = sql(&self.sql);
        settings
    }

    /// How the trace context goes in and out.
    #[must_use]
    pub fn propagator(&self) -> Propagator {
        Propagator::new(&self.propagators)
    }
}

fn server(http: &Http) -> HttpServerSettings {
    let mut settings = HttpServerSettings::default();
    settings.inbound = http.server.inbound;
    settings.inbound_rules.clone_from(&http.server.inbound_rules);
    settings.baggage.clone_from(&http.server.baggage);
    settings.trusted_proxies.clone_from(&http.server.trusted_proxies);
    settings.response_headers.clone_from(&http.server.response_headers);
    settings.body_size_metrics = http.server.body_size_metrics;
    settings.exclude = PathRules::new(http.server.exclude.clone());
    settings.captured_request_headers =
        HeaderAllowList::new(HTTP_REQUEST_HEADER, http.server.captured_request_headers.clone());
    settings.captured_response_headers =
        HeaderAllowList::new(HTTP_RESPONSE_HEADER, http.server.captured_response_headers.clone());
    settings.known_methods = known_methods(http);
    settings.url_policy = url_policy(http);
    settings
}

fn client(http: &Http) -> HttpClientSettings {
    let mut settings = HttpClientSettings::default();
    settings.propagate_to = HostRules::new(http.client.propagate_to.clone());
    settings.baggage_to = HostRules::new(http.client.baggage_to.clone());
    settings.captured_request_headers =
        HeaderAllowList::new(HTTP_REQUEST_HEADER, http.client.captured_request_headers.clone());
    settings.captured_response_headers =
        HeaderAllowList::new(HTTP_RESPONSE_HEADER, http.client.captured_response_headers.clone());
    settings.metric_url_template = http.client.metric_url_template;
    settings.known_methods = known_methods(http);
    settings.url_policy = url_policy(http);
    settings
}

fn kafka(kafka: &Kafka) -> KafkaSettings {
    let mut settings = KafkaSettings::default();
    settings.process = kafka.process;
    settings.message_key = kafka.message_key;
    settings.body_size = kafka.body_size;
    settings
}

fn sql(sql: &Sql) -> SqlSettings {
    let mut settings = SqlSettings::default();
    settings.query_text = sql.query_text;
    settings.slow = sql.slow;
    settings
}

fn known_methods(http: &Http) -> KnownMethods {
    http.known_methods.clone().map_or_else(KnownMethods::default, KnownMethods::new)
}

fn url_policy(http: &Http) -> UrlPolicy {
    http.sensitive_query_parameters.clone().map_or_else(UrlPolicy::default, UrlPolicy::new)
}
