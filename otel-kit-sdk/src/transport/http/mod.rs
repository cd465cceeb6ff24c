mod answer;
mod body;
mod client;

use std::{fmt, sync::Arc};

use ::http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Uri,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING, USER_AGENT},
};
use bytes::Bytes;
use http_body_util::Full;
use otel_kit_core::{Delivery, OtlpRequest, Sending, Signal, Transport};

use self::client::Client;
use super::{
    Compression, HttpEncoding, Target, TlsSettings, TransportError,
    answer::{chain, check_size, rejected},
    endpoint::{PerSignal, Secrets, parse, user_agent},
    settings::shown,
};

/// [OTLP over HTTP](https://opentelemetry.io/docs/specs/otlp/#otlphttp), as protobuf or JSON.
///
/// Redirects are not followed: a header with a key goes to the configured endpoint and nowhere else.
/// `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are obeyed where the endpoint is `https`.
///
/// ```
/// use otel_kit_core::{Signal, Transport};
/// use otel_kit_sdk::transport::{Http, HttpEncoding, Target, TlsSettings};
///
/// let targets = Signal::ALL.map(|signal| {
///     let url = format!("http://localhost:4318/v1/{}", signal.name());
///     (signal, Target::new(url).header("x-api-key", "secret"))
/// });
/// let http = Http::new(targets, HttpEncoding::Protobuf, &TlsSettings::new())?;
/// assert_eq!(http.destination(Signal::Logs), "http://localhost:4318/v1/logs (http/protobuf)");
/// # Ok::<_, otel_kit_sdk::transport::TransportError>(())
/// ```
pub struct Http {
    client: Client,
    encoding: HttpEncoding,
    targets: PerSignal<Arc<Prepared>>,
}

impl Http {
    /// Sends each signal to its target, encoded as told.
    ///
    /// # Errors
    /// A URL or header that cannot be used, certificates that cannot be read, an `https` endpoint without
    /// the cargo feature `tls`. Nothing is connected yet.
    pub fn new(
        targets: impl IntoIterator<Item = (Signal, Target)>,
        encoding: HttpEncoding,
        tls: &TlsSettings,
    ) -> Result<Self, TransportError> {
        let targets = PerSignal::prepare(targets, |target| Prepared::new(&target, encoding).map(Arc::new))?;
        let client = client::build(targets.iter().map(|target| &target.uri), tls)?;
        Ok(Self { client, encoding, targets })
    }
}

impl Transport for Http {
    fn send(&self, request: OtlpRequest) -> Sending {
        let (client, encoding) = (self.client.clone(), self.encoding);
        let target = self.targets.get(request.signal).cloned();
        Box::pin(async move {
            match target {
                Some(target) => target.secrets.mask(deliver(&client, &target, encoding, &request).await),
                None => rejected(format!("no endpoint for {}", request.signal.name())),
            }
        })
    }

    fn destination(&self, signal: Signal) -> String {
        let encoding = self.encoding.name();
        self.targets
            .get(signal)
            .map_or_else(|| "nowhere".to_owned(), |target| format!("{} ({encoding})", target.shown))
    }

    fn protocol(&self) -> &'static str {
        match self.encoding {
            HttpEncoding::Protobuf => "http",
            HttpEncoding::Json => "http_json",
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let destinations = Signal::ALL.map(|signal| self.destination(signal));
        f.debug_tuple("Http").field(&destinations).finish()
    }
}

struct Prepared {
    uri: Uri,
    shown: String,
    headers: HeaderMap,
    compression: Compression,
    secrets: Secrets,
}

impl Prepared {
    fn new(target: &Target, encoding: HttpEncoding) -> Result<Self, TransportError> {
        let uri = parse(&target.url, "write it as http://host:4318/v1/traces")?;
        let mut headers = headers(target)?;
        for ours in [CONTENT_ENCODING, CONTENT_LENGTH, TRANSFER_ENCODING] {
            headers.remove(ours);
        }
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(body::content_type(encoding)));
        if let Some(name) = body::content_encoding(target.compression) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        let (shown, secrets) = (shown(&target.url), Secrets::of(target));
        Ok(Self { uri, shown, headers, compression: target.compression, secrets })
    }

    fn request(&self, body: Bytes) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

async fn deliver(
    client: &Client,
    target: &Prepared,
    encoding: HttpEncoding,
    request: &OtlpRequest,
) -> Delivery {
    if let Err(too_large) = check_size(request) {
        return too_large;
    }
    let body = match body::encode(request, encoding, target.compression) {
        Ok(body) => body,
        Err(reason) => return rejected(reason),
    };
    match client.request(target.request(body)).await {
        Ok(response) => answer::read(response, encoding).await,
        Err(error) => Delivery::Unanswered { reason: chain(&error) },
    }
}

/// The target's headers, none of which a `Debug` output shows.
fn headers(target: &Target) -> Result<HeaderMap, TransportError> {
    let mut headers = HeaderMap::new();
    if let Ok(agent) = HeaderValue::from_str(&user_agent()) {
        headers.insert(USER_AGENT, agent);
    }
    for (name, value) in &target.headers {
        let refused = || TransportError::Header { name: name.clone() };
        let key = HeaderName::try_from(name.as_str()).map_err(|_| refused())?;
        let mut value = HeaderValue::try_from(value.as_str()).map_err(|_| refused())?;
        value.set_sensitive(true);
        headers.insert(key, value);
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(url: &str) -> Result<Http, TransportError> {
        Http::new([(Signal::Traces, Target::new(url))], HttpEncoding::Json, &TlsSettings::new())
    }

    #[test]
    fn an_endpoint_that_is_none_is_refused_with_the_remedy_and_without_its_password() {
        for url in [
            "collector:4318",
            "localhost",
            "ftp://u:hunter22@h/",
            "http://",
            "",
            "http://h:port/",
            "http://u:hunter22/@h/",
        ] {
            let error = built(url).unwrap_err();
            assert!(matches!(error, TransportError::Endpoint { .. }), "{url}: {error}");
            let error = error.to_string();
            assert!(error.contains("http://") && !error.contains("hunter22"), "{error}");
        }
    }

    #[test]
    fn a_header_that_http_forbids_is_an_error_without_its_value() {
        for (name, value) in [("a b", "v"), ("", "v"), ("ok", "secret\n")] {
            let error = headers(&Target::new("http://h/").header(name, value)).unwrap_err().to_string();
            assert!(error.contains(name) && !error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn the_destination_has_no_credentials() {
        let http = built("http://h:1/v1/traces?key=secret").unwrap();
        assert_eq!(http.destination(Signal::Traces), "http://h:1/v1/traces (http/json)");
        let http = built("http://u:hunter22@h:1/v1/traces").unwrap();
        assert_eq!(http.destination(Signal::Traces), "http://h:1/v1/traces (http/json)");
        assert_eq!(http.destination(Signal::Logs), "nowhere");
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn https_without_the_feature_is_an_error_that_names_it() {
        let error = built("https://collector:4318/v1/traces").unwrap_err();
        assert!(error.to_string().contains("`tls`"), "{error}");
    }
}
