use std::{fmt, sync::OnceLock};

use tonic::transport::{Channel, Endpoint};

use crate::transport::{
    Target, TlsSettings, TransportError,
    connect::{CONNECT_TIMEOUT, Connector},
    endpoint::{parse, user_agent},
};

/// Scheme, host and port: what makes a connection.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Address {
    scheme: &'static str,
    authority: String,
}

impl Address {
    pub(super) fn of(target: &Target) -> Result<Self, TransportError> {
        let scheme = if target.insecure { "http" } else { "https" };
        let whole = if target.url.contains("://") {
            target.url.clone()
        } else {
            format!("{scheme}://{}", target.url)
        };
        let uri = parse(&whole, EXAMPLE)?;
        let scheme = if uri.scheme_str() == Some("https") { "https" } else { "http" };
        let authority = uri.authority().map(ToString::to_string).unwrap_or_default();
        Ok(Self { scheme, authority })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority)
    }
}

/// A connection that is made when it is needed, by the runtime that needs it.
pub(super) struct LazyChannel {
    endpoint: Endpoint,
    channel: OnceLock<Channel>,
}

impl LazyChannel {
    pub(super) fn new(address: &Address, tls: &TlsSettings) -> Result<Self, TransportError> {
        let client = |error: tonic::transport::Error| TransportError::Client { source: error.into() };
        let endpoint = Endpoint::from_shared(address.to_string())
            .and_then(|endpoint| endpoint.user_agent(user_agent()))
            .map_err(client)?
            .connect_timeout(CONNECT_TIMEOUT);
        let endpoint = if address.scheme == "https" { secured(endpoint, tls)? } else { endpoint };
        Ok(Self { endpoint, channel: OnceLock::new() })
    }

    /// Must be called on the runtime that sends.
    pub(super) fn get(&self) -> Channel {
        self.channel.get_or_init(|| self.endpoint.connect_with_connector_lazy(Connector::new())).clone()
    }
}

/// `tonic` takes the provider that the host installed, else ring.
#[cfg(feature = "tls")]
fn secured(endpoint: Endpoint, tls: &TlsSettings) -> Result<Endpoint, TransportError> {
    use tonic::transport::{ClientTlsConfig, Identity};

    let trust = crate::transport::tls::Trust::load(tls)?;
    let mut config = ClientTlsConfig::new().trust_anchors(trust.roots.roots);
    if let Some(identity) = trust.identity {
        config = config.identity(Identity::from_pem(identity.chain, identity.key));
    }
    endpoint.tls_config(config).map_err(|error| TransportError::Tls { source: error.into() })
}

#[cfg(not(feature = "tls"))]
fn secured(endpoint: Endpoint, _: &TlsSettings) -> Result<Endpoint, TransportError> {
    Err(TransportError::NeedsTls { url: endpoint.uri().to_string() })
}

const EXAMPLE: &str = "write it as http://host:4317 or https://host:4317";

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str, insecure: bool) -> Result<String, String> {
        Address::of(&Target::new(url).insecure(insecure))
            .map(|address| address.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_scheme_decides_and_where_there_is_none_insecure_does() {
        let cases = [
            ("http://h:4317", false, "http://h:4317"),
            ("https://h:4317", true, "https://h:4317"),
            ("HTTP://h:4317", false, "http://h:4317"),
            ("h:4317", true, "http://h:4317"),
            ("h:4317", false, "https://h:4317"),
            ("[::1]:4317", true, "http://[::1]:4317"),
            ("http://h:4317/path?q=1", false, "http://h:4317"),
            ("localhost", true, "http://localhost"),
        ];
        for (url, insecure, expected) in cases {
            assert_eq!(address(url, insecure).as_deref(), Ok(expected), "{url}");
        }
    }

    #[test]
    fn an_endpoint_that_is_none_is_refused_with_the_remedy_and_without_its_password() {
        for url in ["ftp://h", "http://", "", "http://u:hunter22#@h:4317", "h h", "h:port"] {
            let error = address(url, true).unwrap_err();
            assert!(error.contains("http://"), "{error}");
            assert!(!error.contains("hunter22"), "{error}");
        }
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn https_without_the_feature_is_an_error_that_names_it() {
        let address = Address::of(&Target::new("https://h:4317")).unwrap();
        let error = LazyChannel::new(&address, &TlsSettings::new()).err().unwrap().to_string();
        assert!(error.contains("`tls`"), "{error}");
    }
}
