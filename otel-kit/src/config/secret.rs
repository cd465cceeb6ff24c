use std::fmt;

use serde::Deserialize;

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
        let is_url = self.0.contains("://");
        let (address, query) = self.0.split_once('?').unwrap_or((&self.0, ""));
        match address.rsplit_once('@') {
            // Not a URL yet, so the policy does not see who logs in.
            Some((_, host)) if !is_url => write!(f, "REDACTED@{}", policy.url(host))?,
            _ => f.write_str(&policy.url(address))?,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_logs_in_is_masked_even_without_a_scheme() {
        assert_eq!(Endpoint::from("me:pw@host:4317").to_string(), "REDACTED@host:4317");
        assert_eq!(Endpoint::from("host:4317").to_string(), "host:4317");
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
