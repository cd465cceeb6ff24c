#[cfg(feature = "tls")]
use std::sync::Arc;

use bytes::Bytes;
use http::Uri;
use http_body_util::Full;
use hyper_timeout::TimeoutConnector;
use hyper_util::{
    client::legacy,
    rt::{TokioExecutor, TokioTimer},
};
#[cfg(feature = "tls")]
use rustls::{ClientConfig, crypto::CryptoProvider};

#[cfg(feature = "tls")]
use crate::transport::tls::Trust;
use crate::transport::{
    TlsSettings, TransportError,
    connect::{CONNECT_TIMEOUT, Connector},
};

/// A client of our own: what `reqwest` can do, and what it panics over, depends on the features that
/// other crates of the service switch on, and ours would change the service's clients.
pub(super) type Client = legacy::Client<TimeoutConnector<Secured>, Full<Bytes>>;

#[cfg(feature = "tls")]
type Secured = hyper_rustls::HttpsConnector<Connector>;
#[cfg(not(feature = "tls"))]
type Secured = Connector;

/// The client for these endpoints.
pub(super) fn build<'a>(
    endpoints: impl IntoIterator<Item = &'a Uri>,
    tls: &TlsSettings,
) -> Result<Client, TransportError> {
    let secured = endpoints.into_iter().find(|endpoint| endpoint.scheme_str() == Some("https"));
    let mut connector = TimeoutConnector::new(secure(secured, tls)?);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    Ok(legacy::Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector))
}

#[cfg(not(feature = "tls"))]
fn secure(secured: Option<&Uri>, _: &TlsSettings) -> Result<Secured, TransportError> {
    match secured {
        Some(endpoint) => Err(TransportError::NeedsTls { url: endpoint.to_string() }),
        None => Ok(Connector::new()),
    }
}

#[cfg(feature = "tls")]
fn secure(secured: Option<&Uri>, tls: &TlsSettings) -> Result<Secured, TransportError> {
    let trust = if secured.is_some() { Trust::load(tls)? } else { Trust::nobody() };
    Ok(hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(config(trust)?)
        .https_or_http()
        .enable_http1()
        .wrap_connector(Connector::new()))
}

/// The provider is always named: where two are compiled in, rustls panics otherwise.
#[cfg(feature = "tls")]
fn config(trust: Trust) -> Result<ClientConfig, TransportError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(refused)?
        .with_root_certificates(trust.roots);
    match trust.identity {
        None => Ok(builder.with_no_client_auth()),
        Some(identity) => {
            let (chain, key) = identity.parse().map_err(refused)?;
            builder.with_client_auth_cert(chain, key).map_err(refused)
        }
    }
}

/// The one that the host installed, else ring.
#[cfg(feature = "tls")]
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default()
        .cloned()
        .unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()))
}

#[cfg(feature = "tls")]
fn refused(error: impl std::error::Error + Send + Sync + 'static) -> TransportError {
    TransportError::Tls { source: Box::new(error) }
}
