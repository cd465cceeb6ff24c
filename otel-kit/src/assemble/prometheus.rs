//! The port of `metrics.prometheus.listen`.

use std::{
    io, mem,
    net::SocketAddr,
    sync::{Mutex, PoisonError, mpsc},
    thread,
    time::Duration,
};

use opentelemetry::Context;
use otel_kit_core::Kit;
use otel_kit_prometheus::{Endpoint, Listener};
use tokio::{
    runtime::{Builder, Runtime},
    sync::oneshot,
    time,
};

use crate::{InitError, config::Config};

/// Serves scrapes on a thread of its own, as long as it lives.
pub(crate) struct Prometheus {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    /// In a lock for the guard to be `Sync`.
    ended: Mutex<mpsc::Receiver<()>>,
}

/// The port, if the configuration names one: before anything runs, as it may be taken.
pub(super) fn bind(config: &Config) -> Result<Option<Listener>, InitError> {
    let address = config.metrics.prometheus.listen.as_ref().filter(|_| !config.disabled);
    let bind = |address: &String| Listener::bind(address).map_err(|error| failed(address, error));
    address.map(bind).transpose()
}

impl Prometheus {
    pub(super) fn start(listener: Listener, kit: &Kit) -> Result<Self, InitError> {
        let address = listener.local_addr();
        let (stop, stopped) = oneshot::channel();
        let (ending, ended) = mpsc::sync_channel(1);
        let endpoint = Endpoint::new().with(kit);
        let run = move |runtime: Runtime| {
            suppress_this_thread();
            runtime.block_on(serve(listener, endpoint, stopped));
            runtime.shutdown_background();
            let _ = ending.send(());
        };
        let thread = thread::Builder::new().name(NAME.to_owned());
        let started = runtime().and_then(|runtime| thread.spawn(move || run(runtime)));
        started.map_err(|error| failed(&address.to_string(), error))?;
        Ok(Self { address, stop: Some(stop), ended: Mutex::new(ended) })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Scrapes that have begun may end.
        let ended = self.ended.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = ended.recv_timeout(2 * GRACE);
    }
}

async fn serve(listener: Listener, endpoint: Endpoint, stopped: oneshot::Receiver<()>) {
    let (stop, stopping) = oneshot::channel::<()>();
    let serving = tokio::spawn(listener.serve(endpoint, async { drop(stopping.await) }));
    let _ = stopped.await;
    drop(stop);
    let _ = time::timeout(GRACE, serving).await;
}

fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread()
        .enable_io()
        .enable_time()
        .thread_name(WORK)
        .max_blocking_threads(WORKERS)
        .on_thread_start(suppress_this_thread)
        .build()
}

/// What is done for Prometheus is never traced.
fn suppress_this_thread() {
    mem::forget(Context::enter_telemetry_suppressed_scope());
}

fn failed(address: &str, error: io::Error) -> InitError {
    InitError::Prometheus { address: address.to_owned(), error }
}

const NAME: &str = "otel-kit-prometheus";
/// Makes the text of scrapes.
const WORK: &str = "otel-kit-scrape";
const WORKERS: usize = 2;
/// Time for scrapes to end.
const GRACE: Duration = Duration::from_millis(250);
