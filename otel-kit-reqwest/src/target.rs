use std::sync::Arc;

use opentelemetry::{KeyValue, StringValue, metrics::Histogram};
use otel_kit_core::{
    bounded::Slots,
    semconv::attribute::{SERVER_ADDRESS, SERVER_PORT},
    settings::HttpClientSettings,
};
use reqwest::Url;

use crate::{
    metrics::{Durations, Ending},
    place::place,
};

/// What requests to one server have in common, made at the first of them.
#[derive(Debug)]
pub(crate) struct Target {
    /// Name or address, without the brackets that an IPv6 address has in a URL; `None` for a URL that names
    /// no server.
    address: Option<StringValue>,
    /// The port that the URL names or that its scheme implies.
    port: Option<u16>,
    pub(crate) receives_trace: bool,
    pub(crate) receives_baggage: bool,
    durations: Durations,
}

/// All targets so far. Whoever chooses the URLs chooses how many there are, hence the bound.
#[derive(Debug)]
pub(crate) struct TargetTable {
    slots: Slots<Arc<Target>>,
}

impl TargetTable {
    pub(crate) fn new() -> Self {
        Self { slots: Slots::new(TARGETS + REACH) }
    }

    /// The target of a request; one for this request alone if there is no room.
    pub(crate) fn target(&self, url: &Url, settings: &HttpClientSettings) -> Arc<Target> {
        let (address, port) = (address(url), url.port_or_known_default());
        let make = || Arc::new(Target::new(address, port, settings));
        let is_meant = |target: &Arc<Target>| {
            target.address.as_ref().map(StringValue::as_str) == address && target.port == port
        };
        self.slots
            .find_or_add(
                place(address.unwrap_or_default(), port.unwrap_or_default(), TARGETS),
                REACH,
                is_meant,
                make,
            )
            .cloned()
            .unwrap_or_else(make)
    }
}

impl Target {
    /// `server.address` and `server.port`.
    pub(crate) fn attributes(&self) -> impl Iterator<Item = KeyValue> {
        let address = self.address.clone().map(|address| KeyValue::new(SERVER_ADDRESS, address));
        let port = self.port.map(|port| KeyValue::new(SERVER_PORT, i64::from(port)));
        address.into_iter().chain(port)
    }

    /// Records the duration of a request, in seconds.
    pub(crate) fn record(&self, histogram: &Histogram<f64>, ending: Ending, seconds: f64) {
        self.durations.record(histogram, self, ending, seconds);
    }

    fn new(address: Option<&str>, port: Option<u16>, settings: &HttpClientSettings) -> Self {
        let receives_trace = settings.propagate_to.matches(address.unwrap_or_default());
        Self {
            address: address.map(|address| StringValue::from(Arc::<str>::from(address))),
            port,
            receives_trace,
            receives_baggage: receives_trace && settings.baggage_to.matches(address.unwrap_or_default()),
            durations: Durations::new(),
        }
    }
}

fn address(url: &Url) -> Option<&str> {
    let host = url.host_str()?;
    Some(host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host))
}

const TARGETS: usize = 128;

/// Slots in which a target may lie.
const REACH: usize = 8;

#[cfg(test)]
mod tests {
    use otel_kit_core::settings::HostRules;

    use super::*;

    fn target(url: &str) -> Arc<Target> {
        TargetTable::new().target(&url.parse().unwrap(), &HttpClientSettings::default())
    }

    #[test]
    fn a_url_names_its_server_or_none() {
        let cases = [
            ("http://shop.example/a", Some("shop.example"), Some(80)),
            ("https://user:pw@Shop.Example:8443", Some("shop.example"), Some(8443)),
            ("https://10.0.0.1/", Some("10.0.0.1"), Some(443)),
            ("http://[2001:db8::1]:81/", Some("2001:db8::1"), Some(81)),
            ("data:text/plain,x", None, None),
        ];
        for (url, address, port) in cases {
            let target = target(url);
            assert_eq!(target.address, address.map(StringValue::from), "{url}");
            assert_eq!(target.port, port, "{url}");
        }
    }

    #[test]
    fn requests_to_one_server_share_its_target_while_there_is_room() {
        let (table, settings) = (TargetTable::new(), HttpClientSettings::default());
        let find = |url: &str| table.target(&url.parse().unwrap(), &settings);
        assert!(Arc::ptr_eq(&find("http://h/a"), &find("http://user@h:80/b?c")));
        assert!(!Arc::ptr_eq(&find("http://h/"), &find("https://h/")));
        for number in 0..2000 {
            let url = format!("http://host{number}/");
            assert_eq!(find(&url).address, Some(format!("host{number}").into()));
        }
        let kept = (0..2000).filter(|number| {
            let url = format!("http://host{number}/");
            Arc::ptr_eq(&find(&url), &find(&url))
        });
        assert!(kept.count() < TARGETS + REACH);
    }

    #[test]
    fn baggage_goes_only_where_the_trace_goes() {
        let mut settings = HttpClientSettings::default();
        settings.propagate_to = HostRules::new(["a", "b"]);
        settings.baggage_to = HostRules::new(["b", "c"]);
        for (host, expected) in [("a", (true, false)), ("b", (true, true)), ("c", (false, false))] {
            let target = Target::new(Some(host), None, &settings);
            assert_eq!((target.receives_trace, target.receives_baggage), expected, "{host}");
        }
    }
}
