use std::{
    future, io,
    net::{Ipv4Addr, SocketAddr},
};

use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// A port of 127.0.0.1 that is held all the time, whether anyone listens on it or not: else another process
/// could get it in between, or a client that tries to connect to it could meet itself.
pub(super) struct Port {
    address: SocketAddr,
    state: State,
}

enum State {
    /// Bound only: connecting is refused.
    Held(TcpSocket),
    Listening(TcpListener),
    /// Another process has it.
    Lost,
}

impl Port {
    pub(super) fn hold(number: u16) -> io::Result<Self> {
        let socket = bind(SocketAddr::from((Ipv4Addr::LOCALHOST, number)))?;
        Ok(Self { address: socket.local_addr()?, state: State::Held(socket) })
    }

    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(super) fn open(&mut self) -> io::Result<()> {
        let socket = match std::mem::replace(&mut self.state, State::Lost) {
            State::Held(socket) => socket,
            State::Lost => bind(self.address)?,
            listening @ State::Listening(_) => {
                self.state = listening;
                return Ok(());
            }
        };
        self.state = State::Listening(socket.listen(BACKLOG)?);
        Ok(())
    }

    pub(super) fn close(&mut self) -> io::Result<()> {
        if let State::Held(_) = self.state {
            return Ok(());
        }
        self.state = State::Lost;
        self.state = State::Held(bind(self.address)?);
        Ok(())
    }

    /// The next connection; never one while the port is closed.
    pub(super) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.state {
            State::Listening(listener) => listener.accept().await,
            State::Held(_) | State::Lost => future::pending().await,
        }
    }
}

fn bind(address: SocketAddr) -> io::Result<TcpSocket> {
    let bound = || {
        let socket = TcpSocket::new_v4()?;
        // On Windows the option would let two processes share the port.
        socket.set_reuseaddr(cfg!(not(windows)))?;
        socket.bind(address)?;
        Ok(socket)
    };
    bound().map_err(|error: io::Error| named(&error, address))
}

fn named(error: &io::Error, address: SocketAddr) -> io::Error {
    io::Error::new(error.kind(), format!("cannot listen on {address}: {error}"))
}

const BACKLOG: u32 = 1024;
