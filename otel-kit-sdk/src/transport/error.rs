use std::{error::Error, io, path::PathBuf};

/// Why a transport cannot be built. All of it is found at start; nothing here happens while sending.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The endpoint is not a URL that OTLP can be sent to.
    #[error("`{url}` is no endpoint for OTLP: {reason}")]
    Endpoint {
        /// The URL, credentials masked.
        url: String,
        /// What is wrong with it, and what to write.
        reason: String,
    },
    /// An `https` endpoint in a build without the feature `tls`.
    #[error("`{url}` needs TLS: switch on the cargo feature `tls`")]
    NeedsTls {
        /// The URL, credentials masked.
        url: String,
    },
    /// A header that HTTP does not allow.
    #[error("`{name}` cannot be sent as a header: its name or its value has characters that HTTP forbids")]
    Header {
        /// Name of the header; its value may be secret.
        name: String,
    },
    /// A certificate or key cannot be read.
    #[error("cannot read {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// A file that holds nothing of use.
    #[error("{} holds no {expected} in PEM format", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// `certificate` or `private key`.
        expected: &'static str,
    },
    /// A client certificate without its key, or the key alone.
    #[error("a client certificate needs both, the certificate and its private key")]
    HalfAnIdentity,
    /// The system trusts nobody.
    #[error("the system has no root certificates: install them (`ca-certificates`), or name a CA file")]
    NoRoots,
    /// Certificate and key do not fit, or TLS cannot use them.
    #[error("TLS cannot be set up")]
    Tls {
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The client cannot be built.
    #[error("the client cannot be built")]
    Client {
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
}
