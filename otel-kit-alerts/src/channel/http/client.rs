use std::path::Path;

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::{client::legacy, rt::TokioExecutor};

use super::connect::Connector;
use crate::notify::SettingsError;

/// A client of our own: what `reqwest` can do depends on the features that other crates of the service switch on, and
/// ours would change the service's clients.
pub(super) type Client = legacy::Client<Secured, Full<Bytes>>;

#[cfg(feature = "tls")]
type Secured = hyper_rustls::HttpsConnector<Connector>;
#[cfg(not(feature = "tls"))]
type Secured = Connector;

/// The client for one server, with `https` or without.
pub(super) fn build(is_https: bool, ca_file: Option<&Path>) -> Result<Client, SettingsError> {
    let connector = secure(is_https, ca_file)?;
    // Messages are rare: a connection would be closed by the other end before the next one.
    Ok(legacy::Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector))
}

#[cfg(feature = "tls")]
fn secure(is_https: bool, ca_file: Option<&Path>) -> Result<Secured, SettingsError> {
    let roots = if is_https { super::tls::roots(ca_file)? } else { rustls::RootCertStore::empty() };
    let config = super::tls::config(roots)?;
    let builder = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(config).https_or_http();
    Ok(builder.enable_http1().wrap_connector(Connector::new()))
}

#[cfg(not(feature = "tls"))]
fn secure(is_https: bool, _: Option<&Path>) -> Result<Secured, SettingsError> {
    if is_https {
        let remedy = "switch it on in Cargo.toml, or use http";
        return Err(SettingsError::new("url", "https needs the feature `tls`", remedy));
    }
    Ok(Connector::new())
}
