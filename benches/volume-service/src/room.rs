use std::{sync::Arc, time::Duration};

use otel_kit::{Guard, transport::Signal};
use tokio::time::sleep;

/// Whether there is room for the spans of one operation more.
#[derive(Clone)]
pub(crate) struct Room {
    telemetry: Option<Arc<Guard>>,
}

impl Room {
    /// Without telemetry there always is.
    pub(crate) const fn of(telemetry: Option<Arc<Guard>>) -> Self {
        Self { telemetry }
    }

    /// Waits until there is.
    pub(crate) async fn wait(&self) {
        let Some(telemetry) = &self.telemetry else { return };
        while telemetry.stats().pending(Signal::Traces) > WAITING {
            sleep(Duration::from_millis(1)).await;
        }
    }
}

/// Spans: more than a batch, which goes out at once, and with three for each message in flight less than the queue.
const WAITING: u64 = 800;
