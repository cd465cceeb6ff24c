use std::{collections::BTreeMap, fmt, path::PathBuf, time::Duration};

use super::{
    Endpoint, Secret,
    choice::{Choice, name_of},
    error::Problem,
    layers::{Features, require},
    print::Printer,
    read::duration_text,
};
use otel_kit_core::Signal;

mod endpoint;
mod env;
mod partial;
mod resolve;

pub(super) use self::endpoint::has_host_and_port;
pub use self::partial::{PartialExport, PartialExporter, PartialTls, Protocol};

/// Where each signal goes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Export {
    /// Spans.
    pub traces: Exporter,
    /// Data points.
    pub metrics: Exporter,
    /// Log records; log lines on standard output are apart from this.
    pub logs: Exporter,
}

/// Where one signal goes.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Exporter {
    /// To an OTLP receiver.
    Otlp(Otlp),
    /// Readable text on standard output.
    Console,
    /// Nowhere.
    None,
}

/// An OTLP receiver and the way there.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Otlp {
    /// How requests are encoded.
    pub protocol: OtlpProtocol,
    /// Full URL; for HTTP with the path of the signal.
    pub endpoint: Endpoint,
    /// Headers or metadata of each request, by lower-case name.
    pub headers: BTreeMap<String, Secret>,
    /// How requests are compressed.
    pub compression: Compression,
    /// Time that one request may take; `None` is no limit.
    pub timeout: Option<Duration>,
    /// Certificates for `https`.
    pub tls: Tls,
}

/// How OTLP is [encoded](https://opentelemetry.io/docs/specs/otlp/).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OtlpProtocol {
    /// gRPC; needs feature `grpc`.
    Grpc,
    /// Protobuf over HTTP; needs feature `http`.
    HttpProtobuf,
    /// JSON over HTTP; needs feature `http`.
    HttpJson,
}

/// How requests are compressed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// PEM files for `https`; needs feature `tls`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Tls {
    /// Authorities to trust instead of the system's.
    pub ca_file: Option<PathBuf>,
    /// Certificate of this client; there if and only if `key_file` is.
    pub cert_file: Option<PathBuf>,
    /// Private key of this client.
    pub key_file: Option<PathBuf>,
}

impl Export {
    /// The exporter of `signal`.
    #[must_use]
    pub fn of(&self, signal: Signal) -> &Exporter {
        match signal {
            Signal::Traces => &self.traces,
            Signal::Metrics => &self.metrics,
            Signal::Logs => &self.logs,
        }
    }

    pub(super) fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        Signal::ALL
            .into_iter()
            .try_for_each(|signal| out.section(signal.name(), |out| self.of(signal).print(out)))
    }
}

impl Exporter {
    fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        match self {
            Self::Otlp(otlp) => otlp.print(out),
            Self::Console => out.line("protocol", name_of(Protocol::Console)),
            Self::None => out.line("protocol", name_of(Protocol::None)),
        }
    }
}

impl Otlp {
    fn print(&self, out: &mut Printer<'_, '_>) -> fmt::Result {
        out.line("protocol", name_of(self.protocol))?;
        out.line("endpoint", &self.endpoint)?;
        out.section("headers", |out| {
            self.headers.iter().try_for_each(|(name, value)| out.line(name, value))
        })?;
        out.line("compression", name_of(self.compression))?;
        out.line("timeout", duration_text(self.timeout.unwrap_or_default()))?;
        out.section("tls", |out| {
            out.optional("ca_file", self.tls.ca_file.as_ref().map(|path| path.display()))?;
            out.optional("cert_file", self.tls.cert_file.as_ref().map(|path| path.display()))?;
            out.optional("key_file", self.tls.key_file.as_ref().map(|path| path.display()))
        })
    }
}

impl OtlpProtocol {
    fn require(self, features: Features) -> Result<(), Problem> {
        let (is_on, feature) = match self {
            Self::Grpc => (features.grpc, "grpc"),
            Self::HttpProtobuf | Self::HttpJson => (features.http, "http"),
        };
        require(is_on, feature, &format!("protocol {}", name_of(self)))
    }
}

impl Compression {
    fn require(self, features: Features) -> Result<(), Problem> {
        require(self != Self::Zstd || features.zstd, "zstd", "compression zstd")
    }
}

impl Choice for OtlpProtocol {
    const NAMES: &'static [(&'static str, Self)] =
        &[("grpc", Self::Grpc), ("http/protobuf", Self::HttpProtobuf), ("http/json", Self::HttpJson)];
}

impl Choice for Compression {
    const NAMES: &'static [(&'static str, Self)] =
        &[("none", Self::None), ("gzip", Self::Gzip), ("zstd", Self::Zstd)];
}
