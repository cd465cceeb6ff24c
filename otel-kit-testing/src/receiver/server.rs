use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError, mpsc as sync_mpsc},
    thread,
    time::Duration,
};

use opentelemetry::Context;
use tokio::{runtime, sync::mpsc};
use tracing::Dispatch;

use super::{
    desk::Desk,
    site::{Order, Site},
};

/// The receiver's thread. Dropping this ends it.
pub(super) struct Server {
    orders: Option<mpsc::UnboundedSender<Order>>,
    /// Disconnected when the thread has ended.
    alive: Mutex<sync_mpsc::Receiver<()>>,
}

type Addresses = (SocketAddr, SocketAddr);

impl Server {
    /// Listens on both ports; answers the addresses for HTTP and for gRPC.
    pub(super) fn start(
        desk: &Arc<Desk>,
        http_port: u16,
        grpc_port: u16,
    ) -> io::Result<(Self, SocketAddr, SocketAddr)> {
        let (sender, orders) = mpsc::unbounded_channel();
        let (alive, ended) = sync_mpsc::channel::<()>();
        let (ready, started) = sync_mpsc::sync_channel(1);
        let desk = Arc::clone(desk);
        thread::Builder::new().name(THREAD.into()).spawn(move || {
            let _alive = alive;
            run(&ready, desk, orders, || Site::open(http_port, grpc_port));
        })?;
        let (http, grpc) = started.recv().map_err(|_| gone())??;
        Ok((Self { orders: Some(sender), alive: Mutex::new(ended) }, http, grpc))
    }

    /// Opens or closes the ports; done when this returns.
    pub(super) fn listen(&self, listen: bool) -> io::Result<()> {
        let (reply, done) = sync_mpsc::sync_channel(1);
        let orders = self.orders.as_ref().ok_or_else(gone)?;
        orders.send(Order { listen, reply }).map_err(|_| gone())?;
        done.recv_timeout(PATIENCE).map_err(|_| gone())?
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.orders = None;
        let alive = self.alive.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Nothing is ever sent: this returns when the thread ends.
        let _ = alive.recv_timeout(PATIENCE);
    }
}

fn run(
    ready: &sync_mpsc::SyncSender<io::Result<Addresses>>,
    desk: Arc<Desk>,
    orders: mpsc::UnboundedReceiver<Order>,
    open: impl FnOnce() -> io::Result<Site>,
) {
    // What the HTTP libraries log must not become telemetry of the test.
    let _suppressed = Context::enter_telemetry_suppressed_scope();
    let _silent = tracing::dispatcher::set_default(&Dispatch::none());
    let runtime = match runtime::Builder::new_current_thread().enable_io().enable_time().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    runtime.block_on(async {
        match open() {
            Ok(site) => {
                let _ = ready.send(Ok(site.addresses()));
                site.serve(desk, orders).await;
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    });
    runtime.shutdown_background();
}

fn gone() -> io::Error {
    io::Error::other("the receiver's thread does not answer")
}

const THREAD: &str = "otlp-receiver";
const PATIENCE: Duration = Duration::from_secs(2);
