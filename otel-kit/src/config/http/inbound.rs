use http::HeaderName;
use serde::Deserialize;

use crate::config::{
    choice::Choice,
    error::Problem,
    read,
    values::{header_name, network, resolve_each},
};
use otel_kit_core::settings::{Inbound, InboundRule};

/// An entry of `http.server.inbound_rules`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialInboundRule {
    /// Only for this path and the paths below it.
    pub path_prefix: Option<String>,
    /// Only if the peer is in this network, such as `10.0.0.0/8`.
    pub peer: Option<String>,
    /// Only if this request header is there.
    pub header: Option<String>,
    /// What to do then.
    #[serde(deserialize_with = "read::choice")]
    pub inbound: Option<Inbound>,
}

impl PartialInboundRule {
    fn resolve(self) -> Result<InboundRule, Problem> {
        let missing = || Problem::new("`inbound` is missing", "write parent, link or ignore");
        let mut rule = InboundRule::new(self.inbound.ok_or_else(missing)?);
        if self.path_prefix.is_none() && self.peer.is_none() && self.header.is_none() {
            return Err(Problem::new(
                "the rule has no condition",
                "write path_prefix, peer or header, or use `http.server.inbound`",
            ));
        }
        if let Some(prefix) = self.path_prefix {
            rule = rule.path_prefix(path(prefix)?);
        }
        if let Some(peer) = self.peer {
            rule = rule.peer(network(&peer)?);
        }
        let header: Option<HeaderName> = self.header.map(|name| header_name(&name)).transpose()?;
        Ok(match header {
            Some(header) => rule.header(header),
            None => rule,
        })
    }
}

impl Choice for Inbound {
    const NAMES: &'static [(&'static str, Self)] =
        &[("parent", Self::Parent), ("link", Self::Link), ("ignore", Self::Ignore)];
}

pub(super) fn rules(rules: Vec<PartialInboundRule>) -> Result<Vec<InboundRule>, Problem> {
    resolve_each(rules, PartialInboundRule::resolve)
}

fn path(prefix: String) -> Result<String, Problem> {
    if prefix.starts_with('/') && !prefix.contains(['*', '?', '#']) {
        return Ok(prefix);
    }
    Err(Problem::new(
        format_args!("`{prefix}` is not the beginning of a path"),
        "write one such as /internal",
    ))
}
