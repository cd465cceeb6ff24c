//! The `Forwarded` header of [RFC 7239](https://www.rfc-editor.org/rfc/rfc7239) and the older
//! `X-Forwarded-*`, read from the right, where the nearest proxy wrote.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
};

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// What one proxy says about whom it got the request from.
#[derive(Debug, Default)]
pub(crate) struct Hop<'a> {
    pub(crate) node: Node,
    /// False if the proxy says nothing about who it is.
    pub(crate) is_named: bool,
    pub(crate) scheme: Option<Cow<'a, str>>,
    pub(crate) host: Option<Cow<'a, str>>,
}

/// Who sent it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum Node {
    /// This address.
    Address(IpAddr),
    /// Somebody the proxy does not name, or names by an identifier of its own.
    #[default]
    Hidden,
    /// The text is neither.
    Malformed,
}

/// The hops of `Forwarded`, the nearest one first, up to a malformed line.
pub(crate) fn forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let mut hops = Vec::new();
    for line in headers.get_all(header::FORWARDED).iter().rev() {
        let Some(line) = line.to_str().ok().and_then(elements) else {
            hops.push(Hop { node: Node::Malformed, ..Hop::default() });
            break;
        };
        hops.extend(line.into_iter().rev());
        if hops.len() > MOST_HOPS {
            break;
        }
    }
    hops
}

/// The hops of `X-Forwarded-For`, the nearest one first, each with its entry of `-Proto` and `-Host`, or
/// with the nearest one where their number differs.
pub(crate) fn x_forwarded(headers: &HeaderMap) -> Vec<Hop<'_>> {
    let nodes: Vec<Node> = entries(headers, &X_FORWARDED_FOR).map(x_node).collect();
    let schemes: Vec<&str> = entries(headers, &X_FORWARDED_PROTO).collect();
    let hosts: Vec<&str> = entries(headers, &X_FORWARDED_HOST).collect();
    let count = nodes.len();
    let entry_of = |entries: &[&'_ str], index: usize| -> Option<usize> {
        let index = if entries.len() == count { index } else { 0 };
        (index < entries.len()).then_some(index)
    };
    let hop = |(index, node)| Hop {
        node,
        is_named: count > 0,
        scheme: entry_of(&schemes, index).and_then(|at| schemes.get(at).copied()).map(Cow::Borrowed),
        host: entry_of(&hosts, index).and_then(|at| hosts.get(at).copied()).map(Cow::Borrowed),
    };
    let no_node = nodes.is_empty() && !(schemes.is_empty() && hosts.is_empty());
    nodes.into_iter().chain(no_node.then_some(Node::Hidden)).enumerate().map(hop).collect()
}

/// The entries of a list header, the last one first.
fn entries<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(name).iter().rev().map(HeaderValue::to_str);
    lines.flat_map(|line| line.unwrap_or(NOT_TEXT).rsplit(',')).map(str::trim).take(MOST_HOPS)
}

/// The elements of one line; `None` if it is malformed.
fn elements(line: &str) -> Option<Vec<Hop<'_>>> {
    let mut hops = vec![Hop::default()];
    let mut rest = line.trim_start_matches(SPACE);
    while !rest.is_empty() {
        let hop = hops.last_mut()?;
        let (name, after) = rest.split_once('=')?;
        let (value, after) = value(after)?;
        match name.trim_matches(SPACE) {
            name if name.eq_ignore_ascii_case("for") => (hop.node, hop.is_named) = (node(&value), true),
            name if name.eq_ignore_ascii_case("proto") => hop.scheme = Some(value),
            name if name.eq_ignore_ascii_case("host") => hop.host = Some(value),
            name if is_token(name) => {}
            _ => return None,
        }
        let after = after.trim_start_matches(SPACE);
        rest = match after.split_at_checked(1) {
            None => "",
            Some((";", after)) => after,
            Some((",", after)) => {
                hops.push(Hop::default());
                after
            }
            Some(_) => return None,
        };
        rest = rest.trim_start_matches(SPACE);
    }
    Some(hops)
}

