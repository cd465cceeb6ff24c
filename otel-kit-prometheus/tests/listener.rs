//! The listener on a real port.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that fails fails its test"
)]

mod support;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use otel_kit_core::Kit;
use otel_kit_prometheus::{Endpoint, Listener};
use support::{counting_kit, kit, line, orders};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Notify, oneshot},
    task::JoinHandle,
    time::timeout,
};

struct Served {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl Served {
    fn start(kit: &Kit) -> Self {
        let listener = Listener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(listener.serve(Endpoint::new().with(kit), async { drop(stopped.await) }));
        Self { address, stop, serving }
    }

    fn url(&self) -> String {
        format!("http://{}/metrics", self.address)
    }

    async fn stop(self) {
        drop(self.stop);
        timeout(PATIENCE, self.serving).await.expect("an end").unwrap().unwrap();
    }
}

#[tokio::test]
async fn it_serves_metrics_and_nothing_else() {
    let served = Served::start(&counting_kit());
    let answer = reqwest::get(served.url()).await.unwrap();
    assert_eq!(answer.headers()["connection"], "close");
    let text = answer.text().await.unwrap(); // unzipped
    assert!(text.ends_with(&line(1)), "{text}");
    let other = reqwest::get(format!("http://{}/", served.address)).await.unwrap();
    assert_eq!(other.status(), 404);
    served.stop().await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_an_error() {
    let first = Listener::bind("127.0.0.1:0").unwrap();
    let second = Listener::bind(first.local_addr());
    assert_eq!(second.unwrap_err().kind(), io::ErrorKind::AddrInUse);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_connections_take_turns() {
    let served = Served::start(&counting_kit());
    let scrapes: Vec<_> = (0..40).map(|_| tokio::spawn(reqwest::get(served.url()))).collect();
    for scrape in scrapes {
        assert_eq!(scrape.await.unwrap().unwrap().status(), 200);
    }
    served.stop().await;
}

#[tokio::test]
async fn a_stop_lets_a_running_scrape_end_and_takes_no_other() {
    let (asked, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (at_source, release) = (asked.clone(), go_on.clone());
    let kit = kit(move || {
        let (asked, go_on) = (at_source.clone(), release.clone());
        async move {
            asked.notify_one();
            go_on.notified().await;
            Ok(orders(3))
        }
    });
    let served = Served::start(&kit);
    let url = served.url();
    let running = tokio::spawn(reqwest::get(url.clone()));
    asked.notified().await;
    let mut stopping = Box::pin(served.stop());
    assert!(timeout(Duration::from_millis(50), &mut stopping).await.is_err());
    assert!(reqwest::get(url).await.is_err(), "the port is closed");
    go_on.notify_one();
    assert!(running.await.unwrap().unwrap().text().await.unwrap().ends_with(&line(3)));
    stopping.await;
}

#[tokio::test]
async fn a_peer_that_says_nothing_is_let_go() {
    let served = Served::start(&counting_kit());
    let mut silent = TcpStream::connect(served.address).await.unwrap();
    let mut slow = TcpStream::connect(served.address).await.unwrap();
    slow.write_all(b"GET /metrics HTTP/1.1\r\nHost: ").await.unwrap();
    for peer in [&mut silent, &mut slow] {
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, peer.read_to_end(&mut answer)).await.expect("an end");
    }
    served.stop().await;
}

const PATIENCE: Duration = Duration::from_secs(30);
