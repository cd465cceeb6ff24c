//! Lines in memory, read back strictly.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

mod line;

use std::{
    io::{self, Write},
    sync::{Arc, Mutex},
};

use otel_kit_logging::{Format, LogLayer, LogLayerBuilder, LogWriter};
use tracing::Subscriber;
use tracing_subscriber::{layer::SubscriberExt, registry};

pub(crate) use self::line::Line;

/// An output that keeps what is written.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Captured {
    /// A writer to it, without a thread of its own.
    pub(crate) fn writer(&self) -> LogWriter {
        LogWriter::builder().output(self.clone()).blocking(true).build().unwrap()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<Line> {
        self.text().lines().map(|line| line.parse().unwrap()).collect()
    }

    /// The only line.
    pub(crate) fn line(&self) -> Line {
        let mut lines = self.lines();
        assert_eq!(lines.len(), 1, "{}", self.text());
        lines.remove(0)
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The log layer alone, writing JSON.
pub(crate) fn json(captured: &Captured) -> impl Subscriber + Send + Sync {
    with(captured, |layer| layer)
}

/// The log layer alone, writing JSON, with more said to its builder.
pub(crate) fn with(
    captured: &Captured,
    more: impl FnOnce(LogLayerBuilder) -> LogLayerBuilder,
) -> impl Subscriber + Send + Sync {
    registry().with(more(LogLayer::builder().output(Format::Json, captured.writer())).build())
}
