use std::{error::Error, fmt, future::Future, pin::Pin, sync::Arc, time::Duration};

use super::Snapshot;

/// A snapshot on its way.
pub type Taking = Pin<Box<dyn Future<Output = Result<Arc<Snapshot>, SnapshotError>> + Send>>;

/// Where snapshots come from: the pipeline that owns the aggregation.
pub trait SnapshotSource: Send + Sync {
    /// A snapshot that is at most `max_age` old; zero is a fresh one. Those who ask for it at the same time
    /// share one, so that the callbacks of observable instruments run once.
    ///
    /// The future needs no runtime. It waits for the callbacks, so give it a time limit.
    ///
    /// # Errors
    /// The future's result is an error if the metrics cannot be collected, or no longer.
    fn snapshot(&self, max_age: Duration) -> Taking;
}

/// Why there is no snapshot.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum SnapshotError {
    /// Telemetry has been shut down.
    Ended,
    /// Too many wait for one already.
    Busy,
    /// The collection failed, for this reason.
    Failed(String),
}

impl fmt::Display for SnapshotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ended => f.write_str("telemetry has been shut down"),
            Self::Busy => f.write_str("too many wait for a snapshot of the metrics"),
            Self::Failed(reason) => write!(f, "metrics cannot be collected: {reason}"),
        }
    }
}

impl Error for SnapshotError {}
