use std::{collections::BTreeMap, path::PathBuf, time::Duration};

use serde::Deserialize;

use crate::config::{Compression, Endpoint, OtlpProtocol, Secret, choice::Choice, read};
use otel_kit_core::Signal;

/// Section `export`: where telemetry goes. A key of one signal beats the general key.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(from = "Keys")]
#[non_exhaustive]
pub struct PartialExport {
    /// The general keys.
    pub all: PartialExporter,
    /// Keys of `export.traces`.
    pub traces: PartialExporter,
    /// Keys of `export.metrics`.
    pub metrics: PartialExporter,
    /// Keys of `export.logs`.
    pub logs: PartialExporter,
}

/// Keys of `export`, and of one signal below it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialExporter {
    /// URL of the receiver. The general one gets `/v1/traces`, `/v1/metrics` or `/v1/logs` appended for
    /// OTLP over HTTP; that of one signal is used as it is.
    pub endpoint: Option<Endpoint>,
    /// How telemetry is sent; default `http/protobuf` where there is an endpoint.
    #[serde(deserialize_with = "read::choice")]
    pub protocol: Option<Protocol>,
    /// Headers (gRPC: metadata) of each request. Those of one signal replace the general ones.
    #[serde(deserialize_with = "read::map")]
    pub headers: BTreeMap<String, Secret>,
    /// How requests are compressed; default `none`.
    #[serde(deserialize_with = "read::choice")]
    pub compression: Option<Compression>,
    /// Time that one request may take; 0 is no limit; default `10s`.
    #[serde(deserialize_with = "read::duration")]
    pub timeout: Option<Duration>,
    /// Whether a gRPC endpoint without a scheme means plain text; default `false`.
    pub insecure: Option<bool>,
    /// Certificates for `https`.
    pub tls: PartialTls,
    /// What the environment says about the kind of exporter.
    #[serde(skip)]
    pub(in crate::config) selection: Option<Selection>,
}

/// Keys of `export.tls`: PEM files.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PartialTls {
    /// Certificates of authorities to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Certificate of this client; needs `key_file`.
    pub cert_file: Option<PathBuf>,
    /// Private key of this client; needs `cert_file`.
    pub key_file: Option<PathBuf>,
}

/// How telemetry leaves, as `export.protocol` says it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Protocol {
    /// OTLP to the endpoint, if there is one.
    Otlp(OtlpProtocol),
    /// Readable text on standard output.
    Console,
    /// Nowhere.
    None,
}

/// Which kind of exporter a signal has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::config) enum Selection {
    /// OTLP if there is an endpoint.
    ByEndpoint,
    /// OTLP, to this machine if there is no endpoint.
    Otlp,
    Console,
    None,
}

impl PartialExport {
    /// The keys of one signal, or the general ones.
    pub(super) fn of(&self, signal: Option<Signal>) -> &PartialExporter {
        match signal {
            None => &self.all,
            Some(Signal::Traces) => &self.traces,
            Some(Signal::Metrics) => &self.metrics,
            Some(Signal::Logs) => &self.logs,
        }
    }
}

impl PartialExporter {
    pub(super) fn selection(&self) -> Option<Selection> {
        let by_protocol = self.protocol.map(|protocol| match protocol {
            Protocol::Otlp(_) => Selection::ByEndpoint,
            Protocol::Console => Selection::Console,
            Protocol::None => Selection::None,
        });
        self.selection.or(by_protocol)
    }

    pub(super) fn otlp_protocol(&self) -> Option<OtlpProtocol> {
        match self.protocol? {
            Protocol::Otlp(protocol) => Some(protocol),
            Protocol::Console | Protocol::None => None,
        }
    }
}

impl From<OtlpProtocol> for Protocol {
    fn from(protocol: OtlpProtocol) -> Self {
        Self::Otlp(protocol)
    }
}

impl Choice for Protocol {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("grpc", Self::Otlp(OtlpProtocol::Grpc)),
        ("http/protobuf", Self::Otlp(OtlpProtocol::HttpProtobuf)),
        ("http/json", Self::Otlp(OtlpProtocol::HttpJson)),
        ("console", Self::Console),
        ("none", Self::None),
    ];
}

/// The section as the file has it: serde's `flatten` would lose the names of unknown keys.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Keys {
    endpoint: Option<Endpoint>,
    #[serde(deserialize_with = "read::choice")]
    protocol: Option<Protocol>,
    #[serde(deserialize_with = "read::map")]
    headers: BTreeMap<String, Secret>,
    #[serde(deserialize_with = "read::choice")]
    compression: Option<Compression>,
    #[serde(deserialize_with = "read::duration")]
    timeout: Option<Duration>,
    insecure: Option<bool>,
    tls: PartialTls,
    traces: PartialExporter,
    metrics: PartialExporter,
    logs: PartialExporter,
}

impl From<Keys> for PartialExport {
    fn from(keys: Keys) -> Self {
        let Keys { endpoint, protocol, headers, compression, timeout, insecure, tls, .. } = keys;
        let selection = None;
        let all =
            PartialExporter { endpoint, protocol, headers, compression, timeout, insecure, tls, selection };
        Self { all, traces: keys.traces, metrics: keys.metrics, logs: keys.logs }
    }
}
