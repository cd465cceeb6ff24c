//! Where telemetry goes: from what was written to the full URL of a signal.

use std::net::Ipv4Addr;

use http::{Uri, uri::Authority};

use crate::config::{
    Endpoint, OtlpProtocol,
    error::Problem,
    layers::{Features, require},
};
use otel_kit_core::Signal;

/// What an endpoint is read for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Usage {
    pub(super) signal: Signal,
    pub(super) protocol: OtlpProtocol,
    /// Whether a gRPC endpoint without a scheme means plain text.
    pub(super) insecure: bool,
    pub(super) features: Features,
}

/// The URL of one signal: verbatim if it was written for that signal alone (`is_own`), else with the
/// signal's [path](https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp)
/// for OTLP over HTTP.
pub(super) fn resolve(endpoint: &Endpoint, is_own: bool, usage: Usage) -> Result<Endpoint, Problem> {
    let written = endpoint.expose().trim();
    if written.is_empty() {
        return Err(Problem::new(
            "the endpoint is empty",
            "remove the key, or its quotes if a variable may be unset",
        ));
    }
    usage.protocol.require(usage.features)?;
    let uri: Uri = match with_scheme(written, usage)?.parse() {
        Ok(uri) if !written.contains('#') => uri,
        _ => return Err(not_a_url(endpoint)),
    };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(not_a_url(endpoint));
    };
    match scheme {
        "http" if has_host_and_port(authority) => {}
        "https" if has_host_and_port(authority) => require(usage.features.tls, "tls", "https")?,
        _ => return Err(not_a_url(endpoint)),
    }
    let path = match uri.path() {
        path if is_own || usage.protocol == OtlpProtocol::Grpc => path.to_owned(),
        path => format!("{}/v1/{}", path.trim_end_matches('/'), usage.signal.name()),
    };
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Endpoint::from(format!("{scheme}://{authority}{path}{query}")))
}

/// The address of the specification for a receiver on this machine.
pub(super) fn localhost(signal: Signal, protocol: OtlpProtocol) -> Endpoint {
    match protocol {
        OtlpProtocol::Grpc => Endpoint::from("http://localhost:4317/"),
        _ => Endpoint::from(format!("http://localhost:4318/v1/{}", signal.name())),
    }
}

fn with_scheme(written: &str, usage: Usage) -> Result<String, Problem> {
    match (usage.protocol, usage.insecure) {
        _ if written.contains("://") => Ok(written.to_owned()),
        (OtlpProtocol::Grpc, true) => Ok(format!("http://{written}")),
        (OtlpProtocol::Grpc, false) => Ok(format!("https://{written}")),
        _ => Err(not_a_url(&Endpoint::from(written))),
    }
}

/// `Authority` takes any text for a port.
pub(in crate::config) fn has_host_and_port(authority: &Authority) -> bool {
    let address = authority.as_str().rsplit('@').next().unwrap_or_default();
    let port = address.strip_prefix(authority.host()).unwrap_or_default();
    is_host(authority.host()) && (port.is_empty() || authority.port_u16().is_some())
}

/// An address or a name as TLS wants it; `Authority` takes any text here too.
fn is_host(host: &str) -> bool {
    let is_label = |label: &str| !label.is_empty() && !label.starts_with('-') && !label.ends_with('-');
    let name = host.strip_suffix('.').unwrap_or(host);
    match name.rsplit('.').next() {
        _ if host.starts_with('[') => true,
        Some(last) if last.bytes().all(|byte| byte.is_ascii_digit()) => host.parse::<Ipv4Addr>().is_ok(),
        _ => {
            name.len() <= LONGEST_NAME
                && name.split('.').all(|label| label.len() <= LONGEST_LABEL && is_label(label))
        }
    }
}

fn not_a_url(endpoint: &Endpoint) -> Problem {
    Problem::new(
        format_args!("`{endpoint}` is not a URL to send to"),
        "write one such as http://collector:4318 or https://collector:4317",
    )
}

