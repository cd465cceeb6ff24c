use std::{
    fmt,
    future::Future,
    io,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulShutdown, Watcher},
    service::TowerToHyperService,
};
use tokio::{
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time,
};

use crate::Endpoint;

/// A port that serves `/metrics` and nothing else.
///
/// It takes few connections at once, one request on each, and no connection lasts longer than a scrape may.
///
/// ```
/// use otel_kit_prometheus::{Endpoint, Listener};
/// use tokio::sync::oneshot;
///
/// # tokio::runtime::Runtime::new()?.block_on(async {
/// let listener = Listener::bind("127.0.0.1:0")?; // DEFAULT_ADDRESS in a service
/// let url = format!("http://{}/metrics", listener.local_addr());
/// let (stop, stopped) = oneshot::channel::<()>();
/// let serving = tokio::spawn(listener.serve(Endpoint::new(), async { drop(stopped.await) }));
///
/// let answer = reqwest::get(url).await?;
/// assert_eq!(answer.status(), 503);
/// assert_eq!(answer.text().await?, "no metrics: telemetry has not been started\n");
/// drop(stop);
/// serving.await??;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
}

impl Listener {
    /// Takes the address, such as [`DEFAULT_ADDRESS`]; port 0 is any that is free. Needs no runtime.
    ///
    /// # Errors
    /// If the address is no address of this host, or taken.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        let socket = TcpListener::bind(address)?;
        socket.set_nonblocking(true)?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address })
    }

    /// Where it listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Serves the endpoint until `stop` is ready, and then lets the scrapes end that have begun. Dropping it
    /// ends all at once. The tokio runtime that it is on has to do I/O and know the time.
    ///
    /// # Errors
    /// If the runtime cannot take over the port.
    pub async fn serve(self, endpoint: Endpoint, stop: impl Future<Output = ()>) -> io::Result<()> {
        let life = endpoint.limit().saturating_add(TRANSFER);
        let router: Router = endpoint.router();
        let socket = tokio::net::TcpListener::from_std(self.socket)?;
        let places = Arc::new(Semaphore::new(CONNECTIONS));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next() => {}
                accepted = accept(&socket, &places) => if let Some((stream, place)) = accepted {
                    let connection = serve(stream, router.clone(), graceful.watcher());
                    let _abort = connections.spawn(async move {
                        let _place = place;
                        let _ = time::timeout(life, connection).await;
                    });
                },
            }
        }
        drop(socket);
        graceful.shutdown().await;
        while connections.join_next().await.is_some() {}
        Ok(())
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listener").field("address", &self.address).finish_non_exhaustive()
    }
}

/// The next connection, as soon as there is a place for it.
async fn accept(
    socket: &tokio::net::TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match socket.accept().await {
        Ok((stream, _peer)) => Some((stream, place)),
        Err(_) => {
            // Too many open files, or a peer that is gone already.
            time::sleep(PAUSE).await;
            None
        }
    }
}

async fn serve(stream: TcpStream, router: Router, watcher: Watcher) {
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .max_buf_size(HEADERS)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // A peer that breaks off is its own affair.
    let _ = watcher.watch(connection).await;
}

/// Where OpenTelemetry's Prometheus exporters
/// [listen](https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/prometheus/#configuration) if nobody says
/// otherwise.
pub const DEFAULT_ADDRESS: &str = "localhost:9464";

const CONNECTIONS: usize = 16;
/// Time for a request to come in.
const PATIENCE: Duration = Duration::from_secs(5);
/// Time for request and answer to be on their way.
const TRANSFER: Duration = Duration::from_secs(20);
/// Time before the next attempt when no connection can be taken.
const PAUSE: Duration = Duration::from_millis(100);
/// Bytes of a request's head.
const HEADERS: usize = 16 * 1024;
