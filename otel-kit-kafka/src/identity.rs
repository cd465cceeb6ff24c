use std::sync::Arc;

use opentelemetry::{KeyValue, StringValue};
use otel_kit_core::semconv::attribute::{
    MESSAGING_CLIENT_ID, MESSAGING_CONSUMER_GROUP_NAME, SERVER_ADDRESS, SERVER_PORT,
};
use rdkafka::ClientConfig;

use crate::kind::Kind;

/// Who a client says it is, and to whom: what all its spans and measurements have in common.
#[derive(Clone, Debug, Default)]
pub(crate) struct Identity {
    client_id: Option<StringValue>,
    group: Option<StringValue>,
    /// The first of the servers that were named; which one does the work, nobody says.
    server: Option<(StringValue, Option<u16>)>,
}

impl Identity {
    pub(crate) fn of(config: &ClientConfig) -> Self {
        let named = |key| config.get(key).filter(|value| !value.is_empty());
        let servers = named("bootstrap.servers").or_else(|| named("metadata.broker.list"));
        Self {
            client_id: named("client.id").map(shared),
            group: named("group.id").map(shared),
            server: servers
                .and_then(|servers| servers.split(',').next())
                .map(|first| split(first.trim()))
                .filter(|(address, _)| !address.is_empty())
                .map(|(address, port)| (shared(address), port)),
        }
    }

    /// `messaging.client.id`, for spans.
    pub(crate) fn client_id(&self) -> Option<KeyValue> {
        self.client_id.clone().map(|id| KeyValue::new(MESSAGING_CLIENT_ID, id))
    }

    /// `messaging.consumer.group.name`.
    pub(crate) fn group(&self) -> Option<KeyValue> {
        self.group.clone().map(|group| KeyValue::new(MESSAGING_CONSUMER_GROUP_NAME, group))
    }

    /// What spans and measurements of an operation both say.
    pub(crate) fn attributes(&self, kind: Kind) -> impl Iterator<Item = KeyValue> {
        let group = self.group().filter(|_| kind.is_of_consumer());
        let address = self.server.as_ref().map(|(address, _)| KeyValue::new(SERVER_ADDRESS, address.clone()));
        let port = self.server.as_ref().and_then(|(_, port)| *port);
        group.into_iter().chain(address).chain(port.map(|port| KeyValue::new(SERVER_PORT, i64::from(port))))
    }
}

/// Name or address, without the brackets of an IPv6 address, and port of `[protocol://]host[:port]`.
pub(crate) fn split(server: &str) -> (&str, Option<u16>) {
    let server = server.split_once("://").map_or(server, |(_, rest)| rest);
    if let Some((address, rest)) = server.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return (address, rest.strip_prefix(':').and_then(|port| port.parse().ok()));
    }
    match server.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') => (host, port.parse().ok()),
        _ => (server, None),
    }
}

/// Cheap to clone into each span.
pub(crate) fn shared(text: &str) -> StringValue {
    StringValue::from(Arc::<str>::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_a_name_or_address_and_perhaps_a_port() {
        let cases = [
            ("k1:9092", ("k1", Some(9092))),
            ("SASL_SSL://k1.example:9093", ("k1.example", Some(9093))),
            ("k1", ("k1", None)),
            ("[2001:db8::1]:9092", ("2001:db8::1", Some(9092))),
            ("2001:db8::1", ("2001:db8::1", None)),
            ("k1:none", ("k1", None)),
        ];
        for (server, expected) in cases {
            assert_eq!(split(server), expected, "{server}");
        }
    }

    #[test]
    fn the_first_server_stands_for_the_cluster_and_producers_have_no_group() {
        let mut config = ClientConfig::new();
        config.set("metadata.broker.list", " k1:9092, k2:9093").set("group.id", "g").set("client.id", "");
        let identity = Identity::of(&config);
        assert_eq!(identity.client_id(), None);
        let server = [KeyValue::new(SERVER_ADDRESS, "k1"), KeyValue::new(SERVER_PORT, 9092)];
        assert!(identity.attributes(Kind::Send).eq(server.clone()));
        let group = [KeyValue::new(MESSAGING_CONSUMER_GROUP_NAME, "g")];
        assert!(identity.attributes(Kind::Poll).eq(group.into_iter().chain(server)));
    }
}
