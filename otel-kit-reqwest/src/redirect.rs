use std::{error::Error as StdError, fmt};

use async_trait::async_trait;
use http::Extensions;
use reqwest::{Request, Response, redirect::Policy};
use reqwest_middleware::{Error, Middleware, Next, Result};

use crate::{
    hops::{Hops, SENSITIVE},
    template::UrlTemplate,
};

/// Follows redirects as reqwest does, but above [`OtelMiddleware`](crate::OtelMiddleware): each hop is an
/// attempt with a span of its own, counted in `http.request.resend_count`, and the rules for hosts are asked
/// again for each.
///
/// Methods, bodies, `Referer` and the limit of ten hops are those of reqwest and
/// [RFC 9110](https://www.rfc-editor.org/rfc/rfc9110#name-redirection-3xx). To another origin (scheme, host or
/// port) go neither `Authorization`, `Cookie`, `Proxy-Authorization` and their kin nor values that are marked
/// as sensitive, and they do not come back later in the chain.
///
/// What differs: a chain that is too long fails with [`TooManyRedirects`]; a time-out of the client is for
/// each hop, one of the request for all of them. reqwest adds default headers to each hop, so that
/// **a client whose default headers hold credentials does not leave the origin**: its caller gets the redirect
/// as the response. Credentials in requests, or of
/// [`with_init`](reqwest_middleware::ClientBuilder::with_init), have no such limit.
///
/// ```
/// use otel_kit_reqwest::{ClientBuilder, OtelMiddleware, RedirectMiddleware, reqwest};
///
/// let (redirects, client) = RedirectMiddleware::with_client(reqwest::Client::builder())?;
/// let client = ClientBuilder::new(client)
///     // .with(retry)
///     .with(redirects.limited(3))
///     .with(OtelMiddleware::new())
///     .build();
/// # Ok::<_, reqwest::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RedirectMiddleware {
    pub(crate) limit: usize,
    pub(crate) sends_referer: bool,
    pub(crate) leaves_origin: bool,
}

/// The redirects of a response led to further ones, more often than the limit says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct TooManyRedirects;

impl RedirectMiddleware {
    /// Builds the client, which then follows no redirects by itself, and the middleware that follows them in
    /// its place. A redirect policy that the builder has is replaced.
    ///
    /// # Errors
    ///
    /// Those of [`reqwest::ClientBuilder::build`].
    pub fn with_client(builder: reqwest::ClientBuilder) -> reqwest::Result<(Self, reqwest::Client)> {
        let leaves_origin = !may_have_default_credentials(&builder);
        let client = builder.redirect(Policy::none()).build()?;
        Ok((Self { limit: 10, sends_referer: true, leaves_origin }, client))
    }

    /// Follows at most this number of redirects; 10 by default. With 0, the first one is an error.
    #[must_use]
    pub const fn limited(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// Whether each hop says in `Referer` where it comes from; `true` by default. From HTTPS to HTTP it never
    /// does.
    #[must_use]
    pub const fn referer(self, is_sent: bool) -> Self {
        Self { sends_referer: is_sent, ..self }
    }
}

#[async_trait]
impl Middleware for RedirectMiddleware {
    async fn handle(
        &self,
        request: Request,
        extensions: &mut Extensions,
        next: Next<'_>,
    ) -> Result<Response> {
        let mut hops = Hops::new(*self, &request);
        let response = next.clone().run(request, extensions).await?;
        let Some(hop) = hops.after(&response).map_err(Error::middleware)? else {
            return Ok(response);
        };
        drop(response);
        // It describes the URL of the caller, and stays with the request for a retry.
        let template = extensions.remove::<UrlTemplate>();
        let result = follow(hops, hop, extensions, next).await;
        if let Some(template) = template {
            extensions.insert(template);
        }
        result
    }
}

impl fmt::Display for TooManyRedirects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many redirects")
    }
}

impl StdError for TooManyRedirects {}

async fn follow(
    mut hops: Hops,
    mut hop: Request,
    extensions: &mut Extensions,
    next: Next<'_>,
) -> Result<Response> {
    loop {
        let response = next.clone().run(hop, extensions).await?;
        hop = match hops.after(&response).map_err(Error::middleware)? {
            Some(hop) => hop,
            None => return Ok(response),
        };
    }
}

/// A builder tells its default headers only here. Where it tells nothing of the expected kind, the answer is
/// yes.
fn may_have_default_credentials(builder: &reqwest::ClientBuilder) -> bool {
    let told = format!("{builder:?}");
    let Some((_, headers)) = told.split_once("default_headers: {") else { return true };
    let is_named = |name: &&str| headers.contains(&format!("\"{name}\": "));
    headers.contains(": Sensitive") || SENSITIVE.iter().any(is_named)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    fn builder(name: &'static str, value: HeaderValue) -> reqwest::ClientBuilder {
        let headers = HeaderMap::from_iter([(HeaderName::from_static(name), value)]);
        reqwest::Client::builder().user_agent("test").default_headers(headers)
    }

    #[test]
    fn default_headers_that_hold_credentials_are_seen() {
        let value = HeaderValue::from_static;
        for name in SENSITIVE {
            assert!(may_have_default_credentials(&builder(name, value("secret"))), "{name}");
        }
        let mut key = value("secret");
        key.set_sensitive(true);
        assert!(may_have_default_credentials(&builder("x-api-key", key)));
        for (name, value) in [("accept", value("*/*")), ("x-a", value("\"authorization\": cookie"))] {
            assert!(!may_have_default_credentials(&builder(name, value)), "{name}");
        }
        assert!(!may_have_default_credentials(&reqwest::Client::builder()));
    }
}