/// Limits of the [domain name system](https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4), as text.
const LONGEST_NAME: usize = 253;
const LONGEST_LABEL: usize = 63;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::ALL;

    fn usage(protocol: OtlpProtocol) -> Usage {
        Usage { signal: Signal::Traces, protocol, insecure: false, features: ALL }
    }

    fn url(written: &str, is_own: bool, usage: Usage) -> Option<String> {
        resolve(&written.into(), is_own, usage).ok().map(|url| url.expose().to_owned())
    }

    #[test]
    fn general_http_endpoints_get_the_path_of_the_signal_and_own_ones_are_taken_verbatim() {
        let rows = [
            ("http://c:4318", "http://c:4318/v1/traces", "http://c:4318/"),
            ("http://c:4318/", "http://c:4318/v1/traces", "http://c:4318/"),
            ("https://c/a/b/", "https://c/a/b/v1/traces", "https://c/a/b/"),
            ("https://u:p@c/a?k=v", "https://u:p@c/a/v1/traces?k=v", "https://u:p@c/a?k=v"),
            ("http://[::1]:4318", "http://[::1]:4318/v1/traces", "http://[::1]:4318/"),
            ("HTTP://c", "http://c/v1/traces", "http://c/"),
        ];
        for (written, general, own) in rows {
            for protocol in [OtlpProtocol::HttpProtobuf, OtlpProtocol::HttpJson] {
                assert_eq!(url(written, false, usage(protocol)).as_deref(), Some(general));
                assert_eq!(url(written, true, usage(protocol)).as_deref(), Some(own));
            }
        }
    }

    #[test]
    fn grpc_endpoints_may_leave_out_the_scheme() {
        let secure = usage(OtlpProtocol::Grpc);
        let insecure = Usage { insecure: true, ..secure };
        assert_eq!(url("c:4317", false, secure).as_deref(), Some("https://c:4317/"));
        assert_eq!(url("c:4317", false, insecure).as_deref(), Some("http://c:4317/"));
        assert_eq!(url("http://c:4317", false, secure).as_deref(), Some("http://c:4317/"));
        assert_eq!(url("https://c:4317", true, insecure).as_deref(), Some("https://c:4317/"));
    }

    #[test]
    fn a_host_is_an_address_or_a_name() {
        for host in ["c", "a-b.c", "a_b", "c.", "127.0.0.1", "[::1]", "1.example"] {
            assert!(is_host(host), "{host}");
        }
        for host in ["", "-", "-a", "a-.b", "a..b", ".", "1.2.3", "300.1.1.1", "a.1", &"a".repeat(64)] {
            assert!(!is_host(host), "{host}");
        }
    }

    #[test]
    fn what_is_not_a_url_is_refused_without_showing_secrets() {
        for written in
            ["", "c:4318", "ftp://c", "http://", "http://c:port", "http://c/#f", "http://:80", "http://a b"]
        {
            assert_eq!(url(written, false, usage(OtlpProtocol::HttpProtobuf)), None, "{written}");
        }
        let problem = resolve(&"ftp://me:pw@c".into(), false, usage(OtlpProtocol::Grpc)).unwrap_err();
        assert_eq!(
            problem.message,
            "`ftp://REDACTED:REDACTED@c` is not a URL to send to; write one such as http://collector:4318 or \
             https://collector:4317"
        );
    }

    #[test]
    fn features_that_an_endpoint_needs_are_named() {
        let without = |features| Usage { features, ..usage(OtlpProtocol::Grpc) };
        let message = |features| resolve(&"https://c".into(), false, without(features)).unwrap_err().message;
        assert_eq!(
            message(Features { tls: false, ..ALL }),
            "https is not in this build; enable feature `tls` of otel-kit"
        );
        assert_eq!(
            message(Features { grpc: false, ..ALL }),
            "protocol grpc is not in this build; enable feature `grpc` of otel-kit"
        );
    }
}
