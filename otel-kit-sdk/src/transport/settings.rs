use std::{
    fmt,
    path::{Path, PathBuf},
};

/// Where one signal goes.
///
/// ```
/// use otel_kit_sdk::transport::{Compression, Target};
///
/// let target = Target::new("https://collector:4318/v1/traces")
///     .header("x-api-key", "secret")
///     .compression(Compression::Gzip);
/// assert!(!format!("{target:?}").contains("secret"));
/// ```
#[derive(Clone)]
#[must_use]
pub struct Target {
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) compression: Compression,
    pub(super) insecure: bool,
}

impl Target {
    /// This endpoint, without headers and without compression.
    ///
    /// For HTTP it is the full URL of the signal, used as it is. For gRPC scheme, host and port count;
    /// the scheme may be left out. User and password, percent-encoded, are sent as Basic authorization.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), headers: Vec::new(), compression: Compression::None, insecure: false }
    }

    /// One more header for each request; with gRPC it is metadata, and a name ending in `-bin` makes the
    /// value binary. The same name again replaces the value.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// How requests are compressed; not at all by default.
    pub fn compression(mut self, compression: Compression) -> Self {
        self.compression = compression;
        self
    }

    /// Whether a gRPC endpoint without a scheme is reached without TLS; false by default
    /// ([`OTEL_EXPORTER_OTLP_INSECURE`](https://opentelemetry.io/docs/specs/otel/protocol/exporter/)).
    pub fn insecure(mut self, insecure: bool) -> Self {
        self.insecure = insecure;
        self
    }
}

/// Shows neither credentials in the URL nor the headers' values.
impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Target")
            .field("url", &shown(&self.url))
            .field("headers", &names)
            .field("compression", &self.compression)
            .field("insecure", &self.insecure)
            .finish()
    }
}

/// Compression of requests.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Compression {
    /// None.
    #[default]
    None,
    /// Gzip, which every OTLP receiver understands.
    Gzip,
    /// Zstandard: smaller and faster, where the receiver understands it (the Collector does). Needs feature
    /// `zstd`.
    #[cfg(feature = "zstd")]
    Zstd,
}

/// Encoding of OTLP over HTTP.
#[allow(clippy::exhaustive_enums)] // OTLP knows these two
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum HttpEncoding {
    /// Binary protobuf: `http/protobuf`.
    #[default]
    Protobuf,
    /// [OTLP/JSON](https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): `http/json`.
    Json,
}

impl HttpEncoding {
    /// The name of the protocol: `http/protobuf` or `http/json`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Protobuf => "http/protobuf",
            Self::Json => "http/json",
        }
    }
}

/// Whom to trust and who to be. The receiver's certificate is always verified.
///
/// ```
/// use otel_kit_sdk::transport::TlsSettings;
///
/// let tls = TlsSettings::new().ca_file("ca.pem").client_certificate("client.pem", "client.key");
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct TlsSettings {
    pub(super) ca_file: Option<PathBuf>,
    pub(super) cert_file: Option<PathBuf>,
    pub(super) key_file: Option<PathBuf>,
}

impl TlsSettings {
    /// Trusts the system's root certificates; no client certificate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the certificates in this PEM file **instead of** the system's.
    pub fn ca_file(mut self, path: impl AsRef<Path>) -> Self {
        self.ca_file = Some(path.as_ref().to_path_buf());
        self
    }

    /// Shows this certificate (a PEM file, chain first to last) to receivers that ask for one.
    pub fn cert_file(mut self, path: impl AsRef<Path>) -> Self {
        self.cert_file = Some(path.as_ref().to_path_buf());
        self
    }

    /// The private key (a PEM file) of [`cert_file`](Self::cert_file).
    pub fn key_file(mut self, path: impl AsRef<Path>) -> Self {
        self.key_file = Some(path.as_ref().to_path_buf());
        self
    }

    /// [`cert_file`](Self::cert_file) and [`key_file`](Self::key_file) in one.
    pub fn client_certificate(self, certificate: impl AsRef<Path>, key: impl AsRef<Path>) -> Self {
        self.cert_file(certificate).key_file(key)
    }
}

/// A URL without user, password, query and fragment, though the password may have broken it.
pub(super) fn shown(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let rest =
        rest.rsplit_once('@').filter(|(before, _)| is_user_info(before)).map_or(rest, |(_, rest)| rest);
    let rest = rest.split(['?', '#']).next().unwrap_or_default();
    let mark = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{mark}{rest}")
}

/// False for a host with a path, and the like, that holds an `@` by chance.
fn is_user_info(before_at: &str) -> bool {
    let Some((authority, _)) = before_at.split_once(['/', '?', '#']) else { return true };
    authority.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_err() && !port.ends_with(']'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_of_a_url_has_no_credentials() {
        let cases = [
            ("http://h:1/v1/traces", "http://h:1/v1/traces"),
            ("https://u:p@h/x?key=secret#f", "https://h/x"),
            ("https://u:p@w@h", "https://h"),
            ("u:p@h:4317", "h:4317"),
            ("h:4317?k=v", "h:4317"),
            ("http://h/a@b", "http://h/a@b"),
            ("http://[::1]/a@b", "http://[::1]/a@b"),
            ("http://h:1/a?k=a@b", "http://h:1/a"),
            ("http://u:p/w@h/a", "http://h/a"),
            ("http://u:p#w@h", "http://h"),
            ("u:p?w@h:4317", "h:4317"),
            ("", ""),
        ];
        for (url, expected) in cases {
            assert_eq!(shown(url), expected);
        }
    }
}
