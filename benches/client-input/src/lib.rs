//! A client whose server answers at once: the last middleware is the server.

use std::{
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use async_trait::async_trait;
use http::Extensions;
use measure::Loop;
use reqwest::{Request, Response};
use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Middleware, Next, Result};

/// A client without any middleware but the server.
#[must_use]
pub fn bare() -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(Server).build()
}

/// A client with `middleware` around the server.
pub fn with(middleware: impl Middleware) -> ClientWithMiddleware {
    ClientBuilder::new(reqwest::Client::new()).with(middleware).with(Server).build()
}

/// Measures a request up to its response.
///
/// # Panics
/// If there is no response at once.
pub fn send(measured: Loop, client: &ClientWithMiddleware) {
    measured.run(|| {
        let request = client.get(black_box("http://shop.example:8080/orders/42?full=true")).send();
        let mut task = Context::from_waker(Waker::noop());
        let answer = pin!(request).poll(&mut task);
        assert!(matches!(answer, Poll::Ready(Ok(response)) if response.status() == 200));
    });
}

struct Server;

#[async_trait]
impl Middleware for Server {
    async fn handle(&self, request: Request, _: &mut Extensions, _: Next<'_>) -> Result<Response> {
        drop(black_box(request));
        Ok(http::Response::new("").into())
    }
}
