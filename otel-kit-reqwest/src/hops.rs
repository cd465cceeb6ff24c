//! Which request follows on a redirect: no sending here.

use std::time::{Duration, Instant};

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, LOCATION, REFERER, TRANSFER_ENCODING},
};
use reqwest::{Request, Response, Url};

use crate::redirect::{RedirectMiddleware, TooManyRedirects};

/// A request and where its redirects have led so far.
#[derive(Debug)]
pub(crate) struct Hops {
    rules: RedirectMiddleware,
    followed: usize,
    /// The last request, to be sent again with changes.
    last: Request,
    /// False if its body was a stream, which can be sent once.
    has_body: bool,
    started: Instant,
    timeout: Option<Duration>,
}

impl Hops {
    pub(crate) fn new(rules: RedirectMiddleware, request: &Request) -> Self {
        let copy = request.try_clone();
        let (started, timeout) = (Instant::now(), request.timeout().copied());
        let has_body = copy.is_some();
        Self {
            rules,
            followed: 0,
            last: copy.unwrap_or_else(|| head_of(request)),
            has_body,
            started,
            timeout,
        }
    }

    /// The request to send after this response; `None` if it is the one for the caller.
    pub(crate) fn after(&mut self, response: &Response) -> Result<Option<Request>, TooManyRedirects> {
        self.next(response.status(), response.headers())
    }

    fn next(&mut self, status: StatusCode, headers: &HeaderMap) -> Result<Option<Request>, TooManyRedirects> {
        let Some(url) = location(status, headers, self.last.url()) else { return Ok(None) };
        let leaves_origin = url.origin() != self.last.url().origin();
        if leaves_origin && !self.rules.leaves_origin {
            return Ok(None);
        }
        self.change_method(status);
        if !self.has_body {
            return Ok(None);
        }
        if self.followed >= self.rules.limit {
            return Err(TooManyRedirects);
        }
        self.followed += 1;
        self.change_headers(&url, leaves_origin);
        *self.last.url_mut() = url;
        *self.last.timeout_mut() = self.timeout.map(|limit| limit.saturating_sub(self.started.elapsed()));
        Ok(self.last.try_clone())
    }

    fn change_method(&mut self, status: StatusCode) {
        let method = self.last.method();
        let becomes_get = match status {
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => *method == Method::POST,
            StatusCode::SEE_OTHER => true,
            _ => false,
        };
        if !becomes_get {
            return;
        }
        if *method != Method::HEAD {
            *self.last.method_mut() = Method::GET;
        }
        *self.last.body_mut() = None;
        self.has_body = true; // an empty one
        for name in [CONTENT_TYPE, CONTENT_LENGTH, CONTENT_ENCODING, TRANSFER_ENCODING] {
            self.last.headers_mut().remove(name);
        }
    }

    fn change_headers(&mut self, next: &Url, leaves_origin: bool) {
        let referer = self.rules.sends_referer.then(|| referer(next, self.last.url()));
        let headers = self.last.headers_mut();
        if leaves_origin {
            remove_sensitive(headers);
        }
        match referer {
            Some(Some(referer)) => {
                headers.insert(REFERER, referer);
            }
            Some(None) => {
                headers.remove(REFERER);
            }
            None => {}
        }
    }
}

/// Where the response leads, if it is a redirect.
fn location(status: StatusCode, headers: &HeaderMap, base: &Url) -> Option<Url> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = str::from_utf8(headers.get(LOCATION)?.as_bytes()).ok()?;
    base.join(location).ok()
}

fn head_of(request: &Request) -> Request {
    let mut head = Request::new(request.method().clone(), request.url().clone());
    *head.headers_mut() = request.headers().clone();
    *head.version_mut() = request.version();
    head
}

fn remove_sensitive(headers: &mut HeaderMap) {
    for name in SENSITIVE {
        headers.remove(name);
    }
    let is_marked = |(name, value): (&HeaderName, &HeaderValue)| value.is_sensitive().then(|| name.clone());
    let marked: Vec<_> = headers.iter().filter_map(is_marked).collect();
    for name in marked {
        headers.remove(name);
    }
}

fn referer(next: &Url, previous: &Url) -> Option<HeaderValue> {
    if next.scheme() == "http" && previous.scheme() == "https" {
        return None;
    }
    let mut referer = previous.clone();
    // These fail for URLs without a host, which nothing is sent to.
    let _ = referer.set_username("");
    let _ = referer.set_password(None);
    referer.set_fragment(None);
    referer.as_str().parse().ok()
}

/// Headers that are for one origin alone.
pub(crate) const SENSITIVE: [&str; 5] =
    ["authorization", "cookie", "cookie2", "proxy-authorization", "www-authenticate"];

#[cfg(test)]
mod tests {
    use super::*;

    fn after(from: &str, status: u16, to: &str) -> Option<Request> {
        let rules = RedirectMiddleware { limit: 1, sends_referer: true, leaves_origin: true };
        let mut request = Request::new(Method::GET, from.parse().unwrap());
        request.headers_mut().insert("authorization", HeaderValue::from_static("secret"));
        request.headers_mut().insert(REFERER, HeaderValue::from_static("http://before.example/"));
        let headers = HeaderMap::from_iter([(LOCATION, HeaderValue::from_str(to).unwrap())]);
        Hops::new(rules, &request).next(StatusCode::from_u16(status).unwrap(), &headers).unwrap()
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        let cases = [
            ("http://a/x", "/y", true),
            ("http://a/x", "//a:80/y", true),
            ("http://A/x", "http://a/y", true),
            ("http://a/x", "http://a:81/y", false),
            ("http://a/x", "https://a/y", false),
            ("https://a/x", "http://a/y", false),
            ("http://a/x", "http://a.b/y", false),
            ("http://[::1]/x", "http://127.0.0.1/y", false),
        ];
        for (from, to, is_kept) in cases {
            let next = after(from, 302, to).unwrap();
            assert_eq!(next.headers().contains_key("authorization"), is_kept, "{from} {to}");
        }
    }

    #[test]
    fn a_referer_is_the_last_url_without_its_secrets_and_none_from_https_to_http() {
        let cases = [
            ("http://user:pw@a/x?y=1#z", "https://b/", Some("http://a/x?y=1")),
            ("https://a/x", "https://b/", Some("https://a/x")),
            ("https://a/x", "http://a/", None),
        ];
        for (from, to, referer) in cases {
            let next = after(from, 302, to).unwrap();
            assert_eq!(
                next.headers().get(REFERER).map(|value| value.to_str().unwrap()),
                referer,
                "{from} {to}"
            );
        }
    }

    #[test]
    fn only_five_codes_are_redirects() {
        let followed: Vec<_> = (100..=999).filter(|code| after("http://a/", *code, "/b").is_some()).collect();
        assert_eq!(followed, [301, 302, 303, 307, 308]);
    }

    proptest::proptest! {
        #[test]
        fn any_location_is_followed_or_is_the_callers(location in ".{0,40}") {
            if let Ok(value) = HeaderValue::from_bytes(location.as_bytes()) {
                let headers = HeaderMap::from_iter([(LOCATION, value)]);
                let url: Url = "http://a/x".parse().unwrap();
                let next = super::location(StatusCode::FOUND, &headers, &url);
                proptest::prop_assert_eq!(next, url.join(&location).ok());
            }
        }
    }
}
