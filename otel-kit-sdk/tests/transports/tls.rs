use std::{fs, path::PathBuf};

use otel_kit_sdk::transport::TlsSettings;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{RootCertStore, pki_types::CertificateDer};

/// A certificate authority with the files of a receiver and of a client.
pub struct Authority {
    pub folder: PathBuf,
    pub issuer: CertifiedIssuer<'static, KeyPair>,
}

pub struct Issued {
    pub certificate: CertificateDer<'static>,
    pub pem: String,
    pub key: KeyPair,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("otel-kit-tls-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        fs::write(folder.join("ca.pem"), issuer.pem()).unwrap();
        Self { folder, issuer }
    }

    pub fn issue(&self, name: &str) -> Issued {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Issued { certificate: certificate.der().clone(), pem: certificate.pem(), key }
    }

    pub fn ca(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    pub fn trusting(&self) -> TlsSettings {
        TlsSettings::new().ca_file(self.ca())
    }

    pub fn with_client(&self) -> TlsSettings {
        let issued = self.issue("client");
        let (certificate, key) = (self.folder.join("client.pem"), self.folder.join("client.key"));
        fs::write(&certificate, issued.pem).unwrap();
        fs::write(&key, issued.key.serialize_pem()).unwrap();
        self.trusting().client_certificate(certificate, key)
    }

    pub fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone()).unwrap();
        roots
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
