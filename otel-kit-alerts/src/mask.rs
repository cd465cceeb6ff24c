//! What keeps secrets out of everything that is shown: the one place for it.

use std::{borrow::Cow, fmt};

use otel_kit_core::settings::UrlPolicy;
use url::Url;

/// A text that nobody is shown, such as a password or the URL of a webhook.
///
/// ```
/// use otel_kit_alerts::channel::Secret;
///
/// assert_eq!(format!("{:?}", Secret::from("hunter2")), "REDACTED");
/// ```
#[derive(Clone, Default, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

/// Takes secrets out of what others say about them: a server that quotes the request, a library that names the URL.
#[derive(Clone, Default)]
pub(crate) struct Scrubber {
    /// Longest first: one may hold another.
    secrets: Vec<String>,
}

impl Scrubber {
    pub(crate) fn new<'a>(secrets: impl IntoIterator<Item = &'a str>) -> Self {
        let mut secrets: Vec<_> =
            secrets.into_iter().filter(|secret| secret.len() >= SHORTEST).map(str::to_owned).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self { secrets }
    }

    /// What of a URL names more than the server.
    pub(crate) fn of_url(url: &Url) -> Self {
        let path = url.path().trim_matches('/');
        let parts = [Some(path), url.query(), url.password(), Some(url.username()), url.fragment()];
        Self::new(parts.into_iter().flatten().chain(path.split('/').filter(|part| part.len() >= TOKEN)))
    }

    pub(crate) fn and<'a>(&'a self, secrets: impl IntoIterator<Item = &'a str>) -> Self {
        Self::new(self.secrets.iter().map(String::as_str).chain(secrets))
    }

    /// The text without secrets, on one line and of bounded length.
    pub(crate) fn scrub(&self, text: &str) -> String {
        let masked =
            self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), MASK));
        let line = masked.split_whitespace().collect::<Vec<_>>().join(" ");
        clip(&line, LONGEST_DETAIL).into_owned()
    }
}

impl fmt::Debug for Scrubber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scrubber({})", self.secrets.len())
    }
}

/// Server of a URL: paths of webhooks are secrets.
pub(crate) fn server(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

/// What of a text may leave the process in a notification: URLs in it lose their credentials.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    if !text.contains("://") {
        return Cow::Borrowed(text);
    }
    let policy = UrlPolicy::default();
    let words = text
        .split_inclusive(char::is_whitespace)
        .map(|word| if word.contains("://") { policy.url(word) } else { Cow::Borrowed(word) });
    Cow::Owned(words.collect())
}

/// The text, cut at a character's border and marked if it is longer than `most` bytes.
pub(crate) fn clip(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let end =
        (0..=most.saturating_sub(MARK.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    Cow::Owned(format!("{}{MARK}", text.get(..end).unwrap_or_default()))
}

const MASK: &str = "REDACTED";
const MARK: &str = "...";
/// Shorter ones would take letters out of ordinary words.
const SHORTEST: usize = 4;
/// A part of a path that is as long may be a token.
const TOKEN: usize = 8;
const LONGEST_DETAIL: usize = 300;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_a_server_says_loses_each_part_of_the_url_but_the_server() {
        let url =
            Url::parse("https://user:hunter2@hooks.example/services/T0000/B0000000/abcdefgh?sig=s3cr3t")
                .unwrap();
        let scrubber = Scrubber::of_url(&url).and(["Bearer token-1"]);
        for said in [
            "no hook at\n/services/T0000/B0000000/abcdefgh",
            "token abcdefgh of user is wrong",
            "sig=s3cr3t: hunter2 or Bearer token-1",
        ] {
            let shown = scrubber.scrub(said);
            for secret in ["abcdefgh", "hunter2", "s3cr3t", "token-1"] {
                assert!(!shown.contains(secret) && !shown.contains('\n'), "{shown}");
            }
        }
        assert_eq!(server(&url), "https://hooks.example");
        assert_eq!(format!("{scrubber:?}"), "Scrubber(8)");
    }

    #[test]
    fn a_text_loses_the_credentials_of_its_urls_and_nothing_else() {
        let text =
            "db postgres://app:pw@db/orders is slow,\nsee https://runbooks.example/db?token=abc&page=2";
        let masked = "db postgres://REDACTED:REDACTED@db/orders is slow,\n\
                      see https://runbooks.example/db?token=REDACTED&page=2";
        assert_eq!(redacted(text), masked);
        assert!(matches!(redacted("plain"), Cow::Borrowed("plain")));
    }

    proptest! {
        #[test]
        fn a_clipped_text_is_as_short_as_it_has_to_be(text: String, most in 3..40_usize) {
            let clipped = clip(&text, most);
            prop_assert!(clipped.len() <= most);
            prop_assert!(text.len() > most || clipped == text);
        }
    }
}
