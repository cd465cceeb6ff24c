use std::{error::Error, fmt, time::Duration};

use super::{Received, summary::summary};

/// What was waited for did not come in time. Its text, of `Debug` too, says what did come.
///
/// ```
/// use std::time::Duration;
///
/// use otel_kit_testing::OtlpReceiver;
///
/// let receiver = OtlpReceiver::start()?;
/// let error = receiver.wait_for_spans(1, Duration::from_millis(5)).unwrap_err();
/// assert!(error.to_string().starts_with("waited 5ms for 1 span; received 0 requests, 0 spans"));
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct WaitError(String);

impl WaitError {
    pub(super) fn new(expected: &str, waited: Duration, received: &Received) -> Self {
        Self(format!("waited {waited:?} for {expected}; received {}", summary(received)))
    }
}

impl Error for WaitError {}

impl fmt::Display for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As `Display`, because this is what `unwrap` prints.
impl fmt::Debug for WaitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
