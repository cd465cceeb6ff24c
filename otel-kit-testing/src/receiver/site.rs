use std::{
    io,
    net::SocketAddr,
    sync::{Arc, mpsc as sync_mpsc},
    time::Duration,
};

use tokio::{net::TcpStream, sync::mpsc, task::JoinSet, time::sleep};

use super::{
    connection::{serve_grpc, serve_http},
    desk::Desk,
    port::Port,
};

/// Both ports with the connections to them.
pub(super) struct Site {
    http: Port,
    grpc: Port,
}

/// Asks the site to open or to close its ports.
pub(super) struct Order {
    pub(super) listen: bool,
    pub(super) reply: sync_mpsc::SyncSender<io::Result<()>>,
}

enum Event {
    Order(Option<Order>),
    Http(io::Result<(TcpStream, SocketAddr)>),
    Grpc(io::Result<(TcpStream, SocketAddr)>),
    Closed,
}

impl Site {
    pub(super) fn open(http_port: u16, grpc_port: u16) -> io::Result<Self> {
        let mut site = Self { http: Port::hold(http_port)?, grpc: Port::hold(grpc_port)? };
        site.listen()?;
        Ok(site)
    }

    pub(super) fn addresses(&self) -> (SocketAddr, SocketAddr) {
        (self.http.address(), self.grpc.address())
    }

    /// Serves until nobody is left who could give an order.
    pub(super) async fn serve(mut self, desk: Arc<Desk>, mut orders: mpsc::UnboundedReceiver<Order>) {
        let mut connections = JoinSet::new();
        loop {
            let event = tokio::select! {
                order = orders.recv() => Event::Order(order),
                accepted = self.http.accept() => Event::Http(accepted),
                accepted = self.grpc.accept() => Event::Grpc(accepted),
                Some(_) = connections.join_next() => Event::Closed,
            };
            match event {
                Event::Closed => {}
                Event::Order(None) => return,
                Event::Order(Some(Order { listen, reply })) => {
                    let outcome = if listen { self.listen() } else { self.close() };
                    if !listen {
                        connections.shutdown().await;
                    }
                    let _ = reply.try_send(outcome);
                }
                Event::Http(Ok((stream, peer))) => {
                    connections.spawn(serve_http(stream, peer, Arc::clone(&desk)));
                }
                Event::Grpc(Ok((stream, peer))) => {
                    connections.spawn(serve_grpc(stream, peer, Arc::clone(&desk)));
                }
                // No file descriptors left, most likely: do not spin until there are some.
                Event::Http(Err(_)) | Event::Grpc(Err(_)) => sleep(BREATHER).await,
            }
        }
    }

    fn listen(&mut self) -> io::Result<()> {
        self.http.open()?;
        self.grpc.open()
    }

    fn close(&mut self) -> io::Result<()> {
        self.http.close().and(self.grpc.close())
    }
}

const BREATHER: Duration = Duration::from_millis(10);
