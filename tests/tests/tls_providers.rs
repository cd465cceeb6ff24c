//! A service with `reqwest`, `tonic` and `sqlx` has two crypto providers, and none that is the default.

#![allow(clippy::unwrap_used)] // a test may

use std::panic::catch_unwind;

use otel_kit_sdk::transport::{Grpc, Http, HttpEncoding, Target, TlsSettings};
use otel_kit_testing::Signal;
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair};
use rustls::{ClientConfig, crypto::CryptoProvider};
use sqlx as _;

#[test]
fn tls_is_set_up_where_rustls_cannot_choose_a_provider() {
    assert!(catch_unwind(ClientConfig::builder).is_err(), "one provider only: the test shows nothing");
    let authority = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&authority, certificate()).unwrap();
    let tls = TlsSettings::new().ca_file(&authority);
    let target = |path: &str| [(Signal::Traces, Target::new(format!("https://collector.example{path}")))];

    Http::new(target("/v1/traces"), HttpEncoding::Protobuf, &tls).unwrap();
    Grpc::new(target(""), &tls).unwrap();

    assert!(CryptoProvider::get_default().is_none(), "the default is the host's to choose");
    // The service's own clients are as before.
    reqwest::Client::builder().build().unwrap();
    tonic::transport::Endpoint::from_static("https://service.example")
        .tls_config(tonic::transport::ClientTlsConfig::new())
        .unwrap();
}

fn certificate() -> String {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.self_signed(&KeyPair::generate().unwrap()).unwrap().pem()
}
