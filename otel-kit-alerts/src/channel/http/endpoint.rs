use std::{
    collections::BTreeMap,
    error::Error,
    path::Path,
    time::{Duration, SystemTime},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, Uri,
    header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER, USER_AGENT},
};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use serde_json::Value;
use url::Url;

use super::client::{Client, build};
use crate::{
    channel::{Answer, Failure},
    mask::{Scrubber, Secret, server},
    notify::SettingsError,
};

/// One URL that JSON is posted to. Nobody is shown more of it than the server.
#[derive(Debug)]
pub(in crate::channel) struct Endpoint {
    server: String,
    uri: Secret,
    headers: HeaderMap,
    scrubber: Scrubber,
    client: Client,
    policy: Policy,
}

/// What an answer means.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::channel) struct Policy {
    /// Whether 429 is worth another try.
    pub(in crate::channel) retries_too_many: bool,
    /// Whether `{"ok": false}` is a refusal.
    pub(in crate::channel) reads_ok: bool,
}

impl Endpoint {
    /// The error's path is relative to the channel.
    pub(in crate::channel) fn new(
        url: &Secret,
        headers: &BTreeMap<String, Secret>,
        ca_file: Option<&Path>,
        policy: Policy,
    ) -> Result<Self, SettingsError> {
        let url = parse(url)?;
        let secrets =
            headers.values().flat_map(|value| [value.reveal()].into_iter().chain(value.reveal().split(' ')));
        Ok(Self {
            server: server(&url),
            scrubber: Scrubber::of_url(&url).and(secrets),
            headers: all_headers(&url, headers)?,
            client: build(url.scheme() == "https", ca_file)?,
            uri: Secret::from(without_credentials(url)),
            policy,
        })
    }

    /// One try.
    pub(in crate::channel) async fn post(
        &self,
        body: Vec<u8>,
        more: Option<(HeaderName, HeaderValue)>,
    ) -> Answer {
        let Ok(uri) = Uri::try_from(self.uri.reveal()) else {
            return Answer::Failed(Failure::new("url", format!("{}: the URL is none for HTTP", self.server)));
        };
        let mut request = Request::new(Full::new(Bytes::from(body)));
        *request.method_mut() = http::Method::POST;
        *request.uri_mut() = uri;
        *request.headers_mut() = self.headers.clone();
        request.headers_mut().extend(more);
        match self.client.request(request).await {
            Ok(response) => self.read(response).await,
            Err(error) => Answer::Retry { after: None, failure: self.failure("connection", &chain(&error)) },
        }
    }

    async fn read(&self, response: Response<Incoming>) -> Answer {
        let (head, body) = response.into_parts();
        let after = head.headers.get(RETRY_AFTER).and_then(|value| retry_after(value, SystemTime::now()));
        let body = Limited::new(body, LONGEST_ANSWER).collect().await;
        let body = body.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        self.judge(head.status, after, &body)
    }

    fn judge(&self, status: StatusCode, after: Option<Duration>, body: &[u8]) -> Answer {
        let failure = || {
            let said = String::from_utf8_lossy(body);
            self.failure(status.as_str(), format!("{status} {said}").trim_end())
        };
        match status {
            status if status.is_success() && !(self.policy.reads_ok && is_refusal(body)) => Answer::Sent,
            StatusCode::TOO_MANY_REQUESTS if self.policy.retries_too_many => {
                Answer::Retry { after, failure: failure() }
            }
            status if status.is_server_error() => Answer::Retry { after, failure: failure() },
            _ => Answer::Failed(failure()),
        }
    }

    fn failure(&self, reason: &str, detail: &str) -> Failure {
        Failure::new(reason.to_owned(), format!("{}: {}", self.server, self.scrubber.scrub(detail)))
    }
}

fn parse(url: &Secret) -> Result<Url, SettingsError> {
    match Url::parse(url.reveal()) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(url),
        _ => {
            Err(SettingsError::new("url", "it is no URL with http or https", "give one with a server in it"))
        }
    }
}

fn all_headers(url: &Url, more: &BTreeMap<String, Secret>) -> Result<HeaderMap, SettingsError> {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(concat!("otel-kit/", env!("CARGO_PKG_VERSION"))));
    if let Some(basic) = basic(url) {
        headers.insert(AUTHORIZATION, secret(&basic, "url")?);
    }
    for (name, value) in more {
        let path = format!("headers.{name}");
        let name = HeaderName::try_from(name.as_str()).map_err(|_| {
            SettingsError::new(&path, "it is no name of a header", "write letters, digits and -")
        })?;
        headers.insert(name, secret(value.reveal(), &path)?);
    }
    Ok(headers)
}

fn secret(value: &str, path: &str) -> Result<HeaderValue, SettingsError> {
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| SettingsError::new(path, "it has characters that no header may have", "remove them"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn basic(url: &Url) -> Option<String> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let pair = format!("{}:{}", plain(url.username()), plain(url.password().unwrap_or_default()));
    Some(format!("Basic {}", BASE64_STANDARD.encode(pair)))
}

fn without_credentials(mut url: Url) -> String {
    url.set_username("").ok();
    url.set_password(None).ok();
    url.set_fragment(None);
    url.into()
}

fn is_refusal(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|answer| answer.get("ok") == Some(&Value::Bool(false)))
}