/// A token or quoted string, and what follows it.
fn value(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',', ' ', '\t']).unwrap_or(text.len());
        let (value, rest) = text.split_at_checked(end)?;
        return (!value.is_empty() && !value.contains('"')).then_some((value.into(), rest));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((value.into(), quoted.get(at + 1..)?)),
            '\\' => value.push(characters.next()?.1),
            _ => value.push(character),
        }
    }
    None
}

/// Whom `for=` names.
fn node(text: &str) -> Node {
    if text.eq_ignore_ascii_case("unknown") || text.starts_with('_') {
        return Node::Hidden;
    }
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let address = match bare {
        Some(bare) => bare.parse().ok().map(IpAddr::V6),
        None => text.parse::<SocketAddr>().map(|socket| socket.ip()).ok().or_else(|| text.parse().ok()),
    };
    match address.or_else(|| address_with_hidden_port(text)) {
        Some(address) => Node::Address(address.to_canonical()),
        None => Node::Malformed,
    }
}

/// A port may be hidden too: `192.0.2.1:_a`.
fn address_with_hidden_port(text: &str) -> Option<IpAddr> {
    let (address, port) = text.rsplit_once(':')?;
    let bare = address.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(address);
    if port.starts_with('_') { bare.parse().ok() } else { None }
}

/// Whom an entry of `X-Forwarded-For` names: as in `Forwarded`, and some proxies quote it too.
fn x_node(text: &str) -> Node {
    node(text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text))
}

fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

const SPACE: [char; 2] = [' ', '\t'];

/// More proxies than that nobody has; a stranger may send as many as the server reads.
const MOST_HOPS: usize = 64;

/// In place of a line that is no text: neither address, scheme nor host.
const NOT_TEXT: &str = "?";

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(line: &str) -> Option<Vec<String>> {
        let text = |hop: &Hop<'_>| format!("{:?} {:?} {:?}", hop.node, hop.scheme, hop.host);
        Some(elements(line)?.iter().map(text).collect())
    }

    #[test]
    fn nodes_are_addresses_with_and_without_port_hidden_or_malformed() {
        let cases = [
            ("192.0.2.1", Some("192.0.2.1")),
            ("192.0.2.1:8080", Some("192.0.2.1")),
            ("192.0.2.1:_port", Some("192.0.2.1")),
            ("[2001:db8::1]", Some("2001:db8::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("[2001:db8::1]:_p", Some("2001:db8::1")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("::ffff:192.0.2.1", Some("192.0.2.1")),
            ("example.com", None),
            ("192.0.2.256", None),
            ("192.0.2.1:99999", None),
            ("[192.0.2.1]", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map_or(Node::Malformed, |text| Node::Address(text.parse().unwrap()));
            assert_eq!(node(text), expected, "{text}");
        }
        for text in ["unknown", "Unknown", "_hidden", "_SEVKISEK"] {
            assert_eq!(node(text), Node::Hidden, "{text}");
        }
    }

    #[test]
    fn elements_have_parameters_in_any_case_and_order_quoted_or_not() {
        let one = Some(vec!["Address(192.0.2.1) Some(\"https\") Some(\"a.b:8\")".to_owned()]);
        assert_eq!(of("for=192.0.2.1;proto=https;host=a.b:8"), one);
        assert_eq!(of(" Host=\"a.b:8\" ; by=_x;FOR=\"192.0.2.1:80\";Proto=https"), one);
        assert_eq!(of("for=192.0.2.1;proto=https;host=\"a\\.b:8\";"), one);
        let two = of("for=\"[2001:db8::1]:4711\", for=_gone;proto=http").unwrap();
        assert_eq!(two, ["Address(2001:db8::1) None None", "Hidden Some(\"http\") None"]);
        let quoted = of("host=\"a,b;c\", for=unknown").unwrap();
        assert_eq!(quoted, ["Hidden None Some(\"a,b;c\")", "Hidden None None"]);
    }

    #[test]
    fn malformed_lines_are_nothing() {
        for line in ["for", "for=", "for=\"192.0.2.1", "for=\"a\"b", "=x", "a b=c", "for=a\"b", "for=1 2"] {
            assert_eq!(of(line), None, "{line}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_nothing_fails(line in ".{0,64}", like in "[a-z=;,\"\\\\ :._\\[\\]0-9]{0,32}") {
            let (_, _) = (of(&line), of(&like));
            let (_, _) = (x_node(&line), x_node(&like));
        }
    }
}
