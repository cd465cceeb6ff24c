//! The crypto provider that the host installed for its process is the one that is used: hence alone here.
#![cfg(all(feature = "http", feature = "grpc", feature = "tls"))]
#![allow(clippy::unwrap_used)] // helpers of tests

mod transports;

use std::sync::Arc;

use otel_kit_core::Signal;
use otel_kit_sdk::transport::{Grpc, Http, HttpEncoding, Target};
use rustls::{
    CipherSuite, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::PrivateKeyDer,
};
use tokio::{net::TcpListener, task::JoinHandle};
use transports::{batch, send, tls::Authority, unanswered_reason};

/// Tells the cipher suite of the first connection and closes it.
async fn receiver(authority: &Authority) -> (u16, JoinHandle<CipherSuite>) {
    let issued = authority.issue("localhost");
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![issued.certificate],
            PrivateKeyDer::try_from(issued.key.serialize_der()).unwrap(),
        )
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let accepting = tokio::spawn(async move {
        let (connection, _) = listener.accept().await.unwrap();
        let connection = acceptor.accept(connection).await.unwrap();
        connection.get_ref().1.negotiated_cipher_suite().unwrap().suite()
    });
    (port, accepting)
}

#[tokio::test]
async fn the_provider_of_the_host_makes_the_connections() {
    let only = CipherSuite::TLS13_CHACHA20_POLY1305_SHA256;
    let mut provider = ring::default_provider();
    provider.cipher_suites.retain(|suite| suite.suite() == only);
    CryptoProvider::install_default(provider).unwrap();

    let authority = Authority::new("host-provider");
    let (port, suite) = receiver(&authority).await;
    let target = Target::new(format!("https://localhost:{port}/v1/traces"));
    let http = Http::new([(Signal::Traces, target)], HttpEncoding::Protobuf, &authority.trusting()).unwrap();
    unanswered_reason(send(&http, batch(Signal::Traces, "x")).await);
    assert_eq!(suite.await.unwrap(), only);

    let (port, suite) = receiver(&authority).await;
    let target = Target::new(format!("https://localhost:{port}"));
    let grpc = Grpc::new([(Signal::Traces, target)], &authority.trusting()).unwrap();
    unanswered_reason(send(&grpc, batch(Signal::Traces, "x")).await);
    assert_eq!(suite.await.unwrap(), only);
}
