//! Lines in memory, read back strictly.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::{
    fmt,
    io::{self, Write},
    sync::{Arc, Mutex},
};

use otel_kit_logging::{Format, LogLayer, LogLayerBuilder, LogWriter};
use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::Value;
use tracing::Subscriber;
use tracing_subscriber::{layer::SubscriberExt, registry};

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

/// A JSON line: keys in their order, none twice.
#[derive(Debug, PartialEq)]
pub(crate) struct Line(pub(crate) Vec<(String, Value)>);

impl Line {
    pub(crate) fn get(&self, key: &str) -> &Value {
        self.0.iter().find(|(name, _)| name == key).map_or(&Value::Null, |(_, value)| value)
    }

    pub(crate) fn keys(&self) -> Vec<&str> {
        self.0.iter().map(|(key, _)| key.as_str()).collect()
    }

    /// The keys after those that every line has.
    pub(crate) fn fields(&self) -> &[(String, Value)] {
        let own = ["timestamp", "level", "message", "target", "trace_id", "span_id", "trace_flags"];
        let count = self.0.iter().take_while(|(key, _)| own.contains(&key.as_str())).count();
        self.0.get(count..).unwrap_or_default()
    }
}

impl std::str::FromStr for Line {
    type Err = serde_json::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        serde_json::from_str(text)
    }
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        impl<'de> Visitor<'de> for Entries {
            type Value = Line;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Line, A::Error> {
                let mut entries: Vec<(String, Value)> = Vec::new();
                while let Some((key, value)) = map.next_entry()? {
                    assert!(entries.iter().all(|(other, _)| *other != key), "{key} twice");
                    entries.push((key, value));
                }
                Ok(Line(entries))
            }
        }

        deserializer.deserialize_map(Entries)
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
