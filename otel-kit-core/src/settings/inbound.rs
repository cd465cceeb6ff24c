use std::{fmt, net::IpAddr};

use http::{HeaderMap, HeaderName};

use super::Network;

/// What a server does with the trace context that a request brings.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Inbound {
    /// The caller's span becomes the parent: the trace goes on. For callers that are ours.
    #[default]
    Parent,
    /// A new trace that links to the caller's span: for public edges.
    Link,
    /// A new trace; what came in is dropped.
    Ignore,
}

/// What to do with the context of certain requests; all conditions of a rule have to hold.
///
/// ```
/// use http::HeaderMap;
/// use otel_kit_core::settings::{Inbound, InboundRule};
///
/// let ours = InboundRule::new(Inbound::Parent).path_prefix("/internal").peer("10.0.0.0/8".parse()?);
/// let (near, far) = ("10.0.0.7".parse()?, "192.0.2.1".parse()?);
/// assert!(ours.matches("/internal/orders", Some(near), &HeaderMap::new()));
/// assert!(!ours.matches("/internal/orders", Some(far), &HeaderMap::new()));
/// assert!(!ours.matches("/internals", Some(near), &HeaderMap::new()));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InboundRule {
    inbound: Inbound,
    path_prefix: Option<String>,
    peer: Option<Network>,
    header: Option<HeaderName>,
}

impl InboundRule {
    /// A rule that holds for all requests.
    #[must_use]
    pub const fn new(inbound: Inbound) -> Self {
        Self { inbound, path_prefix: None, peer: None, header: None }
    }

    /// Only for this path and the paths below it.
    #[must_use]
    pub fn path_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.path_prefix = Some(prefix.into());
        self
    }

    /// Only if the other end of the socket is in this network. Never holds where the server does not say
    /// who that is.
    #[must_use]
    pub const fn peer(mut self, network: Network) -> Self {
        self.peer = Some(network);
        self
    }

    /// Only if this header is there. Anybody can send a header: take one that the edge removes.
    #[must_use]
    pub fn header(mut self, name: HeaderName) -> Self {
        self.header = Some(name);
        self
    }

    /// What the rule says.
    #[must_use]
    pub const fn inbound(&self) -> Inbound {
        self.inbound
    }

    /// True if all conditions hold.
    #[must_use]
    pub fn matches(&self, path: &str, peer: Option<IpAddr>, headers: &HeaderMap) -> bool {
        self.path_prefix.as_ref().is_none_or(|prefix| is_below(path, prefix))
            && self.peer.is_none_or(|network| peer.is_some_and(|peer| network.contains(peer)))
            && self.header.as_ref().is_none_or(|name| headers.contains_key(name))
    }
}

impl fmt::Display for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Parent => "parent",
            Self::Link => "link",
            Self::Ignore => "ignore",
        })
    }
}

/// As the configuration file has it: `{path_prefix: /internal, inbound: parent}`.
impl fmt::Display for InboundRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        if let Some(prefix) = &self.path_prefix {
            write!(f, "path_prefix: {prefix}, ")?;
        }
        if let Some(peer) = &self.peer {
            write!(f, "peer: {peer}, ")?;
        }
        if let Some(header) = &self.header {
            write!(f, "header: {header}, ")?;
        }
        write!(f, "inbound: {}}}", self.inbound)
    }
}

/// True for `prefix` itself and for what is below it, by whole segments.
fn is_below(path: &str, prefix: &str) -> bool {
    let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
    path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_ends_between_segments() {
        let cases = [
            ("/api", "/api", true),
            ("/api/orders", "/api", true),
            ("/api/orders", "/api/", true),
            ("/apis", "/api", false),
            ("/", "/api", false),
            ("/anything", "/", true),
        ];
        for (path, prefix, expected) in cases {
            assert_eq!(is_below(path, prefix), expected, "{path} {prefix}");
        }
    }

    #[test]
    fn a_peer_that_is_not_known_is_in_no_network() {
        let rule = InboundRule::new(Inbound::Parent).peer("0.0.0.0/0".parse().unwrap());
        assert!(!rule.matches("/", None, &HeaderMap::new()));
    }
}
