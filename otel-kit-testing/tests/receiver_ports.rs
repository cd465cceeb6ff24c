//! Starting, stopping and restarting.

#[cfg(test)]
mod support;

use std::{
    io,
    net::{TcpListener, TcpStream},
    time::{Duration, Instant},
};

use otel_kit_testing::OtlpReceiver;
use support::{address, send_span, spans, traces};

#[tokio::test]
async fn a_stopped_receiver_refuses_connections_until_it_restarts_on_the_same_ports() {
    let receiver = OtlpReceiver::start().unwrap();
    let endpoints = [receiver.http_endpoint(), receiver.grpc_endpoint()];
    let mut client = traces(&receiver).await;
    client.export(spans(["before"])).await.unwrap();
    for _ in 0..3 {
        receiver.stop_listening().unwrap();
        client.export(spans(["meanwhile"])).await.unwrap_err();
        for endpoint in &endpoints {
            let error = TcpStream::connect(address(endpoint)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::ConnectionRefused);
        }
        receiver.restart().unwrap();
        assert_eq!([receiver.http_endpoint(), receiver.grpc_endpoint()], endpoints);
        client.export(spans(["after"])).await.unwrap();
    }
    assert_eq!(receiver.spans().len(), 4);
}

#[test]
fn stopping_closes_open_connections() {
    let receiver = OtlpReceiver::start().unwrap();
    let mut idle = TcpStream::connect(address(&receiver.http_endpoint())).unwrap();
    idle.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    send_span(&receiver, "work").unwrap();
    receiver.stop_listening().unwrap();
    let closed = match io::Read::read(&mut idle, &mut [0]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
    };
    assert!(closed);
}

#[test]
fn stopping_and_restarting_twice_changes_nothing() {
    let receiver = OtlpReceiver::start().unwrap();
    receiver.restart().unwrap();
    receiver.stop_listening().unwrap();
    receiver.stop_listening().unwrap();
    receiver.restart().unwrap();
    assert_eq!(send_span(&receiver, "work").unwrap().status(), 200);
}

#[test]
fn a_stopped_receivers_port_stays_its_own() {
    let receiver = OtlpReceiver::start().unwrap();
    let port = address(&receiver.http_endpoint()).port();
    receiver.stop_listening().unwrap();
    for _ in 0..200 {
        assert_ne!(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port(), port);
    }
    receiver.restart().unwrap();
}

#[test]
fn a_taken_port_is_an_error_that_names_it() {
    let first = OtlpReceiver::start().unwrap();
    let port = address(&first.grpc_endpoint()).port();
    let error = OtlpReceiver::builder().grpc_port(port).start().unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
}

#[tokio::test]
async fn it_starts_and_drops_inside_a_runtime_and_the_port_is_free_at_once() {
    let receiver = OtlpReceiver::start().unwrap();
    let (http, grpc) = (address(&receiver.http_endpoint()), address(&receiver.grpc_endpoint()));
    traces(&receiver).await.export(spans(["work"])).await.unwrap();
    let start = Instant::now();
    drop(receiver);
    assert!(start.elapsed() < Duration::from_secs(1));
    assert_eq!(TcpStream::connect(grpc).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
    let again = OtlpReceiver::builder().http_port(http.port()).grpc_port(grpc.port()).start().unwrap();
    assert_eq!(address(&again.http_endpoint()), http);
}
