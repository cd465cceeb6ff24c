use base64::{Engine, prelude::BASE64_STANDARD};
use percent_encoding::percent_decode_str;

use super::Target;

/// The target with the user and the password of its URL as
/// [Basic authorization](https://www.rfc-editor.org/rfc/rfc7617); a header `authorization` beats them.
pub(super) fn authorized(mut target: Target) -> Target {
    if let Some((user_info, url)) = take_user_info(&target.url) {
        let mut credentials: Vec<u8> = percent_decode_str(user_info).collect();
        if !user_info.contains(':') {
            credentials.push(b':'); // a user without a password
        }
        let value = format!("Basic {}", BASE64_STANDARD.encode(credentials));
        // Of headers of the same name the last one counts.
        target.headers.insert(0, ("authorization".to_owned(), value));
        target.url = url;
    }
    target
}

/// The part before the host, and the URL without it.
fn take_user_info(url: &str) -> Option<(&str, String)> {
    let after_scheme = url.find("://").map_or(0, |at| at + "://".len());
    let (scheme, rest) = url.split_at_checked(after_scheme)?;
    let (authority, path) = rest.split_at_checked(rest.find(['/', '?', '#']).unwrap_or(rest.len()))?;
    let (user_info, host) = authority.rsplit_once('@')?;
    Some((user_info, format!("{scheme}{host}{path}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(url: &str) -> (String, Option<String>) {
        let target = authorized(Target::new(url));
        (target.url, target.headers.into_iter().next().map(|(_, value)| value))
    }

    #[test]
    fn user_and_password_leave_the_url_for_a_header() {
        let cases = [
            ("http://u:p@h:1/v1/traces?k=v", "http://h:1/v1/traces?k=v", "Basic dTpw"),
            ("u:p@h:4317", "h:4317", "Basic dTpw"),
            ("https://ada%40x:p%3a%2F@h", "https://h", "Basic YWRhQHg6cDov"),
            ("https://token@h/", "https://h/", "Basic dG9rZW46"),
            ("https://:p@h/", "https://h/", "Basic OnA="),
            ("https://u:p@w@h/", "https://h/", "Basic dTpwQHc="),
        ];
        for (url, left, value) in cases {
            assert_eq!(parts(url), (left.to_owned(), Some(value.to_owned())), "{url}");
        }
    }

    #[test]
    fn a_url_without_them_stays_as_it_is() {
        for url in ["http://h:1/a@b", "http://h?k=a@b", "http://h#a@b", "h:4317", "", "://"] {
            assert_eq!(parts(url), (url.to_owned(), None), "{url}");
        }
    }
}