/// Seconds or a date, as [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#field.retry-after) says.
fn retry_after(value: &HeaderValue, now: SystemTime) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(now).unwrap_or_default())
}

/// The error and what is behind it.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text = format!("{text}: {error}");
        next = error.source();
    }
    text
}

/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 16 << 10;

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn endpoint(policy: Policy) -> Endpoint {
        let headers = BTreeMap::from([("authorization".to_owned(), Secret::from("Bearer t0k3n-of-ops"))]);
        Endpoint::new(
            &"http://u:hunter2@hooks.example/services/T000/s3cr3t-path".into(),
            &headers,
            None,
            policy,
        )
        .unwrap()
    }

    fn kind(answer: &Answer) -> (&'static str, Option<&str>) {
        match answer {
            Answer::Sent => ("sent", None),
            Answer::Retry { failure, .. } => ("retry", Some(failure.reason())),
            Answer::Failed(failure) => ("failed", Some(failure.reason())),
        }
    }

    #[test]
    fn server_errors_are_tried_again_and_other_refusals_are_final() {
        let slack = Policy { retries_too_many: true, reads_ok: true };
        let cases = [
            (200, "ok", ("sent", None), ("sent", None)),
            (204, "", ("sent", None), ("sent", None)),
            (200, r#"{"ok":false}"#, ("sent", None), ("failed", Some("200"))),
            (302, "", ("failed", Some("302")), ("failed", Some("302"))),
            (400, "no", ("failed", Some("400")), ("failed", Some("400"))),
            (404, "no", ("failed", Some("404")), ("failed", Some("404"))),
            (429, "", ("failed", Some("429")), ("retry", Some("429"))),
            (500, "", ("retry", Some("500")), ("retry", Some("500"))),
            (503, "", ("retry", Some("503")), ("retry", Some("503"))),
        ];
        for (status, body, plain, slacks) in cases {
            let judged =
                |policy| endpoint(policy).judge(StatusCode::from_u16(status).unwrap(), None, body.as_bytes());
            assert_eq!(kind(&judged(Policy::default())), plain, "{status}");
            assert_eq!(kind(&judged(slack)), slacks, "{status}");
        }
    }

    #[test]
    fn nothing_that_is_shown_holds_a_secret() {
        let endpoint = endpoint(Policy::default());
        let said = "no /services/T000/s3cr3t-path for u with hunter2 and Bearer t0k3n-of-ops";
        let answer = endpoint.judge(StatusCode::NOT_FOUND, None, said.as_bytes());
        let shown = format!("{endpoint:?} {answer:?}");
        for secret in ["hunter2", "s3cr3t", "T000", "t0k3n"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert_eq!(
            endpoint.uri.reveal(),
            "http://hooks.example/services/T000/s3cr3t-path",
            "the login is a header"
        );
        assert!(shown.contains("http://hooks.example: 404 Not Found no /REDACTED for"), "{shown}");
    }

    #[test]
    fn what_cannot_be_posted_to_is_refused_without_being_quoted() {
        let none = BTreeMap::new();
        for url in ["", "hooks.example/secret", "ftp://hooks.example/secret", "http://", "mailto:secret@x"] {
            let error = Endpoint::new(&url.into(), &none, None, Policy::default()).unwrap_err();
            assert_eq!(error.path, "url");
            assert!(!error.to_string().contains("secret"), "{error}");
        }
        let headers = BTreeMap::from([("x-key".to_owned(), Secret::from("a\nb"))]);
        let error = Endpoint::new(&"http://h".into(), &headers, None, Policy::default()).unwrap_err();
        assert_eq!(error.path, "headers.x-key");
        let headers = BTreeMap::from([("x key".to_owned(), Secret::from("a"))]);
        let error = Endpoint::new(&"http://h".into(), &headers, None, Policy::default()).unwrap_err();
        assert_eq!(error.path, "headers.x key");
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_by_a_date() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let asked = |text| retry_after(&HeaderValue::from_static(text), now).map(|pause| pause.as_secs());
        let texts = ["120", "Sun, 06 Nov 1994 08:50:07 GMT", "Sat, 05 Nov 1994 08:49:37 GMT", "soon", "-1"];
        assert_eq!(texts.map(asked), [Some(120), Some(30), Some(0), None, None]);
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn https_without_the_feature_is_refused_by_its_name() {
        let error =
            Endpoint::new(&"https://h".into(), &BTreeMap::new(), None, Policy::default()).unwrap_err();
        assert!(error.to_string().contains("`tls`"), "{error}");
    }

    #[cfg(feature = "tls")]
    #[test]
    fn a_file_without_certificates_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let refused = || {
            let url = Secret::from("https://h");
            Endpoint::new(&url, &BTreeMap::new(), Some(&path), Policy::default()).unwrap_err().path
        };
        assert_eq!(refused(), "ca_file");
        std::fs::write(&path, "none").unwrap();
        assert_eq!(refused(), "ca_file");
    }
}
