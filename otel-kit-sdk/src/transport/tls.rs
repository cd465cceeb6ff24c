use std::{fs, path::Path};

use rustls::{
    RootCertStore,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{Error, PemObject},
    },
};

use super::{TlsSettings, TransportError};

/// Whom we trust and who we are, loaded.
pub(super) struct Trust {
    pub(super) roots: RootCertStore,
    pub(super) identity: Option<Identity>,
}

/// Certificate chain and private key, as PEM.
pub(super) struct Identity {
    pub(super) chain: Vec<u8>,
    pub(super) key: Vec<u8>,
}

impl Trust {
    /// Reads the files, or the system's root certificates.
    pub(super) fn load(settings: &TlsSettings) -> Result<Self, TransportError> {
        let roots = match &settings.ca_file {
            Some(path) => roots_of(path)?,
            None => system_roots()?,
        };
        let identity = match (&settings.cert_file, &settings.key_file) {
            (None, None) => None,
            (Some(chain), Some(key)) => Some(Identity::load(chain, key)?),
            _ => return Err(TransportError::HalfAnIdentity),
        };
        Ok(Self { roots, identity })
    }

    /// For endpoints without TLS: spares reading the system's certificates.
    #[cfg(feature = "http")]
    pub(super) fn nobody() -> Self {
        Self { roots: RootCertStore::empty(), identity: None }
    }
}

type Parsed = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

impl Identity {
    pub(super) fn parse(&self) -> Result<Parsed, Error> {
        Ok((certificates(&self.chain)?, PrivateKeyDer::from_pem_slice(&self.key)?))
    }

    fn load(chain: &Path, key: &Path) -> Result<Self, TransportError> {
        let identity = Self { chain: read(chain)?, key: read(key)? };
        if certificates(&identity.chain).map_or(true, |found| found.is_empty()) {
            return Err(missing(chain, "certificate"));
        }
        identity.parse().map_err(|_| missing(key, "private key"))?;
        Ok(identity)
    }
}

fn roots_of(path: &Path) -> Result<RootCertStore, TransportError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates(&read(path)?).unwrap_or_default());
    if roots.is_empty() { Err(missing(path, "certificate")) } else { Ok(roots) }
}

fn system_roots() -> Result<RootCertStore, TransportError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(TransportError::NoRoots) } else { Ok(roots) }
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    CertificateDer::pem_slice_iter(pem).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, TransportError> {
    fs::read(path).map_err(|source| TransportError::File { path: path.to_path_buf(), source })
}

fn missing(path: &Path, expected: &'static str) -> TransportError {
    TransportError::Pem { path: path.to_path_buf(), expected }
}
