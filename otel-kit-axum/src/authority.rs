use std::sync::Arc;

use http::uri;

/// Whom a request was sent to, as `Host` or `:authority` say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Authority {
    /// Name or address, without the brackets that an IPv6 address has in a URL.
    pub(crate) address: Arc<str>,
    /// The port, where one was given.
    pub(crate) port: Option<u16>,
}

impl Authority {
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let authority = uri::Authority::try_from(text).ok().filter(|all| !all.as_str().contains('@'))?;
        let host = authority.host();
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let port = match authority.as_str().strip_prefix(host)? {
            "" => None,
            port => Some(port.strip_prefix(':')?.parse().ok()?),
        };
        if address.is_empty() {
            return None;
        }
        Some(Self { address: address.into(), port })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn whatever_is_sent_nothing_fails(text: Vec<u8>, like_a_host in "[\\[\\]@:a-f0-9.%-]{0,12}") {
            Authority::parse(&text);
            Authority::parse(like_a_host.as_bytes());
        }
    }

    #[test]
    fn a_host_is_split_into_address_and_port_or_refused() {
        let cases = [
            ("shop.example", Some(("shop.example", None))),
            ("shop.example:8080", Some(("shop.example", Some(8080)))),
            ("10.0.0.1:80", Some(("10.0.0.1", Some(80)))),
            ("[::1]:8080", Some(("::1", Some(8080)))),
            ("[2001:db8::1]", Some(("2001:db8::1", None))),
            ("", None),
            (":80", None),
            ("shop.example:", None),
            ("shop.example:99999", None),
            ("shop.example:http", None),
            ("user@shop.example", None),
            ("shop.example/path", None),
            ("shop example", None),
            ("::1", None),
            ("[::1", None),
        ];
        for (text, expected) in cases {
            let parsed = Authority::parse(text.as_bytes());
            let parsed = parsed.as_ref().map(|authority| (&*authority.address, authority.port));
            assert_eq!(parsed, expected, "{text}");
        }
    }
}
