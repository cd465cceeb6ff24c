//! TLS with an own certificate authority, over HTTP and over gRPC.
#![allow(clippy::unwrap_used)] // helpers of tests
#![cfg(all(feature = "http", feature = "grpc", feature = "tls"))]

mod transports;

use std::{fs, path::Path, sync::Arc};

use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
    trace_service_server::{TraceService, TraceServiceServer},
};
use otel_kit_core::{Delivery, Signal, Transport};
use otel_kit_sdk::transport::{Grpc, Http, HttpEncoding, Target, TlsSettings, TransportError};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivateKeyDer, server::WebPkiClientVerifier};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use tonic::{
    Request, Response, Status,
    transport::{
        Certificate, Identity, ServerTlsConfig,
        server::{Server, TcpIncoming},
    },
};
use transports::{batch, response, send, tls::Authority, unanswered_reason};

/// Receivers for HTTP and gRPC whose certificate is for `name`; their ports.
async fn receivers(authority: &Authority, name: &str, asks_client: bool) -> (u16, u16) {
    (http_receiver(authority, name, asks_client).await, grpc_receiver(authority, name, asks_client).await)
}

async fn http_receiver(authority: &Authority, name: &str, asks_client: bool) -> u16 {
    let issued = authority.issue(name);
    let provider = Arc::new(ring::default_provider());
    let builder =
        ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions().unwrap();
    let builder = if asks_client {
        let roots = Arc::new(authority.roots());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build().unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::try_from(issued.key.serialize_der()).unwrap();
    let config = builder.with_single_cert(vec![issued.certificate], key).unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            if let Ok(mut connection) = acceptor.accept(connection).await {
                let _ = connection.read(&mut [0; 65_536]).await;
                let _ = connection.write_all(&response("200 OK", "", b"")).await;
                let _ = connection.shutdown().await;
            }
        }
    });
    port
}

