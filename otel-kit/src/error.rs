use std::{error::Error, fmt, io, panic::Location, path::PathBuf};

use otel_kit_sdk::{PipelineError, transport::TransportError};

use crate::config::ConfigError;

/// Why telemetry could not start. The message says what to do; nothing global was changed.
///
/// `Debug` reads like `Display` followed by the causes, because that is what `main` prints of a returned error.
///
/// ```
/// let text = "traces: {sampler: {ratio: 2}}";
/// let error = otel_kit::builder().config_text("otel-kit.yaml", text).build().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "otel-kit.yaml:1:20: traces.sampler.ratio: 2 is not between 0 and 1; use a number such as 0.1",
/// );
/// ```
#[non_exhaustive]
pub enum InitError {
    /// The configuration cannot be used.
    Config(ConfigError),
    /// The process has its telemetry already.
    AlreadyInitialised {
        /// Where.
        first: &'static Location<'static>,
    },
    /// Somebody installed a global `tracing` subscriber.
    SubscriberInstalled,
    /// An exporter cannot be built: a bad endpoint, header or certificate.
    Transport {
        /// `traces`, `metrics` or `logs`; the first of them if they go the same way.
        signal: &'static str,
        /// What is wrong.
        error: TransportError,
    },
    /// The SDK's parts cannot start.
    Pipeline(PipelineError),
    /// The thread that writes log lines cannot start.
    LogWriter(io::Error),
    /// The port for Prometheus cannot be opened.
    Prometheus {
        /// What `metrics.prometheus.listen` says.
        address: String,
        /// What is wrong.
        error: io::Error,
    },
    /// Alert rules or channels that code adds cannot hold.
    #[cfg(feature = "alerts")]
    Alerts(otel_kit_alerts::AlertsError),
    /// The file of `logs.file` cannot be written.
    LogFile {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        error: io::Error,
    },
}

impl fmt::Display for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Config(error) => fmt::Display::fmt(error, f),
            Self::AlreadyInitialised { first } => write!(
                f,
                "telemetry was initialised already at {first}, and a process can have it only once, even after it \
                 ended; keep that guard, or use build() for one of your own"
            ),
            Self::SubscriberInstalled => f.write_str(
                "a global tracing subscriber is installed already; add the layer of init_layer() to it instead",
            ),
            Self::Transport { signal, error } => write!(f, "{signal} cannot be exported: {error}"),
            Self::Pipeline(error) => fmt::Display::fmt(error, f),
            Self::LogWriter(error) => write!(f, "the thread that writes log lines cannot start: {error}"),
            Self::Prometheus { address, error } => {
                write!(f, "Prometheus cannot be served at {address}: {error}; write another metrics.prometheus.listen")
            }
            #[cfg(feature = "alerts")]
            Self::Alerts(error) => write!(f, "alerts cannot start: {error}"),
            Self::LogFile { path, error } => {
                write!(f, "log lines cannot be written to {}: {error}; write another logs.file.path", path.display())
            }
        }
    }
}

impl Error for InitError {
    /// The cause of the error inside, whose own words are in the message already.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Config(error) => error.source(),
            Self::Transport { error, .. } => error.source(),
            Self::Pipeline(error) => error.source(),
            Self::LogWriter(error) | Self::LogFile { error, .. } | Self::Prometheus { error, .. } => {
                error.source()
            }
            #[cfg(feature = "alerts")]
            Self::Alerts(error) => error.source(),
            Self::AlreadyInitialised { .. } | Self::SubscriberInstalled => None,
        }
    }
}

impl From<ConfigError> for InitError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

#[cfg(feature = "alerts")]
impl From<otel_kit_alerts::AlertsError> for InitError {
    fn from(error: otel_kit_alerts::AlertsError) -> Self {
        Self::Alerts(error)
    }
}

impl From<PipelineError> for InitError {
    fn from(error: PipelineError) -> Self {
        Self::Pipeline(error)
    }
}

impl fmt::Debug for InitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")?;
        let mut cause = self.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_one_sentence_with_each_cause_once() {
        let source = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = InitError::Transport {
            signal: "logs",
            error: TransportError::File { path: "ca.pem".into(), source },
        };
        assert_eq!(error.to_string(), "logs cannot be exported: cannot read ca.pem");
        assert_eq!(format!("{error:?}"), "logs cannot be exported: cannot read ca.pem: no such file");
        assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("no such file"));

        let error = InitError::LogWriter(io::ErrorKind::OutOfMemory.into());
        assert_eq!(format!("{error:?}"), "the thread that writes log lines cannot start: out of memory");
    }
}
