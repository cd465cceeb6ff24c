//! OpenTelemetry for [reqwest] clients: a span for each attempt, its duration, and the trace in its headers.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use otel_kit_reqwest::{ClientBuilder, OtelMiddleware, reqwest};
//! use otel_kit_testing::Telemetry;
//! # use axum::{Router, http::HeaderMap, routing::get};
//!
//! // A server that answers with the `traceparent` that it got.
//! let answer = async |headers: HeaderMap| headers["traceparent"].to_str().unwrap_or_default().to_owned();
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let url = format!("http://{}/", listener.local_addr()?);
//! tokio::spawn(async move { axum::serve(listener, Router::new().route("/", get(answer))).await });
//!
//! // In a service: otel_kit::init!()?, and then otel_kit::reqwest::client(reqwest::Client::new()).
//! let telemetry = Telemetry::new();
//! let otel = OtelMiddleware::new().with(telemetry.kit());
//! let client = ClientBuilder::new(reqwest::Client::new()).with(otel).build();
//!
//! let traceparent = client.get(&url).send().await?.text().await?;
//! let [span] = &telemetry.spans()[..] else { panic!("{telemetry:?}") };
//! assert_eq!(span.name, "GET");
//! assert_eq!(span.attr("url.full"), url);
//! assert_eq!(span.attr("http.response.status_code"), 200);
//! assert_eq!(traceparent, format!("00-{}-{}-03", span.trace_id, span.span_id));
//! # Ok(()) }
//! ```
//!
//! # What is emitted
//!
//! - A [CLIENT span](https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span) for each
//!   attempt, from before the first byte until the head of the response is read; the body is not covered. It
//!   is named after the method and the [`UrlTemplate`] of the request. A resend of the same request is counted
//!   in `http.request.resend_count`, a redirect too if [`RedirectMiddleware`] follows it ([`build()`]).
//! - [`http.client.request.duration`](https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration),
//!   in seconds, whether sampled or not.
//! - Headers `traceparent`, `tracestate`, `baggage`, in place of those that the caller set: the server's
//!   parent is this span. Where nothing is to be sent, the caller's own stay.
//!
//! Status 400 and above is an error, and `error.type` the code. Without a response it is one of `timeout`,
//! `dns`, `connection_refused`, `connection_reset`, `connection_closed`, `connection_aborted`,
//! `broken_pipe`, `host_unreachable`, `network_unreachable`, `address_not_available`, `tls`,
//! `connection_failed`, `redirect`, `request_body`, `invalid_request`, `invalid_response`, `panic`,
//! `http2_` and the name of an [error code](https://www.rfc-editor.org/rfc/rfc9113#section-7) such as
//! `http2_refused_stream`, and `_OTHER`. A request that the caller drops is no error: its span has `otel_kit.cancelled`.
//!
//! # Configuration
//!
//! [`HttpClientSettings`](otel_kit_core::settings::HttpClientSettings) of the kit: the hosts that receive the
//! trace and those that receive baggage, captured headers, known methods, what is masked in URLs.
//!
//! Redirects that reqwest follows, and attempts that it repeats by itself, are one attempt here, to the first
//! URL and with the last answer; the rules look at the first host, and the headers go along to all others.
//!
//! The features `form`, `json`, `multipart` and `query` add the methods of these names to
//! [`RequestBuilder`].

mod attributes;
mod client;
mod failure;
mod future;
mod hops;
mod http2;
mod metrics;
mod middleware;
mod nesting;
mod place;
mod redirect;
mod span;
mod target;
mod template;

pub use reqwest;
pub use reqwest_middleware::{ClientBuilder, ClientWithMiddleware, Error, RequestBuilder};

pub use self::{
    middleware::OtelMiddleware,
    redirect::{RedirectMiddleware, TooManyRedirects},
    template::UrlTemplate,
};

/// A client with [`OtelMiddleware`] over the kit that `otel_kit::init!()` installs.
///
/// It has the methods of [`reqwest::Client`]. It may be built before `init`: until a kit is installed,
/// requests pass through untouched. For a kit of one's own, or for further middlewares such as retries, use
/// [`ClientBuilder`] with [`OtelMiddleware`] as the last one. Redirects that the client follows have no spans
/// of their own, and take the trace to hosts that the settings do not name: see [`build()`].
///
/// ```
/// let client = otel_kit_reqwest::client(reqwest::Client::new());
/// let request = client.get("http://shop.example/orders/7").build()?;
/// assert_eq!(request.url().path(), "/orders/7");
/// # Ok::<_, reqwest::Error>(())
/// ```
#[must_use]
pub fn client(client: reqwest::Client) -> ClientWithMiddleware {
    ClientBuilder::new(client).with(OtelMiddleware::new()).build()
}

/// Builds a client that is instrumented like that of [`client()`], and whose redirects are attempts with spans
/// of their own: [`RedirectMiddleware`] follows them, and says what is different then.
///
/// ```
/// use std::time::Duration;
///
/// let client = otel_kit_reqwest::build(reqwest::Client::builder().timeout(Duration::from_secs(5)))?;
/// # Ok::<_, reqwest::Error>(())
/// ```
///
/// # Errors
///
/// Those of [`reqwest::ClientBuilder::build`].
pub fn build(builder: reqwest::ClientBuilder) -> reqwest::Result<ClientWithMiddleware> {
    let (redirects, client) = RedirectMiddleware::with_client(builder)?;
    Ok(ClientBuilder::new(client).with(redirects).with(OtelMiddleware::new()).build())
}