async fn grpc_receiver(authority: &Authority, name: &str, asks_client: bool) -> u16 {
    struct Accepting;

    #[tonic::async_trait]
    impl TraceService for Accepting {
        async fn export(
            &self,
            _: Request<ExportTraceServiceRequest>,
        ) -> Result<Response<ExportTraceServiceResponse>, Status> {
            Ok(Response::new(ExportTraceServiceResponse::default()))
        }
    }

    // `tonic`'s server asks for the process default where a build has two providers. One that is there already does.
    let _ = ring::default_provider().install_default();
    let issued = authority.issue(name);
    let identity = Identity::from_pem(issued.pem, issued.key.serialize_pem());
    let mut tls = ServerTlsConfig::new().identity(identity);
    if asks_client {
        tls = tls.client_ca_root(Certificate::from_pem(authority.issuer.pem()));
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = Server::builder().tls_config(tls).unwrap().add_service(TraceServiceServer::new(Accepting));
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    port
}

fn http(host: &str, port: u16, tls: &TlsSettings) -> Result<Http, TransportError> {
    let target = Target::new(format!("https://{host}:{port}/v1/traces"));
    Http::new([(Signal::Traces, target)], HttpEncoding::Protobuf, tls)
}

fn grpc(host: &str, port: u16, tls: &TlsSettings) -> Result<Grpc, TransportError> {
    Grpc::new([(Signal::Traces, Target::new(format!("https://{host}:{port}")))], tls)
}

/// What both transports make of a receiver for `name` that is called `host`.
async fn delivered(ports: (u16, u16), host: &str, tls: &TlsSettings) -> [Delivery; 2] {
    let request = || batch(Signal::Traces, "x");
    [
        send(&http(host, ports.0, tls).unwrap(), request()).await,
        send(&grpc(host, ports.1, tls).unwrap(), request()).await,
    ]
}

fn refused(deliveries: [Delivery; 2]) {
    for delivery in deliveries {
        let reason = unanswered_reason(delivery);
        assert!(reason.contains("certificate"), "{reason}");
    }
}

#[tokio::test]
async fn a_receiver_of_the_named_authority_is_trusted_by_name_and_by_address() {
    for name in ["localhost", "127.0.0.1"] {
        let authority = Authority::new(&format!("trusted-{name}"));
        let ports = receivers(&authority, name, false).await;
        assert_eq!(
            delivered(ports, name, &authority.trusting()).await,
            [Delivery::ACCEPTED, Delivery::ACCEPTED]
        );
    }
}

#[tokio::test]
async fn a_receiver_of_an_authority_that_the_system_does_not_know_is_refused() {
    let authority = Authority::new("unknown");
    let ports = receivers(&authority, "localhost", false).await;
    match http("localhost", ports.0, &TlsSettings::new()) {
        // A machine without any root certificates says so at start.
        Err(error) => assert!(matches!(error, TransportError::NoRoots)),
        Ok(_) => refused(delivered(ports, "localhost", &TlsSettings::new()).await),
    }
}

#[tokio::test]
async fn a_receiver_of_another_authority_is_refused() {
    let (authority, other) = (Authority::new("one"), Authority::new("another"));
    let ports = receivers(&authority, "localhost", false).await;
    refused(delivered(ports, "localhost", &other.trusting()).await);
}

#[tokio::test]
async fn a_receiver_with_the_certificate_of_another_host_is_refused() {
    let authority = Authority::new("mismatch");
    let ports = receivers(&authority, "elsewhere.example", false).await;
    refused(delivered(ports, "localhost", &authority.trusting()).await);
}

#[tokio::test]
async fn a_receiver_that_asks_who_we_are_is_told() {
    let authority = Authority::new("mutual");
    let ports = receivers(&authority, "localhost", true).await;
    assert_eq!(
        delivered(ports, "localhost", &authority.with_client()).await,
        [Delivery::ACCEPTED, Delivery::ACCEPTED]
    );
    for delivery in delivered(ports, "localhost", &authority.trusting()).await {
        unanswered_reason(delivery);
    }
}

#[tokio::test]
async fn an_endpoint_with_tls_says_where_it_goes() {
    let authority = Authority::new("destination");
    let http = http("collector", 4318, &authority.trusting()).unwrap();
    assert_eq!(http.destination(Signal::Traces), "https://collector:4318/v1/traces (http/protobuf)");
    let grpc = Grpc::new([(Signal::Traces, Target::new("collector:4317"))], &authority.trusting()).unwrap();
    assert_eq!(grpc.destination(Signal::Traces), "https://collector:4317 (grpc)");
}

#[test]
fn files_that_cannot_be_used_are_named_at_start() {
    let authority = Authority::new("files");
    let (ca, absent) = (authority.ca(), authority.folder.join("absent.pem"));
    let empty = authority.folder.join("empty.pem");
    fs::write(&empty, "no certificate here").unwrap();
    let error = |tls: TlsSettings| {
        let of_http = http("h", 1, &tls).unwrap_err();
        let of_grpc = grpc("h", 1, &tls).unwrap_err();
        assert_eq!(of_http.to_string(), of_grpc.to_string());
        of_http
    };
    let names = |error: &TransportError, path: &Path| error.to_string().contains(&path.display().to_string());

    let missing = error(TlsSettings::new().ca_file(&absent));
    assert!(matches!(missing, TransportError::File { .. }) && names(&missing, &absent), "{missing}");
    let useless = error(TlsSettings::new().ca_file(&empty));
    assert!(matches!(useless, TransportError::Pem { .. }) && names(&useless, &empty), "{useless}");
    let no_key = error(authority.trusting().client_certificate(&ca, &ca));
    assert!(no_key.to_string().contains("private key"), "{no_key}");
    let half = error(authority.trusting().cert_file(&ca));
    assert!(matches!(half, TransportError::HalfAnIdentity));
    let half = error(authority.trusting().key_file(&ca));
    assert!(matches!(half, TransportError::HalfAnIdentity));
}

#[test]
fn without_tls_no_certificate_is_read() {
    let nowhere = TlsSettings::new().ca_file("/does/not/exist");
    let target = || Target::new("http://h:1");
    assert!(Http::new([(Signal::Traces, target())], HttpEncoding::Json, &nowhere).is_ok());
    assert!(Grpc::new([(Signal::Traces, target())], &nowhere).is_ok());
}
