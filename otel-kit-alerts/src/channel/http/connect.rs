use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderValue, Uri};
use hyper_util::{
    client::{
        legacy::connect::{HttpConnector, proxy::Tunnel},
        proxy::matcher::{Intercept, Matcher},
    },
    rt::TokioIo,
};
use tokio::net::TcpStream;
use tower_service::Service;

/// Connects by TCP; where TLS follows, through the proxy that `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name.
#[derive(Clone)]
pub(super) struct Connector {
    tcp: HttpConnector,
    proxies: Arc<Matcher>,
}

impl Connector {
    pub(super) fn new() -> Self {
        Self::with(Matcher::from_env())
    }

    fn with(proxies: Matcher) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT_TIMEOUT));
        Self { tcp, proxies: Arc::new(proxies) }
    }

    fn proxy(&self, uri: &Uri) -> Option<Intercept> {
        if uri.scheme_str() == Some("https") { self.proxies.intercept(uri) } else { None }
    }
}

type Error = Box<dyn std::error::Error + Send + Sync>;

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.tcp.poll_ready(context).map_err(Into::into)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let Some(proxy) = self.proxy(&uri) else {
            let connecting = self.tcp.call(uri);
            return Box::pin(async move { Ok(connecting.await?) });
        };
        if proxy.uri().scheme_str() != Some("http") {
            let kind = proxy.uri().scheme_str().unwrap_or_default().to_owned();
            return Box::pin(
                async move { Err(format!("a proxy of the kind `{kind}` is not supported").into()) },
            );
        }
        let connecting = tunnel(&proxy, self.tcp.clone()).call(uri);
        Box::pin(async move { Ok(connecting.await?) })
    }
}

fn tunnel(proxy: &Intercept, tcp: HttpConnector) -> Tunnel<HttpConnector> {
    let tunnel = Tunnel::new(proxy.uri().clone(), tcp);
    match proxy.basic_auth() {
        Some(auth) => tunnel.with_auth(HeaderValue::clone(auth)),
        None => tunnel,
    }
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    fn connector(proxy: &str) -> Connector {
        Connector::with(Matcher::builder().all(proxy).no("inside.example").build())
    }

    #[tokio::test]
    async fn a_server_with_tls_is_reached_through_the_proxy() {
        let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = proxy.local_addr().unwrap();
        let serving = tokio::spawn(async move {
            let (mut connection, _) = proxy.accept().await.unwrap();
            let mut request = [0; 1024];
            let read = connection.read(&mut request).await.unwrap();
            connection.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        let mut connector = connector(&format!("http://user:pass@{address}"));
        connector.call(Uri::from_static("https://hooks.example")).await.unwrap();
        let request = serving.await.unwrap();
        assert!(request.starts_with("CONNECT hooks.example:443 HTTP/1.1\r\n"), "{request}");
        assert!(request.to_ascii_lowercase().contains("proxy-authorization: basic "), "{request}");
    }

    #[test]
    fn no_proxy_stands_before_a_server_that_is_excepted_or_without_tls() {
        let connector = connector("http://127.0.0.1:1");
        for uri in ["https://inside.example", "http://hooks.example"] {
            assert!(connector.proxy(&Uri::from_static(uri)).is_none(), "{uri}");
        }
        assert!(connector.proxy(&Uri::from_static("https://hooks.example")).is_some());
    }

    #[tokio::test]
    async fn a_proxy_of_another_kind_is_an_error_that_says_so() {
        let error = connector("socks5://127.0.0.1:1").call(Uri::from_static("https://h")).await.unwrap_err();
        assert!(error.to_string().contains("`socks5`"), "{error}");
    }
}
