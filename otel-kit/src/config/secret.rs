use std::fmt;

use http::Uri;
use serde::Deserialize;

use super::export::has_host_and_port;
use otel_kit_core::settings::UrlPolicy;

/// A text that never prints, such as the value of a header.
///
/// ```
/// use otel_kit::config::Secret;
///
/// let key = Secret::from("k3y");
/// assert_eq!(format!("{key} {key:?}"), "*** ***");
/// assert_eq!(key.expose(), "k3y");
/// ```
#[derive(Clone, Default, Deserialize, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// The text itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Secret {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// The URL of a receiver; prints with user, password and all query values masked.
///
/// ```
/// use otel_kit::config::Endpoint;
///
/// let endpoint = Endpoint::from("https://me:pw@collector:4318");
/// assert_eq!(endpoint.to_string(), "https://REDACTED:REDACTED@collector:4318");
/// assert_eq!(endpoint.expose(), "https://me:pw@collector:4318");
/// ```
#[derive(Clone, Default, Deserialize, Eq, PartialEq)]
pub struct Endpoint(String);

impl Endpoint {
    /// The URL itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl<T: Into<String>> From<T> for Endpoint {
    fn from(url: T) -> Self {
        Self(url.into())
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = UrlPolicy::default();
        let (scheme, rest) = self.0.split_at(self.0.find("://").map_or(0, |at| at + "://".len()));
        // Where this is no URL (yet), the policy does not see who logs in, and a password may end anywhere.
        let login = if is_url(&self.0) { None } else { rest.rsplit_once('@') };
        let (address, query) = match login {
            Some((_, rest)) => {
                write!(f, "{scheme}REDACTED@")?;
                rest.split_once('?').unwrap_or((rest, ""))
            }
            None => self.0.split_once('?').unwrap_or((&self.0, "")),
        };
        f.write_str(&policy.url(address))?;
        // Nobody knows what receivers call their keys.
        let mut separator = '?';
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some((name, _)) => write!(f, "{separator}{name}=REDACTED")?,
                None => write!(f, "{separator}REDACTED")?,
            }
            separator = '&';
        }
        Ok(())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

fn is_url(text: &str) -> bool {
    let uri: Option<Uri> = text.parse().ok();
    uri.is_some_and(|uri| uri.scheme().is_some() && uri.authority().is_some_and(has_host_and_port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_logs_in_is_masked_even_without_a_scheme() {
        assert_eq!(Endpoint::from("me:pw@host:4317").to_string(), "REDACTED@host:4317");
        assert_eq!(Endpoint::from("host:4317").to_string(), "host:4317");
    }

    #[test]
    fn a_password_that_breaks_the_url_is_masked_whole() {
        for broken in [
            "http://me:p/w@host:4318/a",
            "http://me:p?w@host:4318/a",
            "http://me:p#w@host:4318/a",
            "http://me:p w@host:4318/a",
        ] {
            assert_eq!(Endpoint::from(broken).to_string(), "http://REDACTED@host:4318/a", "{broken}");
        }
        assert_eq!(Endpoint::from("http://host/a@b").to_string(), "http://host/a@b");
    }

    #[test]
    fn every_value_of_a_query_is_masked() {
        let endpoint = Endpoint::from("https://u:p@c/a?api_key=x&y&&b=");
        assert_eq!(
            endpoint.to_string(),
            "https://REDACTED:REDACTED@c/a?api_key=REDACTED&REDACTED&b=REDACTED"
        );
    }
}
