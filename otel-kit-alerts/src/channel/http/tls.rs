use std::{fs, path::Path, sync::Arc};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::notify::SettingsError;

/// Whom to trust: who is in the file, or whom the system trusts.
pub(super) fn roots(ca_file: Option<&Path>) -> Result<RootCertStore, SettingsError> {
    let mut roots = RootCertStore::empty();
    match ca_file {
        Some(path) => {
            let certificates: Vec<_> = CertificateDer::pem_slice_iter(&read_ca(path)?).flatten().collect();
            roots.add_parsable_certificates(certificates);
            if roots.is_empty() {
                let message = format!("{} holds no certificate", path.display());
                return Err(SettingsError::new("ca_file", message, "give a file with certificates as PEM"));
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                let remedy = "install the package ca-certificates, or name a ca_file";
                return Err(SettingsError::new("url", "the system has no certificates to trust", remedy));
            }
        }
    }
    Ok(roots)
}

pub(in crate::channel) fn read_ca(path: &Path) -> Result<Vec<u8>, SettingsError> {
    fs::read(path).map_err(|error| {
        let message = format!("{} cannot be read: {error}", path.display());
        SettingsError::new("ca_file", message, "give a file with certificates as PEM")
    })
}

/// With the provider that the service installed, or else ring.
pub(super) fn config(roots: RootCertStore) -> Result<ClientConfig, SettingsError> {
    let installed = CryptoProvider::get_default().cloned();
    let provider = installed.unwrap_or_else(|| Arc::new(rustls::crypto::ring::default_provider()));
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| {
        let message = format!("the installed TLS provider has no version of TLS for it: {error}");
        SettingsError::new("url", message, "install another provider, or none")
    })?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
