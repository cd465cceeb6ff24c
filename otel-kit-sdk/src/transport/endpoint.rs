use http::{Uri, uri::Authority};
use otel_kit_core::{Delivery, Signal};

use super::{Target, TransportError, credentials::authorized, settings::shown};
use crate::resource::sdk_version;

/// One value for each signal that has one.
#[derive(Debug)]
pub(super) struct PerSignal<T>([Option<T>; 3]);

impl<T> PerSignal<T> {
    /// What `prepare` makes of the targets, credentials of URLs made headers; the last one of a signal counts.
    pub(super) fn prepare<E>(
        targets: impl IntoIterator<Item = (Signal, Target)>,
        mut prepare: impl FnMut(Target) -> Result<T, E>,
    ) -> Result<Self, E> {
        let mut all = Self([None, None, None]);
        for (signal, target) in targets {
            let prepared = prepare(authorized(target))?;
            if let Some(slot) = all.0.get_mut(slot(signal)) {
                *slot = Some(prepared);
            }
        }
        Ok(all)
    }

    #[cfg(feature = "http")]
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.0.iter().flatten()
    }

    pub(super) fn get(&self, signal: Signal) -> Option<&T> {
        self.0.get(slot(signal)).and_then(Option::as_ref)
    }
}

const fn slot(signal: Signal) -> usize {
    match signal {
        Signal::Traces => 0,
        Signal::Metrics => 1,
        Signal::Logs => 2,
    }
}

/// Values that a receiver may echo and that no log line may show.
#[derive(Clone, Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    pub(super) fn of(target: &Target) -> Self {
        let mut secrets: Vec<String> = target
            .headers
            .iter()
            .flat_map(|(_, value)| std::iter::once(value.as_str()).chain(value.split_ascii_whitespace()))
            .filter(|secret| secret.len() >= SHORTEST_SECRET)
            .map(str::to_owned)
            .collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self(secrets)
    }

    pub(super) fn mask(&self, delivery: Delivery) -> Delivery {
        match delivery {
            Delivery::Accepted { rejected, message } => {
                Delivery::Accepted { rejected, message: message.map(|message| self.mask_text(message)) }
            }
            Delivery::Retry { after, reason } => Delivery::Retry { after, reason: self.mask_text(reason) },
            Delivery::Unanswered { reason } => Delivery::Unanswered { reason: self.mask_text(reason) },
            Delivery::Rejected { reason } => Delivery::Rejected { reason: self.mask_text(reason) },
            other => other,
        }
    }

    fn mask_text(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| text.replace(secret, "REDACTED"))
    }
}

/// `otel-kit/<version> OTel-OTLP-Exporter-Rust/<version of the SDK>`, as the
/// [exporter's specification](https://opentelemetry.io/docs/specs/otel/protocol/exporter/#user-agent)
/// wants it of a distribution.
pub(super) fn user_agent() -> String {
    format!("otel-kit/{} OTel-OTLP-Exporter-Rust/{}", env!("CARGO_PKG_VERSION"), sdk_version())
}

/// An absolute `http` or `https` URL; `example` is the remedy if it is none.
pub(super) fn parse(url: &str, example: &str) -> Result<Uri, TransportError> {
    let refused = |reason: String| TransportError::Endpoint { url: shown(url), reason };
    let uri = url.parse::<Uri>().map_err(|error| refused(format!("{error}; {example}")))?;
    let is_reachable = uri.authority().is_some_and(has_host_and_port);
    if !matches!(uri.scheme_str(), Some("http" | "https")) || !is_reachable {
        return Err(refused(example.to_owned()));
    }
    Ok(uri)
}

/// `Authority` takes any text for a port.
fn has_host_and_port(authority: &Authority) -> bool {
    let port = authority.as_str().strip_prefix(authority.host()).unwrap_or_default();
    !authority.host().is_empty() && (port.is_empty() || authority.port_u16().is_some())
}

/// Shorter values are tenant names and the like, and would mask parts of ordinary words.
const SHORTEST_SECRET: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_the_receiver_echoes_is_masked_whole_and_in_part() {
        let target = Target::new("http://h/").header("authorization", "Bearer abcdefgh1");
        let secrets = Secrets::of(&target);
        let rejected = |reason: &str| Delivery::Rejected { reason: reason.into() };
        let masked = secrets.mask(rejected("no such key abcdefgh1; Bearer abcdefgh1"));
        assert_eq!(masked, rejected("no such key REDACTED; REDACTED"));
    }

    #[test]
    fn the_user_agent_names_the_distribution_before_the_exporter() {
        let agent = user_agent();
        let (kit, exporter) = agent.split_once(' ').unwrap();
        assert_eq!(kit, format!("otel-kit/{}", env!("CARGO_PKG_VERSION")));
        assert!(exporter.starts_with("OTel-OTLP-Exporter-Rust/0."), "{exporter}");
    }
}
