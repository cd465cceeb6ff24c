use std::borrow::Cow;

const MASK: &str = "REDACTED";

/// Query keys that carry signatures and credentials: the
/// [list of the conventions](https://opentelemetry.io/docs/specs/semconv/registry/attributes/url/), and the names that
/// people give to secrets.
const DEFAULT: [&str; 34] = [
    "AWSAccessKeyId",
    "Signature",
    "X-Amz-Credential",
    "X-Amz-Security-Token",
    "X-Amz-Signature",
    "X-Goog-Signature",
    "sig",
    "access_key",
    "access_token",
    "api_key",
    "api_token",
    "auth_token",
    "authorization",
    "client_secret",
    "credential",
    "credentials",
    "csrf",
    "csrf_token",
    "cvc",
    "cvv",
    "id_token",
    "jwt",
    "otp",
    "passphrase",
    "passwd",
    "password",
    "pin",
    "private_key",
    "pwd",
    "refresh_token",
    "secret",
    "secret_key",
    "session_id",
    "token",
];

/// What of a URL may leave the process: credentials and secret query values are masked.
///
/// ```
/// use otel_kit_core::settings::UrlPolicy;
///
/// let policy = UrlPolicy::default();
/// assert_eq!(
///     policy.url("https://user:pw@files.example/a?sig=abc&page=2#top"),
///     "https://REDACTED:REDACTED@files.example/a?sig=REDACTED&page=2#top"
/// );
/// assert_eq!(policy.query("page=2"), "page=2");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UrlPolicy {
    sensitive: Vec<String>,
    /// A bit for each letter that one of them begins with: most keys begin with another one.
    initials: u32,
}

impl UrlPolicy {
    /// Masks the values of these query keys, however they are written: `api_key` is `apiKey` and `API-KEY` too.
    pub fn new<K: AsRef<str>>(sensitive_keys: impl IntoIterator<Item = K>) -> Self {
        let plain = |key: K| plain(key.as_ref().as_bytes()).map(char::from).collect();
        let sensitive: Vec<String> = sensitive_keys.into_iter().map(plain).collect();
        let initials =
            sensitive.iter().filter_map(|key| key.bytes().next()).fold(0, |all, first| all | bit(first));
        Self { sensitive, initials }
    }

    /// A query (without `?`) with the secret values masked, their keys kept.
    #[must_use]
    pub fn query<'a>(&self, query: &'a str) -> Cow<'a, str> {
        if !self.has_secret(query.as_bytes()) {
            return Cow::Borrowed(query);
        }
        let mut masked = String::with_capacity(query.len());
        for (index, pair) in query.split('&').enumerate() {
            if index > 0 {
                masked.push('&');
            }
            match pair.split_once('=') {
                Some((key, _)) if self.is_sensitive(pair.as_bytes()) => {
                    masked.push_str(key);
                    masked.push('=');
                    masked.push_str(MASK);
                }
                _ => masked.push_str(pair),
            }
        }
        Cow::Owned(masked)
    }

    /// An absolute URL with user, password and secret query values masked.
    #[must_use]
    pub fn url<'a>(&self, url: &'a str) -> Cow<'a, str> {
        if !self.may_need_masks(url.as_bytes()) {
            return Cow::Borrowed(url);
        }
        let (before_fragment, fragment) = split_keeping(url, '#');
        let (before_query, query) = split_keeping(before_fragment, '?');
        let head = mask_user_info(before_query);
        let masked_query = self.query(query.strip_prefix('?').unwrap_or_default());
        if matches!((&head, &masked_query), (Cow::Borrowed(_), Cow::Borrowed(_))) {
            return Cow::Borrowed(url);
        }
        let mark = if query.is_empty() { "" } else { "?" };
        Cow::Owned(format!("{head}{mark}{masked_query}{fragment}"))
    }

    /// False for nearly all URLs. One pass over the bytes: to look for each mark as a pattern costs thrice as
    /// much with URLs as short as they are.
    fn may_need_masks(&self, url: &[u8]) -> bool {
        let mut parts = url.splitn(2, |byte| matches!(byte, b'@' | b'?' | b'#'));
        let head = parts.next().unwrap_or_default();
        match (url.get(head.len()), parts.next()) {
            (Some(b'?'), Some(query)) => {
                let query = query.split(|byte| *byte == b'#').next().unwrap_or_default();
                self.has_secret(query)
            }
            (Some(b'@'), _) => true,
            _ => false,
        }
    }

    fn has_secret(&self, query: &[u8]) -> bool {
        query.split(|byte| *byte == b'&').any(|pair| self.is_sensitive(pair))
    }

    fn is_sensitive(&self, pair: &[u8]) -> bool {
        let key = pair.iter().position(|byte| *byte == b'=').and_then(|end| pair.get(..end));
        let key = key.filter(|key| plain(key).next().is_some_and(|first| self.initials & bit(first) != 0));
        key.is_some_and(|key| self.sensitive.iter().any(|name| plain(key).eq(name.bytes())))
    }
}

impl Default for UrlPolicy {
    fn default() -> Self {
        Self::new(DEFAULT)
    }
}

/// A key without case and separators.
fn plain(key: &[u8]) -> impl Iterator<Item = u8> {
    key.iter().filter(|byte| !matches!(byte, b'-' | b'_' | b'.')).map(u8::to_ascii_lowercase)
}

/// One of 32 bits; a letter has its own.
const fn bit(first: u8) -> u32 {
    1 << (first % 32)
}

/// Splits before `mark`; the second part begins with it or is empty.
fn split_keeping(text: &str, mark: char) -> (&str, &str) {
    text.find(mark).map_or((text, ""), |at| text.split_at(at))
}

fn mask_user_info(head: &str) -> Cow<'_, str> {
    let parts = head.split_once("://").and_then(|(scheme, rest)| {
        let (authority, path) = split_keeping(rest, '/');
        let (user_info, host) = authority.rsplit_once('@')?;
        Some((scheme, user_info, host, path))
    });
    match parts {
        None => Cow::Borrowed(head),
        Some((scheme, user_info, host, path)) => {
            let mask = if user_info.contains(':') { format!("{MASK}:{MASK}") } else { MASK.to_owned() };
            Cow::Owned(format!("{scheme}://{mask}@{host}{path}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_urls_are_masked_and_everything_else_is_kept() {
        let policy = UrlPolicy::default();
        let cases = [
            ("http://h/", "http://h/"),
            ("http://h/a@b?x=1", "http://h/a@b?x=1"),
            ("http://u@h:80/", "http://REDACTED@h:80/"),
            ("http://u:p@w@h/?q#f", "http://REDACTED:REDACTED@h/?q#f"),
            ("http://h/?a=1&Signature=s=t&b", "http://h/?a=1&Signature=REDACTED&b"),
            ("http://h/?SIG=1&sig=", "http://h/?SIG=REDACTED&sig=REDACTED"),
            ("/?Password=a&user=b&API-Key=c", "/?Password=REDACTED&user=b&API-Key=REDACTED"),
            ("/?apikey=a&page_token=b&tokens=3", "/?apikey=REDACTED&page_token=b&tokens=3"),
            ("http://h/#sig=1", "http://h/#sig=1"),
            ("http://u:p@h", "http://REDACTED:REDACTED@h"),
            ("http://u:p@h?", "http://REDACTED:REDACTED@h?"),
        ];
        for (url, masked) in cases {
            assert_eq!(policy.url(url), masked);
        }
    }
}
