use std::time::Duration;

/// How spans or log records are gathered into batches.
///
/// ```
/// use std::time::Duration;
/// use otel_kit_sdk::{BatchSettings, Pipeline};
///
/// let batch = BatchSettings::spans().delay(Duration::from_secs(1)).size(256);
/// let pipeline = Pipeline::builder().span_batch(batch).build()?;
/// # Ok::<_, otel_kit_sdk::PipelineError>(())
/// ```
#[derive(Clone, Copy, Debug)]
#[must_use]
pub struct BatchSettings {
    pub(super) delay: Duration,
    pub(super) size: usize,
    pub(super) queue: usize,
    pub(super) timeout: Option<Duration>,
}

impl BatchSettings {
    /// The specification's defaults for spans: every 5 s, 512 in a batch, 2048 in the queue, 30 s to send.
    pub const fn spans() -> Self {
        Self {
            delay: Duration::from_secs(5),
            size: 512,
            queue: 2_048,
            timeout: Some(Duration::from_secs(30)),
        }
    }

    /// The specification's defaults for log records: every 1 s, else as for spans.
    pub const fn logs() -> Self {
        Self { delay: Duration::from_secs(1), ..Self::spans() }
    }

    /// Longest time until a batch goes out; at least 1 ms.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay.max(Duration::from_millis(1));
        self
    }

    /// Most items in one batch; at least one, at most what the queue holds.
    pub fn size(mut self, size: usize) -> Self {
        self.size = size.max(1);
        self
    }

    /// Most items that wait; at least one. What comes on top is lost, and counted.
    pub fn queue(mut self, queue: usize) -> Self {
        self.queue = queue.max(1);
        self
    }

    /// Longest time for one try to send a batch, if the transport's own limit is not shorter; `None` is no
    /// limit. A batch that could not be sent is tried again.
    pub fn timeout(mut self, timeout: Option<Duration>) -> Self {
        self.timeout = timeout;
        self
    }
}
